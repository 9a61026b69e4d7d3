import assert from "node:assert/strict";
import { isoTime } from "../../src/platform/clock.ts";
import { OVERLAP_MS } from "../../src/store/checkpoints.ts";
import type { PullProgress } from "../../src/client/sync_pull.ts";
import { TEST_START } from "../support/clock.ts";
import type { Stub } from "../support/fetch.ts";
import { failing } from "./support.ts";
import { BOUND, issue, page, pull, withService } from "./service_support.ts";
import { errorEnvelope, IDENTITY_PATH, ok } from "../support/answers.ts";

Deno.test("a pull asks for 100 issues unless told otherwise, and stores them", async () => {
  await withService(BOUND, [pull({}, ok(page(1, 3, null)))], async ({ service, store }) => {
    const report = await service.pull();
    assert.deepEqual(
      [report.created, report.updated, report.unchanged, report.pages, report.hasMore],
      [3, 0, 0, 1, false],
    );
    assert.deepEqual(report.identityPath, IDENTITY_PATH);
    assert.deepEqual(report.result.items, [], "items are kept only when they are asked for");
    using cached = await store();
    assert.deepEqual(cached.get("WEB-2"), issue(2));
    assert.equal(cached.runs.last()?.kind, "pull");
    assert.deepEqual(cached.runs.last()?.counts, {
      created: 3,
      updated: 0,
      unchanged: 0,
      failed: 0,
    });
  });
});

Deno.test("a pull stops at the limit and says that there is more", async () => {
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 1_000, "c1"))),
    pull({ limit: 500, cursor: "c1" }, ok(page(1_001, 1_500, "c2"))),
  ], async ({ service, store }) => {
    const progress: PullProgress[] = [];
    const report = await service.pull({ limit: 1_500, onPage: (one) => progress.push(one) });
    assert.deepEqual([report.created, report.hasMore, report.nextCursor], [1_500, true, "c2"]);
    assert.deepEqual(report.summary, { total: 1_500, succeeded: 1_500, failed: 0, skipped: 0 });
    assert.deepEqual(progress, [
      { kind: "page", pages: 1, stored: 1_000, total: 1_500 },
      { kind: "page", pages: 2, stored: 1_500, total: 1_500 },
    ]);
    using cached = await store();
    assert.equal(cached.checkpoint()?.cursor, "c2", "the next pull goes on from here");
  });
});

Deno.test("a pull continues where the limit ended the last one, whatever its own limit", async () => {
  await withService(BOUND, [
    pull({ limit: 2 }, ok(page(1, 2, "c1"))),
    pull({ limit: 3, cursor: "c1" }, ok(page(3, 5, null))),
  ], async ({ service, store }) => {
    await service.pull({ limit: 2 });
    const report = await service.pull({ limit: 3 });
    assert.deepEqual([report.created, report.resumed, report.hasMore], [3, true, false]);
    using cached = await store();
    assert.equal(cached.checkpoint()?.cursor, null);
    assert.equal(cached.checkpoint()?.updatedSince, issue(5).updated_at);
  });
});

Deno.test("after the end a pull asks for what changed since, with an overlap", async () => {
  const since = isoTime(Date.parse(issue(3).updated_at) - OVERLAP_MS);
  await withService(BOUND, [
    pull({}, ok(page(1, 3, null))),
    pull({ filters: { updated_since: since } }, ok(page(3, 3, null))),
    pull({ filters: { updated_since: since } }, ok(page(1, 0, null))),
    pull({ limit: 1_000 }, ok(page(1, 3, null))),
  ], async ({ service, store }) => {
    await service.pull();
    assert.deepEqual((await service.pull()).unchanged, 1);
    await service.pull();
    await service.pull({ limit: "all" });
    using cached = await store();
    assert.equal(cached.checkpoint()?.updatedSince, issue(3).updated_at, "nothing new, same mark");
  });
});

for (const limit of [2, "all"] as const) {
  Deno.test(`an issue that changes after its page went by is asked for after the end (limit ${limit})`, async () => {
    const day = 86_400_000;
    const since = isoTime(TEST_START - OVERLAP_MS);
    const late = { ...issue(3), updated_at: isoTime(TEST_START + day) };
    const request = limit === "all" ? { limit: 1_000 } : { limit };
    await withService(BOUND, [
      pull(request, ok(page(1, 2, "c1"))),
      // Two days in which issue 1 changes, and nobody comes to it again.
      ...(limit === "all"
        ? [pull({ ...request, cursor: "c1" }, { fail: "connection reset" })]
        : []),
      pull({ ...request, cursor: "c1" }, ok(page(3, 3, null, { items: [late] }))),
      pull({ filters: { updated_since: since } }, ok(page(1, 1, null))),
    ], async ({ service, platform }) => {
      if (limit === "all") await failing(service.pull({ limit }), "network_error");
      else await service.pull({ limit });
      platform.clock.advance(2 * day);
      assert.equal((await service.pull({ limit })).resumed, true);
      await service.pull();
    });
  });
}

