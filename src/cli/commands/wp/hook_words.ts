import type {
  HookOptions,
  HooksReport,
  InstalledHooks,
} from "../../../missions/packages/hook_files.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";

/** What hooks are installed and removed with. */
export async function hookOptions({ platform, globals }: Context): Promise<HookOptions> {
  const { system } = platform;
  return {
    platform,
    root: await requireProjectRoot(platform, globals.repo ?? null),
    // Run by Deno it may do what its command line allows, which no hook can know.
    program: system.standalone ? system.execPath() : system.launcher ?? "tracker",
  };
}

/** Tells which hooks were installed, and what stands in their way; returns the exit code. */
export function tellInstalled(context: Context, report: InstalledHooks): number {
  const { output } = context;
  const { hooks, log, program, isFound, isInWorkTree, manager } = report;
  const code = tellHooks(context, report, "follow", { program, program_found: isFound });
  if (hooks.every(({ outcome }) => outcome === "refused")) return code;
  if (!context.globals.json) output.notice(text`  What the last push said is in ${log}.`);
  if (!isFound) {
    output.warning(
      text`${ATTENTION} Nothing is pushed until git finds \`${program}\`: put it on the \`PATH\`.`,
    );
  }
  if (manager !== null) {
    output.warning(
      text`${ATTENTION} ${manager} overwrites these hooks: repeat this command after each of its runs.`,
    );
  } else if (isInWorkTree) {
    output.warning(
      text`${ATTENTION} These hooks are files of the project: commit what was added.`,
    );
    output.notice(
      text`  Other clones push nothing until \`tracker wp hook install\` is run there.`,
    );
  }
  return code;
}

/** Tells what became of the hooks; returns the exit code. */
export function tellHooks(
  { output, globals }: Context,
  { directory, hooks, log }: HooksReport,
  words: "follow" | "do not follow",
  more: Readonly<Record<string, unknown>> = {},
): number {
  const refused = hooks.filter(({ outcome }) => outcome === "refused");
  if (globals.json) output.json({ directory, hooks, log, ...more });
  else {
    const done = hooks.filter(({ outcome }) => outcome !== "refused").map(({ hook }) => hook);
    if (done.length > 0) {
      output.result(text`${DONE} Tickets ${words} ${done.join(", ")}, in ${directory}.`);
    }
  }
  for (const { hook, reason } of refused) {
    output.warning(text`${ATTENTION} ${hook} is left alone: ${reason ?? ""}.`);
  }
  return refused.length === 0 ? 0 : 1;
}
