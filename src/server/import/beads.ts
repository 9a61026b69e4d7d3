import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../contract/field.ts";
import type {
  ExternalRef,
  IssueLink,
  IssueType,
  LinkType,
  NormalizedIssue,
  Priority,
  Status,
} from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import { readTime } from "../../contract/reading/time.ts";
import type { ReadRecord, RecordForm } from "./records.ts";

/** Completes the sentence "`updated_at` …". */
export const NO_INSTANT = "must be a time that names one instant";

/** Returns the form of a `bd` export, whose issues become those of `provider`. Memory and schema lines are ignored. */
export function beadsForm(provider: HostedProvider, workspace: string): RecordForm {
  const named = (id: string): ExternalRef => ({ system: provider, workspace, id, key: id });
  return { isClosed: true, read: (value) => readBead(value, named) };
}

function readBead(value: unknown, named: (id: string) => ExternalRef): ReadRecord {
  const kind = isJsonObject(value) ? kindOf(value) : "issue";
  if (kind === "other") return { kind };
  if (kind === "deleted") return deletedRecord(value, named);
  const parsed = parseWith(BeadSchema, isJsonObject(value) ? withoutNulls(value) : value);
  if (!parsed.ok) return { kind: "invalid", reason: `"${parsed.path}" ${parsed.message}` };
  const bead = parsed.value;
  const time = timesOf(bead).updated_at;
  if (time === "") return { kind: "invalid", reason: '"updated_at" is missing' };
  const ref = named(bead.id);
  return {
    kind,
    ref,
    time,
    parentId: parentIdOf(bead),
    issue: (isHere) => issueOf(bead, ref, (id) => isHere(id) ? named(id) : null),
  };
}

function issueOf(
  bead: Bead,
  ref: ExternalRef,
  refOf: (id: string) => ExternalRef | null,
): NormalizedIssue {
  return {
    ref,
    title: bead.title,
    body: bodyOf(bead),
    status: STATUS_OF[bead.status] ?? "todo",
    issue_type: TYPE_OF[bead.issue_type] ?? "task",
    priority: priorityOf(bead.priority),
    assignees: bead.assignee === undefined ? [] : [bead.assignee],
    labels: bead.labels,
    parent_ref: parentOf(bead, refOf),
    links: linksOf(bead, refOf),
    custom_fields: {},
    ...timesOf(bead),
    provider_metadata: {
      status_name: bead.status,
      issue_type_name: bead.issue_type,
      priority_number: bead.priority,
      ...rest(bead),
    },
  };
}

function kindOf(record: JsonObject): "issue" | "deleted" | "other" {
  const type = record["_type"] ?? "issue";
  if ("_schema" in record || (type !== "issue" && type !== "tombstone")) return "other";
  const isDeleted = type === "tombstone" || record["status"] === "tombstone" ||
    (record["deleted_at"] ?? "") !== "";
  return isDeleted ? "deleted" : "issue";
}

/** Reads a deleted record. One without a time is the oldest: it replaces no other. */
function deletedRecord(value: unknown, named: (id: string) => ExternalRef): ReadRecord {
  if (!isJsonObject(value) || typeof value["id"] !== "string") return { kind: "nameless" };
  const time = readTime(value["deleted_at"]) ?? readTime(value["updated_at"]) ??
    "0001-01-01T00:00:00Z";
  return { kind: "deleted", ref: named(value["id"]), time };
}

/** Drops members that are null: bd leaves out what is empty, others write null. */
function withoutNulls(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function timesOf(bead: Bead): { readonly created_at: string; readonly updated_at: string } {
  const { created_at, updated_at } = bead;
  return {
    created_at: created_at ?? updated_at ?? "",
    updated_at: updated_at ?? created_at ?? "",
  };
}

/** A time in any form that names one instant, brought to one that every client reads. */
const TimeSchema = v.pipe(
  v.unknown(),
  v.check((time) => readTime(time) !== null, NO_INSTANT),
  v.transform((time) => readTime(time) ?? ""),
);

const BeadSchema = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  title: v.string(),
  priority: v.optional(v.number(), 2),
  status: v.optional(v.string(), "open"),
  issue_type: v.optional(v.string(), "task"),
  created_at: v.optional(TimeSchema),
  updated_at: v.optional(TimeSchema),
  description: v.optional(v.string()),
  design: v.optional(v.string()),
  acceptance_criteria: v.optional(v.string()),
  notes: v.optional(v.string()),
  assignee: v.optional(v.string()),
  labels: v.optional(v.array(v.string()), []),
  parent: v.optional(v.string()),
  dependencies: v.optional(
    v.array(v.looseObject({ depends_on_id: v.string(), type: v.nullish(v.string(), "blocks") })),
    [],
  ),
});

type Bead = v.InferOutput<typeof BeadSchema>;

/** The nearest canonical status; the word itself is kept in `provider_metadata`. */
const STATUS_OF: Readonly<Record<string, Status>> = {
  open: "todo",
  deferred: "todo",
  pinned: "todo",
  in_progress: "in_progress",
  hooked: "in_progress",
  blocked: "blocked",
  closed: "done",
};

const TYPE_OF: Readonly<Record<string, IssueType>> = {
  bug: "bug",
  feature: "story",
  story: "story",
  task: "task",
  chore: "chore",
  epic: "epic",
  milestone: "epic",
  convoy: "epic",
  molecule: "epic",
};

const LINK_OF: Readonly<Record<string, LinkType>> = {
  blocks: "blocked_by",
  duplicates: "duplicates",
};

/** Maps a priority: 0 is the highest there and unset here. */
function priorityOf(number: number): Priority {
  const priorities: readonly Priority[] = [1, 2, 3, 4, 4];
  return priorities[number] ?? 0;
}

function bodyOf(bead: Bead): string | null {
  const sections = [
    bead.description ?? "",
    section("Design", bead.design),
    section("Acceptance criteria", bead.acceptance_criteria),
    section("Notes", bead.notes),
  ].filter((text) => text !== "");
  return sections.length === 0 ? null : sections.join("\n\n");
}

function section(title: string, text: string | undefined): string {
  return text === undefined || text === "" ? "" : `## ${title}\n\n${text}`;
}

function parentIdOf(bead: Bead): string | null {
  const child = bead.dependencies.find(({ type }) => type === "parent-child");
  const parent = bead.parent ?? child?.depends_on_id;
  return parent === undefined || parent === bead.id ? null : parent;
}

function parentOf(bead: Bead, refOf: (id: string) => ExternalRef | null): ExternalRef | null {
  const id = parentIdOf(bead);
  return id === null ? null : refOf(id);
}

/** Maps dependencies. One means "depends on": the issue is blocked by the other. */
function linksOf(bead: Bead, refOf: (id: string) => ExternalRef | null): IssueLink[] {
  return bead.dependencies.flatMap(({ depends_on_id, type }) => {
    const ref = refOf(depends_on_id);
    if (ref === null || type === "parent-child") return [];
    return [{ type: LINK_OF[type] ?? "relates_to", ref }];
  });
}

const CARRIED = new Set([
  ...Object.keys(BeadSchema.entries).filter((key) => key !== "dependencies"),
]);

/** Returns what the canonical fields cannot hold. */
function rest(bead: Bead): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bead).filter(([key]) => !CARRIED.has(key) && key !== "_type"),
  );
}
