import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { parseWith } from "../../../src/contract/parse.ts";
import type { PushItem, PushPatch } from "../../../src/contract/push.ts";
import {
  PullResultSchema,
  type PushResult,
  PushResultSchema,
} from "../../../src/contract/results.ts";
import { valueAt } from "../support.ts";
import { shown } from "./fake_side.ts";
import type { Hosts } from "./hosts.ts";
import { type Asked, type Ledger, WHOLE, type WholeField } from "./ledger.ts";
import { isOutdated, judgeConflict, takeTold, wantedWithout } from "./told.ts";
import type { Side } from "./side.ts";

/** What every client of a simulation shares. */
export interface ClientTools {
  readonly hosts: Hosts;
  readonly side: Side;
  readonly ledger: Ledger;
  readonly below: (n: number) => number;
  /** Returns a word that nobody has written. */
  readonly word: () => string;
  /** Whether an end of a push is one that a person is told of. */
  readonly mayFail: (code: string) => boolean;
}

interface Pushed {
  readonly operationId: string;
  readonly items: readonly PushItem[];
  /** What was noted of each item. */
  readonly asked: readonly (readonly Asked[])[];
}

/** A comment that the host has taken. */
interface Commented {
  readonly commentId: string;
  readonly issueId: string;
  readonly body: string;
}

/** What a failed creation is pushed once more after. */
const REPEATED = ["provider_error", "not_connected"];

/** Somebody who works with the host by its API, with what was pulled last. */
export class Client {
  readonly #tools: ClientTools;
  #view: readonly NormalizedIssue[] = [];
  #open: Pushed[] = [];
  /** Which of its titles an issue had last, by id. */
  readonly #titles = new Map<string, number>();
  /** Creations that failed for now. */
  readonly #repeated: PushItem[] = [];
  outcomes = new Map<string, number>();
  /** Comments that the host has taken. */
  readonly comments: Commented[] = [];

  constructor(tools: ClientTools) {
    this.#tools = tools;
  }

  /** What was pulled last. */
  get view(): readonly NormalizedIssue[] {
    return this.#view;
  }

  /** Whether a push has not ended. */
  get isWaiting(): boolean {
    return this.#open.length > 0 || this.#repeated.length > 0;
  }

  /** Reads all. */
  async pull(): Promise<void> {
    const { hosts, side, ledger } = this.#tools;
    const issues: NormalizedIssue[] = [];
    let cursor: string | null = null;
    do {
      const answer = await hosts.call("POST", "/api/v1/tracker/pull/", {
        provider: side.provider,
        binding_ref: hosts.bindingRef,
        limit: 100,
        cursor,
      });
      const page = parseWith(PullResultSchema, answer.body);
      assert.ok(page.ok, JSON.stringify(answer));
      issues.push(...page.value.items);
      cursor = page.value.has_more ? page.value.next_cursor : null;
    } while (cursor !== null);
    for (const { ref: { id }, title } of issues) {
      const at = ledger.titleAt(id, title);
      const before = this.#titles.get(id) ?? -1;
      assert.ok(at >= before, `the title of ${id} went back to "${title}"`);
      this.#titles.set(id, at);
    }
    this.#view = issues;
  }

  /** Pushes some changes. */
  async push(canCreate: boolean): Promise<void> {
    const items: PushItem[] = this.#repeated.splice(0);
    const count = 1 + this.#tools.below(3);
    for (let index = 0; index < count; index++) {
      const item = this.#someItem(canCreate);
      if (item !== null) items.push(item);
    }
    await this.#send(items);
  }

  /** Pushes once more what failed for now. */
  async repeat(): Promise<void> {
    await this.#send(this.#repeated.splice(0));
  }

  async #send(items: readonly PushItem[]): Promise<void> {
    if (items.length === 0) return;
    const { hosts, side, ledger } = this.#tools;
    const asked = items.map((item) => this.#note(item));
    const words = items.map(({ ref: { id }, ...rest }) => `${id} ${JSON.stringify(rest)}`);
    ledger.log.push(`client pushes ${words.join(", ")}`);
    const answer = await hosts.call("POST", "/api/v1/tracker/push/", {
      provider: side.provider,
      binding_ref: hosts.bindingRef,
      items,
    });
    assert.equal(answer.status, 202, JSON.stringify(answer));
    const operationId = String(valueAt(answer.body, "operation_id"));
    ledger.log.push(`client has ${operationId}`);
    this.#open.push({ operationId, items, asked });
    const rows = await hosts.store.all(
      "SELECT shadow FROM outbox WHERE operation_id = ? ORDER BY place",
      operationId,
    );
    for (const [place, item] of items.entries()) {
      const shadow: unknown = JSON.parse(String(rows[place]?.["shadow"] ?? "null"));
      for (const one of asked[place] ?? []) {
        const name = one.field === "parent" ? "parent_ref" : one.field;
        const agreed = valueAt(shadow, name);
        // What a client says nothing of, it knows as the host does.
        if (item.base_version == null) {
          one.known?.add(String(one.field === "parent" ? valueAt(agreed, "id") ?? null : agreed));
        }
        ledger.close(item.ref.id, one);
      }
      if (item.patch?.labels === undefined || item.action === "create") continue;
      const labels = valueAt(shadow, "labels");
      if (item.base_version == null && Array.isArray(labels)) {
        for (const label of labels) ledger.askedOf(item.ref.id).going.add(String(label));
      }
      ledger.closeLabels(item.ref.id);
    }
  }

