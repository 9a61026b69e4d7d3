import { notBound } from "../../../user/readiness_wording.ts";
import { unbindProject } from "../../../tracker/binding.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import { openCache } from "../../../tracker/cache.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";
import { isNotCapable } from "../../../platform/not_capable.ts";
import { errorText } from "../../../platform/tracker_error.ts";
import { labelOf } from "../../../project/binding_label.ts";

/** Removes the binding from the project's config. */
export async function run(context: Context): Promise<number> {
  const project = await projectContext(context);
  const unpushed = await unpushedIssues(project);
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
    if ("unknownBecause" in unpushed) {
      context.output.warning(
        text`${ATTENTION} It is not known whether issues have unpushed edits: ${unpushed.unknownBecause}`,
      );
    } else if (unpushed.count > 0) {
      const issues = plural(unpushed.count, "issue");
      context.output.warning(
        text`${ATTENTION} ${issues} with unpushed edits: they stay on this machine.`,
      );
      context.output.warning(
        "  Bind again and run `tracker sync push` to send them; `tracker state list` shows them.",
      );
    }
    const { strandedStates, warnOfStranded } = await import("../../services/stranded.ts");
    warnOfStranded(context, await strandedStates(context.platform));
  }
  return 0;
}

/** How many issues have edits that only this machine has, or why that is not known. */
type Unpushed = { readonly count: number } | { readonly unknownBecause: string };

/** Counts them. What may not be read is refused; a cache that cannot be read keeps nobody from unbinding. */
async function unpushedIssues(project: ProjectContext): Promise<Unpushed> {
  try {
    using store = (await openCache(project)).store;
    return { count: store?.counts().pending ?? 0 };
  } catch (error) {
    if (isNotCapable(error)) throw error;
    return { unknownBecause: errorText(error) };
  }
}
