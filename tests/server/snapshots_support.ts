import { type Answered, type TestHost, uuidOf } from "./support.ts";

/** Publishes a snapshot of a project's issues, under a key of its own unless one is given. */
export function publish(
  host: TestHost,
  more: Record<string, unknown> = {},
  key: string | null = "a".repeat(64),
): Promise<Answered> {
  return host.call("POST", "/api/v1/connectors/trackers/snapshots/", {
    provider: "beads",
    workspace: "demo",
    external_resource_type: null,
    external_resource_id: null,
    doctrine_mode: "external_authoritative",
    doctrine_field_owners: {},
    project_uuid: uuidOf("project"),
    project_slug: "project",
    issues: [],
    mappings: [],
    checkpoint: { cursor: null, updated_since: null },
    ...more,
  }, { "idempotency-key": key });
}
