import { notBound } from "../../../user/readiness_wording.ts";
import type { Deps } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { trackerService } from "../../services/tracker.ts";
import { labelOf } from "../../services/binding_label.ts";

/** Removes the binding from the project's config. */
export async function run(deps: Deps): Promise<number> {
  const outcome = await (await trackerService(deps)).unbind();
  if (outcome.kind === "not_bound") throw notBound();
  const { binding } = outcome;
  if (deps.globals.json) {
    deps.output.json({
      unbound: true,
      provider: binding.provider,
      binding_ref: binding.bindingRef,
    });
  } else {
    const label = harmless(labelOf(binding));
    deps.output.line(`${deps.output.style.green("✓")} No longer bound to ${label}.`);
    await (await import("../../services/stranded.ts")).warnOfStranded(deps);
  }
  return 0;
}
