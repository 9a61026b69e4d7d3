import { uuidOf } from "./support.ts";

/** An event that a host takes; `index` makes it one of its own. */
export function anEvent(
  index: number,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    event_id: `01JMBY7K8N3QRVX2DPFG5${String(index).padStart(5, "0")}`,
    event_type: "WPStatusChanged",
    aggregate_id: "WP01",
    aggregate_type: "WorkPackage",
    payload: { wp_id: "WP01", from_lane: "planned", to_lane: "in_progress" },
    timestamp: "2026-03-01T10:00:00+00:00",
    node_id: "a1b2c3d4e5f6",
    lamport_clock: index,
    causation_id: null,
    team_slug: "acme",
    project_uuid: uuidOf("project"),
    project_slug: "project",
    git_branch: null,
    head_commit_sha: null,
    repo_slug: null,
    ...more,
  };
}
