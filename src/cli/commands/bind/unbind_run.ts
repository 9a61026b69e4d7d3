import { notBound } from "../../../user/readiness_wording.ts";
import { unbindProject } from "../../../tracker/binding.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import type { editsOf } from "../../services/stranded.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import { readSyncState, waitingCounts } from "../../../tracker/sync_state.ts";
import { projectContext } from "../../services/tracker.ts";
import { isNotCapable } from "../../../platform/not_capable.ts";
import { errorText } from "../../../platform/tracker_error.ts";
import { labelOf } from "../../../project/binding_label.ts";

/** Removes the binding from the project's config. */
export async function run(context: Context): Promise<number> {
  const project = await projectContext(context);
  const kept = await keptEdits(project);
  const outcome = await unbindProject(project);
  if (outcome.kind === "not_bound") throw notBound();
  const { binding } = outcome;
  if (context.globals.json) {
    context.output.json({
      unbound: true,
      provider: binding.provider,
      binding_ref: binding.bindingRef,
    });
  } else {
    const label = labelOf(binding);
    context.output.result(text`${DONE} No longer bound to ${label}.`);
    const { editsOf, listed, strandedStates, warnOfStranded } = await import(
      "../../services/stranded.ts"
    );
    const edits = "unknownBecause" in kept ? [] : editsOf(kept);
    if ("unknownBecause" in kept) {
      context.output.warning(
        text`${ATTENTION} It is not known whether issues have unpushed edits: ${kept.unknownBecause}`,
      );
    } else if (edits.length > 0) {
      context.output.warning(text`${ATTENTION} ${listed(edits)}: they stay on this machine.`);
      const way = kept.pending === 0
        ? ""
        : "Bind again and run `tracker sync push` to send what is unpushed; ";
      context.output.warning(`  ${way}\`tracker state list\` shows them.`);
    }
    warnOfStranded(context, await strandedStates(context.platform));
  }
  return 0;
}

/** Which edits only this machine has, or why that is not known. */
type KeptEdits = Parameters<typeof editsOf>[0] | { readonly unknownBecause: string };

/** Counts them. What may not be read is refused; a cache that cannot be read keeps no one from unbinding. */
async function keptEdits(project: ProjectContext): Promise<KeptEdits> {
  try {
    const state = await readSyncState(project);
    const { stayHere, ...counts } = waitingCounts(state);
    return { edits: state.cached.pending, ...counts, stay_here: stayHere };
  } catch (error) {
    if (isNotCapable(error)) throw error;
    return { unknownBecause: errorText(error) };
  }
}
