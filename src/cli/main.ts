import type { Platform } from "../platform/platform.ts";
import { type TrackerError, usageError } from "../platform/tracker_error.ts";
import { isHostedSyncEnabled } from "../client/rollout.ts";
import type { Command, Invocation } from "./command/command.ts";
import type { HelpForm } from "./help/answer.ts";
import { lineOptions, scan, type Token } from "./command/command_line.ts";
import { quickAnswer } from "./help/fast_path.ts";

/**
 * Runs one command line from words to exit code: 0 done, 1 failed or not ready, 2 wrong usage,
 * 130 interrupted. Never throws.
 */
export async function run(args: readonly string[], machine: Platform): Promise<number> {
  const { terminal } = machine;
  const answer = await quickAnswer(args, {
    columns: () => terminal.stdout.columns(),
    commands: async () => (await import("./help/shown_entries.ts")).shownEntries(machine.env),
  });
  if (answer === null) return await runCommand(args, machine);
  try {
    terminal.stdout.write(answer);
    return 0;
  } catch (error) {
    return await runCommand(args, machine, { fault: error });
  }
}

/** Runs a line that needs the program itself, or reports why its answer cannot be written. Never throws. */
async function runCommand(
  args: readonly string[],
  machine: Platform,
  unwritten: { readonly fault: unknown } | null = null,
): Promise<number> {
  const [{ withoutPrompts }, { createOutput, sanitizedStream }, { multiline }] = await Promise.all([
    import("./permissions/guard.ts"),
    import("./terminal/output.ts"),
    import("./terminal/text.ts"),
  ]);
  const line = scan(args);
  const guess = lineOptions(line);
  const { terminal } = machine;
  // With `--verbose`, each request is shown when it happens.
  const buffer = guess.json && !guess.verbose
    ? (await import("./terminal/stderr_buffer.ts")).bufferStderr(terminal.stderr)
    : null;
  const stderr = sanitizedStream(buffer?.stream ?? terminal.stderr);
  const platform = withoutPrompts({ ...machine, terminal: { ...terminal, stderr } });
  const output = createOutput(terminal, platform.env, guess, buffer);
  let command: Command | null = null;
  try {
    if (unwritten !== null) throw unwritten.fault;
    const hosted = isHostedSyncEnabled(platform.env);
    const form = guess.json ? "json" : { columns: output.stdout.columns() };
    const hasDaemon = !hosted &&
      await (await import("../daemon/stop_request.ts")).requestStop(platform);
    const understood = await understand(line, { hosted, hasDaemon }, form);
    if (understood.kind === "text") {
      output.result(multiline(understood.text.trimEnd()));
      return 0;
    }
    const { invocation } = understood;
    command = invocation.command;
    const context = {
      platform,
      globals: invocation.globals,
      output: createOutput(terminal, platform.env, invocation.globals, buffer),
    };
    await invocation.check(context);
    // The commands on the daemon tell of it themselves.
    if (hosted && !invocation.command.path.startsWith("daemon ")) {
      await (await import("./services/failed_start.ts")).warnOfFailedStart(context);
    }
    if (invocation.command.readiness !== "none") {
      const { prepare } = await import("./services/readiness.ts");
      await prepare(invocation, context);
    }
    const code = await invocation.run(context);
    buffer?.release();
    return code;
  } catch (error) {
    const [{ explainAtEdge }, { reportFailure }, { NotReadyError }] = await Promise.all([
      import("./services/failure.ts"),
      import("./terminal/report_error.ts"),
      import("./services/not_ready.ts"),
    ]);
    const failure = await explainAtEdge(error, { platform, command }, args);
    const words = failure instanceof NotReadyError ? "prerequisite" : "failure";
    return reportFailure(output, failure, guess.json ? "json" : words, buffer?.take());
  }
}

type Understood =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "invocation"; readonly invocation: Invocation };

async function understand(
  line: readonly Token[],
  { hosted, hasDaemon }: { readonly hosted: boolean; readonly hasDaemon: boolean },
  form: HelpForm,
): Promise<Understood> {
  const [{ catalogue, findCommand }, { locate, strayOption }] = await Promise.all([
    import("./commands/registry.ts"),
    import("./command/locate.ts"),
  ]);
  const named = await findCommand(line, hosted, hasDaemon);
  const commands = named === null ? await catalogue(hosted, hasDaemon) : [named];
  const found = locate(commands.map(({ path }) => path), line);
  const help = async (): Promise<Understood> => {
    const { helpAnswer } = await import("./help/answer.ts");
    return { kind: "text", text: await helpAnswer(found, commands, hosted, form) };
  };
  if (found.kind !== "unknown" && lineOptions(line).help) {
    return await help();
  }
  if (found.kind === "command" && named !== null) {
    return await parsed(named, found.rest, hosted);
  }
  const stray = strayOption(found.kind === "unknown" ? found.before : line);
  if (stray !== null) throw strayOptionFault(stray.given, stray.nearest);
  if (found.kind === "group") return await help();
  if (found.kind === "unknown") throw (await import("./help/answer.ts")).unknownCommand(found);
  throw usageError("No command given", "`tracker --help` lists the commands.");
}

async function parsed(
  command: Command,
  rest: readonly string[],
  hosted: boolean,
): Promise<Understood> {
  const outcome = await command.parse(rest, hosted);
  if (outcome.kind === "parsed") return { kind: "invocation", invocation: outcome.invocation };
  throw usageError(
    await withoutPeriod(outcome.message.replace(/\s+/g, " ")),
    `\`tracker ${command.path} --help\` shows how to use it.`,
  );
}

/** Ends the grammar's words as all messages end; the agreed text on the removed provider keeps its period. */
async function withoutPeriod(message: string): Promise<string> {
  const { REMOVED_PROVIDER_MESSAGE } = await import("../contract/providers.ts");
  return message.endsWith(REMOVED_PROVIDER_MESSAGE) ? message : message.replace(/\.$/, "");
}

function strayOptionFault(option: string, near: string | null): TrackerError {
  return usageError(
    `Unknown global option "${option}"`,
    near === null
      ? "The options of a command come after its name. `tracker --help` lists the global ones."
      : `Did you mean \`${near}\`?`,
  );
}
