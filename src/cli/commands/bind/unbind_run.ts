import { notBound } from "../../../user/readiness_wording.ts";
import { unbindProject } from "../../../tracker/binding.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import { openCache } from "../../../tracker/cache.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";
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
    if (unpushed > 0) {
      const issues = plural(unpushed, "issue");
      context.output.warning(
        text`${ATTENTION} ${issues} with unpushed edits: they stay on this machine.`,
      );
      context.output.warning(
        "  Bind again and run `tracker sync push` to send them; `tracker state list` shows them.",
      );
    }
    await (await import("../../services/stranded.ts")).warnOfStranded(context);
  }
  return 0;
}

/** Returns how many issues have edits that only this machine has; 0 where that cannot be read. */
async function unpushedIssues(project: ProjectContext): Promise<number> {
  try {
    using store = (await openCache(project)).store;
    return store?.counts().pending ?? 0;
  } catch {
    // A cache that cannot be read, or a project without a binding, keeps nobody from unbinding.
    return 0;
  }
}
