import type { Database } from "../platform/database.ts";
import { jsonOf, optionalNumber, optionalText, type Row, Statements, textOf } from "./rows.ts";

/**
 * Whose value a conflict ended with: one side's, that from before, both sets or texts, `agreed` when both
 * sides came to the same value, `edited` when an edit here took the place of ours before it was settled, or `dropped`
 * when ours went with its issue.
 */
export type ConflictTaken =
  | "ours"
  | "theirs"
  | "base"
  | "both"
  | "agreed"
  | "edited"
  | "dropped";

const TAKEN: readonly ConflictTaken[] = [
  ...["ours", "theirs", "base", "both"] as const,
  ...["agreed", "edited", "dropped"] as const,
];

/** What is known of the times of a conflict (milliseconds since 1970). */
export interface ConflictTimes {
  /** When our value was edited. */
  readonly ours: number | null;
  /** When the tracker says the issue was last changed. */
  readonly theirs: number | null;
  /** The start of the last reading that still showed the tracker's value from before. */
  readonly seen: number | null;
}

/** Why a value had to give way: both sides changed it, or its owner's value went over it. */
export type ConflictReason = "both_changed" | "owner";

/** A conflict to be recorded. The values are those of the field, as JSON data. */
export interface NewConflict {
  /** The issue. */
  readonly issueId: string;
  /** The field, one of `SYNC_FIELDS`. */
  readonly field: string;
  /** Why a value had to give way. */
  readonly reason: ConflictReason;
  /** The value before both changed it. */
  readonly base: unknown;
  /** The value on this side. */
  readonly ours: unknown;
  /** The value at the tracker. */
  readonly theirs: unknown;
  /** What is known of the times. */
  readonly times?: ConflictTimes;
  /** `null` while a person has to decide. */
  readonly taken: ConflictTaken | null;
}

/** A recorded conflict. Times are milliseconds since 1970. */
export interface StoredConflict extends NewConflict {
  /** The number by which it is settled. */
  readonly id: number;
  /** What is known of the times. */
  readonly times: ConflictTimes;
  /** When it was recorded. */
  readonly detectedAt: number;
  /** When it was settled; `null` while it is open. */
  readonly resolvedAt: number | null;
}

