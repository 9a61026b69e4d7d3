import { isSendableToken } from "../contract/reading/auth.ts";
import { isAbsolute } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import type { ProcessResult } from "../platform/processes.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { userPaths } from "./paths.ts";

/** Milliseconds that the command may take: it may ask a person. */
const TIME_LIMIT_MS = 60_000;

/** Milliseconds after which a person is told what is waited for. */
const SILENT_MS = 1_000;

/** Bytes of output, and characters of a token: more is something else. */
const MAX_OUTPUT_BYTES = 64 * 1024;
const MAX_TOKEN_LENGTH = 16 * 1024;

/** Characters of its errors that are shown. */
const MAX_ERROR_LENGTH = 300;

/** A token that was asked for, and by which command. */
interface AskedToken {
  readonly command: readonly string[];
  readonly token: Promise<string>;
}

/** The token of each machine: a command of ours asks once, however many calls it makes. */
const asked = new WeakMap<Platform["processes"], AskedToken>();

/**
 * Returns the token that `auth.token_command` writes as its first line. It runs in the user's own directory, without a
 * shell, at most once for a process as long as the setting stays and it gives a token; that is kept in memory alone.
 *
 * @throws {TrackerError} `token_command_failed`, with the `reason` in its details.
 */
export async function tokenOfCommand(
  platform: Platform,
  command: readonly string[],
): Promise<string> {
  const known = asked.get(platform.processes);
  if (known !== undefined && isSame(known.command, command)) return await known.token;
  const running: AskedToken = { command, token: run(platform, command) };
  asked.set(platform.processes, running);
  try {
    return await running.token;
  } catch (error) {
    // A process that lives on asks again: the keyring may be open by then.
    if (asked.get(platform.processes) === running) forgetTokenOfCommand(platform);
    throw error;
  }
}

/** Has the next call run the command again: the host has refused its token. */
export function forgetTokenOfCommand(platform: Platform): void {
  asked.delete(platform.processes);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at]);
}

/** Returns what is wrong with a vector as a command, completing "`key` …"; `null` when it is fine. */
export function tokenCommandFault(words: readonly string[]): string | null {
  const [program = "", ...args] = words;
  if (program.trim() === "") return "must name a command";
  if (words.some((word) => word.includes("\0"))) return "must not hold a NUL";
  // A path below the working directory would be another program in each repository.
  if (/[/\\]/.test(program) && !isAbsolute(program)) {
    return "must name its program by a whole path, or by a name alone";
  }
  return args.length > 100 ? "must not have more than 100 arguments" : null;
}

async function run(platform: Platform, command: readonly string[]): Promise<string> {
  const [program = "", ...args] = command;
  const told = new AbortController();
  const { clock, processes, terminal: { stderr } } = platform;
  const telling = clock.sleep(SILENT_MS, { signal: told.signal })
    .then(() => stderr.write(`Waiting for "${program}" (\`auth.token_command\`) …\n`), () => {});
  try {
    const ended = await processes.run({
      command: program,
      args,
      // What lies in a repository, such as a configuration of git, is not for it to find.
      cwd: userPaths(platform).root,
      timeoutMs: TIME_LIMIT_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    });
    return tokenIn(program, ended);
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code === "token_command_failed") throw error;
    throw failed(program, error.code.replace(/^command_/, ""), errorText(error));
  } finally {
    told.abort();
    await telling;
  }
}

function tokenIn(program: string, { code, stdout, stderr }: ProcessResult): string {
  const text = new TextDecoder().decode(stdout);
  const token = (text.split("\n", 1)[0] ?? "").trim();
  if (code !== 0) {
    const how = code === null ? "was ended by a signal" : `ended with exit code ${code}`;
    const said = excerptOf(new TextDecoder().decode(stderr), token);
    throw failed(program, "exit", `"${program}" ${how}${said === "" ? "" : `: ${said}`}`);
  }
  if (token === "") throw failed(program, "empty", `the first line of "${program}" is empty`);
  if (token.length > MAX_TOKEN_LENGTH) {
    throw failed(program, "too_long", `the first line of "${program}" is too long for a token`);
  }
  if (!isSendableToken(token)) {
    throw failed(
      program,
      "not_a_token",
      `the first line of "${program}" holds blanks or characters that a token cannot have`,
    );
  }
  return token;
}

/** What a command says of its failure; never what it may have written as the token. */
function excerptOf(text: string, token: string): string {
  const clean = token === "" ? text : text.replaceAll(token, "***");
  const line = clean.trim().replaceAll(/\s+/g, " ");
  return line.length > MAX_ERROR_LENGTH ? `${line.slice(0, MAX_ERROR_LENGTH - 1)}…` : line;
}

function failed(program: string, reason: string, why: string): TrackerError {
  return new TrackerError({
    code: "token_command_failed",
    message: `\`auth.token_command\` gave no token: ${why}`,
    nextAction: "Run the command yourself. `tracker config get auth.token_command` shows it, " +
      "`tracker config unset auth.token_command` takes it away.",
    details: { command: program, reason },
  });
}
