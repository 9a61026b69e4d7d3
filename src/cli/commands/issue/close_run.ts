import type { Context } from "../../command/context.ts";
import { isClosed, moveIssue } from "./moving.ts";
import { moveWithReason, type ReasonOptions } from "./with_reason.ts";

/** Closes an issue in the cache; a canceled one is closed already. */
export function run(context: Context, { key, reason }: ReasonOptions): Promise<number> {
  return reason === undefined
    ? moveIssue(context, key, { status: "done", isThere: isClosed })
    : moveWithReason(context, { key, reason, verb: "close" });
}
