/** Holds what clones send and are told against what is so. */
import assert from "node:assert/strict";
import { isJsonObject, type JsonObject } from "../../../src/contract/field.ts";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import type { IssueStore } from "../../../src/store/issue_store.ts";
import { fieldsOf, SYNC_FIELDS, type SyncField } from "../../../src/sync/fields.ts";
import type { Clone } from "./clone.ts";
import type { Ledger } from "./ledger.ts";
import { type Carried, objectIn } from "./line.ts";
import type { SharedResource } from "./resource.ts";
import { allWords, wordsOf } from "./words.ts";

/** What the watch over one clone needs. */
export interface WatchOptions {
  readonly ledger: Ledger;
  readonly resource: SharedResource;
  readonly extensions: boolean;
  /** The clone, once it is there. */
  readonly clone: () => Clone;
}

/** Watches the requests of one clone. */
export class Watch {
  readonly #options: WatchOptions;
  /** The turn in which the present command last read from the host. */
  #readAt = Infinity;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** A new command begins, which has not read anything yet. */
  begin(): void {
    this.#readAt = Infinity;
  }

  /** Carries a request to the host and looks at what it does there. */
  async carry(
    path: string,
    body: unknown,
    forward: () => Promise<Carried>,
  ): Promise<Carried> {
    const { ledger, clone } = this.#options;
    const turn = ledger.next();
    if (path.endsWith("/pull/")) this.#readAt = turn;
    if (!path.endsWith("/push/")) {
      const answer = await forward();
      ledger.tell(`  ${clone().name}: ${path.split("/").at(-2)} ${answer.status}`);
      return answer;
    }
    return await this.#push(body, forward);
  }

  async #push(body: unknown, forward: () => Promise<Carried>): Promise<Carried> {
    const { ledger, resource, clone } = this.#options;
    const { name } = clone();
    const items = itemsIn(body);
    const known = await clone().look((store) => items.map((item) => knownOf(store, item)));
    for (const [place, item] of items.entries()) this.#checkItem(item, known?.[place]);
    const before = await resource.issues();
    const answer = await forward();
    const after = await resource.issues();
    ledger.look(name, after);
    const replayed = answer.headers.get("idempotency-replayed") === "true";
    ledger.tell(
      `  ${name}: push ${answer.status}${replayed ? " replayed" : ""} ${JSON.stringify(items)}`,
    );
    const result = answer.status === 200 ? objectIn(answer.text) : answer.result;
    if (isJsonObject(result)) this.#noteCreated(result);
    const words = new Set((known ?? []).flatMap((item) => [...item?.words ?? []]));
    for (const [id, issue] of before) {
      const now = after.get(id);
      if (now !== undefined) this.#checkOverwritten(id, issue, now, words);
    }
    return answer;
  }

  /** What waits for a decision is not sent, and nothing is sent that the host does not offer. */
  #checkItem(item: JsonObject, known: KnownIssue | null | undefined): void {
    const patch = isJsonObject(item["patch"]) ? item["patch"] : {};
    const fields = Object.keys(patch).map((field) => field.replace(/_(add|remove|ref)$/, ""));
    if (item["target_status"] != null) fields.push("status");
    for (const field of known?.held ?? []) {
      assert.ok(!fields.includes(field), `${field} is held, and sent: ${JSON.stringify(item)}`);
    }
    if (this.#options.extensions) return;
    const extra = Object.keys(patch).filter((field) => /_(add|remove)$|custom_/.test(field));
    assert.deepEqual([extra, item["base_version"]], [[], undefined], "only what is offered");
  }

  #noteCreated({ items }: JsonObject): void {
    if (!Array.isArray(items)) return;
    for (const item of items) {
      const { action, outcome, ref, remote_ref } = item;
      if (action !== "create" || outcome === "failed") continue;
      this.#options.ledger.named(ref.id, remote_ref.id);
    }
  }

  /** Nothing is overwritten that the clone has not seen. */
  #checkOverwritten(
    id: string,
    before: NormalizedIssue,
    after: NormalizedIssue,
    known: ReadonlySet<string>,
  ): void {
    const { ledger, extensions, clone } = this.#options;
    const [was, is] = [fieldsOf(before), fieldsOf(after)];
    for (const field of SYNC_FIELDS) {
      const left = new Set(wordsOf(field, is[field]));
      const unseen = wordsOf(field, was[field]).filter((word) =>
        !left.has(word) && !known.has(word)
      );
      if (unseen.length === 0) continue;
      const what = `${clone().name} overwrites ${unseen.join(", ")} in ${field} of ${id} unseen`;
      assert.ok(!extensions, what);
      const change = this.#changeBefore(id, field, unseen);
      assert.ok(change > this.#readAt, `${what}, which it could have read`);
      ledger.lost(unseen);
    }
  }

  /** Returns the turn in which words came to the host. */
  #changeBefore(id: string, field: SyncField, words: readonly string[]): number {
    return Math.min(...words.map((word) => this.#options.ledger.arrival(id, field, word)));
  }
}

/** What a clone knows of an issue. */
interface KnownIssue {
  readonly held: readonly string[];
  readonly words: ReadonlySet<string>;
}

function knownOf(store: IssueStore, item: JsonObject): KnownIssue | null {
  const id = isJsonObject(item["ref"]) ? String(item["ref"]["id"]) : "";
  const stored = store.issues.find(id);
  if (stored === null) return null;
  const { issue, base, edits } = stored;
  const conflicts = store.conflicts.list().filter((one) => one.issueId === issue.ref.id);
  const words = [
    ...allWords(issue),
    ...base === null ? [] : allWords(base),
    ...Object.entries(edits).flatMap(([field, { sent }]) => wordsOf(field, sent)),
    ...conflicts.flatMap(({ field, base, ours, theirs }) =>
      [base, ours, theirs].flatMap((value) => wordsOf(field, value))
    ),
  ];
  return {
    held: conflicts.filter(({ taken }) => taken === null).map(({ field }) => field),
    words: new Set(words),
  };
}

function itemsIn(body: unknown): readonly JsonObject[] {
  const items = isJsonObject(body) ? body["items"] : null;
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}
