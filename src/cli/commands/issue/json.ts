import type { JsonObject } from "../../../contract/field.ts";
import type { NormalizedIssue } from "../../../contract/issue.ts";
import type { DiscardResult } from "../../../sync/discard.ts";
import type { AddedComment, IssueComment, IssueComments } from "../../../sync/issue_comments.ts";
import type { EditResult } from "../../../sync/edits.ts";
import type { IssueView } from "../../../sync/issue_view.ts";

/** Commands that edit an issue, with `--json` (local-json.md, Edits). */
export function editJson({ issue, changes, unwritable, absent }: EditResult): JsonObject {
  return {
    issue,
    changes,
    skipped_fields: unwritable,
    ...(absent === undefined ? {} : { absent }),
  };
}

/** `issue create --editor` with `--json`, when the person gave it up (local-json.md, Edits). */
export function notCreatedJson(): JsonObject {
  return { issue: null, changes: [], skipped_fields: [] };
}

/** `issue discard` with `--json` (local-json.md, Edits). */
export function discardJson({ issue, changes, removed }: DiscardResult): JsonObject {
  return { issue, changes, removed };
}

/** An issue, with what waits here and what was refused of it, where there is any (local-json.md, Lists). */
export function viewJson(
  { issue, isNew, pending, conflicts, refused, unwritable }: IssueView,
): JsonObject {
  return {
    ...issue,
    ...(isNew ? { is_new: true } : {}),
    ...(pending.length === 0 ? {} : { pending }),
    ...(conflicts.length === 0 ? {} : { held: conflicts.map(({ id, field }) => ({ id, field })) }),
    ...(unwritable.length === 0 ? {} : { skipped_fields: unwritable }),
    ...(refused.length === 0 ? {} : {
      refused: refused.map(({ field, wanted, code, message }) => ({
        field,
        wanted,
        code,
        message,
      })),
    }),
  };
}

/** The comments of an issue, where they were asked for: the latest ones, and how many there are (local-json.md, Lists). */
export function commentsJson(found: IssueComments | undefined): JsonObject {
  if (found === undefined) return {};
  return {
    comments: found.comments.map(commentJson),
    comments_total: found.total,
  };
}

/** `issue comment` with `--json` (local-json.md, Edits). */
export function addedCommentJson({ ref, comment, state, wasThere }: AddedComment): JsonObject {
  return {
    ref,
    comment: commentJson(comment),
    state,
    ...(wasThere ? { was_there: true } : {}),
  };
}

function commentJson(
  { id, author, createdAt, updatedAt, text, delivery }: IssueComment,
): JsonObject {
  return {
    ...(id === undefined ? {} : { id }),
    author,
    created_at: createdAt,
    ...(updatedAt === undefined ? {} : { updated_at: updatedAt }),
    text,
    ...(delivery === undefined
      ? {}
      : { delivery: { state: delivery.state, message: delivery.message } }),
  };
}

/** An issue of a list, as {@link viewJson} has it. */
export function listedJson(
  issue: NormalizedIssue,
  waiting: ReadonlyMap<string, IssueView>,
): JsonObject {
  const view = waiting.get(issue.ref.id);
  return view === undefined ? { ...issue } : viewJson(view);
}
