import {
  COMMAND_LINE,
  disableMapping,
  enableMapping,
  openExistingHostData,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";

/** Disables a binding, or allows it again. */
export async function run(
  context: Context,
  options: { readonly ref: string; readonly data: HostPlace; readonly enable: boolean },
): Promise<number> {
  const data = await openExistingHostData(context.platform, hostLocation(context, options.data));
  try {
    if (options.enable) await enableMapping(data, COMMAND_LINE, options.ref);
    else await disableMapping(data, COMMAND_LINE, options.ref);
  } finally {
    await data.store.close();
  }
  const state = options.enable ? "active" : "disabled";
  if (context.globals.json) context.output.json({ binding_ref: options.ref, state });
  else context.output.result(text`${DONE} ${options.ref} is ${state}.`);
  return 0;
}
