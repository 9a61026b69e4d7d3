import { type NormalizedIssue, type Status, STATUSES } from "../contract/issue.ts";
import type { Database } from "../platform/database.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { FORGET_LISTING } from "./checkpoints.ts";
import { latestEdit, type RefusedEdit, refusedEdits, refusedFields, shownIssue } from "./edits.ts";
import type { IssueFilter } from "./issue_filter.ts";
import {
  IssueLists,
  type IssueListsOptions,
  type IssuePage,
  type PageFilter,
  type ReferencedIssue,
} from "./issue_lists.ts";
import { hasColumns } from "./issue_segments.ts";
import { optionalNumber, optionalText, type Row, Statements, textOf } from "./rows.ts";
import { type StoredIssue, storedOf } from "./stored_issue.ts";
import { WordIndex } from "./word_index.ts";

export type { IssuePage } from "./issue_lists.ts";
export type { StoredIssue } from "./stored_issue.ts";

/** Returns the failure of an id or key that names no cached issue. */
export function issueNotFound(id: string): TrackerError {
  return new TrackerError({
    code: "issue_not_found",
    message: `No issue "${id}" is in the local cache`,
    nextAction: "Fetch the issues with `tracker sync pull --all`.",
    details: { id },
  });
}

/** The version of an issue that was last seen at the tracker. */
export interface LastSeen {
  /** Its JSON text. */
  readonly text: string;
  /** Whether edits of the issue wait for a push. */
  readonly isPending: boolean;
}

/** How many issues there are. */
export interface IssueCounts {
  /** All issues. */
  readonly total: number;
  /** Those that are neither done nor canceled. */
  readonly open: number;
  /** By status. */
  readonly byStatus: Readonly<Record<Status, number>>;
  /** Issues with edits, new ones among them: those to push, those held or refused, and those that stay here. */
  readonly pending: number;
  /** Those of them of which an edit was refused. */
  readonly refused: number;
}

/** The counts of a cache that is not there yet. */
export const NO_ISSUES: IssueCounts = {
  total: 0,
  open: 0,
  byStatus: { todo: 0, in_progress: 0, in_review: 0, blocked: 0, done: 0, canceled: 0 },
  pending: 0,
  refused: 0,
};

/** The issues of a store. */
export class IssueTable {
  readonly #sql: Statements;
  readonly #lists: IssueLists;
  /** Whether the segments have columns, which have to know what is stored again; `null` before it was looked up. */
  #notesPast: boolean | null = null;

  /** Works on an open, migrated database. */
  constructor(database: Database, lists: Partial<Omit<IssueListsOptions, "database">> = {}) {
    this.#sql = new Statements(database);
    const { words = new WordIndex(database), ...rest } = lists;
    this.#lists = new IssueLists({ database, words, ...rest });
  }

  /**
   * Adds an issue as just seen at the tracker, `json` being its text, unless one with its id is here. Returns its row;
   * `null` when one is.
   */
  insert(issue: NormalizedIssue, json: string): number | null {
    const { changes, lastInsertRowid } = this.#sql.of(INSERT).run(...columnsOf(issue), json);
    return Number(changes) === 0 ? null : Number(lastInsertRowid);
  }

  /** The version last seen at the tracker; `null` when the issue is not here. */
  lastSeen(id: string): LastSeen | null {
    const row = this.#sql.of(LAST_SEEN).get(id);
    if (row === undefined) return null;
    return { text: textOf(row, "seen"), isPending: optionalNumber(row, "pending") === 1 };
  }

  /** Takes note that a reading that began at `readAt` showed the version last seen once more. */
  sawAgain(id: string, readAt: number): void {
    this.#sql.of("UPDATE tracker_issues SET seen_at = ? WHERE id = ?").run(readAt, id);
  }

