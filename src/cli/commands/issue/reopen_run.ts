import type { Context } from "../../command/context.ts";
import { isClosed, moveIssue } from "./moving.ts";

/** Reopens an issue in the cache; an open one stays in its status. */
export function run(
  context: Context,
  { key }: { readonly key: string | undefined },
): Promise<number> {
  return moveIssue(context, key, "todo", (status) => !isClosed(status));
}
