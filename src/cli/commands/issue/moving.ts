import type { Status } from "../../../contract/issue.ts";
import type { EditResult } from "../../../sync/edits.ts";
import { type Backend, openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { withIssue } from "../../services/named_issue.ts";
import { reportEdit } from "./edit_report.ts";

/** Where an issue is to be moved. */
export interface Move {
  readonly status: Status;
  /** Whether another status will do as well. */
  readonly isThere?: (wanted: unknown) => boolean;
  /** Why, where the tool keeps that beside the status. */
  readonly reason?: string | undefined;
}

/** What moving an issue came to. */
export interface Moved {
  readonly result: EditResult;
  /** Why it was refused before, where the same was wanted already. */
  readonly refusedBefore: string | null;
  /** Whether nothing was entered, not even a reason. */
  readonly isNothing: boolean;
}

/**
 * Moves an issue to a status in the cache, unless its own will do. A move that was refused is wanted still, and is not
 * entered twice.
 */
export async function moveIssue(
  context: Context,
  key: string | undefined,
  move: Move,
): Promise<number> {
  return await withIssue(context, key, async ({ id }, project) => {
    const { service } = await openBackend(project);
    const moved = await enterMove(service, id, move);
    const code = reportEdit(context, moved.result, "Changed");
    tellRefusedBefore(context, moved);
    return code;
  });
}

/** Enters a move in the cache. */
export async function enterMove(
  service: Backend["service"],
  id: string,
  { status, isThere = (wanted) => wanted === status, reason }: Move,
): Promise<Moved> {
  const { issue, pending, refused } = await service.issueShow(id);
  const fault = refused.find(({ field }) => field === "status");
  const isWanted = isThere(fault === undefined ? issue.status : fault.wanted);
  const isWaiting = pending.some(({ field }) => field === "status");
  const edit = {
    // What waits already gets its reason.
    status: isWanted && fault === undefined ? issue.status : status,
    ...(reason === undefined ? {} : { reason }),
  };
  const isNothing = isWanted && !(isWaiting && fault === undefined && reason !== undefined);
  return {
    result: isNothing ? { issue, changes: [], unwritable: [] } : await service.issueEdit(id, edit),
    isNothing,
    refusedBefore: isWanted ? fault?.message ?? null : null,
  };
}

/** Says of a move that was wanted already why it was refused. */
export function tellRefusedBefore({ output }: Context, { refusedBefore }: Moved): void {
  if (refusedBefore === null) return;
  output.notice(
    `  It was refused: ${refusedBefore}. \`tracker sync push --retry\` sends it again.`,
  );
}

/** Whether an issue in this status is closed. */
export function isClosed(status: unknown): boolean {
  return status === "done" || status === "canceled";
}

/** Whether an issue in this status is not closed. */
export function isOpen(status: unknown): boolean {
  return !isClosed(status);
}
