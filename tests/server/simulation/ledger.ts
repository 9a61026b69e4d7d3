import assert from "node:assert/strict";
import type { Shown, Side } from "./side.ts";

/** Fields that a client sets whole. */
export const WHOLE = ["title", "body", "status", "priority", "parent"] as const;

/** One of {@link WHOLE}. */
export type WholeField = typeof WHOLE[number];

/** A value that a client has asked for. */
export interface Asked {
  readonly field: WholeField;
  readonly value: string | number | null;
  /** Values that it knew and replaces, as texts; `null` for a new issue, which has none. */
  readonly known: Set<string> | null;
  /** Values that it has replaced so far. */
  readonly replaced: Set<string>;
  /** Whether the host may still say what it knew. */
  isOpen: boolean;
}

/** What clients asked of one issue. */
interface AskedOf {
  readonly whole: Asked[];
  /** Members of its sets that may come, and that may go. */
  readonly coming: Set<string>;
  readonly going: Set<string>;
  /** Pushes that replace its labels, of which the host may still say what they knew. */
  open: number;
  /** Members that went meanwhile. */
  readonly gone: Set<string>;
}

/**
 * What was written, by whom, knowing of what. Each word is written by one person once, so that each write of the host at
 * the provider can be judged: it was asked for, it replaces only what its author knew, and it is made once.
 */
export class Ledger {
  readonly #side: Side;
  /** What happened, for a failure. */
  readonly log: string[] = [];
  /** What was wrong first. */
  failure: unknown = null;
  readonly #asked = new Map<string, AskedOf>();
  /** Names of clients for new issues, by the title. */
  readonly #created = new Map<string, string>();
  /** Ids of the issues that were created for these names. */
  readonly made = new Map<string, string>();
  /** Every value that the provider has shown, as `issue field value`. */
  readonly #seen = new Set<string>();
  /** The titles of each issue in their order. */
  readonly #titles = new Map<string, string[]>();
  readonly #written = new Map<string, number>();
  /** Issues that the host has opened to close them for another reason. */
  readonly #passing = new Set<string>();
  #last: ReadonlyMap<string, Shown>;
  #writes = 0;

  /** Begins with what is there. */
  constructor(side: Side) {
    this.#side = side;
    this.#last = side.all();
    this.#see();
  }

  /** Lets a person at the provider do something. */
  byPerson<T>(what: string, act: () => T): T {
    this.noteHost();
    this.log.push(`person ${what}`);
    const result = act();
    this.#last = this.#side.all();
    this.#see();
    return result;
  }

