import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import {
  differingFields,
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  patchedFields,
  SYNC_FIELDS,
  type SyncField,
} from "../../../src/sync/fields.ts";
import type { TrueTime, WrongClock } from "./time.ts";
import { wordsOf } from "./words.ts";

/** When and by whom a field was changed. */
export interface Change {
  /** The time that is really so. */
  readonly at: number;
  /** Counts what has happened in the simulation. */
  readonly turn: number;
  /** Who wrote it there. */
  readonly by: string;
  /** The era of the writer's clock. */
  readonly era: number;
  /** The words that the field had then. */
  readonly words: readonly string[];
}

/** Words, and ids of issues. */
const NAMES = /\bw\d+\b|\blocal-\w+|\biss_\w+|\bold\d\b/g;

/** Knows what nobody in the simulation knows: who has written what, when, and what is to be left of it. */
export class Ledger {
  readonly #time: TrueTime;
  readonly #host: WrongClock;
  /** Words that were written and that nobody who saw them has replaced, with the issue that they belong to. */
  readonly #alive = new Map<string, string>();
  readonly #edits = new Map<string, Change>();
  readonly #atHost = new Map<string, Change>();
  readonly #names = new Map<string, string>();
  readonly #writers = new Map<string, Set<string>>();
  readonly #arrivals = new Map<string, number>();
  #violation: { readonly error: unknown } | null = null;
  #words = 0;
  #turn = 0;
  #known: ReadonlyMap<string, NormalizedIssue> = new Map();
  /** What has happened, for people. */
  readonly history: string[] = [];
  /** Ids that the host gave to issues made at a clone, by their local ids. */
  readonly created = new Map<string, string>();
  /** Ids of the issues that were made at the host itself. */
  readonly origins = new Set<string>();
  /** Local ids of issues that are to be made at the host. */
  readonly drafts = new Set<string>();
  /** Words that were overwritten between the reading and the writing of a host that checks no versions. */
  readonly lostInWindow: string[] = [];

  constructor(time: TrueTime, host: WrongClock) {
    this.#time = time;
    this.#host = host;
  }

  /** Returns a word that nobody has written. */
  readonly word = (): string => `w${this.#words++}`;

  /** Counts something that happens. */
  next(): number {
    return ++this.#turn;
  }

  /** Notes what happens. */
  tell(line: string): void {
    this.history.push(`${this.#turn} ${line}`);
  }

  /** A person who sees `seen` wants `patch` at a clone. */
  edited(
    by: string,
    era: number,
    id: string,
    seen: readonly FieldValues[],
    patch: FieldPatch,
  ): void {
    this.#replaced(id, seen, patch);
    for (const field of patchedFields(patch)) {
      this.#edits.set(`${by} ${id} ${field}`, this.#change(by, era, wordsOf(field, patch[field])));
    }
  }

  /** A person at a clone has decided on a field, which is an edit of its own. */
  decided(by: string, era: number, id: string, field: SyncField): void {
    this.#edits.set(`${by} ${id} ${field}`, this.#change(by, era, []));
  }

  /** A person who sees `seen` has changed it at the host. */
  changed(id: string, seen: readonly FieldValues[], patch: FieldPatch): void {
    this.#replaced(id, seen, patch);
  }

  /** Somebody gives up words that he sees. */
  givenUp(words: Iterable<string>): void {
    for (const word of words) this.#alive.delete(word);
  }

  /** Words were overwritten in the window that a host leaves which checks no versions. */
  lost(words: readonly string[]): void {
    this.lostInWindow.push(...words);
    this.givenUp(words);
  }

  /** Returns what has happened with the words and issues that a message names, and what happened last. */
  about(message: string): readonly string[] {
    const named = new Set(message.match(NAMES) ?? []);
    for (const [local, id] of this.#names) {
      if (named.has(local)) named.add(id);
      else if (named.has(id)) named.add(local);
    }
    return this.history.filter((line, place) =>
      place > this.history.length - 12 || (line.match(NAMES) ?? []).some((name) => named.has(name))
    );
  }

  /** Notes what should never be, met where nobody would hear of it. */
  violated(error: unknown): void {
    this.#violation ??= { error };
  }