  /** Comments on an issue that it has seen. */
  async comment(): Promise<void> {
    const { hosts, side, ledger, below, word } = this.#tools;
    const id = this.#view[below(this.#view.length)]?.ref.id;
    if (id === undefined) return;
    const body = `${word()} says so`;
    const { status, body: answer } = await hosts.call("POST", "/api/v1/tracker/comments/add/", {
      provider: side.provider,
      binding_ref: hosts.bindingRef,
      external_issue_id: id,
      body,
    });
    ledger.log.push(`client comments on ${id}: ${body} (${status})`);
    // The issue may be gone.
    if (status === 422) return;
    assert.equal(status, 200, JSON.stringify(answer));
    this.comments.push({ commentId: String(valueAt(answer, "id")), issueId: id, body });
  }

  /** Asks for what has become of pushes. */
  async poll(): Promise<void> {
    const { hosts, ledger } = this.#tools;
    const open = this.#open;
    this.#open = [];
    for (const one of open) {
      const { body } = await hosts.call("GET", `/api/v1/tracker/operations/${one.operationId}/`);
      const status = valueAt(body, "status");
      if (status !== "completed") {
        assert.ok(status === "pending" || status === "running", JSON.stringify(body));
        this.#open.push(one);
        continue;
      }
      const result = parseWith(PushResultSchema, valueAt(body, "result"));
      assert.ok(result.ok, JSON.stringify(body));
      const { items, item_errors } = result.value;
      const ends = items.map(({ ref, outcome }) => `${ref.id} ${outcome}`);
      const codes = (item_errors ?? []).map(({ code, message }) => `${code}: ${message}`);
      ledger.log.push(`client is told of ${one.operationId}: ${[...ends, ...codes].join(", ")}`);
      ledger.noteHost();
      this.#judge(one, result.value);
    }
  }

