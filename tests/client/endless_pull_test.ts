import assert from "node:assert/strict";
import { failing } from "./support.ts";
import { BOUND, page, pull, withService } from "./service_support.ts";
import { ok } from "../support/answers.ts";

for (
  const [name, pages] of [
    ["there is more but no way to it", [page(1, 1, null, { has_more: true })]],
    ["the same cursor comes twice", [page(1, 1, "c1"), page(2, 2, "c1")]],
    ["pages are empty and cursors new", [page(1, 0, "c1"), page(1, 0, "c2")]],
  ] as const
) {
  Deno.test(`a pull stops instead of going round in circles when ${name}`, async () => {
    const stubs = pages.map((json, index) =>
      pull(index === 0 ? { limit: 1_000 } : { limit: 1_000, cursor: "c1" }, ok(json))
    );
    await withService(BOUND, stubs, async ({ service }) => {
      const error = await failing(service.pull({ limit: "all" }), "invalid_response");
      assert.match(error.message, /next_cursor/);
    });
  });
}

Deno.test("after a circle of cursors the next pull starts over, and a resumed one notices a circle at once", async () => {
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 1, "c1"))),
    pull({ limit: 1_000, cursor: "c1" }, { fail: "connection reset" }),
    pull({ limit: 1_000, cursor: "c1" }, ok(page(2, 2, "c1"))),
    pull({ limit: 1_000 }, ok(page(1, 2, null))),
  ], async ({ service }) => {
    await failing(service.pull({ limit: "all" }), "network_error");
    await failing(service.pull({ limit: "all" }), "invalid_response");
    const report = await service.pull({ limit: "all" });
    assert.deepEqual([report.resumed, report.unchanged], [false, 2]);
  });
});

Deno.test("after an endless listing the next pull begins from the start", async () => {
  await withService(BOUND, [
    pull({}, ok(page(1, 0, "c1"))),
    pull({ cursor: "c1" }, ok(page(1, 0, "c2"))),
    pull({}, ok(page(1, 2, null))),
  ], async ({ service }) => {
    await failing(service.pull(), "invalid_response");
    assert.equal((await service.pull()).created, 2);
  });
});

Deno.test("a cursor that leads to itself is noticed at the limit of a pull too", async () => {
  await withService(BOUND, [
    pull({ limit: 1 }, ok(page(1, 1, "c1"))),
    pull({ limit: 1, cursor: "c1" }, ok(page(2, 2, "c1"))),
    pull({ limit: 1 }, ok(page(1, 1, "c1"))),
  ], async ({ service }) => {
    await service.pull({ limit: 1 });
    await failing(service.pull({ limit: 1 }), "invalid_response");
    await service.pull({ limit: 1 });
  });
});

Deno.test("pages of nothing but removals are not empty", async () => {
  const removed = (n: number) => ({
    removed: [{ system: "linear", workspace: "acme", id: `${n}` }],
  });
  await withService(BOUND, [
    pull({}, ok(page(1, 0, "c1", removed(1)))),
    pull({ cursor: "c1" }, ok(page(1, 0, "c2", removed(2)))),
    pull({ cursor: "c2" }, ok(page(1, 1, null, removed(3)))),
  ], async ({ service }) => {
    assert.equal((await service.pull()).created, 1);
  });
});
