import { isJsonObject } from "../../contract/field.ts";
import { NormalizedIssueSchema } from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import { classifyProvider, type HostedProvider } from "../../contract/providers.ts";
import { readTime } from "../../contract/reading/time.ts";
import type { Pause } from "../../platform/pauses.ts";
import { NO_INSTANT } from "./beads.ts";
import {
  type ImportedIssue,
  type ImportRecord,
  type LeftOut,
  newestOf,
  type ReadIssues,
  type Version,
} from "./records.ts";

/** Reads records in the contract's form; the provider of each has to be `provider` where that is given. */
export async function normalizedIssues(
  records: readonly ImportRecord[],
  provider: HostedProvider | undefined,
  pause: Pause,
): Promise<ReadIssues> {
  const issues: (ImportedIssue & Version)[] = [];
  const skipped: LeftOut[] = [];
  for (const { line, value } of records) {
    await pause();
    const fault = timeFault(value);
    const parsed = parseWith(NormalizedIssueSchema, filled(value));
    if (!parsed.ok || fault !== null) {
      skipped.push({
        line,
        reason: fault ?? (parsed.ok ? "" : `"${parsed.path}" ${parsed.message}`),
      });
      continue;
    }
    const { ref, updated_at } = parsed.value;
    const known = classifyProvider(ref.system);
    if (known.kind !== "hosted") {
      skipped.push({ line, reason: `"${ref.system}" is not a provider of this host` });
    } else if (provider !== undefined && known.provider !== provider) {
      skipped.push({ line, reason: `The issue is of "${ref.system}", not of "${provider}"` });
    } else {
      const id = JSON.stringify([ref.system, ref.workspace, ref.id]);
      issues.push({ line, issue: parsed.value, id, time: updated_at });
    }
  }
  const { kept, replaced } = newestOf(issues);
  const names = new Map(issues.map(({ line, issue }) => [line, issue.ref.id]));
  const named = replaced.map((one) => ({ ...one, id: names.get(one.line) ?? one.id }));
  return { issues: kept, removed: [], ignored: 0, deleted: 0, replaced: named, skipped };
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
