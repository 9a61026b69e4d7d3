import { disableMapping, enableMapping, openExistingHostData } from "../../../server/mod.ts";
import type { Deps } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";

/** Disables a binding, or allows it again. */
export async function run(
  deps: Deps,
  options: { readonly ref: string; readonly data: string; readonly enable: boolean },
): Promise<number> {
  const data = await openExistingHostData(deps.platform, options.data);
  try {
    if (options.enable) enableMapping(data, options.ref);
    else disableMapping(data, options.ref);
  } finally {
    data.close();
  }
  const state = options.enable ? "active" : "disabled";
  if (deps.globals.json) deps.output.json({ binding_ref: options.ref, state });
  else deps.output.line(`${deps.output.style.green("✓")} ${harmless(options.ref)} is ${state}.`);
  return 0;
}
