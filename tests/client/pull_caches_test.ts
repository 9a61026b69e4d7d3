import assert from "node:assert/strict";
import type { Stub } from "../support/fetch.ts";
import { BOUND, issue, LEGACY, page, pull, withService } from "./service_support.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";
import { ok } from "../support/answers.ts";

Deno.test("an old project is upgraded by the first page, its pages keep their key, and all are in the new cache", async () => {
  const bodies: Record<string, unknown>[] = [];
  const answering = (json: unknown): Stub => ({
    request: "POST /api/v1/tracker/pull/",
    reply: async (request) => {
      bodies.push(await request.json());
      return Response.json(json);
    },
  });
  await withService(LEGACY, [
    answering(page(1, 2, "c1", { binding_ref: "srm_new" })),
    answering(page(3, 4, "c2", { binding_ref: "srm_new" })),
    answering(page(5, 5, null)),
    answering(page(5, 5, null)),
  ], async ({ service, store, config }) => {
    const report = await service.pull({ limit: "all" });
    assert.equal(report.created, 5);
    assert.equal(await config(), `${LEGACY}  binding_ref: srm_new\n`);
    {
      using cached = await store();
      assert.equal(cached.counts().total, 5);
    }
    await service.pull();
    assert.deepEqual(
      bodies.map(({ project_slug, binding_ref }) => project_slug ?? binding_ref),
      ["web", "web", "web", "srm_new"],
    );
  });
});

Deno.test("caches of two bindings are two files", async () => {
  await withService(BOUND, [pull({}, ok(page(1, 2, null)))], async ({ service, cache }) => {
    await service.pull();
    const other = { ...service.binding, bindingRef: "srm_2" };
    assert.equal(await cache.openForReading(other), null);
    assert.notEqual(await cache.path(other), await cache.path(service.binding));
    using own = await cache.openForReading(service.binding);
    assert.equal(own?.counts().total, 2);
  });
});

Deno.test("a cache that is there already is not overwritten by one that moves", async () => {
  await withService(
    `${IDENTITY_CONFIG}tracker: {provider: linear}\n`,
    [],
    async ({ cache, service }) => {
      const from = { ...service.binding, projectSlug: "web" };
      const to = { ...from, bindingRef: "srm_1" };
      for (const [binding, n] of [[from, 1], [to, 2]] as const) {
        using store = await cache.open(binding);
        store.putPage([issue(n)]);
      }
      await cache.move(from, to);
      await cache.move(to, to);
      using kept = await cache.open(to);
      assert.deepEqual(kept.list().map(({ ref }) => ref.id), ["id-2"]);
      using old = await cache.open(from);
      assert.equal(old.counts().total, 1);
      await cache.move(from, { ...to, bindingRef: "srm_3" });
      assert.equal(await cache.openForReading({ ...to, bindingRef: "srm_3" }), null, "it is open");
    },
  );
});