  #judge({ items, asked }: Pushed, { items: ended, item_errors }: PushResult): void {
    const { ledger, mayFail } = this.#tools;
    const errors = [...item_errors ?? []];
    assert.equal(ended.length, items.length);
    for (const [place, item] of items.entries()) {
      const outcome = ended[place]?.outcome ?? "none";
      const told = outcome === "failed" ? takeTold(errors, ended[place]?.message) : [];
      const code = outcome === "failed" ? told[0]?.code ?? "none" : outcome;
      this.outcomes.set(code, (this.outcomes.get(code) ?? 0) + 1);
      if (outcome === "failed") {
        assert.ok(mayFail(code), `${code}: ${JSON.stringify(item)}`);
        for (const { details } of item.base_version == null ? told : []) {
          judgeConflict(asked[place] ?? [], details);
        }
        if (item.action === "create" && REPEATED.includes(code)) this.#repeated.push(item);
        // Beside conflicts of fields, the other fields are delivered; of an outdated version, nothing is.
        if (told.some(({ code, details }) => code !== "version_conflict" || isOutdated(details))) {
          continue;
        }
      }
      const { id } = item.ref;
      const held = new Set(told.map(({ details }) => details?.["field"]));
      const { title, body, labels, labels_add } = wantedWithout(item.patch ?? {}, held);
      const words = JSON.stringify(item);
      if (title !== undefined) assert.ok(ledger.hasSeen(id, "title", title), `lost: ${words}`);
      if (body != null) assert.ok(ledger.hasSeen(id, "body", body), `lost: ${words}`);
      for (const label of [...labels ?? [], ...labels_add ?? []]) {
        assert.ok(ledger.hasSeen(id, "label", label), `lost ${label}: ${words}`);
      }
      // What the provider did not take is said.
      if (outcome !== "failed" && ended[place]?.message != null) continue;
      const status = held.has("status") ? null : item.target_status;
      if (status != null) assert.ok(ledger.hasSeen(id, "status", status), `lost: ${words}`);
      const parent = held.has("parent_ref") ? null : item.patch?.parent_ref;
      if (parent != null) assert.ok(ledger.hasSeen(id, "parent", parent.id), `lost: ${words}`);
      for (const { ref } of item.patch?.links_add ?? []) {
        assert.ok(ledger.hasSeen(id, "blocks", ref.id), `lost: ${words}`);
      }
    }
  }

  /** Notes what an item asks for. */
  #note(item: PushItem): readonly Asked[] {
    const { ledger } = this.#tools;
    const { id } = item.ref;
    const { patch } = item;
    const isNew = item.action === "create";
    if (isNew) ledger.creates(id, patch?.title ?? "");
    const viewed = this.#view.find(({ ref }) => ref.id === id);
    const before = viewed === undefined ? null : shown(viewed);
    const asked = ledger.askedOf(id);
    const values: Readonly<Record<WholeField, string | number | null | undefined>> = {
      title: patch?.title,
      body: patch?.body,
      status: item.target_status ?? undefined,
      priority: patch?.priority,
      parent: patch?.parent_ref === undefined ? undefined : patch.parent_ref?.id ?? null,
    };
    const noted: Asked[] = [];
    for (const field of WHOLE) {
      const value = values[field];
      if (value === undefined) continue;
      // What was pushed before is known; with a version, what was seen is all.
      const known = isNew
        ? null
        : item.base_version != null
        ? new Set([String(before?.[field])])
        : new Set(asked.whole.filter((one) => one.field === field).map((one) => String(one.value)));
      const one = { field, value, known, replaced: new Set<string>(), isOpen: true };
      asked.whole.push(one);
      noted.push(one);
    }
    for (const { ref } of patch?.links_add ?? []) asked.coming.add(ref.id);
    for (const { ref } of patch?.links_remove ?? []) asked.going.add(ref.id);
    for (const label of patch?.labels_remove ?? []) asked.going.add(label);
    if (patch?.labels !== undefined && !isNew) {
      const earlier = item.base_version == null ? asked.coming : [];
      for (const label of [...before?.labels ?? [], ...earlier]) asked.going.add(label);
      asked.open++;
    }
    for (const label of [...patch?.labels ?? [], ...patch?.labels_add ?? []]) {
      asked.coming.add(label);
    }
    return noted;
  }

  #someItem(canCreate: boolean): PushItem | null {
    const { below, word, side } = this.#tools;
    const issue = this.#view[below(this.#view.length)];
    const { provider: system, place: { workspace } } = side;
    const status = side.statuses[below(side.statuses.length)] ?? "todo";
    if (issue === undefined || (canCreate && below(4) === 0)) {
      if (!canCreate) return null;
      const patch = {
        title: word(),
        ...(below(2) === 0 ? { body: word() } : {}),
        ...(below(2) === 0 ? { labels: [word()] } : {}),
        ...(issue !== undefined && below(3) === 0 ? { parent_ref: issue.ref } : {}),
        ...this.#someLink(null),
      };
      const target = below(2) === 0 ? { target_status: status } : {};
      return {
        ref: { system, workspace, id: `local-${word()}` },
        action: "create",
        patch,
        ...target,
      };
    }
    const base = below(3) > 0 ? { base_version: issue.version ?? null } : {};
    const { ref } = issue;
    if (below(5) === 0) {
      const patch = below(2) === 0 ? { patch: { title: word() } } : {};
      return { ref, action: "transition", target_status: status, ...patch, ...base };
    }
    return { ref, action: "update", patch: this.#somePatch(issue), ...base };
  }

  #somePatch(issue: NormalizedIssue): PushPatch {
    const { below, word, side } = this.#tools;
    const other = this.#view[below(this.#view.length)]?.ref;
    const [label] = issue.labels;
    const priority = ([0, 1, 2, 3, 4] as const)[below(5)] ?? 0;
    const some: readonly PushPatch[] = [
      { title: word() },
      { body: word() },
      { title: word(), body: below(4) === 0 ? null : word() },
      { labels_add: [word()] },
      { labels: [...issue.labels, word()] },
      label === undefined ? { title: word() } : { labels_remove: [label] },
      side.hasPriority ? { priority } : { body: word() },
      other === undefined || other.id === issue.ref.id
        ? { parent_ref: null }
        : { parent_ref: other },
      this.#someLink(issue),
      { title: word(), labels_add: [word()], ...this.#someLink(issue) },
    ];
    const patch = some[below(some.length)] ?? {};
    return Object.keys(patch).length === 0 ? { body: word() } : patch;
  }

  #someLink(issue: NormalizedIssue | null): Pick<PushPatch, "links_add" | "links_remove"> {
    const { below } = this.#tools;
    const linked = issue?.links.find(({ type }) => type === "blocks");
    if (linked !== undefined && below(2) === 0) return { links_remove: [linked] };
    const other = this.#view[below(this.#view.length)]?.ref;
    const isNew = other !== undefined && other.id !== issue?.ref.id;
    return isNew && below(3) === 0 ? { links_add: [{ type: "blocks", ref: other }] } : {};
  }
}
