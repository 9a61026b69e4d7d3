import { notBound } from "../../../user/readiness_wording.ts";
import { unbindProject } from "../../../tracker/binding.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { projectContext } from "../../services/tracker.ts";
import { labelOf } from "../../../project/binding_label.ts";

/** Removes the binding from the project's config. */
export async function run(context: Context): Promise<number> {
  const outcome = await unbindProject(await projectContext(context));
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
    await (await import("../../services/stranded.ts")).warnOfStranded(context);
  }
  return 0;
}