  /** Returns what clients asked of an issue, which is named by its id or by the client's name for a new one. */
  askedOf(name: string): AskedOf {
    const id = this.made.get(name) ?? name;
    const known = this.#asked.get(id) ?? {
      whole: [],
      coming: new Set(),
      going: new Set(),
      open: 0,
      gone: new Set(),
    };
    this.#asked.set(id, known);
    return known;
  }

  /** Notes a new issue that a client asks for. */
  creates(name: string, title: string): void {
    this.#created.set(title, name);
  }

  /** Returns the id of the issue that was created with a title. */
  madeAs(title: string): string | undefined {
    return this.made.get(this.#created.get(title) ?? "");
  }

  /** Notes that the host has said which labels a client knew. */
  closeLabels(name: string): void {
    const asked = this.askedOf(name);
    asked.open--;
    if (asked.open > 0) return;
    const unasked = [...asked.gone].filter((one) => !asked.going.has(one));
    asked.gone.clear();
    this.#hold(() => assert.deepEqual(unasked, [], `${unasked} of ${name} went unasked`));
  }

  /** Notes that the host has said what a client knew. */
  close(name: string, one: Asked): void {
    one.isOpen = false;
    const words = `${one.field} of ${name}: ${one.value} replaced ${[...one.replaced]} unseen`;
    if (one.field === "title" || one.field === "body") {
      this.#hold(() => assert.ok(knew(one), words));
    }
  }

  /** Whether the provider has shown a value. */
  hasSeen(name: string, field: string, value: unknown): boolean {
    return this.#seen.has(JSON.stringify([this.made.get(name) ?? name, field, value]));
  }

  /** Returns which of its titles an issue has, in their order; -1 for one that it never had. */
  titleAt(id: string, title: string): number {
    this.noteHost();
    return this.#titles.get(id)?.indexOf(title) ?? -1;
  }

  /** Judges what the host has written since. */
  noteHost(): void {
    this.#hold(() => this.#note());
  }

  /** What a step throws within a call of the host is not heard: the first failure is kept for the end. */
  #hold(judge: () => void): void {
    if (this.failure !== null) return;
    try {
      judge();
    } catch (error) {
      this.failure = error;
    }
  }

  #note(): void {
    const now = this.#side.all();
    const before = this.#last;
    this.#last = now;
    this.#see();
    let differences = 0;
    for (const [id, after] of now) {
      const had = before.get(id);
      if (had === undefined) {
        this.#judgeNew(id, after);
        differences++;
      } else differences += this.#judgeChange(id, had, after);
    }
    for (const id of before.keys()) assert.ok(now.has(id), `the host removed ${id}`);
    const writes = this.#side.writes().slice(this.#writes);
    if (writes.length > 0) {
      this.log.push(`host wrote ${writes.join(", ")}`);
      // Comments are judged at the end.
      const isEcho = differences === 0 &&
        !writes.every((one) => this.#side.isAttempt(one) || one.startsWith("comment "));
      assert.ok(!isEcho, `the host wrote what was there already: ${writes.join(", ")}`);
    }
    this.#writes += writes.length;
  }

  #judgeNew(id: string, after: Shown): void {
    const name = this.#created.get(after.title);
    assert.ok(name !== undefined, `nobody asked for "${after.title}"`);
    const made = this.made.get(name);
    // One that a person removed before its creation was told of is not known to be there any more.
    assert.ok(made === undefined || !this.#last.has(made), `"${after.title}" was created twice`);
    this.log.push(`host created ${id} for ${name}: ${JSON.stringify(after)}`);
    const asked = this.askedOf(name);
    this.made.set(name, id);
    this.#asked.set(id, asked);
    this.#once(id, "title", after.title);
    if (after.body !== null) this.#once(id, "body", after.body);
    for (const label of after.labels) {
      assert.ok(asked.coming.has(label), `nobody asked for "${label}" of ${id}`);
    }
  }

  #judgeChange(id: string, before: Shown, after: Shown): number {
    const asked = this.askedOf(id);
    let differences = 0;
    for (const field of WHOLE) {
      if (before[field] === after[field]) continue;
      differences++;
      this.log.push(`host changed ${field} of ${id}: ${before[field]} -> ${after[field]}`);
      const wanted = asked.whole.filter((one) => one.field === field && one.value === after[field]);
      const { passing } = this.#side;
      if (field === "status" && passing.includes(after.status) && isClosing(asked)) {
        this.#passing.add(id);
        continue;
      }
      assert.ok(wanted.length > 0, `nobody asked for ${field} ${after[field]} of ${id}`);
      const isPassed = field === "status" && this.#passing.delete(id);
      for (const one of wanted) if (!isPassed) one.replaced.add(String(before[field]));
      assert.ok(
        isPassed || wanted.some((one) => one.isOpen || knew(one)),
        `${field} of ${id}: ${after[field]} replaced ${before[field]} unseen`,
      );
      if (field === "title" || field === "body") this.#once(id, field, after[field]);
    }
    for (const set of ["labels", "blocks"] as const) {
      const came = after[set].filter((one) => !before[set].includes(one));
      const went = before[set].filter((one) => !after[set].includes(one));
      if (came.length + went.length > 0) {
        differences++;
        this.log.push(`host changed ${set} of ${id}: +${came} -${went}`);
      }
      for (const one of came) assert.ok(asked.coming.has(one), `nobody asked for ${one} of ${id}`);
      for (const one of went) {
        if (asked.open > 0) asked.gone.add(one);
        else assert.ok(asked.going.has(one), `${one} of ${id} went unasked`);
      }
    }
    return differences;
  }

  /** A word is written once: it was written by one client once, and nobody writes it back. */
  #once(id: string, field: string, value: string | null): void {
    if (value === null) return;
    const name = `${id} ${field} ${value}`;
    const count = (this.#written.get(name) ?? 0) + 1;
    this.#written.set(name, count);
    assert.equal(count, 1, `${name} was written ${count} times`);
  }

  #see(): void {
    for (const [id, issue] of this.#last) {
      const titles = this.#titles.get(id) ?? [];
      if (!titles.includes(issue.title)) titles.push(issue.title);
      this.#titles.set(id, titles);
      for (const field of WHOLE) this.#seen.add(JSON.stringify([id, field, issue[field]]));
      for (const label of issue.labels) this.#seen.add(JSON.stringify([id, "label", label]));
      for (const other of issue.blocks) this.#seen.add(JSON.stringify([id, "blocks", other]));
    }
  }
}

/** Whether somebody wants it closed, whatever for. */
function isClosing({ whole }: AskedOf): boolean {
  return whole.some(({ value }) => value === "done" || value === "canceled");
}

/** Whether the author knew all that was replaced. */
function knew({ known, replaced }: Asked): boolean {
  return known === null || [...replaced].every((value) => known.has(value));
}
