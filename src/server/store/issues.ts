import {
  type ExternalRef,
  ExternalRefSchema,
  type NormalizedIssue,
  NormalizedIssueSchema,
} from "../../contract/issue.ts";
import { parseOwn, parseWith } from "../../contract/parse.ts";
import type { Pause } from "../../platform/pauses.ts";
import { fold } from "../model/text.ts";
import { jsonMember } from "./dialect.ts";
import { keepBase } from "./detached_base.ts";
import { insertRow } from "./insert.ts";
import { countChange } from "./issue_counts.ts";
import { integer, memberOf, type Row, text } from "./row.ts";
import type { HostStore, SqlValue, Transaction } from "./store.ts";

/** An issue as stored. */
export interface StoredIssue {
  readonly issue: NormalizedIssue;
  /** Counts the changes of this issue, from 1. */
  readonly version: number;
}

/** What storing an issue did. */
export type Stored = "created" | "updated" | "unchanged";

/** How an issue is stored. */
export interface StoringOptions {
  /**
   * When an issue that was removed comes back, in milliseconds since 1970: that is a change, whatever the issue says
   * itself.
   */
  readonly at?: number;
  /** Whether no connection brings the resource, which one has brought; looked up unless given. */
  readonly isDetached?: boolean;
  /** Lets others have their turn: each step on a text of several megabytes takes some 30 ms. */
  readonly pause?: Pause;
}

function noPause(): Promise<void> {
  return Promise.resolve();
}

/**
 * Stores an issue under its `ref.id`. Each change gets the resource's next change number, so that a
 * reader who walks by change number misses none that happens meanwhile. The resource is locked.
 *
 * @param undelivered Whether the change still has to be told to the provider by a full sync.
 */
export async function storeIssue(
  tx: Transaction,
  resourceId: string,
  issue: NormalizedIssue,
  undelivered: boolean,
  { at = 0, pause = noPause, isDetached = true }: StoringOptions = {},
): Promise<Stored> {
  const json = storedJson(issue);
  await pause();
  const known = await tx.one(
    `SELECT json, ${INDEXED.join(", ")} FROM issues WHERE resource_id = ? AND external_id = ?`,
    resourceId,
    issue.ref.id,
  );
  if (known !== null && text(known, "json") === json) return "unchanged";
  if (known !== null && isDetached) await keepBase(tx, resourceId, issue.ref.id);
  const change = await takeChange(tx, resourceId);
  const before = known === null ? await takeTombstone(tx, resourceId, issue.ref.id) : null;
  const row = rowOf(resourceId, formOf(issue, json), { change, before, undelivered, at });
  await pause();
  if (known === null) await insertRow(tx, "issues", row, replacing(tx, true));
  else await updateRow(tx, row, known);
  await pause();
  await countChange(tx, resourceId, known === null ? null : text(known, "status"), issue.status);
  return known === null ? "created" : "updated";
}

/** Columns of an issue that have indexes of their own, and seldom change. */
const INDEXED = ["status", "key_folded", "issue_type", "parent_id"] as const;

/** Columns of an issue that each change writes. */
const CHANGING = ["updated_ms", "change", "undelivered", "json", "search"] as const;

/**
 * Writes the row of an issue that is there as its next version. SQLite writes each index of a column that a statement
 * names, whatever the value was before, so that those with other values alone are named.
 */
async function updateRow(
  tx: Transaction,
  row: Readonly<Record<string, SqlValue>>,
  known: Row,
): Promise<void> {
  const columns = [...CHANGING, ...INDEXED.filter((name) => known[name] !== row[name])];
  await tx.run(
    `UPDATE issues SET ${columns.map((name) => `${name} = ?`).join(", ")}, version = version + 1
     WHERE resource_id = ? AND external_id = ?`,
    ...columns.map((name) => row[name] ?? null),
    row["resource_id"] ?? null,
    row["external_id"] ?? null,
  );
}

/** What is stored of an issue, made before the transaction that stores it. */
export interface StoredForm {
  readonly id: string;
  readonly keyFolded: string;
  readonly status: string;
  readonly issueType: string;
  /** Milliseconds since 1970. */
  readonly updatedMs: number;
  readonly parentId: string | null;
  /** The issue itself. */
  readonly json: string;
  /** What a search compares. */
  readonly search: string;
}

