import { type HostContext, openExistingHostData } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";

/** Runs `work` on the data of a host that is there, and closes it. */
export async function withHostData<T>(
  context: Context,
  { data: dataDir }: { readonly data: string },
  work: (data: HostContext) => Promise<T>,
): Promise<T> {
  const data = await openExistingHostData(context.platform, { dataDir });
  try {
    return await work(data);
  } finally {
    await data.store.close();
  }
}
