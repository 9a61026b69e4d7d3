import type { Context } from "../../command/context.ts";
import { isOpen, moveIssue } from "./moving.ts";
import { moveWithReason, type ReasonOptions } from "./with_reason.ts";

/** Reopens an issue in the cache; an open one stays in its status. */
export function run(context: Context, { key, reason }: ReasonOptions): Promise<number> {
  return reason === undefined
    ? moveIssue(context, key, { status: "todo", isThere: isOpen })
    : moveWithReason(context, { key, reason, verb: "reopen" });
}
