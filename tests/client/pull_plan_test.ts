import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { MAX_PAGES } from "../../src/client/paging.ts";
import {
  afterPage,
  afterRefusal,
  beginPull,
  nextRequest,
  type NextStep,
  PAGE_SIZE,
  type PullGoal,
  type PullState,
} from "../../src/client/pull_plan.ts";
import type { PullResult } from "../../src/contract/results.ts";
import { isoTime } from "../../src/platform/clock.ts";
import { type Checkpoint, OVERLAP_MS } from "../../src/store/checkpoints.ts";
import { issue } from "./service_support.ts";
import { EMPTY_PAGE } from "./support.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

/** The filters key of a pull of everything. */
const ALL_KEY = beginPull({ limit: "all" }, null, NOW).filtersKey;

const WATCHED: Checkpoint = { cursor: "c1", updatedSince: null, filtersKey: "watch" };

/** A page of so many issues, of which the first is `from`; there is more when `next` is a cursor. */
function pageOf(count: number, next: string | null, from = 1): PullResult {
  const items = Array.from({ length: count }, (_, index) => issue(from + index));
  return { ...EMPTY_PAGE, items, has_more: next !== null, next_cursor: next };
}

/** Follows a pull through pages, and returns its last step. */
function through(state: PullState, ...pages: readonly PullResult[]) {
  const [first, ...rest] = pages;
  assert.ok(first !== undefined);
  let step = afterPage(state, first);
  for (const page of rest) step = afterPage(step.state, page);
  return step;
}

for (
  const [name, goal, saved, request] of [
    ["nothing asked for", {}, null, { limit: 100, cursor: null, filters: undefined }],
    ["a limit", { limit: 5 }, null, { limit: 5, cursor: null, filters: undefined }],
    ["everything", { limit: "all" }, null, { limit: 1_000, cursor: null, filters: undefined }],
    ["a status", { status: ["done"] }, null, {
      limit: 100,
      cursor: null,
      filters: { status: ["done"] },
    }],
    ["an earlier pull that stopped", {}, WATCHED, {
      limit: 100,
      cursor: "c1",
      filters: undefined,
    }],
    ["an earlier pull of something else", { limit: "all" }, WATCHED, {
      limit: 1_000,
      cursor: null,
      filters: undefined,
    }],
    ["items to collect after one that stopped", { collect: true }, WATCHED, {
      limit: 100,
      cursor: null,
      filters: undefined,
    }],
    ["an earlier pull that came to its end", {}, {
      ...WATCHED,
      cursor: null,
      updatedSince: isoTime(NOW),
    }, {
      limit: 100,
      cursor: null,
      filters: { updated_since: isoTime(NOW - OVERLAP_MS) },
    }],
    ["everything after a pull that came to its end", { limit: "all" }, {
      ...WATCHED,
      cursor: null,
      updatedSince: isoTime(NOW),
    }, { limit: 1_000, cursor: null, filters: undefined }],
  ] as const satisfies readonly (readonly [string, PullGoal, Checkpoint | null, unknown])[]
) {
  Deno.test(`the first request of a pull with ${name}`, () => {
    assert.deepEqual(nextRequest(beginPull(goal, saved, NOW)), request);
  });
}

