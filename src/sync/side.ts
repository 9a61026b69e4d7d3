import type { NormalizedIssue } from "../contract/issue.ts";
import type { FieldValues, SyncField } from "./fields.ts";

/** How the fields of the other side behave when both sides change them. */
export interface FieldTraits {
  /** Fields of which a write does not, or is not known to, move the time of an issue's last change. */
  readonly silent: readonly SyncField[];
  /** Sets of which the other side holds one member: they are merged as one value. */
  readonly single: readonly SyncField[];
}

/** Where issues are synced with: a tool on this machine, or a resource at a host. The engine knows nothing else of it. */
export interface Side {
  /** The system of its references. */
  readonly provider: string;
  /** The workspace of its references. */
  readonly workspace: string;
  /** How its fields behave when both sides change them. */
  readonly traits: FieldTraits;
  /** Returns why this value cannot be written to this issue; `null` when it can. */
  refusal(field: SyncField, wanted: FieldValues, current: FieldValues | null): string | null;
  /** Learns from an issue as the other side showed it what that side can hold; absent where no issue tells. */
  learn?(issue: NormalizedIssue): void;
}

/** Fields that a write did not bring about. */
export interface WriteFailure {
  readonly fields: readonly SyncField[];
  readonly code: string;
  readonly message: string;
  /** Whether the other side has answered that it does not do this, so that it would say so again. */
  readonly isRefusal: boolean;
}
