import type { JsonObject } from "../../../contract/field.ts";
import type { NormalizedIssue } from "../../../contract/issue.ts";
import type { DiscardResult } from "../../../sync/discard.ts";
import type { IssueComments } from "../../../local/comments.ts";
import type { EditResult } from "../../../sync/edits.ts";
import type { RefusedEdit } from "../../../store/edits.ts";

/** `issue create` and `issue edit` with `--json` (local-json.md, Edits). */
export function editJson({ issue, changes, unwritable }: EditResult): JsonObject {
  return { issue, changes, skipped_fields: unwritable };
}

/** `issue discard` with `--json` (local-json.md, Edits). */
export function discardJson({ issue, changes, removed }: DiscardResult): JsonObject {
  return { issue, changes, removed };
}

/** An issue, with the edits of it that were refused, where there are any (local-json.md, Lists). */
export function withRefused(issue: NormalizedIssue, refused: readonly RefusedEdit[]): JsonObject {
  const own = refused.filter(({ id }) => id === issue.ref.id);
  if (own.length === 0) return { ...issue };
  return {
    ...issue,
    refused: own.map(({ field, wanted, code, message }) => ({ field, wanted, code, message })),
  };
}

/** The comments of an issue, where they were asked for: the latest ones, and how many there are (local-json.md, Lists). */
export function commentsJson(found: IssueComments | undefined): JsonObject {
  if (found === undefined) return {};
  return {
    comments: found.comments.map(({ author, createdAt, text }) => ({
      author,
      created_at: createdAt,
      text,
    })),
    comments_total: found.total,
  };
}
