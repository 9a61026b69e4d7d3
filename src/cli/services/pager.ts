import type { Context } from "../command/context.ts";
import type { Output } from "../terminal/output.ts";
import type { Platform } from "../../platform/platform.ts";
import { commandWords } from "../../platform/command_word.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { displayWidth } from "../terminal/table.ts";
import { type Fragment, text } from "../terminal/text.ts";

/** What a command needs that shows its result in a pager. */
export type PagerContext = Pick<Context, "output" | "platform" | "globals">;

/** What `less` is told by its variable, unless a person tells it: end on one screen, colours, leave the text there. */
const LESS = "FRX";

/**
 * Runs `work`, whose result is shown in the pager of `PAGER`, or in `less`, where a person reads it and it does not fit
 * the screen. What a pager does not show, for whatever reason, is written as it would be without one.
 */
export async function withPager(
  context: PagerContext,
  work: (output: Output) => Promise<void>,
): Promise<void> {
  const { output } = context;
  const pager = pagerFor(context);
  if (pager === null) return await work(output);
  const lines: Fragment[] = [];
  const write = () => {
    for (const line of lines.splice(0)) output.result(line);
  };
  try {
    await work({ ...output, result: (line = "") => void lines.push(line) });
    if (!fits(lines, output) && await isShown(context, pager, lines)) lines.length = 0;
  } finally {
    write();
  }
}

/** A pager, as its command and options. */
interface Pager {
  readonly words: readonly [command: string, ...args: string[]];
  /** Whether a person has named it. */
  readonly isNamed: boolean;
}

/** The pager; `null` where none is wanted, or where no person turns its pages. */
function pagerFor({ platform, output, globals }: PagerContext): Pager | null {
  const { env, system, terminal } = platform;
  const isRead = output.stdout.isTerminal && terminal.stdin.isTerminal && !globals.json &&
    !globals.noInput;
  if (!isRead || env.get("TERM") === "dumb") return null;
  const named = env.get("PAGER");
  const [command, ...args] = commandWords(named ?? "less", system.os).words;
  if (command === undefined || command === "cat") return null;
  // Without the permission to start it there is no pager, as there is none where it is missing.
  if (system.permission("run", command) !== "granted") return null;
  return { words: [command, ...args], isNamed: named !== undefined };
}

/** Whether all is on the screen at once, with a line to spare for what is typed next. */
function fits(lines: readonly Fragment[], { stdout }: Pick<Output, "stdout">): boolean {
  const width = stdout.columns();
  const rows = lines.flatMap((line) => String(text`${line}`).split("\n"))
    .reduce((sum, row) => sum + Math.max(1, Math.ceil(displayWidth(row) / width)), 0);
  return rows < stdout.rows();
}

/** Shows the lines in the pager; whether they were seen. */
async function isShown(
  { platform, output }: PagerContext,
  { words: [command, ...args], isNamed }: Pager,
  lines: readonly Fragment[],
): Promise<boolean> {
  let isLeft = false;
  // Ctrl-C is for the pager, which has its own use for it.
  const stop = platform.signals.listen("SIGINT", () => isLeft = true);
  try {
    const code = await platform.processes.runAttached({
      command,
      args,
      stdin: lines.map((line) => `${text`${line}`.render(output.isStyled)}\n`).join(""),
      env: lessOptions(platform),
    });
    if (code === 0 || code === null && isLeft) return true;
    const how = code === null ? "was ended by a signal" : `failed with exit code ${code}`;
    output.warning(text`The pager "${command}" ${how}; the text follows.`);
  } catch (error) {
    if (!(error instanceof TrackerError) || !error.code.startsWith("command_")) throw error;
    if (isNamed) output.warning(text`${error.message}; the text follows without a pager.`);
  } finally {
    stop();
  }
  return false;
}

function lessOptions({ env }: Pick<Platform, "env">): Record<string, string> {
  return { LESS: env.get("LESS") ?? LESS };
}
