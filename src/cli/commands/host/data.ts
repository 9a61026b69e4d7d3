import { type HostContext, openExistingHostData } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import type { Fragment } from "../../terminal/text.ts";
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

/** What is said of a change: as a document, or in a line. */
export interface Told {
  readonly document: Readonly<Record<string, unknown>>;
  readonly line: Fragment;
}

/** Changes the data of a host that is there, and says what came of it. */
export async function changeHostData(
  context: Context,
  options: { readonly data: HostPlace },
  change: (data: HostContext) => Promise<Told>,
): Promise<number> {
  const { document, line } = await withHostData(context, options, change);
  if (context.globals.json) context.output.json(document);
  else context.output.result(line);
  return 0;
}
