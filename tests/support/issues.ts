/** Builders of issues: the smallest valid one, and what the test is about as `changes`. */
import { blankIssue, type NormalizedIssue } from "../../src/contract/issue.ts";
import type { FieldValues } from "../../src/sync/fields.ts";

/** An issue of `linear` in the workspace `acme`. */
export function anIssue(id: string, changes: Partial<NormalizedIssue> = {}): NormalizedIssue {
  return {
    ...blankIssue({ system: "linear", workspace: "acme", id }, "2026-01-01T00:00:00Z"),
    title: `Issue ${id}`,
    updated_at: "2026-01-02T00:00:00Z",
    ...changes,
  };
}

/** The fields of an issue that both sides may edit. */
export function fieldValues(changes: Partial<FieldValues> = {}): FieldValues {
  return {
    title: "Base",
    body: null,
    status: "todo",
    issue_type: "task",
    priority: 3,
    assignees: [],
    labels: [],
    parent: null,
    links: [],
    custom_fields: {},
    ...changes,
  };
}

/** An issue as `bd` lists it. */
export function bdIssue(
  id: string,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    id,
    title: `Issue ${id}`,
    status: "open",
    priority: 2,
    issue_type: "task",
    created_at: "2026-02-01T10:00:00Z",
    updated_at: "2026-02-02T10:00:00Z",
    ...changes,
  };
}

/** An issue as `fp` lists it; its id has a name of the project before the dash. */
export function fpIssue(
  id: string,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const shortId = id.slice(id.lastIndexOf("-") + 1);
  return {
    id,
    shortId,
    title: `Issue ${shortId}`,
    status: "todo",
    createdAt: "2026-02-01T10:00:00.000Z",
    updatedAt: "2026-02-02T10:00:00.000Z",
    ...changes,
  };
}
