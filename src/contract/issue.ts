import * as v from "valibot";
import { DateTimeSchema, FilledSchema, type JsonObject, JsonObjectSchema } from "./field.ts";

/** Canonical statuses (wire.md, Issues). */
export const STATUSES = [
  "todo",
  "in_progress",
  "in_review",
  "blocked",
  "done",
  "canceled",
] as const;

/** Canonical issue types (wire.md, Issues). */
export const ISSUE_TYPES = ["epic", "story", "task", "bug", "chore", "subtask"] as const;

/** Canonical priorities: 0 unset, 1 urgent, 2 high, 3 medium, 4 low (wire.md, Issues). */
export const PRIORITIES = [0, 1, 2, 3, 4] as const;

/** The words for {@link PRIORITIES}, in their order. Numbers are for JSON alone. */
export const PRIORITY_WORDS = ["none", "urgent", "high", "medium", "low"] as const;

/** Kinds of link between two issues (wire.md, Issues). */
export const LINK_TYPES = ["blocks", "blocked_by", "relates_to", "duplicates"] as const;

/** A canonical status. */
export type Status = typeof STATUSES[number];

/** A canonical issue type. */
export type IssueType = typeof ISSUE_TYPES[number];

/** A canonical priority. */
export type Priority = typeof PRIORITIES[number];

/** A kind of link. */
export type LinkType = typeof LINK_TYPES[number];

/** Names one issue in one workspace of one tracker (wire.md, Issues). */
export type ExternalRef = {
  /** The provider, such as `linear`. */
  readonly system: string;
  /** The provider's own id of the team, project or repository; a local provider's workspace. */
  readonly workspace: string;
  /** The provider's own id of the issue. */
  readonly id: string;
  /** The name people use, such as `WEB-88`. */
  readonly key?: string | null | undefined;
  /** The issue's web page. */
  readonly url?: string | null | undefined;
};

/** A link from an issue to another (wire.md, Issues). */
export type IssueLink = {
  /** What the issue is to the other one. */
  readonly type: LinkType;
  /** The other issue. */
  readonly ref: ExternalRef;
};

/** An issue in the words all providers share (wire.md, Issues). */
export type NormalizedIssue = {
  /** Which issue it is. */
  readonly ref: ExternalRef;
  /** One line of text. */
  readonly title: string;
  /** Markdown; `null` without a description. */
  readonly body: string | null;
  /** The canonical status. */
  readonly status: Status;
  /** The canonical type. */
  readonly issue_type: IssueType;
  /** The canonical priority; 0 when it is not set. */
  readonly priority: Priority;
  /** The people it is assigned to, as the provider names them. */
  readonly assignees: readonly string[];
  /** Its labels. */
  readonly labels: readonly string[];
  /** The issue it is a part of. */
  readonly parent_ref: ExternalRef | null;
  /** Its links to other issues. */
  readonly links: readonly IssueLink[];
  /** The provider's custom fields, by name. */
  readonly custom_fields: JsonObject;
  /** ISO 8601 with an offset. */
  readonly created_at: string;
  /** ISO 8601 with an offset. */
  readonly updated_at: string;
  /** What the provider said and the canonical fields cannot hold. */
  readonly provider_metadata: JsonObject;
  /** The tracker's name for this state of the issue, where the host lists `base_version`. */
  readonly version?: string | null | undefined;
};

/** Returns an issue about which nothing is known but its name and, as ISO 8601 with an offset, when it was created. */
export function blankIssue(ref: ExternalRef, createdAt: string): NormalizedIssue {
  return {
    ref,
    title: "",
    body: null,
    status: "todo",
    issue_type: "task",
    priority: 0,
    assignees: [],
    labels: [],
    parent_ref: null,
    links: [],
    custom_fields: {},
    created_at: createdAt,
    updated_at: createdAt,
    provider_metadata: {},
  };
}

/** Schema of {@link Status}. */
export const StatusSchema: v.GenericSchema<unknown, Status> = v.picklist(STATUSES);

/** Schema of {@link IssueType}. */
export const IssueTypeSchema: v.GenericSchema<unknown, IssueType> = v.picklist(ISSUE_TYPES);

/** Schema of {@link Priority}. */
export const PrioritySchema: v.GenericSchema<unknown, Priority> = v.picklist(PRIORITIES);

/** Schema of {@link ExternalRef}. */
export const ExternalRefSchema: v.GenericSchema<unknown, ExternalRef> = v.looseObject({
  system: FilledSchema,
  workspace: FilledSchema,
  id: FilledSchema,
  key: v.nullish(v.string()),
  url: v.nullish(v.string()),
});

/** Schema of {@link IssueLink}. */
export const IssueLinkSchema: v.GenericSchema<unknown, IssueLink> = v.looseObject({
  type: v.picklist(LINK_TYPES),
  ref: ExternalRefSchema,
});

/** Schema of {@link NormalizedIssue}. */
export const NormalizedIssueSchema: v.GenericSchema<unknown, NormalizedIssue> = v.looseObject({
  ref: ExternalRefSchema,
  title: v.string(),
  body: v.nullable(v.string()),
  status: StatusSchema,
  issue_type: IssueTypeSchema,
  priority: PrioritySchema,
  assignees: v.array(v.string()),
  labels: v.array(v.string()),
  parent_ref: v.nullable(ExternalRefSchema),
  links: v.array(IssueLinkSchema),
  custom_fields: JsonObjectSchema,
  created_at: DateTimeSchema,
  updated_at: DateTimeSchema,
  provider_metadata: JsonObjectSchema,
  version: v.nullish(v.string()),
});
