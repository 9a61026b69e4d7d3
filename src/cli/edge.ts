import type { Platform } from "../platform/platform.ts";
import { usageError } from "../platform/tracker_error.ts";
import { isHostedSyncEnabled } from "../hosted/rollout.ts";
import type { Command, Invocation } from "./command.ts";
import type { GlobalOptions } from "./deps.ts";
import { quickAnswer } from "./quick_answer.ts";

/**
 * Runs one command line from words to exit code: 0 done, 1 failed or not ready, 2 wrong usage,
 * 130 interrupted. Never throws.
 */
export async function run(line: readonly string[], machine: Platform): Promise<number> {
  const { terminal } = machine;
  const answer = await quickAnswer(line, {
    env: machine.env,
    columns: () => terminal.stdout.columns(),
    commands: async (hosted) => (await import("./catalogue.ts")).catalogue(hosted),
  });
  if (answer === null) return await runCommand(line, machine);
  terminal.stdout.write(answer);
  return 0;
}

/** Runs a line that needs the program itself. Never throws. */
async function runCommand(line: readonly string[], machine: Platform): Promise<number> {
  const [{ withoutPrompts }, { createOutput }, { catalogue }] = await Promise.all([
    import("./permission_guard.ts"),
    import("./output.ts"),
    import("./catalogue.ts"),
  ]);
  const platform = withoutPrompts(machine);
  const args = withCompletionWordsKept(line);
  const guess = guessedOptions(args);
  const output = createOutput(platform.terminal, platform.env, guess);
  let command: string | null = null;
  try {
    const hosted = isHostedSyncEnabled(platform.env);
    const understood = await understand(catalogue(hosted), hosted, args, output.stdout.columns());
    if (understood.kind === "text") {
      output.raw(understood.text);
      return 0;
    }
    const { invocation } = understood;
    command = invocation.command.path;
    const deps = {
      platform,
      globals: invocation.globals,
      output: createOutput(platform.terminal, platform.env, invocation.globals),
    };
    await invocation.check(deps);
    if (invocation.command.readiness !== "none") {
      const { prepare } = await import("./readiness_gate.ts");
      await prepare(invocation, deps);
    }
    return await invocation.run(deps);
  } catch (error) {
    const { reportFailure } = await import("./failure.ts");
    return reportFailure(error, guess.json, output, { platform, command });
  }
}

type Understood =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "invocation"; readonly invocation: Invocation };

async function understand(
  commands: readonly Command[],
  hosted: boolean,
  args: readonly string[],
  columns: number,
): Promise<Understood> {
  const { commandsOf, locate } = await import("./words_of_line.ts");
  const found = locate(commands, args);
  const help = asksForHelp(args);
  switch (found.kind) {
    case "none": {
      const { programHelp } = await import("./help.ts");
      const words = programHelp(commands, columns);
      if (help || args.length === 0) return { kind: "text", text: words };
      throw usageError("No command given.", "`tracker --help` lists the commands.");
    }
    case "group": {
      const members = commandsOf(commands, found.name);
      if (help) {
        const { groupHelp } = await import("./help.ts");
        return { kind: "text", text: groupHelp(found.name, members, columns) };
      }
      throw usageError(
        `\`tracker ${found.name}\` needs a command: ${
          members.map((member) => member.path.slice(found.name.length + 1)).join(", ")
        }.`,
        `\`tracker ${found.name} --help\` explains them.`,
      );
    }
    case "unknown":
      throw usageError(
        `Unknown command "${found.given}".`,
        found.nearest === null
          ? "`tracker --help` lists the commands."
          : `Did you mean \`tracker ${found.nearest}\`?`,
      );
    case "command": {
      if (help) {
        const { commandHelp } = await import("./command_help.ts");
        return { kind: "text", text: commandHelp(found.command, hosted, columns) };
      }
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
function guessedOptions(args: readonly string[]): Pick<GlobalOptions, "color" | "quiet" | "json"> {
  const words = beforeTerminator(args);
  const color = words.find((word) => word.startsWith("--color="))?.slice("--color=".length) ??
    words[words.indexOf("--color") + 1];
  return {
    json: words.includes("--json"),
    quiet: words.includes("--quiet") || words.includes("-q"),
    color: color === "always" || color === "never" ? color : "auto",
  };
}

/** The words a shell wants completed are data, whatever they look like. */
function withCompletionWordsKept(line: readonly string[]): readonly string[] {
  const [command, shell, ...words] = line;
  if (command !== "completion" || shell === undefined || words.length === 0) return line;
  return [command, shell, "--", ...words];
}

function beforeTerminator(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end < 0 ? args : args.slice(0, end);
}
