import * as v from "valibot";
import { isJsonObject } from "../contract/field.ts";
import type {
  ExternalRef,
  IssueLink,
  IssueType,
  LinkType,
  Priority,
  Status,
} from "../contract/issue.ts";
import { parseWith } from "../contract/parse.ts";
import type { HostedProvider } from "../contract/providers.ts";
import type { ImportedIssue, ImportRecord, ReadIssues } from "./import.ts";

/** Reads the records of a `bd` export as issues of `provider`. Memory and schema lines are ignored. */
export function beadsIssues(
  records: readonly ImportRecord[],
  provider: HostedProvider,
  workspace: string,
): ReadIssues {
  const skipped: { line: number; reason: string }[] = [];
  const beads = new Map<string, { line: number; bead: Bead }>();
  let ignored = 0;
  for (const { line, value } of records) {
    if (isJsonObject(value) && ("_schema" in value || (value["_type"] ?? "issue") !== "issue")) {
      ignored += 1;
      continue;
    }
    const parsed = parseWith(BeadSchema, value);
    if (!parsed.ok) skipped.push({ line, reason: `"${parsed.path}" ${parsed.message}` });
    else if (parsed.value.status === "tombstone") {
      skipped.push({ line, reason: "The issue is deleted" });
    } else if (beads.has(parsed.value.id)) {
      skipped.push({ line, reason: `The id "${parsed.value.id}" appears twice` });
    } else beads.set(parsed.value.id, { line, bead: parsed.value });
  }
  const refOf = (id: string): ExternalRef | null =>
    beads.has(id) ? { system: provider, workspace, id, key: id } : null;
  const issues = [...beads.values()].map(({ line, bead }): ImportedIssue => ({
    line,
    issue: {
      ref: { system: provider, workspace, id: bead.id, key: bead.id },
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
      created_at: bead.created_at,
      updated_at: bead.updated_at,
      provider_metadata: {
        status_name: bead.status,
        issue_type_name: bead.issue_type,
        priority_number: bead.priority,
        ...rest(bead),
      },
    },
  }));
  return { issues, ignored, skipped };
}

/** A time in RFC 3339, without a fraction longer than nine digits; kept as it is. */
const TimeSchema = v.pipe(
  v.string(),
  v.check((time) => !Number.isNaN(Date.parse(time)), "must be a time"),
  v.transform((time) => /(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`),
);

const BeadSchema = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  title: v.string(),
  priority: v.optional(v.number(), 2),
  status: v.optional(v.string(), "open"),
  issue_type: v.optional(v.string(), "task"),
  created_at: TimeSchema,
  updated_at: TimeSchema,
  description: v.optional(v.string()),
  design: v.optional(v.string()),
  acceptance_criteria: v.optional(v.string()),
  notes: v.optional(v.string()),
  assignee: v.optional(v.string()),
  labels: v.optional(v.array(v.string()), []),
  parent: v.optional(v.string()),
  dependencies: v.optional(
    v.array(v.looseObject({ depends_on_id: v.string(), type: v.optional(v.string(), "blocks") })),
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

/** 0 is highest there and unset here. */
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

/** A dependency means "depends on": the issue is blocked by the other one. */
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

/** What the canonical fields cannot hold. */
function rest(bead: Bead): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bead).filter(([key]) => !CARRIED.has(key) && key !== "_type"),
  );
}
