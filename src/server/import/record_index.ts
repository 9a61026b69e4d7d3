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
  readonly number: number;
  /** The record that counts of each id. */
  readonly newest: Map<string, number>;
}

/**
 * What is remembered of each record of a file, some hundred bytes: its id and where it is. Of several records of one issue
 * the newest counts, the last of equal ones.
 */
export class RecordIndex {
  /** One value of each record: typed arrays, since ordinary ones take several times as much while they grow. */
  readonly #lines = new Column((size) => new Uint32Array(size));
  readonly #froms = new Column((size) => new Float64Array(size));
  readonly #lengths = new Column((size) => new Uint32Array(size));
  readonly #times = new Column((size) => new Float64Array(size));
  readonly #slotNumbers = new Column((size) => new Uint32Array(size));
  readonly #deleted = new Set<number>();
  /** The id of each record that another one of its issue replaces. */
  readonly #replaced = new Map<number, string>();
  readonly #slots: Names[] = [];
  readonly #slotOf = new Map<string, Names>();
  #last: Names | null = null;

  /** Adds a record; returns its number, which counts from 0. */
  add(ref: ExternalRef, record: IndexedRecord): number {
    const names = this.#namesOf(ref);
    const number = this.#lines.push(record.line);
    this.#froms.push(record.from);
    this.#lengths.push(record.to - record.from);
    this.#times.push(record.time);
    this.#slotNumbers.push(names.number);
    if (record.isDeleted) this.#deleted.add(number);
    const known = names.newest.get(ref.id);
    const isNewest = known === undefined || record.time >= this.#times.at(known);
    if (isNewest) names.newest.set(ref.id, number);
    if (known !== undefined) this.#replaced.set(isNewest ? known : number, ref.id);
    return number;
  }

  /** How many records there are. */
  get size(): number {
    return this.#lines.length;
  }

  /** Returns whether the issue of a record is deleted. */
  isDeleted(number: number): boolean {
    return this.#deleted.has(number);
  }

  /** Returns the line of a record. */
  lineOf(number: number): number {
    return this.#lines.at(number);
  }

  /** Returns where a record is. */
  spanOf(number: number): Pick<IndexedRecord, "from" | "to"> {
    const from = this.#froms.at(number);
    return { from, to: from + this.#lengths.at(number) };
  }

  /** Sorts records by their times, and those of one time as they stand in the file. */
  sortByTime(numbers: Uint32Array): void {
    const times = this.#times;
    numbers.sort((a, b) => times.at(a) - times.at(b) || a - b);
  }

  /** Returns the place of a record's issue, which is one object for all of a place. */
  slotOf(number: number): Slot {
    const slot = this.#slots[this.#slotNumbers.at(number)];
    if (slot === undefined) throw new TypeError(`No record ${number}`);
    return slot.slot;
  }

  /** Returns whether a record counts, and is of this issue. */
  isNewestOf(number: number, { system, workspace, id }: ExternalRef): boolean {
    const slot = this.slotOf(number);
    return slot.system === system && slot.workspace === workspace &&
      this.#slots[this.#slotNumbers.at(number)]?.newest.get(id) === number;
  }

  /** Returns whether the record that counts of some issue with this id is none of a deletion. */
  isHere(id: string): boolean {
    return this.#slots.some(({ newest }) => {
      const number = newest.get(id);
      return number !== undefined && !this.#deleted.has(number);
    });
  }

  /** Returns the records that count, in the order of the file. */
  *kept(): Generator<number> {
    for (let number = 0; number < this.#lines.length; number++) {
      if (!this.#replaced.has(number)) yield number;
    }
  }

  /** Returns the issues whose record that counts is one of a deletion. */
  *deleted(): Generator<ExternalRef> {
    const newest = [...this.#deleted].filter((number) => !this.#replaced.has(number));
    if (newest.length === 0) return;
    const ids = new Map<number, string>();
    for (const names of this.#slots) {
      for (const [id, number] of names.newest) if (this.#deleted.has(number)) ids.set(number, id);
    }
    for (const number of newest) yield { ...this.slotOf(number), id: ids.get(number) ?? "" };
  }

  /** Returns the records that do not count, in the order of the file. */
  replaced(): Replaced[] {
    return [...this.#replaced].sort(([a], [b]) => a - b).map(([number, id]) => {
      const newest = this.#slots[this.#slotNumbers.at(number)]?.newest.get(id) ?? number;
      return { line: this.lineOf(number), id, by: this.lineOf(newest) };
    });
  }

  #namesOf({ system, workspace }: ExternalRef): Names {
    const last = this.#last;
    if (last !== null && last.slot.system === system && last.slot.workspace === workspace) {
      return last;
    }
    const key = JSON.stringify([system, workspace]);
    let names = this.#slotOf.get(key);
    if (names === undefined) {
      names = { slot: { system, workspace }, number: this.#slots.length, newest: new Map() };
      this.#slots.push(names);
      this.#slotOf.set(key, names);
    }
    this.#last = names;
    return names;
  }
}

/** Numbers that are added one after the other. */
class Column {
  readonly #make: (size: number) => Uint32Array | Float64Array;
  #values: Uint32Array | Float64Array;
  #length = 0;

  constructor(make: (size: number) => Uint32Array | Float64Array) {
    this.#make = make;
    this.#values = make(1024);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a number; returns its place. */
  push(value: number): number {
    if (this.#length === this.#values.length) {
      const larger = this.#make(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    return this.#length++;
  }

  at(place: number): number {
    return this.#values[place] ?? 0;
  }
}
