import { integer, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** Issues that are asked for by id in one statement: every statement that differs is kept prepared. */
const AT_ONCE = 50;

/** The places of a part of {@link portions}. */
export const PLACES: string = Array.from({ length: AT_ONCE }, () => "?").join(", ");

/** What the host has of an issue. */
export interface KnownIssue {
  /** The issue in JSON; `null` when it was removed. */
  readonly json: string | null;
  /** The number of its last change. */
  readonly change: number;
  /** Its status; `null` when it was removed. */
  readonly status: string | null;
  /** Its version, or the last one before it was removed. */
  readonly version: number;
}

/** Returns what the host has of issues, by id; one of which it never knew is left out. */
export async function knownAmong(
  store: HostStore,
  resourceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownIssue>> {
  const known = new Map<string, KnownIssue>();
  for (const part of portions(ids)) {
    const rows = await store.all(
      `SELECT external_id, json, change, status, version FROM issues WHERE resource_id = ? AND external_id IN (${PLACES})`,
      resourceId,
      ...part,
    );
    for (const row of rows) {
      known.set(text(row, "external_id"), {
        json: text(row, "json"),
        change: integer(row, "change"),
        status: text(row, "status"),
        version: integer(row, "version"),
      });
    }
  }
  const missing = ids.filter((id) => !known.has(id));
  for (const part of portions(missing)) {
    const rows = await store.all(
      `SELECT external_id, change, version FROM tombstones WHERE resource_id = ? AND external_id IN (${PLACES})`,
      resourceId,
      ...part,
    );
    for (const row of rows) {
      known.set(text(row, "external_id"), {
        json: null,
        change: integer(row, "change"),
        status: null,
        version: integer(row, "version"),
      });
    }
  }
  return known;
}

/** Returns which of these issues were removed here. */
export async function removedAmong(
  store: HostStore,
  resourceId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const removed = new Set<string>();
  for (const part of portions(ids)) {
    const rows = await store.all(
      `SELECT external_id FROM tombstones WHERE resource_id = ? AND external_id IN (${PLACES})`,
      resourceId,
      ...part,
    );
    for (const row of rows) removed.add(text(row, "external_id"));
  }
  return removed;
}

/** Ids in parts of the same size: one that is shorter repeats its first id. */
export function* portions(ids: readonly string[]): Iterable<string[]> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    yield Array.from({ length: AT_ONCE }, (_, i) => ids[from + i] ?? ids[from] ?? "");
  }
}

/** Remembers which issues a sweep has met. */
export async function rememberSeen(
  tx: Transaction,
  resourceId: string,
  ids: readonly string[],
): Promise<void> {
  const places = Array.from({ length: AT_ONCE }, () => "(?, ?)").join(", ");
  for (const part of portions([...new Set(ids)])) {
    await tx.run(
      `INSERT INTO sweep_seen (resource_id, external_id) VALUES ${places} ON CONFLICT DO NOTHING`,
      ...part.flatMap((id) => [resourceId, id]),
    );
  }
}

/** A stretch of the issues of a resource, in the order of their ids. */
export interface Stretch {
  /** Those of them that the sweep has not met. */
  readonly unseen: readonly string[];
  /** The last id of the stretch; `null` when nothing comes after `after`. */
  readonly through: string | null;
}

/** Looks for issues after an id that were here at a change, and that the sweep has not met. Reads `limit` issues at most. */
export async function unseenAfter(
  store: HostStore,
  resourceId: string,
  after: string,
  { mark, limit }: { readonly mark: number; readonly limit: number },
): Promise<Stretch> {
  const rows = await store.all(
    `SELECT i.external_id, i.first_change, s.external_id AS seen FROM issues i
     LEFT JOIN sweep_seen s ON s.resource_id = i.resource_id AND s.external_id = i.external_id
     WHERE i.resource_id = ? AND i.external_id > ? ORDER BY i.external_id LIMIT ?`,
    resourceId,
    after,
    limit,
  );
  const last = rows.at(-1);
  return {
    unseen: rows.flatMap((row) =>
      row["seen"] === null && integer(row, "first_change") <= mark ? [text(row, "external_id")] : []
    ),
    through: last === undefined ? null : text(last, "external_id"),
  };
}
