import type { Context } from "../../command/context.ts";
import { isOpen, moveIssue } from "./moving.ts";
import { checkReason, moveWithReason, type ReasonOptions } from "./with_reason.ts";

export { checkReason as check };

/** Reopens an issue in the cache; an open one stays in its status. */
export function run(context: Context, { key, reason }: ReasonOptions): Promise<number> {
  return reason === undefined
    ? moveIssue(context, key, { status: "todo", isThere: isOpen })
    : moveWithReason(context, { key, reason, verb: "reopen" });
}
