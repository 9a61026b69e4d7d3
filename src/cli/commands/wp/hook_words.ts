import type { HookOptions, HooksReport } from "../../../missions/packages/hook_files.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { SCHEMA } from "../../services/json_schema.ts";
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

/** Tells what became of the hooks; returns the exit code. */
export function tellHooks(
  { output, globals }: Context,
  { directory, hooks, log }: HooksReport,
  words: string,
): number {
  const refused = hooks.filter(({ outcome }) => outcome === "refused");
  if (globals.json) output.json({ schema: SCHEMA, directory, hooks, log });
  else {
    const done = hooks.filter(({ outcome }) => outcome !== "refused").map(({ hook }) => hook);
    if (done.length > 0) {
      output.result(text`${DONE} Tickets ${words} ${done.join(", ")}, in ${directory}.`);
    }
    if (words === "follow" && done.length > 0) {
      output.notice(text`  What the last push said is in ${log}.`);
    }
  }
  for (const { hook, reason } of refused) {
    output.warning(text`${ATTENTION} ${hook} is left alone: ${reason ?? ""}.`);
  }
  return refused.length === 0 ? 0 : 1;
}