Deno.test("the watermark is the newest change of all parts of a listing, in whatever order it came", async () => {
  const since = isoTime(Date.parse(issue(9).updated_at) - OVERLAP_MS);
  await withService(BOUND, [
    pull({ limit: 2 }, ok(page(8, 9, "c1"))),
    pull({ limit: 2, cursor: "c1" }, ok(page(1, 2, null))),
    pull({ limit: 2, filters: { updated_since: since } }, ok(page(9, 9, null))),
  ], async ({ service }) => {
    for (let part = 0; part < 3; part++) await service.pull({ limit: 2 });
  });
});

Deno.test("everything is followed page by page to the end, empty pages too", async () => {
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 2, "c1"))),
    pull({ limit: 1_000, cursor: "c1" }, ok(page(1, 0, "c2"))),
    pull({ limit: 1_000, cursor: "c2" }, ok(page(2, 4, null))),
  ], async ({ service, store }) => {
    const totals: (number | null)[] = [];
    const report = await service.pull({ limit: "all", onPage: ({ total }) => totals.push(total) });
    assert.deepEqual([report.created, report.unchanged, report.pages], [4, 1, 3]);
    assert.deepEqual(totals, [null, null, null]);
    using cached = await store();
    assert.deepEqual(cached.checkpoint()?.updatedSince, issue(4).updated_at);
  });
});

Deno.test("filters are sent with every page, and a filtered listing is no watermark", async () => {
  const filters = {
    updated_since: "2026-01-01T00:00:00Z",
    status: ["todo", "done"],
    issue_type: ["bug"],
  };
  await withService(BOUND, [
    pull({ limit: 1_000, filters }, ok(page(1, 1, "c1"))),
    pull({ limit: 1_000, filters, cursor: "c1" }, ok(page(2, 2, null))),
  ], async ({ service, store }) => {
    await service.pull({
      limit: "all",
      since: "2026-01-01T00:00:00Z",
      status: ["todo", "done"],
      issueType: ["bug"],
    });
    using cached = await store();
    assert.equal(cached.checkpoint()?.updatedSince, null);
  });
});

Deno.test("items are collected over all pages when they are asked for, with the host's own fields", async () => {
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 2, "c1", { trace: "a" }))),
    pull({ limit: 1_000, cursor: "c1" }, ok(page(3, 3, null, { trace: "b" }))),
  ], async ({ service }) => {
    const { result } = await service.pull({ limit: "all", collect: true });
    assert.deepEqual(result, { ...page(1, 3, null), trace: "b" });
  });
});

Deno.test("one page that is partial makes the whole partial, with all its item errors", async () => {
  const failed = { ref: issue(9).ref, code: "x", message: "No", retryable: false };
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 2, "c1"))),
    pull(
      { limit: 1_000, cursor: "c1" },
      ok(page(3, 3, "c2", { status: "partial", item_errors: [failed] })),
    ),
    pull({ limit: 1_000, cursor: "c2" }, ok(page(4, 4, null))),
  ], async ({ service, store }) => {
    const report = await service.pull({ limit: "all" });
    assert.equal(report.status, "partial");
    assert.deepEqual(report.itemErrors, [failed]);
    assert.deepEqual(report.result.item_errors, [failed]);
    using cached = await store();
    assert.equal(cached.runs.last()?.outcome, "partial");
  });
});

const LOST: readonly [string, Stub["reply"], string][] = [
  ["the network goes", { fail: "connection reset" }, "network_error"],
  ["the host fails", { status: 503, json: errorEnvelope(503, "internal_error") }, "internal_error"],
  ["a page is not what it should be", { status: 200, json: { items: "?" } }, "invalid_response"],
  ["the host answers with HTML", { status: 200, text: "<html>" }, "invalid_response"],
];

