import type { SyncField } from "./fields.ts";

/** How an issue is named to people: its key, else its id, and its title. */
export interface IssueName {
  /** Its key, else its id. */
  readonly id: string;
  /** Its title. */
  readonly title: string;
}

/** A field that changed, with its values before and after. */
export interface FieldChange {
  /** The field. */
  readonly field: SyncField;
  /** The value before, as JSON data. */
  readonly from: unknown;
  /** The value after, as JSON data. */
  readonly to: unknown;
}

/** An issue that could not be synced; the others were. */
export interface SyncFailure {
  /** Whether it was being read from the tool or written to it. */
  readonly phase: "pull" | "push";
  /** `null` when not even its id could be read. */
  readonly id: string | null;
  /** Its title; `null` when it could not be read. */
  readonly title: string | null;
  /** Fields that could not be written; empty when it concerns the issue as a whole. */
  readonly fields: readonly SyncField[];
  /** Why, for programs. */
  readonly code: string;
  /** Why, for people. */
  readonly message: string;
}

/** A field that was not pushed, and why. */
export interface SkippedField extends IssueName {
  /** The field. */
  readonly field: SyncField;
  /** Why, for people. */
  readonly reason: string;
}

/** What the other side says of an issue that it has taken, such as what a text has lost. */
export interface SyncNote {
  /** Its id. */
  readonly id: string;
  /** For people. */
  readonly message: string;
}

/** How an issue fails of which edits wait and that the tracker does not have any more. */
export const GONE = {
  code: "issue_gone",
  message: "The tracker does not have this issue any more; edits made here were not pushed",
} as const;

/** One step of a sync, told as it happens. The steps of a dry run are its plan. */
export type SyncEvent =
  | { readonly kind: "pull_started"; readonly full: boolean }
  /** A page has been stored; `listed` counts all issues so far. */
  | { readonly kind: "page"; readonly listed: number }
  | ({
    readonly kind: "pulled";
    readonly action: "created" | "updated";
    /** Fields that changed on our side; empty for a new issue. */
    readonly changes: readonly FieldChange[];
  } & IssueName)
  /** The tracker does not have the issue any more. */
  | ({ readonly kind: "removed" } & IssueName)
  | { readonly kind: "push_started"; readonly pending: number }
  | ({
    readonly kind: "pushed";
    readonly action: "created" | "updated";
    /** The id an issue created here had before. */
    readonly localId: string | null;
    readonly changes: readonly FieldChange[];
  } & IssueName)
  | ({ readonly kind: "skipped" } & SkippedField)
  /** The edit was refused before and is not sent again; `field` is `null` for a whole new issue. */
  | ({
    readonly kind: "refused";
    readonly field: SyncField | null;
    readonly reason: string;
  } & IssueName)
  /** The field waits for a decision about its conflict. */
  | ({ readonly kind: "held"; readonly field: SyncField } & IssueName)
  | ({
    readonly kind: "conflict";
    readonly field: SyncField;
    readonly ours: unknown;
    readonly theirs: unknown;
    /** Whose value was taken; `null` while a person has to decide. */
    readonly taken: "ours" | "theirs" | null;
  } & IssueName)
  /** The issue was pushed, and there is something to know about it. */
  | ({ readonly kind: "noted" } & SyncNote)
  | ({ readonly kind: "failed" } & SyncFailure);

/** What a pull did, in issues. */
export interface LocalPullReport {
  /** Tells the reports apart. */
  readonly kind: "pull";
  /** Whether it only planned. */
  readonly dryRun: boolean;
  /** Whether everything was listed, not only what changed. */
  readonly full: boolean;
  /** False when the limit ended it; the next pull continues. */
  readonly complete: boolean;
  /** New in the cache. */
  readonly created: number;
  /** Changed in the cache. */
  readonly updated: number;
  /** Listed, and the same as here. */
  readonly skipped: number;
  /** Taken out of the cache: the tool does not have them any more. */
  readonly removed: number;
  /** Conflicts met, settled or not. */
  readonly conflicts: number;
  /** Those of them that a person has to decide. */
  readonly held: number;
  /** Issues that could not be pulled. */
  readonly failures: readonly SyncFailure[];
}

/** What a push did, in issues. */
export interface LocalPushReport {
  /** Tells the reports apart. */
  readonly kind: "push";
  /** Whether it only planned. */
  readonly dryRun: boolean;
  /** False when the limit ended it; the next push continues. */
  readonly complete: boolean;
  /** Created at the tool. */
  readonly created: number;
  /** Changed at the tool. */
  readonly updated: number;
  /** Pending, with nothing that could be written. */
  readonly skipped: number;
  /** Conflicts met, settled or not. */
  readonly conflicts: number;
  /** Conflicts that wait for a decision, also those met before. */
  readonly held: number;
  /** Issues with edits that were refused before and were not sent again. */
  readonly refused: number;
  /** Fields the tracker cannot take. */
  readonly skippedFields: readonly SkippedField[];
  /** Issues that could not be pushed. */
  readonly failures: readonly SyncFailure[];
  /** What a host says of issues that it has taken. */
  readonly notes?: readonly SyncNote[];
}

/** What a full cycle did. */
export interface LocalRunReport {
  /** Tells the reports apart. */
  readonly kind: "run";
  /** Whether it only planned. */
  readonly dryRun: boolean;
  /** What was read from the tool. */
  readonly pull: LocalPullReport;
  /** What was written to the tool. */
  readonly push: LocalPushReport;
}

/** What a sync did. */
export type SyncReport = LocalPullReport | LocalPushReport | LocalRunReport;

/** The failures of a sync, of all its parts. */
export function failuresOf(report: SyncReport): readonly SyncFailure[] {
  return report.kind === "run"
    ? [...report.pull.failures, ...report.push.failures]
    : report.failures;
}

/** The conflicts of a sync that wait for a decision and that make it end as one with failures. */
export function heldBy(report: SyncReport): number {
  return report.kind === "run" ? report.push.held : report.held;
}
