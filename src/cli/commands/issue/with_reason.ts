import type { Status } from "../../../contract/issue.ts";
import { PROVIDER_TITLES } from "../../../contract/providers.ts";
import { commandWord } from "../../../platform/command_word.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import { type AddedComment, commentText, notPushedYet } from "../../../sync/issue_comments.ts";
import { type Backend, openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { withIssue } from "../../services/named_issue.ts";
import { reportComment, writeComment } from "./commenting.ts";
import { reportEdit } from "./edit_report.ts";
import { addedCommentJson, editJson } from "./json.ts";
import { enterMove, isClosed, isOpen, type Move, type Moved, tellRefusedBefore } from "./moving.ts";

/** What to close or to reopen, and why. */
export interface ReasonOptions {
  readonly key: string | undefined;
  readonly reason: string | undefined;
}

/** The reasons that are statuses of a hosted tracker. */
const REASON_STATUSES: Readonly<Record<string, Status>> = {
  completed: "done",
  not_planned: "canceled",
  duplicate: "canceled",
};

/** Where a reason goes. */
interface Way {
  readonly move: Move;
  /** `status`: the status says it. `kept`: the tool keeps it beside the status. `comment`: it is written as one. */
  readonly by: "status" | "kept" | "comment";
}

/**
 * Closes or reopens an issue in the cache, and has the reason go where the tracker has a place for it. A comment is sent at
 * once, after the move is kept: a repeat of the command never loses or doubles one whose answer was lost.
 */
export async function moveWithReason(
  context: Context,
  { key, reason, verb }: {
    readonly key: string | undefined;
    readonly reason: string;
    readonly verb: "close" | "reopen";
  },
): Promise<number> {
  const text = commentText(reason);
  return await withIssue(
    context,
    key,
    async ({ id }, project) =>
      await moveOne(context, await openBackend(project), { id, text, verb }),
  );
}

async function moveOne(
  context: Context,
  backend: Backend,
  { id, text, verb }: {
    readonly id: string;
    readonly text: string;
    readonly verb: "close" | "reopen";
  },
): Promise<number> {
  const { isNew, issue } = await backend.service.issueShow(id);
  const way = wayOf(backend, text, verb);
  if (way.by === "comment" && isNew) throw notPushedYet(issue.ref);
  const moved = await enterMove(backend.service, id, way.move);
  const comment = way.by === "comment" ? await write(context, backend, id, text, moved) : null;
  if (context.globals.json) {
    const sent = comment === null ? {} : { state: addedCommentJson(comment)["state"] };
    context.output.json({ ...editJson(moved.result), reason: { by: way.by, text, ...sent } });
    return 0;
  }
  reportEdit(context, moved.result, "Changed");
  tellRefusedBefore(context, moved);
  if (comment !== null) reportComment(context, backend, comment);
  else context.output.notice(whereItGoes(backend, way, moved));
  return 0;
}

function wayOf({ kind, provider }: Backend, text: string, verb: "close" | "reopen"): Way {
  const move: Move = verb === "close"
    ? { status: "done", isThere: isClosed }
    : { status: "todo", isThere: isOpen };
  // What bd is told of a reopening, it shows nowhere.
  if (provider === "beads" && verb === "close") {
    return { move: { ...move, reason: text }, by: "kept" };
  }
  const word = text.toLowerCase().replace(/[ -]/g, "_");
  const status = kind === "hosted" && verb === "close" && Object.hasOwn(REASON_STATUSES, word)
    ? REASON_STATUSES[word]
    : undefined;
  if (status === undefined) return { move, by: "comment" };
  // That it is a duplicate is said by no status.
  return { move: { status }, by: word === "duplicate" ? "comment" : "status" };
}

async function write(
  context: Context,
  backend: Backend,
  id: string,
  text: string,
  { result }: Moved,
): Promise<AddedComment> {
  try {
    return await writeComment(context, backend, id, text);
  } catch (error) {
    if (!(error instanceof TrackerError) || result.changes.length === 0) throw error;
    const { code, message, details, exitCode } = error;
    const kept = "The new status is kept, and waits for the next push; its reason was not written.";
    const nextAction = [kept, error.nextAction].filter((part) => part !== null).join(" ");
    throw new TrackerError({ code, message, nextAction, details, exitCode, cause: error });
  }
}

function whereItGoes({ provider }: Backend, { by }: Way, { result, isNothing }: Moved): string {
  const title = PROVIDER_TITLES[provider];
  const { ref, status } = result.issue;
  if (by === "status") return `  The reason is told by the status "${status}".`;
  if (!isNothing) return `  The reason goes to ${title} with the status.`;
  return `  ${title} keeps the reason it has; another one can be a comment: \`tracker issue comment ${
    commandWord(ref.key ?? ref.id)
  } TEXT\``;
}
