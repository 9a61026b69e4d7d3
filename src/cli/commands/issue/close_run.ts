import type { Context } from "../../command/context.ts";
import { isClosed, moveIssue } from "./moving.ts";
import { checkReason, moveWithReason, type ReasonOptions } from "./with_reason.ts";

export { checkReason as check };

/** Closes an issue in the cache; a canceled one is closed already. */
export function run(context: Context, { key, reason }: ReasonOptions): Promise<number> {
  return reason === undefined
    ? moveIssue(context, key, { status: "done", isThere: isClosed })
    : moveWithReason(context, { key, reason, verb: "close" });
}
