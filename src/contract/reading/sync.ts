import type { JsonObject } from "../field.ts";
import { isJsonObject } from "../field.ts";
import type { ExternalRef } from "../issue.ts";
import { readHostError } from "../host_error.ts";
import type { IdentityPath } from "../identity_path.ts";
import { PUSH_ACTIONS, type PushAction } from "../push.ts";
import {
  type ItemError,
  type PullResult,
  PUSH_OUTCOMES,
  type PushItemOutcome,
  type PushResult,
  type PushResultItem,
  RESULT_STATUSES,
  type ResultStatus,
  type ResultSummary,
  type RunResult,
} from "../results.ts";
import { readIssue, readRef } from "./issue.ts";
import {
  type AnswerReader,
  count,
  flag,
  kindOf,
  knownWord,
  objectOf,
  plainText,
  type Reading,
  UNKNOWN_WORKSPACE,
  Unreadable,
} from "./reading.ts";

/** Reads a page of issues (wire.md, Results). */
export const PullReader: AnswerReader<PullResult> = {
  members: ["items"],
  read(body, reading) {
    const items = reading.list(body, "items", (item) => readIssue(item, reading));
    const next_cursor = plainText(body["next_cursor"]);
    return {
      ...body,
      items,
      ...verdictOf(body, reading, {
        total: items.length + reading.errors.length,
        succeeded: items.length,
        failed: reading.errors.length,
        skipped: 0,
      }),
      identity_path: identityPathOf(body),
      ...(Array.isArray(body["removed"]) ? { removed: refsIn(body["removed"], reading) } : {}),
      has_more: flag(body["has_more"]) ?? next_cursor !== null,
      next_cursor,
    };
  },
};

/** Reads the result of a push (wire.md, Results). */
export const PushReader: AnswerReader<PushResult> = {
  members: ["items"],
  read(body, reading) {
    const told = itemErrorsOf(body, reading) ?? [];
    const items = reading.list(body, "items", (item) => readPushItem(item, reading, told));
    return {
      ...body,
      items,
      ...verdictOf(body, reading, summaryOf(items)),
      identity_path: identityPathOf(body),
    };
  },
};

/** Reads the result of a full cycle (wire.md, Results). */
export const RunReader: AnswerReader<RunResult> = {
  members: ["pull", "push", "summary", "status"],
  read(body, reading) {
    const pull = phaseOf(body, "pull", reading, (item) => readIssue(item, reading));
    const push = phaseOf(body, "push", reading, (item) => readPushItem(item, reading, []));
    const pulled = pull.items?.length ?? 0;
    const both = {
      pull: {
        ...pull,
        summary: readSummary(pull.summary) ?? { ...NOTHING, total: pulled, succeeded: pulled },
      },
      push: { ...push, summary: readSummary(push.summary) ?? summaryOf(push.items ?? []) },
    };
    const { item_errors, ...verdict } = verdictOf(
      body,
      reading,
      added(both.pull.summary, both.push.summary),
    );
    return {
      ...body,
      ...both,
      ...verdict,
      ...(item_errors === null ? {} : { item_errors }),
      identity_path: identityPathOf(body),
    };
  },
};

const NOTHING: ResultSummary = { total: 0, succeeded: 0, failed: 0, skipped: 0 };

/**
 * Returns the parts that say how a call ended as a whole; what failed or could not be read makes it partial, whatever
 * the host says.
 */
function verdictOf(body: JsonObject, reading: Reading, counted: ResultSummary): {
  readonly status: ResultStatus;
  readonly summary: ResultSummary;
  readonly item_errors: readonly ItemError[] | null;
} {
  const told = itemErrorsOf(body, reading);
  const item_errors = reading.errors.length === 0 ? told : [...told ?? [], ...reading.errors];
  const summary = readSummary(body["summary"]) ?? counted;
  const hasFailed = summary.failed > 0 || counted.failed > 0 || (item_errors ?? []).length > 0;
  const known = knownWord(RESULT_STATUSES, body["status"], { success: "ok", failed: "error" });
  const isError = known === null && body["error"] != null;
  const status = known ?? (isError ? "error" : hasFailed ? "partial" : "ok");
  const isTold = known !== null || body["status"] == null;
  if (!isTold) reading.readAs("status of the answer", body["status"], status);
  return {
    status: status === "ok" && hasFailed ? "partial" : status,
    summary,
    item_errors,
  };
}

/** References that can be read; one that cannot names no issue. */
function refsIn(list: readonly unknown[], reading: Reading): readonly ExternalRef[] {
  return list.flatMap((value) => {
    try {
      return [readRef(value, reading, "removed")];
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return [];
    }
  });
}

