import { type HostContext, openExistingHostData } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** Runs `work` on the data of a host that is there, and closes it. */
export async function withHostData<T>(
  context: Context,
  { data: place }: { readonly data: HostPlace },
  work: (data: HostContext) => Promise<T>,
): Promise<T> {
  const data = await openExistingHostData(context.platform, hostLocation(context, place));
  try {
    return await work(data);
  } finally {
    await data.store.close();
  }
}