/** Returns what is stored of an issue. */
export function storedForm(issue: NormalizedIssue): StoredForm {
  return formOf(issue, storedJson(issue));
}

function formOf(issue: NormalizedIssue, json: string): StoredForm {
  return {
    id: issue.ref.id,
    keyFolded: fold(issue.ref.key ?? issue.ref.id),
    status: issue.status,
    issueType: issue.issue_type,
    updatedMs: Date.parse(issue.updated_at),
    parentId: issue.parent_ref?.id ?? null,
    json,
    search: `${fold(issue.title)}\n${fold(issue.body ?? "")}`,
  };
}

function storedJson(issue: NormalizedIssue): string {
  // The version stands in a column of its own: what an import says of it is another host's.
  return JSON.stringify(issue.version === undefined ? issue : { ...issue, version: undefined });
}

/** What a row of an issue holds beside the issue itself. */
export interface IssueChangeRow {
  /** The number of the change. */
  readonly change: number;
  /** The version at which the issue was removed; `null` unless it comes back. */
  readonly before: number | null;
  readonly undelivered: boolean;
  /** When it comes back, in milliseconds since 1970. */
  readonly at: number;
}

/** Returns the row of an issue that is new, or has changed. */
export function rowOf(
  resourceId: string,
  form: StoredForm,
  { change, before, undelivered, at }: IssueChangeRow,
): Readonly<Record<string, SqlValue>> {
  return {
    resource_id: resourceId,
    external_id: form.id,
    key_folded: form.keyFolded,
    status: form.status,
    issue_type: form.issueType,
    updated_ms: before === null ? form.updatedMs : Math.max(form.updatedMs, at),
    change,
    first_change: change,
    version: (before ?? 0) + 1,
    undelivered: undelivered ? 1 : 0,
    parent_id: form.parentId,
    json: form.json,
    search: form.search,
  };
}

/**
 * Returns the SQL that has the row of an issue replace the one that is there, and count as its next version. Beside a
 * new row there is none, which SQLite is told: for a statement that may change more than one row, it first copies the
 * pages that the statement is about to change.
 */
export function replacing({ dialect }: Pick<HostStore, "dialect">, isNew: boolean): string {
  return isNew && dialect === "sqlite" ? "" : REPLACING;
}

const REPLACING =
  "ON CONFLICT (resource_id, external_id) DO UPDATE SET key_folded = excluded.key_folded, status = excluded.status, issue_type = excluded.issue_type, updated_ms = excluded.updated_ms, change = excluded.change, version = issues.version + 1, undelivered = excluded.undelivered, parent_id = excluded.parent_id, json = excluded.json, search = excluded.search";

/** Removes the tombstone of an issue that comes back; returns its last version, after which the versions continue. */
async function takeTombstone(
  tx: Transaction,
  resourceId: string,
  id: string,
): Promise<number | null> {
  const row = await tx.one(
    "DELETE FROM tombstones WHERE resource_id = ? AND external_id = ? RETURNING version",
    resourceId,
    id,
  );
  return row === null ? null : integer(row, "version");
}

/**
 * Takes the next change number of a resource. The resource's row is held until the transaction ends, so that changes
 * become visible in the order of their numbers.
 */
export async function takeChange(tx: Transaction, resourceId: string): Promise<number> {
  return await takeChanges(tx, resourceId, 1);
}

/** Takes as many change numbers at once; returns the last of them. */
export async function takeChanges(
  tx: Transaction,
  resourceId: string,
  count: number,
): Promise<number> {
  const row = await tx.one(
    "UPDATE resources SET last_change = last_change + ? WHERE id = ? RETURNING last_change",
    count,
    resourceId,
  );
  if (row === null) throw new TypeError(`No resource "${resourceId}"`);
  return integer(row, "last_change");
}