  /** Throws what was met that should never be. */
  requireSound(): void {
    if (this.#violation !== null) throw this.#violation.error;
  }

  /** An issue that was made at a clone has got an id at the host. */
  named(localId: string, id: string): void {
    const known = this.created.get(localId);
    assert.ok(known === undefined || known === id, `${localId} was created twice: ${known}, ${id}`);
    this.created.set(localId, id);
    this.#names.set(localId, id);
  }

  /** Returns the id of an issue at the host, or its local one. */
  name(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /** Returns a value without what an issue is called beside its id, and with the id that it has by now. */
  plain(value: unknown): unknown {
    const text = JSON.stringify(value ?? null, (name, inner) => {
      if (["system", "workspace", "key", "url"].includes(name)) return undefined;
      return name === "id" ? this.name(String(inner)) : inner;
    });
    return JSON.parse(text);
  }

  /** Notes what is different at the host since the last look, which `by` has written. */
  look(by: string, issues: ReadonlyMap<string, NormalizedIssue>): void {
    for (const [id, issue] of issues) {
      const values = fieldsOf(issue);
      const before = this.#known.get(id);
      const fields = before === undefined ? SYNC_FIELDS : differingFields(fieldsOf(before), values);
      for (const field of fields) {
        const words = wordsOf(field, values[field]);
        if (before !== undefined) {
          this.tell(`  host: ${field} of ${id} is ${JSON.stringify(this.plain(values[field]))}`);
        }
        this.#atHost.set(`${id} ${field}`, this.#change(by, this.#host.era, words));
        const old = new Set(before === undefined ? [] : wordsOf(field, fieldsOf(before)[field]));
        for (const word of words) {
          if (old.has(word)) continue;
          this.#arrivals.set(`${id} ${field} ${word}`, this.#turn);
          this.#writers.set(word, (this.#writers.get(word) ?? new Set()).add(by));
        }
      }
    }
    this.#known = issues;
  }

  /** Returns the last edit of a field at a clone. */
  edit(by: string, id: string, field: SyncField): Change | undefined {
    const names = [...this.#names].filter(([, name]) => name === id).map(([local]) => local);
    const edits = [id, ...names].flatMap((name) => this.#edits.get(`${by} ${name} ${field}`) ?? []);
    return edits.toSorted((a, b) => b.turn - a.turn)[0];
  }

  /**
   * Returns the last edits of a field that a clone has made of one issue under two names: as it was made there, and as
   * the host has it, which the clone has met before it heard that they are one. `null` unless it has done both.
   */
  editsOfBoth(by: string, id: string, field: SyncField): readonly [Change, Change] | null {
    const known = this.#edits.get(`${by} ${id} ${field}`);
    for (const [local, name] of this.#names) {
      const made = name === id ? this.#edits.get(`${by} ${local} ${field}`) : undefined;
      if (made !== undefined && known !== undefined) return [made, known];
    }
    return null;
  }

  /** Returns whether a field has this value at the host. */
  isAtHost(id: string, field: SyncField, value: unknown): boolean {
    const issue = this.#known.get(id);
    return issue !== undefined &&
      JSON.stringify(this.plain(fieldsOf(issue)[field])) === JSON.stringify(this.plain(value));
  }

  /** Returns the last change of a field at the host. */
  atHost(id: string, field: SyncField): Change | undefined {
    return this.#atHost.get(`${id} ${field}`);
  }

  /** Returns the turn in which a word came into a field at the host. */
  arrival(id: string, field: SyncField, word: string): number {
    return this.#arrivals.get(`${id} ${field} ${word}`) ?? 0;
  }

  /** Returns who has brought a word to the host. */
  writers(word: string): ReadonlySet<string> {
    return this.#writers.get(word) ?? new Set();
  }

  /** Returns the words that have to be somewhere. */
  alive(): ReadonlyMap<string, string> {
    return this.#alive;
  }

  #replaced(id: string, seen: readonly FieldValues[], patch: FieldPatch): void {
    for (const field of patchedFields(patch)) {
      const before = new Set(seen.flatMap((values) => wordsOf(field, values[field])));
      const after = new Set(wordsOf(field, patch[field]));
      this.givenUp(before.difference(after));
      for (const word of after.difference(before)) this.#alive.set(word, id);
    }
  }

  #change(by: string, era: number, words: readonly string[]): Change {
    return { at: this.#time.now, turn: this.#turn, by, era, words };
  }
}
