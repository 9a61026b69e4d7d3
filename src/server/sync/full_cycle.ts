import { spliceJson } from "../../contract/splice_json.ts";
import type { ResultSummary } from "../../contract/results.ts";
import type { ProjectMapping } from "../store/bindings.ts";
import type { HostData } from "../store/host_data.ts";
import { countThatFit, lastChange } from "../store/issues.ts";
import { identityPath, type Resource } from "../store/resources.ts";
import { integer, type Row, text } from "../store/row.ts";

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
 * since; says whether anything is left for the next. Answers RunResult as JSON. Runs inside the caller's
 * transaction. Hosted API, Shapes (RunResult), Extensions (complete).
 */
export function runCycle(
  data: HostData,
  mapping: ProjectMapping,
  resource: Resource,
  userId: string,
  request: CycleRequest,
): string {
  const pulled = request.pull_first ? takeChanges(data, mapping, request.limit) : NOTHING;
  const pushed = deliver(data, resource.id, request.limit);
  data.run(
    "UPDATE mappings SET last_sync_at = ? WHERE binding_ref = ?",
    data.now(),
    mapping.bindingRef,
  );
  const after = { ...mapping, syncedChange: pulled.seen ?? mapping.syncedChange };
  const head = JSON.stringify({
    status: "ok",
    summary: allSucceeded(pulled.items.length + pushed.items.length),
    identity_path: identityPath(data, resource.installationId, userId),
    has_more: cycleWork(data, after, request) > 0,
  });
  return spliceJson(head, { pull: partJson(pulled), push: partJson(pushed) });
}

/** One direction of a cycle; items in JSON. */
interface Part {
  readonly items: readonly string[];
  /** How many of them the reader has not met before. */
  readonly created: number;
  /** Number of the last change taken in; of a pull. */
  readonly seen?: number;
}

const NOTHING: Part = { items: [], created: 0 };

function partJson({ items, created }: Part): string {
  const summary = {
    ...allSucceeded(items.length),
    created,
    updated: items.length - created,
    unchanged: 0,
  };
  return spliceJson(JSON.stringify({ summary }), { items });
}

/** Every one succeeded. */
export function allSucceeded(count: number): ResultSummary {
  return { total: count, succeeded: count, failed: 0, skipped: 0 };
}

/** Takes what fits one answer; the next cycle continues where this one ended. */
function takeChanges(data: HostData, mapping: ProjectMapping, limit: number): Part {
  const read = (columns: string, count: number) =>
    data.all(
      `SELECT ${columns} FROM issues WHERE resource_id = ? AND change > ? AND undelivered = 0
       ORDER BY change LIMIT ?`,
      mapping.resourceId,
      mapping.syncedChange,
      count,
    );
  const sizes = read("octet_length(json) AS bytes", limit);
  const rows = read("json, change, version, first_change", countThatFit(sizes));
  const last = rows.at(-1);
  const seen = rows.length < limit && rows.length === sizes.length || last === undefined
    ? lastChange(data, mapping.resourceId)
    : integer(last, "change");
  data.run("UPDATE mappings SET synced_change = ? WHERE binding_ref = ?", seen, mapping.bindingRef);
  return {
    items: rows.map((row) => text(row, "json")),
    created: rows.filter((row) => isNewSince(row, mapping.syncedChange)).length,
    seen,
  };
}

/** Issues stored before their first change was remembered are new as long as it is their only one. */
function isNewSince(row: Row, change: number): boolean {
  return integer(row, "version") === 1 || integer(row, "first_change") > change;
}

function deliver(data: HostData, resourceId: string, limit: number): Part {
  const rows = data.all(
    `SELECT id, json_extract(json, '$.ref') AS ref, version FROM issues
     WHERE resource_id = ? AND undelivered = 1 ORDER BY change LIMIT ?`,
    resourceId,
    limit,
  );
  let created = 0;
  const items = rows.map((row) => {
    data.run("UPDATE issues SET undelivered = 0 WHERE id = ?", integer(row, "id"));
    const version = integer(row, "version");
    if (version === 1) created += 1;
    const result = JSON.stringify({
      action: version === 1 ? "create" : "update",
      outcome: version === 1 ? "created" : "updated",
      version: String(version),
      message: null,
    });
    // The reference goes into the answer as the text it is stored as.
    const ref = text(row, "ref");
    return spliceJson(result, { ref, remote_ref: ref });
  });
  return { items, created };
}
