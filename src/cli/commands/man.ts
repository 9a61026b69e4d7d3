import { isHostedSyncEnabled } from "../../hosted/rollout.ts";
import { catalogue } from "../catalogue.ts";
import type { Deps } from "../deps.ts";
import { manualPage } from "../manual.ts";

/** Prints the manual page, in the form that `man` reads. */
export function run(deps: Deps): Promise<number> {
  const hosted = isHostedSyncEnabled(deps.platform.env);
  deps.output.raw(manualPage(catalogue(hosted), hosted));
  return Promise.resolve(0);
}
