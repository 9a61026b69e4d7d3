import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { anIssue as plainIssue } from "../support/issues.ts";

/** An issue of beads in the workspace `w`, with what the test needs to differ. */
export function anIssue(id: string, changes: Partial<NormalizedIssue> = {}): NormalizedIssue {
  return plainIssue(id, {
    ref: { system: "beads", workspace: "w", id },
    body: "What is to be done",
    priority: 3,
    created_at: "2026-02-01T10:00:00Z",
    updated_at: "2026-02-02T10:00:00Z",
    ...changes,
  });
}