  /** The stored issue with this very id, or `null`. */
  load(id: string): StoredIssue | null {
    return storedIssue(this.#sql.of(`${SELECT} WHERE id = ?`).get(id));
  }

  /**
   * The stored issue with this very id.
   *
   * @throws {TrackerError} `issue_not_found`.
   */
  require(id: string): StoredIssue {
    const stored = this.load(id);
    if (stored !== null) return stored;
    throw issueNotFound(id);
  }

  /** The issue with this id, key (in any case) or former local id; `null` when it is not here. */
  find(idOrKey: string): StoredIssue | null {
    return this.load(idOrKey) ??
      storedIssue(this.#sql.of(`${SELECT} WHERE key = ? COLLATE NOCASE`).get(idOrKey)) ??
      storedIssue(this.#sql.of(`${SELECT} WHERE id = ? COLLATE NOCASE`).get(idOrKey)) ??
      storedIssue(this.#sql.of(BY_ALIAS).get(idOrKey));
  }

  /** Stores an issue with its base and edits. Returns its row. */
  put(stored: StoredIssue): number {
    const { issue, base, edits } = stored;
    const json = JSON.stringify(issue);
    const seen = JSON.stringify(base);
    // An edit may wait though both say the same: what was sent before it may still arrive.
    const isPending = seen !== json || Object.values(edits).some(({ sent }) => sent !== undefined);
    this.#sql.of(FORGET_LISTING).run();
    // SQLite tells no trigger what it replaces.
    this.#notesPast ??= hasColumns(this.#sql);
    if (this.#notesPast) this.#sql.of(PAST).run(issue.ref.id);
    const { lastInsertRowid } = this.#sql.of(PUT).run(
      ...columnsOf(shownIssue(stored)),
      json,
      isPending ? seen : null,
      isPending ? latestEdit(edits) : null,
      isPending ? JSON.stringify(edits) : null,
      isPending ? refusedFields(edits).length : 0,
      stored.seenAt,
    );
    return Number(lastInsertRowid);
  }

  /** Removes an issue. */
  remove(id: string): void {
    this.#sql.of(FORGET_LISTING).run();
    this.#sql.of("DELETE FROM tracker_issues WHERE id = ?").run(id);
  }

  /** Gives an issue created here the identity it got at the tracker; its local id still finds it. */
  adopt(localId: string, stored: StoredIssue): void {
    this.remove(localId);
    this.put(stored);
    this.#sql.of("INSERT OR REPLACE INTO tracker_aliases (local_id, issue_id) VALUES (?, ?)")
      .run(localId, stored.issue.ref.id);
  }

  /** The id an issue created here has got at the tracker; `null` when it has none yet. */
  adoptedId(localId: string): string | null {
    const row = this.#sql.of("SELECT issue_id FROM tracker_aliases WHERE local_id = ?")
      .get(localId);
    return row === undefined ? null : textOf(row, "issue_id");
  }

  /** The local ids of issues created here, and the ids they got at the tracker. */
  aliases(): (readonly [localId: string, id: string])[] {
    return this.#sql.of("SELECT local_id, issue_id FROM tracker_aliases ORDER BY local_id").all()
      .map((row) => [textOf(row, "local_id"), textOf(row, "issue_id")]);
  }

  /** Lets the local id of an issue created here find it; one that is known stays. */
  alias(localId: string, id: string): void {
    this.#sql.of("INSERT OR IGNORE INTO tracker_aliases (local_id, issue_id) VALUES (?, ?)")
      .run(localId, id);
  }

  /** The refused edits of all issues. */
  refused(): RefusedEdit[] {
    return this.#sql.of(`${SELECT} WHERE ${IS_REFUSED} ORDER BY id`).all()
      .flatMap((row) => refusedEdits(storedOf(row)));
  }

  /** Issues with edits that wait for a push, of some ids or of all, oldest edit first. */
  pending(among?: readonly string[]): StoredIssue[] {
    const of = among === undefined ? "" : " AND id IN (SELECT value FROM json_each(?))";
    return this.#sql.of(`${SELECT} WHERE base IS NOT NULL${of} ORDER BY edited_at, id`)
      .all(...(among === undefined ? [] : [JSON.stringify(among)])).map(storedOf);
  }

  /** Whether edits of any issue wait for a push. */
  hasPending(): boolean {
    return this.#sql.of("SELECT 1 FROM tracker_issues WHERE base IS NOT NULL LIMIT 1").get() !==
      undefined;
  }

  /** Pending issues whose text holds an id, such as that of their parent. */
  pendingNaming(id: string): StoredIssue[] {
    return this.#sql.of(`${SELECT} WHERE base IS NOT NULL AND instr(json, ?) > 0`).all(id)
      .flatMap((row) => storedIssue(row) ?? []);
  }

  /** The workspace that the references of the tracker's issues have; `null` when there is none of them. */
  workspace(): string | null {
    const row = this.#sql.of(
      `SELECT json_extract(json, '$.ref.workspace') AS workspace FROM tracker_issues
       WHERE base IS NULL OR base <> 'null' LIMIT 1`,
    ).get();
    return row === undefined ? null : optionalText(row, "workspace");
  }

  /** All stored issues, by id. */
  all(): StoredIssue[] {
    return this.#sql.of(`${SELECT} ORDER BY id`).all().map(storedOf);
  }

  /** The issues of which the external reference begins so, and what follows in it; the oldest issue first. */
  referenced(prefix: string): readonly ReferencedIssue[] {
    return this.#lists.referenced(prefix);
  }

  /** All ids. */
  ids(): Set<string> {
    const rows = this.#sql.of("SELECT id FROM tracker_issues").all();
    return new Set(rows.map((row) => textOf(row, "id")));
  }

  /** Issues that pass the filter, in the order that it asks for. */
  list(filter: IssueFilter): NormalizedIssue[] {
    return this.#lists.list(filter);
  }

  /** A page of the issues that pass the filter. */
  page(filter: PageFilter): IssuePage {
    return this.#lists.page(filter);
  }

  /** How many issues there are, in all, by status, and with pending edits. */
  counts(): IssueCounts {
    const byStatus = { todo: 0, in_progress: 0, in_review: 0, blocked: 0, done: 0, canceled: 0 };
    const counted = this.#sql.of(COUNTS).get() ?? {};
    for (const status of STATUSES) byStatus[status] = optionalNumber(counted, status) ?? 0;
    // Every issue has one of them.
    const total = STATUSES.reduce((sum, status) => sum + byStatus[status], 0);
    const waiting = this.#sql.of(WAITING_COUNTS).get() ?? {};
    return {
      total,
      open: total - byStatus.done - byStatus.canceled,
      byStatus,
      pending: optionalNumber(waiting, "pending") ?? 0,
      refused: optionalNumber(waiting, "refused") ?? 0,
    };
  }
}

const COLUMNS = "id, key, title, status, issue_type, updated_at, json";
const SELECT = "SELECT json, base, edits, seen_at FROM tracker_issues";
const IS_REFUSED = "base IS NOT NULL AND faults > 0";
const INSERT = `INSERT INTO tracker_issues (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;
const PUT =
  `INSERT OR REPLACE INTO tracker_issues (${COLUMNS}, base, edited_at, edits, faults, seen_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const PAST = "INSERT OR IGNORE INTO issue_rows_past SELECT rowid FROM tracker_issues WHERE id = ?";
const LAST_SEEN = "SELECT ifnull(base, json) AS seen, base IS NOT NULL AS pending " +
  "FROM tracker_issues WHERE id = ?";
const BY_ALIAS = `${SELECT} WHERE id = (SELECT issue_id FROM tracker_aliases WHERE local_id = ?)`;
/** Six ranges of an index are counted in half the time that sorting it into groups takes. */
const COUNTS = `SELECT ${
  STATUSES.map((status) =>
    `(SELECT count(*) FROM tracker_issues WHERE status = '${status}') AS ${status}`
  ).join(", ")
}`;
const WAITING_COUNTS =
  "SELECT count(*) AS pending, count(*) FILTER (WHERE faults > 0) AS refused " +
  "FROM tracker_issues WHERE base IS NOT NULL";

/** The columns that are read without the text: id, key, title, status, type, time of the last change. */
function columnsOf({ ref, title, status, issue_type, updated_at }: NormalizedIssue) {
  return [ref.id, ref.key ?? null, title, status, issue_type, Date.parse(updated_at)] as const;
}

function storedIssue(row: Row | undefined): StoredIssue | null {
  return row === undefined ? null : storedOf(row);
}
