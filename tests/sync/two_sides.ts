/**
 * A model of two sides that edit one issue: the engine with its store here, a tracker there, each with a clock that
 * is off, and the true time that only a test knows. Every title, label and line of the body is a token of its own,
 * so that a value that is lost can be told.
 */
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { discardEdits } from "../../src/sync/discard.ts";
import { editIssue } from "../../src/sync/edits.ts";
import { type FieldPatch, fieldsOf, pickFields, withFields } from "../../src/sync/fields.ts";
import { pendingFields } from "../../src/sync/pending_fields.ts";
import { type ConflictTake, resolveConflict } from "../../src/sync/resolve.ts";
import { noteAnswer, noteSent } from "../../src/sync/sent_edits.ts";
import type { SyncRules } from "../../src/sync/absorb.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import type { SyncEvent } from "../../src/sync/sync_report.ts";
import type { ClockMeasure } from "../../src/sync/times.ts";
import { aSide, editsAt, takeIn, theirsAt } from "./scene.ts";

/** What one side changes: the title, a line of the body, or a label that is added or removed. */
export type Change =
  | { readonly kind: "title" }
  | { readonly kind: "line"; readonly at: number }
  | { readonly kind: "add" }
  | { readonly kind: "remove"; readonly at: number };

/** What becomes of a write that is sent. */
export type Fate = "answered" | "lost before" | "lost after";

/** How the clocks of both sides are off from the true time, and what is known of that. */
export interface Clocks {
  readonly here: number;
  readonly there: number;
  readonly measure: "none" | "exact" | { readonly error: number; readonly uncertainty: number };
}

/** What a step of a sync did to one side. */
export interface Effect {
  readonly side: "here" | "there";
  readonly before: NormalizedIssue;
  readonly after: NormalizedIssue;
}

/** Lines of the body, apart from each other by lines that nobody changes. */
const LINES = ["one", "-", "two", "-", "three"];

/** The two sides. */
export class TwoSides {
  /** The true time at which each token was made or chosen. */
  readonly born = new Map<string, number>();
  /** What was there when a token was made in its place. */
  readonly over = new Map<string, string>();
  /** Labels that a side removed. */
  readonly removed = new Set<string>();
  /** What was told. */
  readonly events: SyncEvent[] = [];
  theirs: NormalizedIssue = theirsAt(0, { body: LINES.join("\n"), labels: ["base"] });
  #now = Date.UTC(2026, 0, 1);
  #tokens = 0;