function readSummary(value: unknown): ResultSummary | null {
  if (!isJsonObject(value)) return null;
  const [succeeded, failed, skipped] = ["succeeded", "failed", "skipped"].map((name) =>
    count(value[name]) ?? 0
  );
  const counts = { succeeded: succeeded ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 };
  const total = count(value["total"]) ?? counts.succeeded + counts.failed + counts.skipped;
  return { ...value, total, ...counts };
}

function summaryOf(items: readonly PushResultItem[]): ResultSummary {
  const failed = items.filter(({ outcome }) => outcome === "failed").length;
  return { total: items.length, succeeded: items.length - failed, failed, skipped: 0 };
}

function added(a: ResultSummary, b: ResultSummary): ResultSummary {
  return {
    total: a.total + b.total,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** Why items failed; one of which little is told still counts. `null` where the host has no list. */
function itemErrorsOf(body: JsonObject, reading: Reading): readonly ItemError[] | null {
  const list = body["item_errors"];
  if (!Array.isArray(list)) return null;
  return list.filter((member: unknown) => member !== null).map((member: unknown): ItemError => {
    const { code, message, retryable } = readHostError(member);
    const { details, ...rest } = objectOf(member);
    return {
      ...rest,
      ...(details === undefined ? {} : { details: detailsOf(details, reading) }),
      ref: refOrUnknown(objectOf(member)["ref"], reading),
      code: code ?? "failed",
      message: message ?? "the host gave no reason",
      retryable: retryable ?? false,
    };
  });
}

/** What else is to know of a fault: the issue as it is now is read like any other, where it can be. */
function detailsOf(value: unknown, reading: Reading): JsonObject | null {
  if (!isJsonObject(value)) return null;
  const { current, ...rest } = value;
  if (!isJsonObject(current)) return value;
  try {
    return { ...rest, current: readIssue(current, reading) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return rest;
  }
}

function refOrUnknown(value: unknown, reading: Reading): ItemError["ref"] {
  try {
    return readRef(value, reading, "ref");
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { system: reading.system, workspace: UNKNOWN_WORKSPACE, id: "an issue without a name" };
  }
}

function readPushItem(
  item: JsonObject,
  reading: Reading,
  told: readonly ItemError[],
): PushResultItem {
  const ref = readRef(item["ref"], reading, "ref");
  const remote = item["remote_ref"];
  const outcome = outcomeOf(item, told.some((error) => error.ref.id === ref.id));
  return {
    ...item,
    ref,
    action: knownWord(PUSH_ACTIONS, item["action"]) ?? ACTION_OF[outcome],
    outcome,
    remote_ref: remote === null || remote === undefined
      ? null
      : readRef(remote, reading, "remote_ref", ref),
    version: plainText(item["version"]),
    message: plainText(item["message"]),
  };
}

/** What a push item most likely was, where the host does not repeat it. */
const ACTION_OF: Readonly<Record<PushItemOutcome, PushAction>> = {
  created: "create",
  updated: "update",
  transitioned: "transition",
  unchanged: "update",
  failed: "update",
};

const OUTCOME_OF: Readonly<Record<PushAction, PushItemOutcome>> = {
  create: "created",
  update: "updated",
  transition: "transitioned",
};

/** An outcome that is left out follows from the action; one that is not known is not taken for a success. */
function outcomeOf(item: JsonObject, isFailed: boolean): PushItemOutcome {
  const { outcome, action } = item;
  const known = knownWord(PUSH_OUTCOMES, outcome, { error: "failed", rejected: "failed" });
  if (known !== null) return known;
  if (outcome !== null && outcome !== undefined) {
    throw new Unreadable(
      "outcome",
      `must be one of ${PUSH_OUTCOMES.join(", ")}, not ${kindOf(outcome)}`,
    );
  }
  if (isFailed) return "failed";
  const known_action = knownWord(PUSH_ACTIONS, action);
  if (known_action === null) throw new Unreadable("outcome", "is missing");
  return OUTCOME_OF[known_action];
}

function phaseOf<T>(
  body: JsonObject,
  name: "pull" | "push",
  reading: Reading,
  read: (item: JsonObject) => T,
): JsonObject & { readonly items?: readonly T[] | null } {
  const { items, ...phase } = objectOf(body[name]);
  if (items === undefined) return phase;
  return {
    ...phase,
    items: Array.isArray(items) ? reading.members(items, `${name}.items`, read) : null,
  };
}

/** Whose account did the work; `null` where the host does not say. */
function identityPathOf(body: JsonObject): IdentityPath | null {
  return readIdentityPath(body["identity_path"]);
}

/** Reads whose account did the work; `null` where the host does not say. */
export function readIdentityPath(value: unknown): IdentityPath | null {
  if (!isJsonObject(value)) return null;
  return {
    ...value,
    type: plainText(value["type"]),
    installation_id: plainText(value["installation_id"]),
    user_link_id: plainText(value["user_link_id"]),
    provider: plainText(value["provider"]),
    provider_account_id: plainText(value["provider_account_id"]),
  };
}
