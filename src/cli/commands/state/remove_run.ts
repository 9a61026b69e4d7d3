import { holdsWork, removeState } from "../../../store/kept_state.ts";
import { userPaths } from "../../../user/paths.ts";
import type { Context } from "../../command/context.ts";
import { workOf } from "../../services/stranded.ts";
import { confirm } from "../../terminal/prompts.ts";
import { DONE, text } from "../../terminal/text.ts";
import { allKept } from "../../../tracker/kept_states.ts";
import { namedState, subjectOf } from "./kept.ts";

/** Removes what is kept of a repository or binding, after a person has agreed to what would be lost. */
export async function run(
  context: Context,
  { id }: { readonly id: string },
): Promise<number> {
  const { platform, globals, output } = context;
  const state = namedState(await allKept(platform), id);
  const work = state.content === null ? "what cannot be read" : workOf(state);
  const loss = holdsWork(state) ? `, with ${work}, which is nowhere else` : "";
  const agreed = await confirm(context, {
    question: `Remove ${state.id} (${subjectOf(state)})${loss}?`,
    instead: holdsWork(state)
      ? `Keep what it holds with \`tracker state export FILE --id ${state.id}\`, or agree with \`--yes\`.`
      : "Agree with `--yes`.",
  });
  if (!agreed) {
    if (globals.json) output.json({ removed: false, declined: true });
    else output.notice("Nothing changed.");
    return 0;
  }
  await removeState(platform, userPaths(platform).trackers, state);
  if (globals.json) output.json({ id: state.id, removed: true, held: state.content });
  else output.result(text`${DONE} ${state.id} is removed.`);
  return 0;
}
