/** Smallest valid values of the wire shapes, for tests to vary. */
import { anIssue as plainIssue } from "../support/issues.ts";
import type { EventEnvelope, ExternalRef, NormalizedIssue } from "../../src/contract/mod.ts";
import { pullPage } from "../support/answers.ts";

/** A reference to one issue. */
export function aRef(change: Partial<ExternalRef> = {}): ExternalRef {
  return { system: "linear", workspace: "acme", id: "iss_01", ...change };
}

/** An issue. */
export function anIssue(change: Partial<NormalizedIssue> = {}): NormalizedIssue {
  return plainIssue("iss_01", {
    ref: aRef(),
    title: "The page jumps while it loads",
    issue_type: "bug",
    priority: 2,
    labels: ["web"],
    created_at: "2026-02-10T08:00:00Z",
    updated_at: "2026-03-01T09:12:30.5+01:00",
    ...change,
  });
}

/** A page of issues, before parsing. */
export function aPage(items: readonly unknown[]): Record<string, unknown> {
  return pullPage(items);
}

/** An event. */
export function anEvent(change: Partial<EventEnvelope> = {}): EventEnvelope {
  return {
    event_id: "01JMBY7K8N3QRVX2DPFG5HWT4E",
    event_type: "WPStatusChanged",
    aggregate_id: "WP01",
    aggregate_type: "WorkPackage",
    payload: { wp_id: "WP01", from_lane: "planned", to_lane: "in_progress" },
    timestamp: "2026-03-01T09:00:00+00:00",
    node_id: "a1b2c3d4e5f6",
    lamport_clock: 1,
    causation_id: null,
    team_slug: "acme",
    project_uuid: "550e8400-e29b-41d4-a716-446655440000",
    project_slug: "my-project",
    git_branch: null,
    head_commit_sha: null,
    repo_slug: null,
    ...change,
  };
}
