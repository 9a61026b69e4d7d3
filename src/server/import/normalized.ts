import { isJsonObject } from "../../contract/field.ts";
import { type NormalizedIssue, NormalizedIssueSchema } from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import { classifyProvider, type HostedProvider } from "../../contract/providers.ts";
import { NOT_TAKEN, quickParse } from "../../contract/quick_parse.ts";
import { readTime } from "../../contract/reading/time.ts";
import { NO_INSTANT } from "./beads.ts";
import type { ReadRecord, RecordForm } from "./records.ts";

/** Returns the contract's form; the provider of each record has to be `provider` where that is given. */
export function normalizedForm(provider: HostedProvider | undefined): RecordForm {
  return { isClosed: false, read: (value) => readNormalized(value, provider) };
}

/** Reads a record in the contract's form. */
export function readNormalized(value: unknown, provider: HostedProvider | undefined): ReadRecord {
  const whole = wholeIssue(value);
  if (whole !== null) return recordOf(whole, provider);
  const fault = timeFault(value);
  if (fault !== null) return { kind: "invalid", reason: fault };
  const parsed = parseWith(NormalizedIssueSchema, filled(value));
  return parsed.ok
    ? recordOf(parsed.value, provider)
    : { kind: "invalid", reason: `"${parsed.path}" ${parsed.message}` };
}

function recordOf(issue: NormalizedIssue, provider: HostedProvider | undefined): ReadRecord {
  const { ref, updated_at, parent_ref } = issue;
  const known = classifyProvider(ref.system);
  if (known.kind !== "hosted") {
    return { kind: "invalid", reason: `"${ref.system}" is not a provider of this host` };
  }
  if (provider !== undefined && known.provider !== provider) {
    return { kind: "invalid", reason: `The issue is of "${ref.system}", not of "${provider}"` };
  }
  const parentId = parent_ref?.id ?? null;
  return { kind: "issue", ref, time: updated_at, parentId, issue: () => inOrder(issue) };
}

/** Members that may be null. */
const NULLABLE = new Set(["body", "parent_ref"]);

/** Returns a record that is an issue as it stands, which takes a fraction of the time to tell; else `null`. */
function wholeIssue(value: unknown): NormalizedIssue | null {
  if (!isJsonObject(value)) return null;
  for (const name in value) if (value[name] === null && !NULLABLE.has(name)) return null;
  const issue = quickParse(NormalizedIssueSchema, value);
  return issue !== NOT_TAKEN && isOurTime(issue.created_at) && isOurTime(issue.updated_at)
    ? issue
    : null;
}

/** Returns whether a time of ISO 8601 has an offset as {@link readTime} writes it. */
function isOurTime(time: string): boolean {
  return time.endsWith("Z") || time.charAt(time.length - 3) === ":";
}

const ORDER = placesOf([
  "ref",
  "title",
  "body",
  "status",
  "issue_type",
  "priority",
  "assignees",
  "labels",
  "parent_ref",
  "links",
  "custom_fields",
  "created_at",
  "updated_at",
  "provider_metadata",
  "version",
]);

const REF_ORDER = placesOf(["system", "workspace", "id", "key", "url"]);

const LINK_ORDER = placesOf(["type", "ref"]);

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

/** Returns an issue with its members in the order of the contract: what is stored is compared as a text. */
function inOrder(issue: NormalizedIssue): NormalizedIssue {
  const { ref, parent_ref, links } = issue;
  const isOrdered = isSorted(issue, ORDER) && isSorted(ref, REF_ORDER) &&
    (parent_ref === null || isSorted(parent_ref, REF_ORDER)) &&
    links.every((link) => isSorted(link, LINK_ORDER) && isSorted(link.ref, REF_ORDER));
  if (isOrdered) return issue;
  const ordered = parseWith(NormalizedIssueSchema, issue);
  return ordered.ok ? ordered.value : issue;
}

/** Returns whether members come in an order, and others after them. */
function isSorted(value: object, order: ReadonlyMap<string, number>): boolean {
  let last = -1;
  for (const name in value) {
    const place = order.get(name) ?? order.size;
    if (place < last) return false;
    last = place;
  }
  return true;
}

const TIMES = ["created_at", "updated_at"] as const;

function timeFault(value: unknown): string | null {
  if (!isJsonObject(value)) return null;
  const bad = TIMES.find((field) => value[field] != null && readTime(value[field]) === null);
  return bad === undefined ? null : `"${bad}" ${NO_INSTANT}`;
}

/** Returns a record with empty values for what its maker leaves out or says as null, and with times in our form. */
function filled(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const given = Object.entries(value).filter(([, member]) => member !== null);
  const times = TIMES.flatMap((field) => {
    const time = readTime(value[field]);
    return time === null ? [] : [[field, time] as const];
  });
  return {
    body: null,
    priority: 0,
    assignees: [],
    labels: [],
    parent_ref: null,
    links: [],
    custom_fields: {},
    provider_metadata: {},
    ...Object.fromEntries([...given, ...times]),
  };
}
