import type { NormalizedIssue } from "../contract/issue.ts";
import type { LocalProvider } from "../contract/providers.ts";
import type { IssueComment, IssueComments } from "../sync/issue_comments.ts";
import type { ToolWords } from "./words.ts";
import type { FieldPatch, FieldValues, SyncField } from "../sync/fields.ts";
import type { Side, WriteFailure } from "../sync/side.ts";

/** What an issue is marked with at the tracker to be found again, before the local id. */
export const REFERENCE_PREFIX = "tracker:";

/** Which of the ten fields a tool can write at all. */
export type Capabilities = Readonly<Record<SyncField, FieldCapability>>;

/** Whether a field can be written, and why not. */
export type FieldCapability =
  | { readonly write: "always" }
  | { readonly write: "on_create"; readonly reason: string }
  | { readonly write: "never"; readonly reason: string };

/** An issue of a listing that could not be read. */
export interface UnreadableIssue {
  /** Its id, where that much could be read. */
  readonly id: string | null;
  /** When it was last changed (milliseconds since 1970), where that could be read. */
  readonly updatedAt: number | null;
  readonly message: string;
}

/** A part of a listing. */
export interface ListPage {
  readonly issues: readonly NormalizedIssue[];
  readonly unreadable: readonly UnreadableIssue[];
  /**
   * Every issue changed up to this time (ISO 8601) has been listed by now; `null` when the order of the
   * listing says nothing about that before its end.
   */
  readonly through: string | null;
  /** The digest of the whole answer of which it is a part: while it stays the same, so does every issue. */
  readonly digest?: string;
  /** Present instead of issues when the answer is the one with the digest that was asked for. */
  readonly isSame?: true;
  /** Why the listing is known not to be the whole one, where the tool said so. */
  readonly cutOff?: string;
}

/** What to list. */
export interface ListOptions {
  /** Only issues changed after this time (ISO 8601); everything when `null`. A tool may list more. */
  readonly updatedSince: string | null;
  /** The digest of a whole listing of which every issue is known: the same answer need not be read again. */
  readonly known?: string | null;
}

/** A tracker on this machine. The engine knows nothing of a tool but this. */
export interface Connector extends Side {
  readonly provider: LocalProvider;
  readonly capabilities: Capabilities;
  /** How the tool says status, type and priority. */
  readonly words: ToolWords;
  /**
   * All issues, or those changed since a time, in parts.
   *
   * @throws {TrackerError} `tool_missing`, `tool_not_set_up`, `tool_failed`, `tool_answer_unreadable`.
   */
  list(options: ListOptions): AsyncIterable<ListPage>;
  /** One issue as it is now; `null` when there is none. Throws as `list` does. */
  get(id: string): Promise<NormalizedIssue | null>;
  /**
   * Those of some issues that one call of the tool shows, as they are now. One that is missing may be there all the
   * same: {@link Connector.get} says so. Throws only when the tool cannot be used at all, or does not answer.
   */
  getAll(ids: readonly string[]): Promise<ReadonlyMap<string, NormalizedIssue>>;
  /** How many issues a push reads by {@link Connector.getAll} before it writes them. */
  readonly batch: number;
  /** The comments on an issue. Throws as `list` does. */
  comments(id: string): Promise<IssueComments>;
  /** Writes a comment on an issue. Throws as `list` does, and `invalid_comment` for a text that the tool cannot be given. */
  addComment(id: string, text: string): Promise<IssueComment>;
  /**
   * Makes an issue that can be found again by `localId`, and answers its id. It may leave fields unset:
   * what is missing afterwards is written by `update`. Throws as `list` does.
   */
  create(values: FieldValues, localId: string): Promise<string>;
  /** What an issue holds that `create` has just made of these values. */
  asCreated(values: FieldValues): FieldValues;
  /**
   * Writes some fields of an issue, `current` being what it holds now. A field that fails does not keep
   * the others from being written. Throws only when the tool cannot be used at all, or does not answer.
   */
  update(
    current: NormalizedIssue,
    patch: FieldPatch,
    options?: UpdateOptions,
  ): Promise<UpdateResult>;
}

/** How fields are written. */
export interface UpdateOptions {
  /** Closes an issue also where the tool would ask first: it waits for another, has open parts, or is somebody else's. */
  readonly closesAnyhow?: boolean;
  /** Why the status changes, for a tool that keeps it. */
  readonly reason?: string | undefined;
}

/** What a write of fields came to. */
export interface UpdateResult {
  /** Fields that were not written; those with the code `version_conflict` as they have changed since they were read. */
  readonly failures: readonly WriteFailure[];
  /** What the tool showed of the issue in its answers, where it did. */
  readonly answered: FieldPatch;
}

/** The local id an issue carries as its external reference; `null` for one that was made elsewhere. */
export function localIdOf(issue: NormalizedIssue): string | null {
  const reference = issue.provider_metadata["external_ref"];
  return typeof reference === "string" && reference.startsWith(REFERENCE_PREFIX)
    ? reference.slice(REFERENCE_PREFIX.length)
    : null;
}
