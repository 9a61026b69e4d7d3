import type { ResultSummary } from "../contract/results.ts";
import type { PushResultItem } from "../contract/results.ts";
import type { ProjectMapping } from "./bindings.ts";
import type { HostData } from "./host_data.ts";
import { countThatFit, lastChange, readRef } from "./issues.ts";
import { identityPath, type Resource } from "./resources.ts";
import { integer, text } from "./row.ts";

/** What a full cycle is asked for. */
export interface CycleRequest {
  readonly pull_first: boolean;
  readonly limit: number;
}

/** How many issues a full cycle would handle now. */
export function cycleWork(
  data: HostData,
  mapping: ProjectMapping,
  request: CycleRequest,
): number {
  const row = data.one(
    `SELECT COUNT(*) AS pulled,
       (SELECT COUNT(*) FROM issues WHERE resource_id = ?1 AND undelivered = 1) AS pushed
     FROM issues WHERE resource_id = ?1 AND change > ?2 AND undelivered = 0`,
    mapping.resourceId,
    mapping.syncedChange,
  );
  if (row === null) return 0;
  const pulled = request.pull_first ? integer(row, "pulled") : 0;
  return Math.min(request.limit, pulled) + Math.min(request.limit, integer(row, "pushed"));
}

/**
 * The full cycle: takes in what changed at the tracker since the last one, and delivers what was pushed
 * since. Answers RunResult as JSON. Runs inside the caller's transaction. Hosted API, Shapes (RunResult).
 */
export function runCycle(
  data: HostData,
  mapping: ProjectMapping,
  resource: Resource,
  userId: string,
  request: CycleRequest,
): string {
  const pulled = request.pull_first ? takeChanges(data, mapping, request.limit) : [];
  const pushed = deliver(data, resource.id, request.limit);
  data.run(
    "UPDATE mappings SET last_sync_at = ? WHERE binding_ref = ?",
    data.now(),
    mapping.bindingRef,
  );
  const head = JSON.stringify({
    status: "ok",
    summary: allSucceeded(pulled.length + pushed.length),
    identity_path: identityPath(data, resource.installationId, userId),
    push: { summary: allSucceeded(pushed.length), items: pushed },
  });
  const pull = `{"summary":${JSON.stringify(allSucceeded(pulled.length))},"items":[${
    pulled.join(",")
  }]}`;
  return `${head.slice(0, -1)},"pull":${pull}}`;
}

/** Every one succeeded. */
export function allSucceeded(count: number): ResultSummary {
  return { total: count, succeeded: count, failed: 0, skipped: 0 };
}

/** Takes what fits one answer; the next cycle goes on where this one ended. */
function takeChanges(data: HostData, mapping: ProjectMapping, limit: number): string[] {
  const read = (columns: string, count: number) =>
    data.all(
      `SELECT ${columns} FROM issues WHERE resource_id = ? AND change > ? AND undelivered = 0
       ORDER BY change LIMIT ?`,
      mapping.resourceId,
      mapping.syncedChange,
      count,
    );
  const sizes = read("octet_length(json) AS bytes", limit);
  const rows = read("json, change", countThatFit(sizes));
  const last = rows.at(-1);
  const seen = rows.length < limit && rows.length === sizes.length || last === undefined
    ? lastChange(data, mapping.resourceId)
    : integer(last, "change");
  data.run("UPDATE mappings SET synced_change = ? WHERE binding_ref = ?", seen, mapping.bindingRef);
  return rows.map((row) => text(row, "json"));
}

function deliver(data: HostData, resourceId: string, limit: number): PushResultItem[] {
  const rows = data.all(
    `SELECT id, json_extract(json, '$.ref') AS ref, version FROM issues WHERE resource_id = ? AND undelivered = 1
     ORDER BY change LIMIT ?`,
    resourceId,
    limit,
  );
  return rows.map((row): PushResultItem => {
    data.run("UPDATE issues SET undelivered = 0 WHERE id = ?", integer(row, "id"));
    const ref = readRef(row);
    const version = integer(row, "version");
    return {
      ref,
      action: version === 1 ? "create" : "update",
      outcome: version === 1 ? "created" : "updated",
      remote_ref: ref,
      version: String(version),
      message: null,
    };
  });
}
