import * as v from "valibot";
import type { ExternalRef, NormalizedIssue } from "../contract/issue.ts";
import { parseWith } from "../contract/parse.ts";
import { REFERENCE_PREFIX } from "./connector.ts";
import { IssueIdSchema } from "./issue_id.ts";
import type { IssueReading } from "./list_pages.ts";
import { FP_WORDS, priorityOf, statusOf } from "./words.ts";

/** Reads one element of an answer of `fp issue list` or `fp issue show`; both give the same issue. */
export function readFpIssue(value: unknown, workspace: string): IssueReading {
  const parsed = parseWith(FpIssueSchema, value);
  if (parsed.ok) return { ok: true, issue: normalized(parsed.value, workspace) };
  const known = parseWith(v.looseObject({ id: v.string() }), value);
  return {
    ok: false,
    id: known.ok ? known.value.id : null,
    updatedAt: null,
    message: `"${parsed.path}" ${parsed.message}`,
  };
}

/**
 * A description that carries a local id: `fp` has no field for a reference, and says nothing about what
 * it has made, so that a new issue is found again by this line.
 */
export function markedDescription(body: string | null, localId: string): string {
  const mark = `<!-- ${REFERENCE_PREFIX}${localId} -->`;
  return body === null || body === "" ? mark : `${body}\n\n${mark}`;
}

const MARK = /(?:\n\n)?<!-- (tracker:[^ ]+) -->\s*$/;

const text = v.nullish(v.string());
const time = v.pipe(
  v.union([v.string(), v.number()]),
  v.check((at) => !Number.isNaN(new Date(at).getTime()), "must be a time"),
);

const FpIssueSchema = v.looseObject({
  id: IssueIdSchema,
  title: v.string(),
  description: text,
  status: v.string(),
  priority: text,
  parent: text,
  dependencies: v.nullish(v.array(v.string())),
  createdAt: time,
  updatedAt: v.nullish(time),
  properties: v.nullish(v.record(v.string(), v.unknown())),
});

type FpIssue = v.InferOutput<typeof FpIssueSchema>;

/** Fields that become canonical ones, and those that only a list or only a single issue has. */
const NOT_METADATA: ReadonlySet<string> = new Set([
  ...["id", "shortId", "displayId", "title", "description", "status", "priority", "parent"],
  ...["dependencies", "createdAt", "updatedAt", "properties", "comments", "children"],
]);

function normalized(raw: FpIssue, workspace: string): NormalizedIssue {
  const refTo = (id: string): ExternalRef => ({ system: "fp", workspace, id });
  const description = raw.description ?? "";
  const reference = MARK.exec(description)?.[1];
  const body = description.replace(MARK, "");
  const { labels, ...properties } = raw.properties ?? {};
  const priority = raw.priority ?? "none";
  return {
    ref: refTo(raw.id),
    title: raw.title,
    body: body === "" ? null : body,
    status: statusOf(FP_WORDS.status, raw.status),
    issue_type: "task",
    priority: priorityOf(FP_WORDS.priority, priority),
    assignees: [],
    labels: labelsOf(labels),
    parent_ref: raw.parent === undefined || raw.parent === null || raw.parent === ""
      ? null
      : refTo(raw.parent),
    links: [...new Set(raw.dependencies ?? [])].sort()
      .map((id) => ({ type: "blocked_by" as const, ref: refTo(id) })),
    custom_fields: properties,
    created_at: isoOf(raw.createdAt),
    updated_at: isoOf(raw.updatedAt ?? raw.createdAt),
    provider_metadata: {
      raw_status: raw.status,
      raw_priority: priority,
      ...(labels === undefined ? {} : { has_labels: true }),
      ...(reference === undefined ? {} : { external_ref: reference }),
      ...Object.fromEntries(Object.entries(raw).filter(([key]) => !NOT_METADATA.has(key))),
    },
  };
}

function labelsOf(property: unknown): string[] {
  const parts = Array.isArray(property)
    ? property.filter((label) => typeof label === "string")
    : typeof property === "string"
    ? property.split(",")
    : [];
  return [...new Set(parts.map((label) => label.trim()).filter((label) => label !== ""))].sort();
}

function isoOf(time: string | number): string {
  return new Date(time).toISOString();
}