  constructor(
    readonly store: SyncStore,
    readonly rules: SyncRules,
    readonly clocks: Clocks,
    readonly name: string = "v",
  ) {
    this.theirs = { ...this.theirs, updated_at: this.#timeThere() };
    for (const token of ["Base", "base", ...LINES]) this.born.set(token, this.#now);
    this.pull();
  }

  get ours(): NormalizedIssue {
    return this.store.issues.require("a").issue;
  }

  /** Lets time pass. */
  tick(ms: number): void {
    this.#now += ms;
  }

  editHere(change: Change): void {
    this.tick(1);
    editIssue(this.#edits(), "a", this.#patch(change, this.ours));
  }

  editThere(change: Change): void {
    this.tick(1);
    this.theirs = {
      ...withFields(this.theirs, this.#patch(change, this.theirs)),
      updated_at: this.#timeThere(),
    };
  }

  /** Reads the tracker; `meanwhile` happens after the reading began. */
  pull(meanwhile: () => void = () => {}): Effect[] {
    return [this.#take(meanwhile, false)];
  }

  /** Reads, merges, writes and reads back; `meanwhile` happens before the last. */
  push(fate: Fate = "answered", meanwhile: () => void = () => {}): Effect[] {
    const effects = this.pull();
    const { store } = this;
    const { writable } = pendingFields({ store, side: aSide() }, store.issues.require("a"));
    if (writable.length === 0) return effects;
    const patch: FieldPatch = pickFields(fieldsOf(this.ours), writable);
    noteSent(this.#sent(), "a", patch);
    if (fate === "lost before") return effects;
    this.tick(1);
    const before = this.theirs;
    this.theirs = { ...withFields(before, patch), updated_at: this.#timeThere() };
    effects.push({ side: "there", before, after: this.theirs });
    if (fate === "lost after") return effects;
    effects.push(this.#take(meanwhile, true));
    noteAnswer(this.#sent(), "a", patch, []);
    return effects;
  }

  /** Settles an open conflict, if any. */
  resolve(at: number, take: ConflictTake): void {
    const open = this.store.conflicts.open();
    const conflict = open[at % Math.max(1, open.length)];
    if (conflict === undefined) return;
    this.tick(1);
    const chosen = take === "both" && conflict.field === "title" ? "ours" : take;
    resolveConflict(this.#edits(), conflict.id, chosen);
    if (chosen !== "theirs") {
      for (const token of tokensOf(this.ours)) this.#choose(token, conflict.field);
    }
  }

  discard(): void {
    this.tick(1);
    discardEdits({ store: this.store, now: this.#timeHere() }, "a", []);
  }

  /** Everything that is kept here, as text. */
  dump(): string {
    return JSON.stringify([
      this.store.issues.require("a").issue,
      this.store.issues.pending().map(({ base, edits }) => [base, edits]),
      this.store.conflicts.list(),
    ]);
  }

  /** A value that was chosen is as new as the choice. */
  #choose(token: string, field: string): void {
    if (field === "title" && token === this.ours.title) this.born.set(token, this.#now);
  }

  #take(meanwhile: () => void, isOwnWrite: boolean): Effect {
    this.tick(1);
    const readAt = this.#timeHere();
    meanwhile();
    this.tick(1);
    const before = this.store.issues.load("a")?.issue ?? this.theirs;
    this.events.push(
      ...takeIn(this.store, this.theirs, this.#timeHere(), {
        readAt,
        isOwnWrite,
        rules: this.rules,
        theirClock: this.#measure(),
      }),
    );
    return { side: "here", before, after: this.ours };
  }

  #patch(change: Change, issue: NormalizedIssue): Pick<FieldPatch, "title" | "body" | "labels"> {
    switch (change.kind) {
      case "title":
        return { title: this.#token(issue.title) };
      case "line": {
        const lines = (issue.body ?? "").split("\n");
        const at = change.at % lines.length;
        const old = lines[at] ?? "";
        return old === "-" ? {} : { body: lines.with(at, this.#token(old)).join("\n") };
      }
      case "add":
        return { labels: [...issue.labels, this.#token("")] };
      case "remove": {
        const gone = issue.labels[change.at % Math.max(1, issue.labels.length)] ?? "";
        this.removed.add(gone);
        return { labels: issue.labels.filter((label) => label !== gone) };
      }
    }
  }

  #token(over: string): string {
    const token = `${this.name}${++this.#tokens}`;
    this.born.set(token, this.#now);
    this.over.set(token, over);
    return token;
  }

  #measure(): ClockMeasure | null {
    const { here, there, measure } = this.clocks;
    if (measure === "none") return null;
    if (measure === "exact") return { offset: there - here, uncertainty: 0 };
    return { offset: there - here + measure.error, uncertainty: measure.uncertainty };
  }

  #edits() {
    return editsAt(this.store, this.#timeHere());
  }

  #sent() {
    return { store: this.store, clock: { now: () => this.#timeHere() } };
  }

  #timeHere(): number {
    return this.#now + this.clocks.here;
  }

  #timeThere(): string {
    return new Date(this.#now + this.clocks.there).toISOString();
  }
}

/** The tokens of an issue. */
export function tokensOf({ title, body, labels }: NormalizedIssue): string[] {
  return [title, ...labels, ...(body ?? "").split("\n")].filter((token) => token !== "-");
}