for (
  const [name, goal, pages, next, cursor] of [
    ["the last page", { limit: "all" }, [pageOf(2, null)], "stop", null],
    ["a page with more to come", { limit: "all" }, [pageOf(2, "c1")], "fetch", "c1"],
    [
      "an empty page between two others",
      { limit: "all" },
      [
        pageOf(1, "c1"),
        pageOf(0, "c2"),
        pageOf(1, "c3"),
      ],
      "fetch",
      "c3",
    ],
    ["the limit", { limit: 2 }, [pageOf(2, "c1")], "stop", "c1"],
    [
      "the limit of a pull of one status",
      { limit: 2, status: ["done"] },
      [
        pageOf(2, "c1"),
      ],
      "stop",
      null,
    ],
    ["more than the limit", { limit: 2 }, [pageOf(3, "c1")], "stop", "c1"],
    ["more without a cursor", { limit: "all" }, [{ ...pageOf(1, null), has_more: true }], {
      fault: /no `next_cursor`/,
    }, null],
    ["a cursor that came before", { limit: "all" }, [pageOf(1, "c1"), pageOf(1, "c1")], {
      fault: /came twice/,
    }, "c1"],
    ["a cursor that came before, at the limit", { limit: 2 }, [pageOf(1, "c1"), pageOf(1, "c1")], {
      fault: /came twice/,
    }, "c1"],
    ["two empty pages in a row", { limit: "all" }, [pageOf(0, "c1"), pageOf(0, "c2")], {
      fault: /Two pages in a row are empty/,
    }, "c2"],
  ] as const satisfies readonly (readonly [
    string,
    PullGoal,
    readonly PullResult[],
    NextStep["kind"] | { readonly fault: RegExp },
    string | null,
  ])[]
) {
  Deno.test(`what follows from ${name}`, () => {
    const step = through(beginPull(goal, null, NOW), ...pages);
    if (typeof next === "string") assert.equal(step.next.kind, next);
    else {
      assert.ok(step.next.kind === "fail", step.next.kind);
      assert.match(step.next.fault, next.fault);
      assert.equal(step.next.checkpoint.cursor, null, "the next pull starts over");
    }
    assert.equal(step.checkpoint.cursor, cursor, "the cursor stored with the page");
  });
}

Deno.test("a listing ends after so many pages that it is none", () => {
  const state = { ...beginPull({ limit: "all" }, null, NOW), pages: MAX_PAGES - 2 };
  const step = afterPage(state, pageOf(1, "c1"));
  assert.equal(step.next.kind, "fetch");
  const last = afterPage(step.state, pageOf(1, "c2")).next;
  assert.ok(last.kind === "fail");
  assert.match(last.fault, /after 10000 pages/);
});

Deno.test("a refused cursor of an earlier pull leads to the start of the listing, once", () => {
  const state = beginPull({}, WATCHED, NOW);
  const restarted = afterRefusal(state);
  assert.ok(restarted !== null);
  assert.equal(nextRequest(restarted).cursor, null);
  assert.equal(afterRefusal(restarted), null);
});

Deno.test("the refusal of a fresh listing is final", () => {
  assert.equal(afterRefusal(beginPull({}, null, NOW)), null);
});

Deno.test("the refusal of a cursor that the host gave just now is final", () => {
  const { state } = afterPage(beginPull({}, WATCHED, NOW), pageOf(1, "c2"));
  assert.equal(afterRefusal(state), null);
});

Deno.test("the watermark is the newest change, and never after the listing began", () => {
  const { checkpoint } = through(beginPull({}, null, NOW), pageOf(2, "c1", 8), pageOf(1, null));
  assert.equal(checkpoint.updatedSince, issue(9).updated_at);
  const early = Date.parse(issue(1).updated_at) - 1;
  const late = afterPage(beginPull({}, null, early), pageOf(1, null));
  assert.equal(late.checkpoint.updatedSince, isoTime(early));
});

Deno.test("a listing with filters leaves the watermark as it was", () => {
  const saved = { ...WATCHED, updatedSince: isoTime(NOW) };
  const { checkpoint } = afterPage(beginPull({ status: ["done"] }, saved, NOW), pageOf(1, null));
  assert.equal(checkpoint.updatedSince, isoTime(NOW));
});

/** Answers of a host that keeps to nothing: any cursor, any number of issues. */
const anyPage = fc.record({
  count: fc.integer({ min: 0, max: 3 }),
  hasMore: fc.boolean(),
  next: fc.option(fc.stringMatching(/^c[0-9]$/)),
}).map(({ count, hasMore, next }): PullResult => ({
  ...pageOf(count, next),
  has_more: hasMore,
}));

const anyGoal = fc.record<PullGoal>({
  limit: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom("all", "rest")),
  collect: fc.boolean(),
});

