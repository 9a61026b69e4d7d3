import { TrackerError } from "../platform/tracker_error.ts";

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The whole number in a column.
 *
 * @throws {TrackerError} `queue_damaged` when it holds something else.
 */
export function integerOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw damaged(column);
}

/**
 * The text in a column.
 *
 * @throws {TrackerError} `queue_damaged` when it holds something else.
 */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value === "string") return value;
  throw damaged(column);
}

function damaged(column: string): TrackerError {
  return new TrackerError({
    code: "queue_damaged",
    message: `The event queue holds an unexpected value in "${column}"`,
    nextAction: "Export the events with `tracker events export`, then move the file away.",
    details: { column },
  });
}
