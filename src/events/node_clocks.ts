import type { Database } from "../platform/database.ts";
import { integerOf, textOf } from "./queue_row.ts";

/**
 * The Lamport clocks of the nodes that a queue has events of. They stand beside the number of its last row, which every
 * event changes: in a table of their own they were one more page that each event had to bring to the disk. To be used
 * inside a transaction.
 */

/** The clock of a node: the number that its last event got. */
export interface NodeClock {
  readonly nodeId: string;
  readonly lamport: number;
}

/** Prepares a statement. */
type Prepare = Database["prepare"];

/** Returns the number for the next event of a node. */
export function tick(prepare: Prepare, nodeId: string): number {
  return set(prepare, nodeId, 1, "seq + 1");
}

/** Returns the number for an event that had one in another queue: the same, or the next one of the node. */
export function tickTo(prepare: Prepare, nodeId: string, lamport: number): number {
  return set(prepare, nodeId, lamport, "MAX(seq + 1, ?2)");
}

/** Lets the next number of a node be greater than one. */
export function raise(prepare: Prepare, { nodeId, lamport }: NodeClock): void {
  set(prepare, nodeId, lamport, "MAX(seq, ?2)");
}

/** Returns the clocks that a queue has; of an older version, too. */
export function clocksOf(database: Database): readonly NodeClock[] {
  const hasTable = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?");
  const table = ["clocks", "sqlite_sequence"].find((name) => hasTable.get(name) !== undefined);
  if (table === undefined) return [];
  const rows = database.prepare(table === "clocks" ? OLD_CLOCKS : CLOCKS).all();
  return rows.map((row) => ({
    nodeId: textOf(row, "node_id"),
    lamport: integerOf(row, "lamport"),
  }));
}

/** Removes a clock that is still so. */
export function forgetClock(prepare: Prepare, { nodeId, lamport }: NodeClock): void {
  prepare("DELETE FROM sqlite_sequence WHERE name = ? AND seq = ?").run(NAME + nodeId, lamport);
}

/** No table is named so. */
const NAME = "clock of node ";

/** Brings the clocks of a queue into the place they have now. */
export const MOVE_CLOCKS: string = `
  INSERT INTO sqlite_sequence (name, seq) SELECT '${NAME}' || node_id, lamport FROM clocks;
  DROP TABLE clocks;
`;

const OLD_CLOCKS = "SELECT node_id, lamport FROM clocks";
const CLOCKS = `SELECT substr(name, ${NAME.length + 1}) AS node_id, seq AS lamport
  FROM sqlite_sequence WHERE name LIKE '${NAME}%'`;

/** The table takes any name twice, so that a row is looked for before one is added. */
function set(prepare: Prepare, nodeId: string, first: number, next: string): number {
  const name = NAME + nodeId;
  const changed = prepare(`UPDATE sqlite_sequence SET seq = ${next} WHERE name = ?1 RETURNING seq`)
    .get(...(next.includes("?2") ? [name, first] : [name]));
  if (changed !== undefined) return integerOf(changed, "seq");
  prepare("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)").run(name, first);
  return first;
}