const anyCheckpoint = fc.option(fc.record<Checkpoint>({
  cursor: fc.option(fc.stringMatching(/^c[0-9]$/)),
  updatedSince: fc.option(fc.constant(isoTime(NOW))),
  filtersKey: fc.constantFrom("watch", ALL_KEY),
}));

Deno.test("a pull ends whatever a host answers, and asks for no cursor twice", () => {
  fc.assert(fc.property(
    anyGoal,
    anyCheckpoint,
    fc.infiniteStream(anyPage),
    (goal, saved, pages) => {
      let state = beginPull(goal, saved, NOW);
      const asked: (string | null)[] = [];
      for (;;) {
        const request = nextRequest(state);
        assert.ok(!asked.includes(request.cursor), "no cursor is asked for twice");
        assert.ok(request.limit >= 1 && request.limit <= PAGE_SIZE);
        asked.push(request.cursor);
        assert.ok(asked.length <= 11, "there are ten cursors, and the start");
        const step = afterPage(state, pages.next().value);
        if (step.next.kind !== "fetch") return;
        ({ state } = step);
      }
    },
  ));
});

Deno.test("however a listing is cut into pulls, each issue comes once and in order", () => {
  const host = (cursor: string | null, limit: number, total: number): PullResult => {
    const from = cursor === null ? 0 : Number(cursor.slice(1));
    const to = Math.min(total, from + limit);
    return pageOf(to - from, to < total ? `c${to}` : null, from + 1);
  };
  const limits = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), limits, (total, cuts) => {
    const met: string[] = [];
    let saved: Checkpoint | null = null;
    for (let part = 0; met.length < total; part++) {
      let state = beginPull({ limit: cuts[part % cuts.length] ?? 1 }, saved, NOW);
      for (let more = true; more;) {
        const { cursor, limit } = nextRequest(state);
        const page = host(cursor, Math.min(limit, 3), total);
        met.push(...page.items.map(({ ref }) => ref.id));
        const step = afterPage(state, page);
        saved = step.checkpoint;
        state = step.state;
        more = step.next.kind === "fetch";
        assert.notEqual(step.next.kind, "fail");
      }
    }
    assert.deepEqual(met, Array.from({ length: total }, (_, index) => `id-${index + 1}`));
    assert.equal(saved?.updatedSince, issue(total).updated_at);
  }));
});

Deno.test("a listing that is cut off leaves the next pull to ask again for what it did not show", () => {
  const updatedSince = "2026-01-01T00:00:00Z";
  const saved: Checkpoint = { cursor: null, updatedSince, filtersKey: "watch" };
  const whole = { ...pageOf(2, null), summary: { total: 3, succeeded: 3, failed: 0, skipped: 0 } };
  const says = { ...pageOf(2, "c2"), truncated: true };
  const last = { ...pageOf(2, null), truncated: true };
  const unread = { ...whole, item_errors: [UNREADABLE] };
  for (
    const [goal, before, pages, since] of [
      [{}, saved, [pageOf(2, null)], issue(2).updated_at],
      [{}, saved, [last], updatedSince],
      [{ limit: "rest" }, saved, [says, pageOf(2, null, 3)], updatedSince],
      // A part of the issues may be told with the count of all.
      [{}, saved, [whole], issue(2).updated_at],
      [{ limit: "all" }, saved, [whole], updatedSince],
      [{}, null, [whole], null],
      [{}, null, [unread], issue(2).updated_at],
    ] as const
  ) {
    const { checkpoint } = through(beginPull(goal, before, NOW), ...pages);
    assert.equal(checkpoint.updatedSince, since, JSON.stringify([goal, before, pages.length]));
  }
  const first = through(beginPull({ limit: 2 }, saved, NOW), says);
  assert.equal(first.checkpoint.cursor, null, "it starts over");
});

const UNREADABLE = { ref: issue(9).ref, code: "unreadable_item", message: "x", retryable: false };