for (const [name, reply, code] of LOST) {
  Deno.test(`what was stored stays when ${name}, and the next pull continues from there`, async () => {
    await withService(BOUND, [
      pull({ limit: 1_000 }, ok(page(1, 2, "c1"))),
      pull({ limit: 1_000, cursor: "c1" }, reply),
      pull({ limit: 1_000, cursor: "c1" }, ok(page(3, 4, null))),
    ], async ({ service, again, store, config }) => {
      await failing(service.pull({ limit: "all" }), code);
      {
        using cached = await store();
        assert.deepEqual([cached.counts().total, cached.checkpoint()?.cursor], [2, "c1"]);
        assert.equal(cached.runs.last()?.outcome, "failed");
      }
      const report = await (await again()).pull({ limit: "all" });
      assert.deepEqual([report.created, report.resumed], [2, true]);
      using cached = await store();
      assert.deepEqual([cached.counts().total, cached.checkpoint()?.cursor], [4, null]);
      assert.equal(await config(), BOUND);
    });
  });
}

for (
  const [name, choice, request] of [
    ["other filters", { limit: "all", status: ["done"] }, {
      limit: 1_000,
      filters: { status: ["done"] },
    }],
    ["another limit", { limit: 5 }, { limit: 5 }],
    ["items to be collected", { limit: "all", collect: true }, { limit: 1_000 }],
  ] as const
) {
  Deno.test(`a pull with ${name} starts over after an interrupted one`, async () => {
    await withService(BOUND, [
      pull({ limit: 1_000 }, ok(page(1, 2, "c1"))),
      pull({ limit: 1_000, cursor: "c1" }, { fail: "connection reset" }),
      pull(request, ok(page(1, 1, null))),
    ], async ({ service }) => {
      await failing(service.pull({ limit: "all" }), "network_error");
      assert.equal((await service.pull(choice)).resumed, false);
    });
  });
}

Deno.test("a saved cursor that the host does not know any more starts the listing over", async () => {
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 2, "c1"))),
    pull({ limit: 1_000, cursor: "c1" }, { fail: "connection reset" }),
    pull(
      { limit: 1_000, cursor: "c1" },
      { status: 422, json: errorEnvelope(422, "validation_error") },
    ),
    pull({ limit: 1_000 }, ok(page(1, 3, null))),
  ], async ({ service }) => {
    await failing(service.pull({ limit: "all" }), "network_error");
    const report = await service.pull({ limit: "all" });
    assert.deepEqual([report.created, report.unchanged], [1, 2]);
  });
});

Deno.test("a refusal of a fresh listing is final", async () => {
  await withService(BOUND, [
    pull({}, { status: 422, json: errorEnvelope(422, "validation_error") }),
  ], async ({ service }) => {
    await failing(service.pull(), "validation_error");
  });
});

Deno.test("an interruption between two pages keeps the pages stored", async () => {
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 2, "c1"))),
    // On its way while the first page is stored.
    pull({ limit: 1_000, cursor: "c1" }, ok(page(3, 4, null))),
  ], async ({ service, store }) => {
    const stop = new AbortController();
    const pulling = service.pull({
      limit: "all",
      signal: stop.signal,
      onPage: () => stop.abort(new Error("Ctrl-C")),
    });
    assert.equal((await failing(pulling, "interrupted")).exitCode, 130);
    using cached = await store();
    assert.deepEqual([cached.counts().total, cached.checkpoint()?.cursor], [2, "c1"]);
  });
});

Deno.test("a kill between any two steps of a paged pull leaves whole pages and the cursor past them", async () => {
  const script = () => [
    pull({ limit: 1_000 }, ok(page(1, 2, "c1"))),
    pull({ limit: 1_000, cursor: "c1" }, ok(page(3, 4, "c2"))),
    pull({ limit: 1_000, cursor: "c2" }, ok(page(5, 5, null))),
  ];
  for (let killedAt = 1; killedAt <= 3; killedAt++) {
    // The page after the last one was on its way.
    const before = script().slice(0, killedAt + 1);
    const after = script().slice(killedAt === 3 ? 0 : killedAt);
    await withService(BOUND, [...before, ...after], async ({ service, again, store }) => {
      await assert.rejects(
        service.pull({
          limit: "all",
          signal: new AbortController().signal,
          onPage({ pages }) {
            if (pages === killedAt) throw new Error("killed");
          },
        }),
        /killed/,
      );
      {
        using cached = await store();
        assert.equal(cached.counts().total, Math.min(killedAt * 2, 5));
        assert.equal(cached.checkpoint()?.cursor ?? null, [null, "c1", "c2", null][killedAt]);
      }
      await (await again()).pull({ limit: "all" });
      using cached = await store();
      assert.equal(cached.counts().total, 5);
    });
  }
});
