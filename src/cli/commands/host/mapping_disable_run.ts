import { COMMAND_LINE, disableMapping, enableMapping } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { changeHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";

/** Disables a binding, or allows it again. */
export async function run(
  context: Context,
  options: { readonly ref: string; readonly data: HostPlace; readonly enable: boolean },
): Promise<number> {
  const { ref, enable } = options;
  const state = enable ? "active" : "disabled";
  return await changeHostData(context, options, async (data) => {
    if (enable) await enableMapping(data, COMMAND_LINE, ref);
    else await disableMapping(data, COMMAND_LINE, ref);
    return { document: { binding_ref: ref, state }, line: text`${DONE} ${ref} is ${state}.` };
  });
}
