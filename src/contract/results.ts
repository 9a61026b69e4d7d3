import * as v from "valibot";
import { type ErrorEnvelope, ErrorEnvelopeSchema } from "./errors.ts";
import {
  CountSchema,
  FilledSchema,
  isJsonObject,
  type JsonObject,
  JsonObjectSchema,
} from "./field.ts";
import { type IdentityPath, IdentityPathSchema } from "./identity_path.ts";
import {
  type ExternalRef,
  ExternalRefSchema,
  type NormalizedIssue,
  NormalizedIssueSchema,
} from "./issue.ts";
import { PUSH_ACTIONS, type PushAction } from "./push.ts";

export * from "./identity_path.ts";
export * from "./status.ts";

/** How a sync call ended as a whole (wire.md, Results). */
export const RESULT_STATUSES = ["ok", "partial", "error"] as const;

/** One of {@link RESULT_STATUSES}. */
export type ResultStatus = typeof RESULT_STATUSES[number];

/** What became of one pushed item (wire.md, Results). */
export const PUSH_OUTCOMES = [
  "created",
  "updated",
  "transitioned",
  "unchanged",
  "failed",
] as const;

/** One of {@link PUSH_OUTCOMES}. */
export type PushItemOutcome = typeof PUSH_OUTCOMES[number];

/** States of an asynchronous operation (wire.md, Results). */
export const OPERATION_STATUSES = ["pending", "running", "completed", "failed"] as const;

/** One of {@link OPERATION_STATUSES}. */
export type OperationStatus = typeof OPERATION_STATUSES[number];

/** Counts of a sync call, in items (wire.md, Results). */
export type ResultSummary = {
  /** All items. */
  readonly total: number;
  /** Items that were handled. */
  readonly succeeded: number;
  /** Items that failed; each has an entry in `item_errors`. */
  readonly failed: number;
  /** Items that needed nothing. */
  readonly skipped: number;
};

/** Why one item failed (wire.md, Results). */
export type ItemError = {
  /** The issue it concerns. */
  readonly ref: ExternalRef;
  /** The host's name for the fault. */
  readonly code: string;
  /** One sentence for people: what went wrong. */
  readonly message: string;
  /** Whether the same item may succeed later. */
  readonly retryable: boolean;
  /**
   * What else is to know of the fault. That of a `version_conflict` has as `current` the issue as it is now, or
   * `field`, `base`, `ours` and `theirs` of one field.
   */
  readonly details?: JsonObject | null | undefined;
};

/** What the answers of all sync calls have in common (wire.md, Results). */
export type SyncResult = {
  /** How the call ended as a whole. */
  readonly status: ResultStatus;
  /** Its counts; those of a full cycle are of both directions. */
  readonly summary: ResultSummary;
  /** `null` where the host does not say. */
  readonly identity_path: IdentityPath | null;
  /** What the host says of the rules that the project follows; not interpreted here. */
  readonly doctrine?: JsonObject | null | undefined;
};

/** One page of pulled issues (wire.md, Results). */
export type PullResult = SyncResult & {
  /** The issues. */
  readonly items: readonly NormalizedIssue[];
  /** Why items failed. */
  readonly item_errors: readonly ItemError[] | null;
  /** Whether there is another page. */
  readonly has_more: boolean;
  /** Opaque, issued by the host. */
  readonly next_cursor: string | null;
  /** Issues that are gone since the cursor or `updated_since`, where the host lists `removed`. */
  readonly removed?: readonly ExternalRef[] | null | undefined;
};

/** What became of one pushed item (wire.md, Results). */
export type PushResultItem = {
  /** The issue, as the item named it. */
  readonly ref: ExternalRef;
  /** What was asked for. */
  readonly action: PushAction;
  /** What came of it. */
  readonly outcome: PushItemOutcome;
  /** The issue at the tracker; `null` when there is none. */
  readonly remote_ref: ExternalRef | null;
  /** The tracker's name for this state of the issue. */
  readonly version: string | null;
  /** One sentence for people; `null` when there is nothing to say. */
  readonly message: string | null;
};

/** What a push did (wire.md, Results). */
export type PushResult = SyncResult & {
  /** What became of each item. */
  readonly items: readonly PushResultItem[];
  /** Why items failed. */
  readonly item_errors: readonly ItemError[] | null;
};