/** The conflicts of a store. At most one is open for a field of an issue. */
export class ConflictTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** Records a conflict; an open one of the same field takes over the new values instead. */
  record(conflict: NewConflict, now: number): void {
    const open = this.#sql.of(
      `UPDATE tracker_conflicts SET ours = ?, theirs = ?, ours_at = ?, theirs_at = ?, seen_at = ?,
         taken = ?, resolved_at = ?
       WHERE issue_id = ? AND field = ? AND taken IS NULL`,
    ).run(...valuesOf(conflict, now));
    if (open.changes !== 0) return;
    this.#insert(conflict, now);
  }

  /** Keeps the values of a conflict that is over; an open one of the same field stays as it is. */
  keep(conflict: NewConflict & { readonly taken: ConflictTaken }, now: number): void {
    this.#insert(conflict, now);
  }

  /** Adds a conflict of another cache as it is; an open one of the same field stays, and the other is settled by it. */
  copy(conflict: StoredConflict): void {
    const isOpen = conflict.taken === null && this.open(conflict.issueId)
      .every(({ field }) => field !== conflict.field);
    const { taken, times } = conflict;
    this.#sql.of(INSERT).run(
      JSON.stringify(conflict.ours ?? null),
      JSON.stringify(conflict.theirs ?? null),
      ...[times.ours, times.theirs, times.seen],
      isOpen ? null : taken ?? "theirs",
      isOpen ? null : conflict.resolvedAt ?? conflict.detectedAt,
      conflict.issueId,
      conflict.field,
      conflict.reason,
      JSON.stringify(conflict.base ?? null),
      conflict.detectedAt,
    );
  }

  /** The conflict with this id, or `null`. */
  load(id: number): StoredConflict | null {
    const row = this.#sql.of(`${SELECT} WHERE id = ?`).get(id);
    return row === undefined ? null : conflictOf(row);
  }

  /** Open conflicts, of one issue or of all. */
  open(issueId?: string): StoredConflict[] {
    const rows = issueId === undefined
      ? this.#sql.of(`${SELECT} WHERE taken IS NULL ORDER BY id`).all()
      : this.#sql.of(`${SELECT} WHERE taken IS NULL AND issue_id = ? ORDER BY id`).all(issueId);
    return rows.map(conflictOf);
  }

  /** The conflicts, open ones first, then the latest first; all of them unless there is a limit. */
  list(limit: number = -1): StoredConflict[] {
    return this.#sql.of(`${SELECT} ORDER BY taken IS NOT NULL, id DESC LIMIT ?`).all(limit)
      .map(conflictOf);
  }

  /** How many conflicts are open. */
  openCount(): number {
    const row = this.#sql.of("SELECT count(*) AS count FROM tracker_conflicts WHERE taken IS NULL")
      .get();
    return optionalNumber(row ?? {}, "count") ?? 0;
  }

  /** Closes a conflict. */
  close(id: number, taken: ConflictTaken, now: number): void {
    this.#sql.of("UPDATE tracker_conflicts SET taken = ?, resolved_at = ? WHERE id = ?")
      .run(taken, now, id);
  }

  /** Closes the open conflicts of issues that are not here any more, which no one can decide. */
  closeOfAbsent(now: number): void {
    this.#sql.of(
      `UPDATE tracker_conflicts SET taken = 'dropped', resolved_at = ?
       WHERE taken IS NULL AND NOT EXISTS (SELECT 1 FROM tracker_issues WHERE id = issue_id)`,
    ).run(now);
  }

  #insert(conflict: NewConflict, now: number): void {
    this.#sql.of(INSERT).run(
      ...valuesOf(conflict, now),
      conflict.reason,
      JSON.stringify(conflict.base ?? null),
      now,
    );
  }

  /** Moves the conflicts of an issue created here to the identity it got at the tracker. */
  rename(localId: string, id: string): void {
    this.#sql.of("UPDATE tracker_conflicts SET issue_id = ? WHERE issue_id = ?").run(id, localId);
  }
}

const SELECT = "SELECT * FROM tracker_conflicts";

const INSERT = `INSERT INTO tracker_conflicts
    (ours, theirs, ours_at, theirs_at, seen_at, taken, resolved_at, issue_id, field, reason, base,
     detected_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The columns that a conflict has from `ours` to `field`. */
function valuesOf(conflict: NewConflict, now: number) {
  const times = conflict.times ?? { ours: null, theirs: null, seen: null };
  return [
    ...[conflict.ours, conflict.theirs].map((value) => JSON.stringify(value ?? null)),
    ...[times.ours, times.theirs, times.seen],
    ...[conflict.taken, conflict.taken === null ? null : now],
    ...[conflict.issueId, conflict.field],
  ];
}

function conflictOf(row: Row): StoredConflict {
  const taken = optionalText(row, "taken");
  return {
    id: optionalNumber(row, "id") ?? 0,
    issueId: textOf(row, "issue_id"),
    field: textOf(row, "field"),
    reason: textOf(row, "reason") === "owner" ? "owner" : "both_changed",
    base: jsonOf(textOf(row, "base")),
    ours: jsonOf(textOf(row, "ours")),
    theirs: jsonOf(textOf(row, "theirs")),
    times: {
      ours: optionalNumber(row, "ours_at"),
      theirs: optionalNumber(row, "theirs_at"),
      seen: optionalNumber(row, "seen_at"),
    },
    taken: TAKEN.find((name) => name === taken) ?? null,
    detectedAt: optionalNumber(row, "detected_at") ?? 0,
    resolvedAt: optionalNumber(row, "resolved_at"),
  };
}