/** Returns the number of the newest change in a resource; 0 when there was none. */
export async function lastChange(store: HostStore, resourceId: string): Promise<number> {
  const row = await store.one("SELECT last_change FROM resources WHERE id = ?", resourceId);
  return row === null ? 0 : integer(row, "last_change");
}

/** Takes the next number of a resource, for a new issue's key. */
export async function takeIssueNumber(tx: Transaction, resourceId: string): Promise<number> {
  const row = await tx.one(
    "UPDATE resources SET next_number = next_number + 1 WHERE id = ? RETURNING next_number - 1 AS number",
    resourceId,
  );
  if (row === null) throw new TypeError(`No resource "${resourceId}"`);
  return integer(row, "number");
}

/** Sets the number that the next new issue of a resource gets. */
export async function setNextIssueNumber(
  store: HostStore,
  resourceId: string,
  number: number,
): Promise<void> {
  await store.run("UPDATE resources SET next_number = ? WHERE id = ?", number, resourceId);
}

/** Has the next new issue of a resource get a number after this one. */
export async function leaveIssueNumber(
  tx: Transaction,
  resourceId: string,
  number: number,
): Promise<void> {
  await tx.run(
    "UPDATE resources SET next_number = ? WHERE id = ? AND next_number <= ?",
    number + 1,
    resourceId,
    number,
  );
}

/** Returns the issue with this id, or else with this key. */
export async function findIssue(
  store: HostStore,
  resourceId: string,
  idOrKey: string,
): Promise<StoredIssue | null> {
  const row = await issueRow(store, "json, version", resourceId, idOrKey);
  return row === null ? null : { issue: readIssue(row), version: integer(row, "version") };
}

/** Returns the reference of the issue with this id, or else with this key. */
export async function findIssueRef(
  store: HostStore,
  resourceId: string,
  idOrKey: string,
): Promise<ExternalRef | null> {
  const row = await issueRow(
    store,
    `${jsonMember(store, "json", "ref")} AS ref`,
    resourceId,
    idOrKey,
  );
  return row === null ? null : readRef(row);
}

/** Returns columns of the issue with this id, or else with this key. */
export async function issueRow(
  store: HostStore,
  columns: string,
  resourceId: string,
  idOrKey: string,
): Promise<Row | null> {
  const from = `SELECT ${columns} FROM issues WHERE resource_id = ?`;
  return await store.one(`${from} AND external_id = ?`, resourceId, idOrKey) ??
    await store.one(`${from} AND key_folded = ? LIMIT 1`, resourceId, fold(idOrKey));
}

/** Issues that are read at a time by the numbers of their rows. */
const ROWS_AT_ONCE = 50;

/** Returns the issues with these numbers of their rows, in this order; those that are gone are left out. */
export async function issuesByRow(
  store: HostStore,
  rows: readonly number[],
): Promise<NormalizedIssue[]> {
  const places = Array.from({ length: ROWS_AT_ONCE }, () => "?").join(", ");
  const found = new Map<number, Row>();
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    // Every statement that differs is kept prepared: a part that is shorter repeats its first row.
    const part = Array.from({ length: ROWS_AT_ONCE }, (_, i) => rows[from + i] ?? rows[from] ?? 0);
    const read = await store.all(`SELECT id, json FROM issues WHERE id IN (${places})`, ...part);
    for (const row of read) found.set(integer(row, "id"), row);
  }
  return rows.flatMap((id) => {
    const row = found.get(id);
    return row === undefined ? [] : [readIssue(row)];
  });
}

/** Reads a column `ref`, the reference alone. */
export function readRef(row: Row): ExternalRef {
  const value: unknown = JSON.parse(memberOf(row, "ref", "ref"));
  const parsed = parseWith(ExternalRefSchema, value);
  if (!parsed.ok) throw new TypeError(`A stored reference is broken: "${parsed.path}"`);
  return parsed.value;
}

/** Reads a column `json`, a whole issue. */
export function readIssue(row: Row): NormalizedIssue {
  const value: unknown = JSON.parse(text(row, "json"));
  const parsed = parseOwn(NormalizedIssueSchema, value);
  if (!parsed.ok) throw new TypeError(`A stored issue is broken: "${parsed.path}"`);
  return parsed.value;
}
