import type { NormalizedIssue } from "../../src/contract/issue.ts";

/** An issue of a small workspace, with what the test needs to differ. */
export function anIssue(id: string, changes: Partial<NormalizedIssue> = {}): NormalizedIssue {
  return {
    ref: { system: "beads", workspace: "w", id },
    title: `Issue ${id}`,
    body: "What is to be done",
    status: "todo",
    issue_type: "task",
    priority: 3,
    assignees: [],
    labels: [],
    parent_ref: null,
    links: [],
    custom_fields: {},
    created_at: "2026-02-01T10:00:00Z",
    updated_at: "2026-02-02T10:00:00Z",
    provider_metadata: {},
    ...changes,
  };
}
