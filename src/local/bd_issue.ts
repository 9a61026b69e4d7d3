import * as v from "valibot";
import type { ExternalRef, IssueLink, LinkType, NormalizedIssue } from "../contract/issue.ts";
import { parseWith } from "../contract/parse.ts";
import { isIssueId, IssueIdSchema } from "./issue_id.ts";
import {
  type FieldPatch,
  fieldsOf,
  pickFields,
  SYNC_FIELDS,
  type SyncField,
} from "../sync/fields.ts";
import type { IssueReading } from "./list_pages.ts";
import { BEADS_WORDS, issueTypeOf, priorityOf, statusOf } from "./words.ts";

/** Reads one element of an answer of `bd list` or `bd show`; both give the same issue. */
export function readBdIssue(value: unknown, workspace: string): IssueReading {
  const parsed = parseWith(BdIssueSchema, value);
  if (!parsed.ok) {
    const known = parseWith(v.looseObject({ id: v.string() }), value);
    const changed = parseWith(v.looseObject({ updated_at: v.string() }), value);
    const updatedAt = changed.ok ? Date.parse(changed.value.updated_at) : NaN;
    return {
      ok: false,
      id: known.ok ? known.value.id : null,
      updatedAt: Number.isNaN(updatedAt) ? null : updatedAt,
      message: `"${parsed.path}" ${parsed.message}`,
    };
  }
  return { ok: true, issue: normalized(parsed.value, workspace) };
}

/**
 * The fields that the answer to a write shows; `null` when it is of another issue. What an answer leaves out may be
 * empty or not told, and links and parents are never told.
 */
export function answeredFields(value: unknown, workspace: string, id: string): FieldPatch | null {
  const parsed = parseWith(BdIssueSchema, value);
  if (!parsed.ok || parsed.value.id !== id) return null;
  const raw = parsed.value;
  const values = fieldsOf(normalized(raw, workspace));
  const told = SYNC_FIELDS.filter((field) => {
    const key = ANSWERED_AS[field];
    const said = key === undefined ? undefined : raw[key];
    return said !== undefined && said !== null && said !== "" &&
      !(Array.isArray(said) && said.length === 0);
  });
  return pickFields(values, told);
}

/** The keys under which the answer to a write has the fields. */
const ANSWERED_AS: Partial<Readonly<Record<SyncField, string>>> = {
  title: "title",
  body: "description",
  status: "status",
  issue_type: "issue_type",
  priority: "priority",
  assignees: "assignee",
  labels: "labels",
};

const time = v.pipe(
  v.string(),
  v.check(
    (text) => /T.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
    "must be a time",
  ),
);
const text = v.nullish(v.string());

const DependencySchema = v.looseObject({
  issue_id: text,
  depends_on_id: text,
  type: text,
  id: text,
  dependency_type: text,
});

const BdIssueSchema = v.looseObject({
  id: IssueIdSchema,
  title: v.string(),
  created_at: time,
  updated_at: time,
  priority: v.nullish(v.number()),
  status: text,
  issue_type: text,
  description: text,
  design: text,
  acceptance_criteria: text,
  notes: text,
  assignee: text,
  external_ref: text,
  parent: text,
  labels: v.nullish(v.array(v.string())),
  dependencies: v.nullish(v.array(DependencySchema)),
  metadata: v.nullish(v.unknown()),
  comment_count: v.nullish(v.number()),
});

type BdIssue = v.InferOutput<typeof BdIssueSchema>;

/** Fields that become canonical ones, and those that only some answers have or that others move. */
const NOT_METADATA: ReadonlySet<string> = new Set([
  ...["id", "title", "description", "status", "issue_type", "priority", "assignee", "labels"],
  ...["parent", "dependencies", "design", "acceptance_criteria", "notes", "metadata"],
  ...["created_at", "updated_at", "comments", "dependents", "children"],
  ...["comment_count", "dependency_count", "dependent_count", "schema_version", "_type"],
  ...["comments_omitted", "revision", "is_blocked", "heartbeat_at", "lease_expires_at"],
  ...["epic_total_children", "epic_closed_children", "epic_closeable", "lease_granted_node"],
]);

const LINK_TYPES_READ: Readonly<Record<string, LinkType>> = {
  blocks: "blocked_by",
  related: "relates_to",
  "relates-to": "relates_to",
  relates_to: "relates_to",
  duplicates: "duplicates",
};

function normalized(raw: BdIssue, workspace: string): NormalizedIssue {
  const status = raw.status ?? "open";
  const type = raw.issue_type ?? "task";
  const priority = raw.priority ?? 2;
  const dependencies = dependenciesOf(raw);
  const parent = raw.parent ?? dependencies.find(({ type }) => type === "parent-child")?.target;
  const refTo = (id: string): ExternalRef => ({ system: "beads", workspace, id });
  const links: IssueLink[] = [];
  const others: { type: string; target: string }[] = [];
  for (const { type, target } of dependencies) {
    const known = Object.hasOwn(LINK_TYPES_READ, type) ? LINK_TYPES_READ[type] : undefined;
    if (known !== undefined) links.push({ type: known, ref: refTo(target) });
    else if (type !== "parent-child") others.push({ type, target });
  }
  return {
    ref: refTo(raw.id),
    title: raw.title,
    body: filled(raw.description),
    status: statusOf(BEADS_WORDS.status, status),
    issue_type: issueTypeOf(BEADS_WORDS.issueType, type),
    priority: priorityOf(BEADS_WORDS.priority, String(priority)),
    assignees: filled(raw.assignee) === null ? [] : [raw.assignee ?? ""],
    labels: [...new Set(raw.labels ?? [])].sort(),
    parent_ref: parent === undefined || parent === "" ? null : refTo(parent),
    links,
    custom_fields: customFields(raw),
    created_at: raw.created_at,
    updated_at: raw.updated_at,
    provider_metadata: {
      raw_status: status,
      raw_issue_type: type,
      raw_priority: priority,
      ...(others.length === 0 ? {} : { other_dependencies: others }),
      // Of none nothing is kept, as an answer may lack the number.
      ...(raw.comment_count ? { comment_count: raw.comment_count } : {}),
      ...otherFields(raw),
    },
  };
}

/** A list gives edges, a single issue the issues at their other ends. */
function dependenciesOf(raw: BdIssue): { type: string; target: string }[] {
  return (raw.dependencies ?? []).flatMap((dependency) => {
    const target = dependency.depends_on_id ?? dependency.id ?? "";
    const type = dependency.dependency_type ?? dependency.type ?? "blocks";
    const ours = dependency.issue_id === undefined || dependency.issue_id === null ||
      dependency.issue_id === raw.id;
    return !isIssueId(target) || !ours ? [] : [{ type, target }];
  }).sort((a, b) => compare(a.target, b.target) || compare(a.type, b.type));
}

// Both run for every issue of a listing: plain loops cost a third of lists of entries.
function otherFields(raw: BdIssue): Record<string, unknown> {
  const others: Record<string, unknown> = {};
  for (const key of Object.keys(raw)) if (!NOT_METADATA.has(key)) others[key] = raw[key];
  return others;
}

function customFields(raw: BdIssue): Record<string, unknown> {
  const { design, acceptance_criteria, notes, metadata } = raw;
  const fields: Record<string, unknown> = {};
  if (filled(design) !== null) fields["design"] = design;
  if (filled(acceptance_criteria) !== null) fields["acceptance_criteria"] = acceptance_criteria;
  if (filled(notes) !== null) fields["notes"] = notes;
  return typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)
    ? { ...fields, ...metadata }
    : fields;
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === "" ? null : text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
