import type { Context } from "../../command/context.ts";
import { isClosed, moveIssue } from "./moving.ts";

/** Closes an issue in the cache; a canceled one is closed already. */
export function run(
  context: Context,
  { key }: { readonly key: string | undefined },
): Promise<number> {
  return moveIssue(context, key, "done", isClosed);
}
