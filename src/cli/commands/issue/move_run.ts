import type { Status } from "../../../contract/issue.ts";
import type { Context } from "../../command/context.ts";
import { moveIssue } from "./moving.ts";

/** Moves an issue to another status in the cache. */
export function run(
  context: Context,
  { key, status }: { readonly key: string | undefined; readonly status: Status },
): Promise<number> {
  return moveIssue(context, key, { status });
}
