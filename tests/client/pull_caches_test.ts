import assert from "node:assert/strict";
import type { Stub } from "../support/fetch.ts";
import { BOUND, issue, LEGACY, page, pull, withService } from "./service_support.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";
import { placeOf } from "../../src/store/places.ts";
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

Deno.test("a cache that is there already gets what only the one that moves holds", async () => {
  await withService(
    `${IDENTITY_CONFIG}tracker: {provider: linear}\n`,
    [],
    async ({ cache, service }) => {
      const from = { ...service.binding, projectSlug: "web" };
      const to = { ...from, bindingRef: "srm_1" };
      for (const [binding, n] of [[from, 1], [to, 2]] as const) {
        using store = await cache.open(binding);
        store.putPage([issue(n), issue(3)]);
        const edits = { title: { at: n } };
        const edited = { ...issue(3), title: `Title ${n}` };
        if (n === 1) store.issues.put({ issue: edited, base: issue(3), edits, seenAt: null });
        store.pushes.open("creates", { key: `key-${n}`, content: "[]" }, n);
      }
      await cache.move(from, to);
      await cache.move(to, to);
      using kept = await cache.open(to);
      assert.deepEqual(kept.list().map(({ ref }) => ref.id).toSorted(), ["id-2", "id-3"]);
      assert.equal(kept.get("id-3")?.title, "Title 1");
      assert.deepEqual(kept.pushes.openCreates().map(({ key }) => key), ["key-2", "key-1"]);
      assert.equal(await cache.openForReading(from), null);
    },
  );
});

Deno.test("a cache that is open stays where it is", async () => {
  await withService(
    `${IDENTITY_CONFIG}tracker: {provider: linear}\n`,
    [],
    async ({ cache, service }) => {
      const from = { ...service.binding, projectSlug: "web" };
      const to = { ...from, bindingRef: "srm_3" };
      using old = await cache.open(from);
      old.putPage([issue(1)]);
      await cache.move(from, to);
      assert.equal(await cache.openForReading(to), null);
    },
  );
});

Deno.test("a sync waits for another one of its cache, says so, and readers do not wait", async () => {
  await withService(BOUND, [], async ({ service, cache, platform }) => {
    const path = await cache.path(service.binding);
    const other = await platform.files.lock(`${path}.lock`, { purpose: "sync run" });
    await assert.rejects(service.pull(), { code: "locked" });
    assert.match(platform.stderr(), /^Waiting for .*, which syncs the same issues/);
    assert.equal(platform.stderr().split("Waiting").length, 2);
    assert.deepEqual(await service.issueList(), []);
    await other.release();
  });
});

Deno.test("a sync that waits for another one ends when it is interrupted", async () => {
  await withService(BOUND, [], async ({ service, cache, platform }) => {
    const path = await cache.path(service.binding);
    const other = await platform.files.lock(`${path}.lock`, { purpose: "sync run" });
    await assert.rejects(service.pull({ signal: AbortSignal.abort(new Error("SIGINT")) }), {
      code: "interrupted",
    });
    await other.release();
  });
});

Deno.test("the note beside a hosted cache says which binding at which host it is of", async () => {
  await withService(
    BOUND,
    [pull({}, ok(page(1, 2, null)))],
    async ({ service, cache, platform }) => {
      await service.pull();
      const place = await placeOf(platform, await cache.path(service.binding));
      assert.equal(place?.provider, service.provider);
      assert.equal(place.workspace, service.binding.bindingRef);
      assert.match(place.host ?? "", /^https:/);
      assert.deepEqual([place.repository, place.directory], [undefined, undefined]);
    },
  );
});
