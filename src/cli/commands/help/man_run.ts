import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { catalogue } from "../registry.ts";
import type { Deps } from "../../command/context.ts";
import { manualPage } from "../../help/manual.ts";

/** Prints the manual page, in the form that `man` reads. */
export function run(deps: Deps): Promise<number> {
  const hosted = isHostedSyncEnabled(deps.platform.env);
  const page = manualPage(catalogue(hosted), hosted);
  if (deps.globals.json) deps.output.json({ page });
  else deps.output.raw(page);
  return Promise.resolve(0);
}
