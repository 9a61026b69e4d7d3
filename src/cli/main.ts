import type { Platform } from "../platform/platform.ts";
import { type TrackerError, usageError } from "../platform/tracker_error.ts";
import { isHostedSyncEnabled } from "../client/rollout.ts";
import type { Command, Invocation } from "./command/command.ts";
import type { GlobalOptions } from "./command/context.ts";
import type { HelpForm } from "./help/answer.ts";
import { quickAnswer } from "./command/fast_path.ts";

/**
 * Runs one command line from words to exit code: 0 done, 1 failed or not ready, 2 wrong usage,
 * 130 interrupted. Never throws.
 */
export async function run(line: readonly string[], machine: Platform): Promise<number> {
  const { terminal } = machine;
  const answer = await quickAnswer(line, {
    env: machine.env,
    columns: () => terminal.stdout.columns(),
    commands: async (hosted) => (await import("./commands/registry.ts")).catalogue(hosted),
  });
  if (answer === null) return await runCommand(line, machine);
  terminal.stdout.write(answer);
  return 0;
}

/** Runs a line that needs the program itself. Never throws. */
async function runCommand(line: readonly string[], machine: Platform): Promise<number> {
  const [{ withoutPrompts }, { createOutput, sanitizedStream }, { multiline }, { catalogue }] =
    await Promise.all([
      import("./permissions/guard.ts"),
      import("./terminal/output.ts"),
      import("./terminal/text.ts"),
      import("./commands/registry.ts"),
    ]);
  const args = withCompletionWordsKept(line);
  const guess = guessedOptions(args);
  const { terminal } = machine;
  // Whoever asks to see each request sees it when it happens.
  const buffer = guess.json && !guess.verbose
    ? (await import("./terminal/stderr_buffer.ts")).bufferStderr(terminal.stderr)
    : null;
  const stderr = sanitizedStream(buffer?.stream ?? terminal.stderr);
  const platform = withoutPrompts({ ...machine, terminal: { ...terminal, stderr } });
  const output = createOutput(terminal, platform.env, guess, buffer);
  let command: Command | null = null;
  try {
    const hosted = isHostedSyncEnabled(platform.env);
    const form = guess.json ? "json" : { columns: output.stdout.columns() };
    const hasDaemon = !hosted &&
      await (await import("../daemon/stop_request.ts")).requestStop(platform);
    const understood = await understand(await catalogue(hosted, hasDaemon), hosted, args, form);
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
    if (invocation.command.readiness !== "none") {
      const { prepare } = await import("./command/readiness.ts");
      await prepare(invocation, context);
    }
    const code = await invocation.run(context);
    buffer?.release();
    return code;
  } catch (error) {
    const [{ explain }, { reportFailure }, { NotReadyError }] = await Promise.all([
      import("./services/failure.ts"),
      import("./terminal/report_error.ts"),
      import("./command/readiness.ts"),
    ]);
    const failure = explain(error, { platform, command });
    const words = failure instanceof NotReadyError ? "prerequisite" : "failure";
    return reportFailure(output, failure, guess.json ? "json" : words, buffer?.take());
  }
}

type Understood =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "invocation"; readonly invocation: Invocation };

async function understand(
  commands: readonly Command[],
  hosted: boolean,
  args: readonly string[],
  form: HelpForm,
): Promise<Understood> {
  const { commandsOf, locate, strayOption } = await import("./command/command_line.ts");
  const found = locate(commands, args);
  if (found.kind !== "unknown" && (asksForHelp(args) || args.length === 0)) {
    const { helpAnswer } = await import("./help/answer.ts");
    return { kind: "text", text: await helpAnswer(found, commands, hosted, form) };
  }
  switch (found.kind) {
    case "none":
    case "unknown": {
      const stray = strayOption(found.kind === "none" ? beforeTerminator(args) : found.before);
      if (stray !== null) throw strayOptionFault(stray.given, stray.nearest);
      if (found.kind === "none") {
        throw usageError("No command given.", "`tracker --help` lists the commands.");
      }
      throw (await import("./help/answer.ts")).unknownCommand(found);
    }
    case "group":
      throw usageError(
        `\`tracker ${found.name}\` needs a command: ${
          commandsOf(commands, found.name)
            .map((member) => member.path.slice(found.name.length + 1)).join(", ")
        }.`,
        `\`tracker ${found.name} --help\` explains them.`,
      );
    case "command": {
      const outcome = await found.command.parse(found.rest, hosted);
      if (outcome.kind === "parsed") return { kind: "invocation", invocation: outcome.invocation };
      throw usageError(
        outcome.message.replace(/\s+/g, " "),
        `\`tracker ${found.command.path} --help\` shows how to use it.`,
      );
    }
  }
}

function asksForHelp(args: readonly string[]): boolean {
  return beforeTerminator(args).some((word) => word === "--help" || word === "-h");
}

/** What must be known of the options before the line has been understood: how to report a fault. */
function guessedOptions(
  args: readonly string[],
): Pick<GlobalOptions, "color" | "quiet" | "json" | "verbose"> {
  const words = beforeTerminator(args);
  const color = words.find((word) => word.startsWith("--color="))?.slice("--color=".length) ??
    words[words.indexOf("--color") + 1];
  return {
    json: words.includes("--json"),
    quiet: words.some((word) => word === "--quiet" || /^-[yqv]*q/.test(word)),
    verbose: words.some((word) => word === "--verbose" || /^-[yqv]*v/.test(word)),
    color: color === "always" || color === "never" ? color : "auto",
  };
}

/** The words a shell wants completed are data, whatever they look like; its script says so itself by `--`. */
function withCompletionWordsKept(line: readonly string[]): readonly string[] {
  const [command, shell, ...words] = line;
  if (command !== "completion" || shell === undefined || words[0] === "--") return line;
  // Options of the program alone are meant for the command itself: no shell asks for the end of nothing.
  if (words.every((word) => OWN_OPTION.test(word))) return line;
  return [command, shell, "--", ...words];
}

const OWN_OPTION = /^(?:--(?:json|help|no-input|yes|quiet|verbose|color=\w+)|-[hyqv]+)$/;

function strayOptionFault(option: string, near: string | null): TrackerError {
  return usageError(
    `Unknown global option "${option}".`,
    near === null
      ? "The options of a command come after its name. `tracker --help` lists the global ones."
      : `Did you mean \`${near}\`?`,
  );
}

function beforeTerminator(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end < 0 ? args : args.slice(0, end);
}
