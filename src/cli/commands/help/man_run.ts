import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { catalogue } from "../registry.ts";
import type { Context } from "../../command/context.ts";
import { multiline } from "../../terminal/text.ts";
import { manualPage } from "../../help/manual.ts";

/** Prints the manual page, in the form that `man` reads. */
export async function run(context: Context): Promise<number> {
  const hosted = isHostedSyncEnabled(context.platform.env);
  const page = manualPage(await catalogue(hosted), hosted);
  if (context.globals.json) context.output.json({ page });
  else context.output.result(multiline(page.trimEnd()));
  return 0;
}
