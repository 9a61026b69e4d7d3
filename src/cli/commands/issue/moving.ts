import type { Status } from "../../../contract/issue.ts";
import { openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import type { SyncedIssues } from "../../../sync/editable_issues.ts";
import { withIssue } from "../../services/named_issue.ts";
import { reportEdit } from "./edit_report.ts";

/**
 * Moves an issue to a status in the cache, unless `isThere` says that its own will do. A move that was refused is wanted
 * still, and is not entered twice.
 */
export async function moveIssue(
  context: Context,
  key: string | undefined,
  status: Status,
  isThere: (wanted: unknown) => boolean = (wanted) => wanted === status,
): Promise<number> {
  return await withIssue(context, key, async ({ id }, project) => {
    const { service } = await openBackend(project);
    return await moveOne(context, service, id, { status, isThere });
  });
}

async function moveOne(
  context: Context,
  service: Pick<SyncedIssues, "issueShow" | "issueEdit">,
  id: string,
  { status, isThere }: {
    readonly status: Status;
    readonly isThere: (wanted: unknown) => boolean;
  },
): Promise<number> {
  const { issue, refused } = await service.issueShow(id);
  const fault = refused.find(({ field }) => field === "status");
  const isWanted = isThere(fault === undefined ? issue.status : fault.wanted);
  const code = reportEdit(
    context,
    isWanted ? { issue, changes: [], unwritable: [] } : await service.issueEdit(id, { status }),
    "Changed",
  );
  if (isWanted && fault !== undefined) {
    context.output.notice(
      `  It was refused: ${fault.message}. \`tracker sync push --retry\` sends it again.`,
    );
  }
  return code;
}

/** Whether an issue in this status is closed. */
export function isClosed(status: unknown): boolean {
  return status === "done" || status === "canceled";
}
