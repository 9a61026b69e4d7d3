import type { ExternalRef, NormalizedIssue } from "../../contract/issue.ts";

/** What is left out, and why. */
export interface LeftOut {
  /** Counts records or lines from 1. */
  readonly line: number;
  readonly reason: string;
}

/** A record that a newer one of the same id replaces. */
export interface Replaced {
  readonly line: number;
  readonly id: string;
  /** Line of the newer one. */
  readonly by: number;
}

/** What one record says. */
export type ReadRecord =
  | IssueRecord
  /** Its issue is deleted. */
  | { readonly kind: "deleted"; readonly ref: ExternalRef; readonly time: string }
  /** Of a deleted issue without a name. */
  | { readonly kind: "nameless" }
  /** No issue, such as a `bd` memory or schema line. */
  | { readonly kind: "other" }
  | { readonly kind: "invalid"; readonly reason: string };

/** A record of an issue. */
export interface IssueRecord {
  readonly kind: "issue";
  readonly ref: ExternalRef;
  /** When it was updated: ISO 8601 with an offset. */
  readonly time: string;
  /** Id of the issue that it is a part of. */
  readonly parentId: string | null;
  /** Returns the issue; `isHere` tells whether the file holds an issue with an id, alive. */
  issue(isHere: (id: string) => boolean): NormalizedIssue;
}

/** A form that records of issues have. */
export interface RecordForm {
  /** Whether a parent counts only when the file holds it. */
  readonly isClosed: boolean;
  /** Reads a record that nothing else holds. */
  read(value: unknown): ReadRecord;
}
