import assert from "node:assert/strict";
import { NormalizedIssueSchema } from "../../src/contract/issue.ts";
import { parseWith } from "../../src/contract/parse.ts";
import { findResource, type ImportReport } from "../../src/server/mod.ts";
import { findIssue } from "../../src/server/store/issues.ts";
import { anIssue } from "../support/issues.ts";
import type { TestHost } from "./support.ts";

/** A normalized issue of a workspace of its own, with a time that has an offset. */
export function normalized(
  id: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const ref = { system: "linear", workspace: "team-a", id };
  return { ...anIssue(id), ref, updated_at: "2026-01-02T00:00:00+01:00", ...more };
}

/** A record of a `bd` export. */
export function bead(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    title: `Bead ${id}`,
    status: "open",
    priority: 2,
    issue_type: "task",
    created_at: "2026-01-01T00:00:00.123456789Z",
    updated_at: "2026-01-02T00:00:00+01:00",
    ...more,
  };
}

/** Records as JSON Lines. */
export function lines(...records: unknown[]): string {
  return records.map((record) => JSON.stringify(record)).join("\n");
}

/** An imported issue as it is stored; fails when it is not. */
export async function imported(
  host: TestHost,
  label: string,
  id: string,
  provider: "github" | "linear" = "linear",
): Promise<unknown> {
  const resource = await findResource(host.store, provider, label);
  assert.ok(resource !== null);
  const found = await findIssue(host.store, resource.id, id);
  assert.ok(found !== null, id);
  assert.ok(parseWith(NormalizedIssueSchema, found.issue).ok);
  return found.issue;
}

/** The counts of a report: created, updated, unchanged, ignored, skipped. */
export function counts(report: ImportReport): number[] {
  const { created, updated, unchanged, ignored, skipped } = report;
  return [created, updated, unchanged, ignored, skipped.length];
}
