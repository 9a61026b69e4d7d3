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
import type { Pause } from "../../platform/pauses.ts";
import {
  type ImportedIssue,
  type ImportRecord,
  type LeftOut,
  newestOf,
  type ReadIssues,
  type Version,
} from "./records.ts";

/** Completes the sentence "`updated_at` …". */
export const NO_INSTANT = "must be a time that names one instant";

/** A record of an issue, alive or deleted. */
interface BeadVersion extends Version {
  /** `null` of a deleted issue. */
  readonly bead: Bead | null;
}

/**
 * Reads the records of a `bd` export as issues of `provider`. Memory and schema lines are ignored; of several
 * records of one issue the newest counts, a deleted one too.
 */
export async function beadsIssues(
  records: readonly ImportRecord[],
  provider: HostedProvider,
  workspace: string,
  pause: Pause,
): Promise<ReadIssues> {
  const skipped: LeftOut[] = [];
  const versions: BeadVersion[] = [];
  let ignored = 0;
  let nameless = 0;
  for (const { line, value } of records) {
    await pause();
    const kind = isJsonObject(value) ? kindOf(value) : "issue";
    if (kind === "other") ignored += 1;
    else if (kind === "deleted") {
      const version = deletedVersion(line, value);
      if (version === null) nameless += 1;
      else versions.push(version);
    } else {
      const parsed = parseWith(BeadSchema, isJsonObject(value) ? withoutNulls(value) : value);
      if (!parsed.ok) skipped.push({ line, reason: `"${parsed.path}" ${parsed.message}` });
      else if (timesOf(parsed.value).updated_at === "") {
        skipped.push({ line, reason: '"updated_at" is missing' });
      } else {
        const bead = parsed.value;
        versions.push({ line, id: bead.id, time: timesOf(bead).updated_at, bead });
      }
    }
  }
  const { kept, replaced } = newestOf(versions);
  const beads = new Map(
    kept.flatMap(({ id, line, bead }) => bead === null ? [] : [[id, { line, bead }] as const]),
  );
  const removed = kept.filter(({ bead }) => bead === null)
    .map(({ id }): ExternalRef => ({ system: provider, workspace, id }));
  const deleted = nameless + removed.length;
  const named = (id: string): ExternalRef => ({ system: provider, workspace, id, key: id });
  const refOf = (id: string): ExternalRef | null => beads.has(id) ? named(id) : null;
  const issues: ImportedIssue[] = [];
  for (const { line, bead } of beads.values()) {
    await pause();
    issues.push({ line, issue: issueOf(bead, named(bead.id), refOf) });
  }
  return { issues, removed, ignored, deleted, replaced, skipped };
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
function deletedVersion(line: number, value: unknown): BeadVersion | null {
  if (!isJsonObject(value) || typeof value["id"] !== "string") return null;
  const time = readTime(value["deleted_at"]) ?? readTime(value["updated_at"]) ??
    "0001-01-01T00:00:00Z";
  return { line, id: value["id"], time, bead: null };
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

function parentOf(bead: Bead, refOf: (id: string) => ExternalRef | null): ExternalRef | null {
  const child = bead.dependencies.find(({ type }) => type === "parent-child");
  const parent = bead.parent ?? child?.depends_on_id;
  return parent === undefined || parent === bead.id ? null : refOf(parent);
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
