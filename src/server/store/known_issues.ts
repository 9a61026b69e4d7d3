import { listed, rowsListed, storedText, textList } from "./dialect.ts";
import { integer, type Row, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

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
  const columns = ["json", "change", "status", "version"];
  const here = await rowsOf(store, "issues", columns, resourceId, ids);
  const missing = ids.filter((id) => !here.has(id));
  const gone = await rowsOf(store, "tombstones", ["change", "version"], resourceId, missing);
  const known = new Map<string, KnownIssue>();
  for (const [id, row] of here) {
    known.set(id, {
      json: text(row, "json"),
      change: integer(row, "change"),
      status: text(row, "status"),
      version: integer(row, "version"),
    });
  }
  for (const [id, row] of gone) {
    known.set(id, {
      json: null,
      change: integer(row, "change"),
      status: null,
      version: integer(row, "version"),
    });
  }
  return known;
}

/** Returns columns of the rows of a resource that have one of these ids, by id. */
async function rowsOf(
  store: HostStore,
  table: "issues" | "tombstones",
  columns: readonly string[],
  resourceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Row>> {
  if (ids.length === 0) return new Map();
  const found = ["external_id AS id", ...columns].map((column) => `found.${column}`).join(", ");
  const rows = await store.all(
    `SELECT ${found} FROM ${listed(store)} ${rowsListed(store, table)}`,
    textList(ids),
    resourceId,
  );
  if (rows.length === 0) return new Map();
  const byId = new Map(rows.map((row) => [text(row, "id"), row]));
  return new Map(ids.flatMap((id) => {
    const row = byId.get(storedText(id));
    return row === undefined ? [] : [[id, row]];
  }));
}

/** Forgets that issues of a resource were removed: they are back. */
export async function forgetRemovals(
  tx: Transaction,
  resourceId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(
    `DELETE FROM tombstones WHERE resource_id = ? AND external_id IN (SELECT value FROM ${
      listed(tx)
    })`,
    resourceId,
    textList(ids),
  );
}

/** Remembers which issues a sweep has met. */
export async function rememberSeen(
  tx: Transaction,
  resourceId: string,
  ids: readonly string[],
): Promise<void> {
  await tx.run(
    `INSERT INTO sweep_seen (resource_id, external_id)
     SELECT CAST(? AS TEXT), value FROM ${listed(tx)} WHERE TRUE ON CONFLICT DO NOTHING`,
    resourceId,
    textList(ids),
  );
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
