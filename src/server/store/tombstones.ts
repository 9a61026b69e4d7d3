import { type ExternalRef, ExternalRefSchema } from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import { insertRow } from "./insert.ts";
import { countChange } from "./issue_counts.ts";
import { takeChange } from "./issues.ts";
import { integer, type Row, storedJson, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/**
 * Removes an issue of a locked resource with its comments, and leaves a tombstone with a change number of its own; `at`
 * is milliseconds since 1970. Returns whether there was such an issue.
 */
export async function removeIssue(
  tx: Transaction,
  resourceId: string,
  issueId: string,
  at: number,
): Promise<boolean> {
  const row = await tx.one(
    `SELECT n.json, n.status, n.version, n.updated_ms, i.provider, r.workspace FROM issues n
     JOIN resources r ON r.id = n.resource_id JOIN installations i ON i.id = r.installation_id
     WHERE n.resource_id = ? AND n.external_id = ?`,
    resourceId,
    issueId,
  );
  if (row === null) return false;
  for (const table of ["issues", "comments"]) {
    const rows = `DELETE FROM ${table} WHERE resource_id = ? AND external_id = ?`;
    await tx.run(rows, resourceId, issueId);
  }
  await insertRow(tx, "tombstones", {
    resource_id: resourceId,
    external_id: issueId,
    ref: JSON.stringify(refIn(row, issueId)),
    version: integer(row, "version"),
    change: await takeChange(tx, resourceId),
    // A reader who has seen the issue's last change asks for what came after it.
    removed_at: Math.max(at, integer(row, "updated_ms")),
  });
  await countChange(tx, resourceId, text(row, "status"), null);
  return true;
}

/**
 * Leaves a tombstone of an issue that a locked resource never had, with a change number of its own: what was read of it
 * before is not to be stored. `at` is milliseconds since 1970.
 */
export async function noteRemoval(
  tx: Transaction,
  resourceId: string,
  issueId: string,
  at: number,
): Promise<void> {
  const row = await tx.one(
    `SELECT i.provider, r.workspace FROM resources r
     JOIN installations i ON i.id = r.installation_id WHERE r.id = ?`,
    resourceId,
  );
  if (row === null) throw new TypeError(`No resource "${resourceId}"`);
  const system = text(row, "provider");
  await insertRow(tx, "tombstones", {
    resource_id: resourceId,
    external_id: issueId,
    ref: JSON.stringify({ system, workspace: text(row, "workspace"), id: issueId }),
    version: 0,
    change: await takeChange(tx, resourceId),
    removed_at: at,
  });
}

/** Returns the reference of an issue as it is stored, or what is known of it when that is damaged. */
function refIn(row: Row, id: string): ExternalRef {
  const stored = storedJson(text(row, "json"));
  const parsed = parseWith(ExternalRefSchema, stored === null ? undefined : stored["ref"]);
  if (parsed.ok) return parsed.value;
  return { system: text(row, "provider"), workspace: text(row, "workspace"), id };
}

/** Returns whether the issue with this id was removed. */
export async function isRemoved(
  store: HostStore,
  resourceId: string,
  issueId: string,
): Promise<boolean> {
  return await store.one(
    "SELECT 1 FROM tombstones WHERE resource_id = ? AND external_id = ?",
    resourceId,
    issueId,
  ) !== null;
}

/** Which removals to read. */
export interface RemovalQuery {
  readonly resourceId: string;
  /** The change to continue after. */
  readonly after: number;
  /** The last change that counts. */
  readonly through: number;
  /** A removal counts when it is newer than this change … */
  readonly newerThan: number;
  /** … or not older than this, in milliseconds since 1970; `null` for never. */
  readonly since: number | null;
}

/** Removals, in the order of changes. */
export interface RemovalPage {
  /** References of removed issues in JSON, as stored. */
  readonly refs: readonly string[];
  /** The change up to which they were read, when they are too many for one answer. */
  readonly cutAt: number | null;
}

/** Removals in one answer at most. */
const MAX_REMOVALS = 10_000;

/** Text of removals in one answer at most: a character may take three bytes, and a client refuses more than 32 MiB. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

/** Reads the removals between two changes, as many as fit one answer, and at least one. */
export async function removalsBetween(
  store: HostStore,
  { resourceId, after, through, newerThan, since }: RemovalQuery,
): Promise<RemovalPage> {
  const rows = await store.all(
    `SELECT change, ref FROM tombstones WHERE resource_id = ? AND change > ? AND change <= ?
       AND (change > ? OR removed_at >= ?) ORDER BY change LIMIT ?`,
    resourceId,
    after,
    through,
    newerThan,
    since ?? Number.MAX_SAFE_INTEGER,
    MAX_REMOVALS + 1,
  );
  const refs: string[] = [];
  let characters = 0;
  let cutAt: number | null = null;
  for (const row of rows) {
    const ref = text(row, "ref");
    characters += ref.length;
    const isFull = refs.length === MAX_REMOVALS || characters > MAX_CHARACTERS;
    if (isFull && cutAt !== null) return { refs, cutAt };
    refs.push(ref);
    cutAt = integer(row, "change");
  }
  return { refs, cutAt: null };
}
