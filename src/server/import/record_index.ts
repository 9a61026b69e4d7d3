import type { ExternalRef } from "../../contract/issue.ts";
import type { Replaced } from "./records.ts";

/** Where a record is, and how new it says its issue is. */
export interface IndexedRecord {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whether its issue is deleted. */
  readonly isDeleted: boolean;
}

/** A place that issues name. */
export type Slot = Pick<ExternalRef, "system" | "workspace">;

interface Names {
  readonly slot: Slot;
  /** The number of each id. */
  readonly numbers: Map<string, number>;
}

/**
 * What is remembered of each record of a file, some hundred bytes: its id and where it is. Of several records of one issue
 * the newest counts, the last of equal ones.
 */
export class RecordIndex {
  readonly #lines: number[] = [];
  readonly #froms: number[] = [];
  readonly #tos: number[] = [];
  readonly #times: number[] = [];
  readonly #deleted = new Set<number>();
  readonly #issueOf: number[] = [];
  /** The record that counts of each issue. */
  readonly #newest: number[] = [];
  readonly #ids: string[] = [];
  readonly #slotOf: Slot[] = [];
  readonly #slots = new Map<string, Names>();
  #last: Names | null = null;

  /** Adds a record; returns its number. */
  add(ref: ExternalRef, record: IndexedRecord): number {
    const { slot, numbers } = this.#namesOf(ref);
    let issue = numbers.get(ref.id);
    const number = this.#lines.push(record.line) - 1;
    this.#froms.push(record.from);
    this.#tos.push(record.to);
    this.#times.push(record.time);
    if (record.isDeleted) this.#deleted.add(number);
    if (issue === undefined) {
      issue = this.#ids.push(ref.id) - 1;
      numbers.set(ref.id, issue);
      this.#slotOf.push(slot);
      this.#newest.push(number);
    } else {
      const known = this.#times[this.#newest[issue] ?? 0] ?? Number.NEGATIVE_INFINITY;
      if (record.time >= known) this.#newest[issue] = number;
    }
    this.#issueOf.push(issue);
    return number;
  }

  /** Returns whether the issue of a record is deleted. */
  isDeleted(number: number): boolean {
    return this.#deleted.has(number);
  }

  /** Returns the line of a record. */
  lineOf(number: number): number {
    return this.#lines[number] ?? 0;
  }

  /** Returns where a record is. */
  spanOf(number: number): Pick<IndexedRecord, "from" | "to"> {
    return { from: this.#froms[number] ?? 0, to: this.#tos[number] ?? 0 };
  }

  /** Sorts records by their times, and those of one time as they stand in the file. */
  sortByTime(numbers: number[]): void {
    const times = this.#times;
    numbers.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  }

  /** Returns the place of a record's issue, which is one object for all of a place. */
  slotOf(number: number): Slot {
    const slot = this.#slotOf[this.#issueOf[number] ?? -1];
    if (slot === undefined) throw new TypeError(`No record ${number}`);
    return slot;
  }

  /** Returns the name of a record's issue. */
  nameOf(number: number): Slot & { readonly id: string } {
    const { system, workspace } = this.slotOf(number);
    return { system, workspace, id: this.#ids[this.#issueOf[number] ?? -1] ?? "" };
  }

  /** Returns whether the record that counts of some issue with this id is none of a deletion. */
  isHere(id: string): boolean {
    for (const { numbers } of this.#slots.values()) {
      const issue = numbers.get(id);
      const newest = issue === undefined ? undefined : this.#newest[issue];
      if (newest !== undefined && !this.#deleted.has(newest)) return true;
    }
    return false;
  }

  /** Returns the records that count, in the order of the file. */
  *kept(): Generator<number> {
    for (const [number, issue] of this.#issueOf.entries()) {
      if (this.#newest[issue] === number) yield number;
    }
  }

  /** Returns the others. */
  replaced(): Replaced[] {
    const replaced: Replaced[] = [];
    if (this.#newest.length === this.#lines.length) return replaced;
    for (const [number, issue] of this.#issueOf.entries()) {
      const newest = this.#newest[issue] ?? number;
      if (newest === number) continue;
      const by = this.lineOf(newest);
      replaced.push({ line: this.lineOf(number), id: this.#ids[issue] ?? "", by });
    }
    return replaced;
  }

  #namesOf({ system, workspace }: ExternalRef): Names {
    const last = this.#last;
    if (last !== null && last.slot.system === system && last.slot.workspace === workspace) {
      return last;
    }
    const key = JSON.stringify([system, workspace]);
    let names = this.#slots.get(key);
    if (names === undefined) {
      names = { slot: { system, workspace }, numbers: new Map() };
      this.#slots.set(key, names);
    }
    this.#last = names;
    return names;
  }
}