/** What a full cycle did (wire.md, Results). */
export type RunResult = SyncResult & {
  /** What the host took in from the tracker. */
  readonly pull: {
    readonly summary: ResultSummary;
    readonly items?: readonly NormalizedIssue[] | null | undefined;
  };
  /** What the host wrote to the tracker. */
  readonly push: {
    readonly summary: ResultSummary;
    readonly items?: readonly PushResultItem[] | null | undefined;
  };
  /** Why items failed. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
};

/** The 202 answer: the work continues at the host (wire.md, Results). */
export type OperationAccepted = {
  readonly operation_id: string;
  readonly status: "pending";
};

/** The state of an asynchronous operation (wire.md, Results). */
export type OperationResult = {
  readonly operation_id: string;
  readonly status: OperationStatus;
  readonly result: PushResult | RunResult | null;
  readonly error: ErrorEnvelope | null;
};

/** Schema of {@link ResultSummary}. */
export const ResultSummarySchema: v.GenericSchema<unknown, ResultSummary> = v.looseObject({
  total: CountSchema,
  succeeded: CountSchema,
  failed: CountSchema,
  skipped: CountSchema,
});

/** Schema of {@link ItemError}. */
export const ItemErrorSchema: v.GenericSchema<unknown, ItemError> = v.looseObject({
  ref: ExternalRefSchema,
  code: v.string(),
  message: v.string(),
  retryable: v.boolean(),
  details: v.nullish(JsonObjectSchema),
});

/** Schema of {@link PullResult}. */
export const PullResultSchema: v.GenericSchema<unknown, PullResult> = v.looseObject({
  status: v.picklist(RESULT_STATUSES),
  summary: ResultSummarySchema,
  items: v.array(NormalizedIssueSchema),
  item_errors: v.nullable(v.array(ItemErrorSchema)),
  identity_path: IdentityPathSchema,
  has_more: v.boolean(),
  next_cursor: v.nullable(v.string()),
  removed: v.nullish(v.array(ExternalRefSchema)),
  doctrine: v.nullish(JsonObjectSchema),
});

/** Schema of {@link PushResultItem}. */
export const PushResultItemSchema: v.GenericSchema<unknown, PushResultItem> = v.looseObject({
  ref: ExternalRefSchema,
  action: v.picklist(PUSH_ACTIONS),
  outcome: v.picklist(PUSH_OUTCOMES),
  remote_ref: v.nullable(ExternalRefSchema),
  version: v.nullable(v.string()),
  message: v.nullable(v.string()),
});

/** Schema of {@link PushResult}. */
export const PushResultSchema: v.GenericSchema<unknown, PushResult> = v.looseObject({
  status: v.picklist(RESULT_STATUSES),
  summary: ResultSummarySchema,
  items: v.array(PushResultItemSchema),
  item_errors: v.nullable(v.array(ItemErrorSchema)),
  identity_path: IdentityPathSchema,
  doctrine: v.nullish(JsonObjectSchema),
});

/** Schema of {@link RunResult}. */
export const RunResultSchema: v.GenericSchema<unknown, RunResult> = v.looseObject({
  status: v.picklist(RESULT_STATUSES),
  summary: ResultSummarySchema,
  pull: v.looseObject({
    summary: ResultSummarySchema,
    items: v.nullish(v.array(NormalizedIssueSchema)),
  }),
  push: v.looseObject({
    summary: ResultSummarySchema,
    items: v.nullish(v.array(PushResultItemSchema)),
  }),
  identity_path: IdentityPathSchema,
  doctrine: v.nullish(JsonObjectSchema),
});

/** Schema of {@link OperationAccepted}. */
export const OperationAcceptedSchema: v.GenericSchema<unknown, OperationAccepted> = v.looseObject({
  operation_id: FilledSchema,
  status: v.literal("pending"),
});

/** Tells a run from a push before parsing, so that a fault's path points into the right one. */
const OperationOutputSchema: v.GenericSchema<unknown, PushResult | RunResult> = v.lazy(
  (input: unknown): v.GenericSchema<unknown, PushResult | RunResult> =>
    isJsonObject(input) && ("pull" in input || "push" in input)
      ? RunResultSchema
      : PushResultSchema,
);

/** Schema of {@link OperationResult}. */
export const OperationResultSchema: v.GenericSchema<unknown, OperationResult> = v.looseObject({
  operation_id: FilledSchema,
  status: v.picklist(OPERATION_STATUSES),
  result: v.nullable(OperationOutputSchema),
  error: v.nullable(ErrorEnvelopeSchema),
});
