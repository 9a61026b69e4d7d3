import type { SyncField } from "../contract/sync_fields.ts";
import type { NormalizedIssue } from "../contract/issue.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { SyncedIssues } from "../sync/editable_issues.ts";
import type { IssueEdit } from "../sync/edits.ts";
import { type IssueView, sendableFields } from "../sync/issue_view.ts";
import { isMe } from "./my_names.ts";

/** What became of one change of a ticket. */
export type TakeOutcome =
  /** The tracker, or the host for it, has it now. */
  | { readonly kind: "done"; readonly value: string }
  /** Nothing was to be done. */
  | { readonly kind: "already"; readonly value: string }
  /** It was left as it is, for a reason. */
  | { readonly kind: "left"; readonly reason: string }
  /** It waits here for the next push. */
  | { readonly kind: "waiting"; readonly value: string; readonly reason: string }
  /** It was wanted and will not be. */
  | { readonly kind: "failed"; readonly reason: string };

/** What became of a ticket that work has started on. */
export interface TakenTicket {
  /** Its move to in progress. */
  readonly status: TakeOutcome;
  /** Its assignment to the user. */
  readonly assignee: TakeOutcome;
}

/** What a ticket is taken with. */
export interface TakeTicketOptions {
  readonly issues: Pick<SyncedIssues, "issueShow" | "issueEdit">;
  /** Sends the edits of one issue. */
  readonly push: (id: string) => Promise<unknown>;
  /** The id of the ticket in the cache. */
  readonly id: string;
  /** The user as the tracker calls them, best first; empty where that is not known. */
  readonly names: readonly string[];
}

/** Why nobody is assigned. */
const NAME_UNKNOWN =
  "what the tracker calls you is not known: `tracker config set mission.assignee NAME`";

/**
 * Moves a ticket to in progress and assigns it to the user, by edits that are sent at once, no matter who owns these
 * fields in the binding: this is what a start is asked for. A ticket that is further stays where it is, and what is there
 * already is not sent, so that a repeat changes nothing. An edit that still waits here is sent.
 *
 * @throws {TrackerError} `issue_not_found`; what the cache throws.
 */
export async function takeTicket(options: TakeTicketOptions): Promise<TakenTicket> {
  const { issues, id, names } = options;
  const before = await issues.issueShow(id);
  const status = unlessWaiting(before, "status", statusStep(before.issue));
  const assignee = unlessWaiting(before, "assignees", assigneeStep(before.issue, names));
  const entered = {
    status: await enter(options, status),
    assignee: await enter(options, assignee),
  };
  if (entered.status !== null && entered.assignee !== null) {
    return { status: entered.status, assignee: entered.assignee };
  }
  const fault = await sent(options);
  const view = await issues.issueShow(id);
  return {
    status: entered.status ?? outcomeOf(view, "status", "in_progress", fault),
    assignee: entered.assignee ?? outcomeOf(view, "assignees", names[0] ?? "", fault),
  };
}

type Step = { readonly outcome: TakeOutcome } | { readonly edit: IssueEdit } | "waiting";

/** What is there already only here has yet to be sent. */
function unlessWaiting(view: IssueView, field: SyncField, step: Step): Step {
  const isAlready = step !== "waiting" && "outcome" in step && step.outcome.kind === "already";
  return isAlready && sendableFields(view).includes(field) ? "waiting" : step;
}

function statusStep({ status }: NormalizedIssue): Step {
  const words = status.replaceAll("_", " ");
  if (status === "in_progress") return { outcome: { kind: "already", value: status } };
  // One that is further is not moved back, and one that is blocked was blocked for a reason.
  return status === "todo"
    ? { edit: { status: "in_progress" } }
    : { outcome: { kind: "left", reason: `it is ${words}` } };
}

function assigneeStep(
  { assignees, status }: NormalizedIssue,
  names: readonly string[],
): Step {
  const mine = assignees.find((name) => isMe(names, name));
  if (mine !== undefined) return { outcome: { kind: "already", value: mine } };
  if (status === "done" || status === "canceled") {
    return { outcome: { kind: "left", reason: `it is ${status}` } };
  }
  const [name] = names;
  return name === undefined
    ? { outcome: { kind: "left", reason: NAME_UNKNOWN } }
    : { edit: { assignees: [...assignees, name] } };
}

/** Enters an edit; answers what became of it where that is known by then. */
async function enter({ issues, id }: TakeTicketOptions, step: Step): Promise<TakeOutcome | null> {
  if (step === "waiting") return null;
  if ("outcome" in step) return step.outcome;
  try {
    const { unwritable } = await issues.issueEdit(id, step.edit, { anyOwner: true });
    const [skipped] = unwritable;
    return skipped === undefined ? null : { kind: "failed", reason: skipped.reason };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { kind: "failed", reason: wholeReason(error) };
  }
}

/** Why, and what to do about it, in a line without a final period. */
function wholeReason({ message, nextAction }: TrackerError): string {
  return nextAction === null ? message : `${message}. ${nextAction.replace(/\.$/, "")}`;
}

/** Sends the edits; answers why they could not be. */
async function sent({ push, id }: TakeTicketOptions): Promise<string | null> {
  try {
    await push(id);
    return null;
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code === "interrupted") throw error;
    return error.message;
  }
}

function outcomeOf(
  view: IssueView,
  field: SyncField,
  value: string,
  fault: string | null,
): TakeOutcome {
  const refused = view.refused.find((one) => one.field === field);
  if (refused !== undefined) return { kind: "failed", reason: refused.message };
  if (view.conflicts.some((one) => one.field === field)) {
    const reason = "others have changed it meanwhile: `tracker sync conflicts`";
    return { kind: "failed", reason };
  }
  return sendableFields(view).includes(field)
    ? { kind: "waiting", value, reason: fault ?? "it was not sent" }
    : { kind: "done", value };
}
