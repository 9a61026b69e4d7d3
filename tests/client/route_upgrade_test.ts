import assert from "node:assert/strict";
import { saveBinding } from "../../src/project/config.ts";
import type { Stub } from "../support/fetch.ts";
import { EMPTY_PUSH, EMPTY_RUN, failing, STATUS } from "./support.ts";
import { ITEM, LEGACY, page, withService } from "./service_support.ts";

const UPGRADING: Stub = {
  request: "GET /api/v1/tracker/status/?provider=linear&project_slug=web",
  reply: { status: 200, json: { ...STATUS, binding_ref: "srm_new" } },
};

const ACCEPTED_PUSH = "POST /api/v1/tracker/push/";
const OFFER = { binding_ref: "srm_9", display_label: "New", provider_context: { a: 1 } };

for (
  const [where, accepted, operation] of [
    ["beside the 202", OFFER, { status: "completed", result: EMPTY_PUSH }],
    ["beside the operation", {}, { status: "completed", result: EMPTY_PUSH, ...OFFER }],
    ["in its result", {}, { status: "completed", result: { ...EMPTY_PUSH, ...OFFER } }],
    ["beside an operation without a result", OFFER, { status: "completed" }],
  ] as const
) {
  Deno.test(`a reference ${where} upgrades an old project`, async () => {
    await withService(LEGACY, [
      { request: ACCEPTED_PUSH, reply: { status: 202, json: { operation_id: "op", ...accepted } } },
      {
        request: "GET /api/v1/tracker/operations/op/",
        reply: { status: 200, json: { operation_id: "op", ...operation } },
      },
    ], async ({ service }) => {
      await service.push([ITEM]);
      assert.equal(service.binding.bindingRef, "srm_9");
      assert.equal(service.binding.displayLabel, "New");
      assert.deepEqual(service.binding.providerContext, { a: 1 });
    });
  });
}

Deno.test("a reference beside an operation that failed is left, and one of an operation waited for later is taken up", async () => {
  const look = "GET /api/v1/tracker/operations/op/";
  const failed = { operation_id: "op", status: "failed", error: "It is down", ...OFFER };
  const done = { operation_id: "op", status: "completed", result: EMPTY_RUN, ...OFFER };
  await withService(LEGACY, [
    { request: look, reply: { status: 200, json: failed } },
    { request: look, reply: { status: 200, json: done } },
  ], async ({ service }) => {
    await failing(service.wait("op"), "operation_failed");
    assert.equal(service.binding.bindingRef, null);
    await service.wait("op");
    assert.equal(service.binding.bindingRef, "srm_9");
  });
});

Deno.test("a reference of another provider is left where it is; ours may be spelt otherwise", async () => {
  const request = "GET /api/v1/tracker/mappings/?provider=linear&project_slug=web";
  const answer = (provider: string) => ({ mappings: [], ...OFFER, provider });
  await withService(LEGACY, [
    { request, reply: { status: 200, json: answer("jira") } },
    { request, reply: { status: 200, json: answer(" Linear") } },
  ], async ({ service }) => {
    await service.mappings();
    assert.equal(service.binding.bindingRef, null);
    await service.mappings();
    assert.equal(service.binding.bindingRef, "srm_9");
  });
});

Deno.test("what stands beside a reference and cannot be used does not keep it from being taken up", async () => {
  const request = "GET /api/v1/tracker/mappings/?provider=linear&project_slug=web";
  const json = { mappings: [], binding_ref: "srm_9", display_label: 5, provider_context: "x" };
  await withService(LEGACY, [{ request, reply: { status: 200, json } }], async ({ service }) => {
    await service.mappings();
    assert.equal(service.binding.bindingRef, "srm_9");
  });
});

Deno.test("an upgrade without a label keeps the label that was there", async () => {
  const config = `${LEGACY}  display_label: 'Mine'\n`;
  await withService(config, [UPGRADING], async ({ service, config: now }) => {
    await service.status();
    assert.equal(await now(), `${config}  binding_ref: srm_new\n`);
  });
});

Deno.test("an upgrade that cannot be written changes nothing and is told for debugging only", async () => {
  await withService(LEGACY, [UPGRADING, UPGRADING], async (machine) => {
    assert.equal((await machine.service.status()).binding_ref, "srm_new");
    assert.equal(await machine.config(), LEGACY);
    assert.equal(machine.service.binding.bindingRef, null);
    assert.equal(machine.debugged.length, 1);
    assert.match(machine.debugged[0] ?? "", /upgraded.*No space left/);
    assert.equal(machine.platform.stderr(), "");
    await machine.service.status();
  }, {
    files: (real) => ({
      ...real,
      writeAtomic: () => Promise.reject(new Error("No space left on device")),
    }),
  });
});

Deno.test("an upgrade leaves a binding alone that somebody made in the meantime", async () => {
  await withService(LEGACY, [{
    ...UPGRADING,
    reply: () => Response.json({ ...STATUS, binding_ref: "srm_new" }),
  }], async ({ service, config, platform }) => {
    await saveBinding(platform, platform.home, { bindingRef: "srm_mine" });
    const before = await config();
    await service.status();
    assert.equal(await config(), before);
    assert.equal(service.binding.bindingRef, null);
  });
});

Deno.test("what an answer calls a reference must be one", async () => {
  for (const binding_ref of [null, "", 5]) {
    await withService(LEGACY, [{
      request: "GET /api/v1/tracker/mappings/?provider=linear&project_slug=web",
      reply: { status: 200, json: { mappings: [], binding_ref } },
    }], async ({ service, config }) => {
      await service.mappings();
      assert.equal(await config(), LEGACY);
    });
  }
});

Deno.test("the cache follows an upgrade, and so do the issues in it", async () => {
  await withService(LEGACY, [
    { request: "POST /api/v1/tracker/pull/", reply: { status: 200, json: page(1, 3, null) } },
    UPGRADING,
    {
      request: "POST /api/v1/tracker/pull/",
      reply: { status: 200, json: page(1, 4, null) },
    },
  ], async ({ service, store, again }) => {
    await service.pull();
    await service.status();
    {
      using cached = await store();
      assert.equal(cached.counts().total, 3);
    }
    assert.equal((await again()).binding.bindingRef, "srm_new");
    const report = await service.pull();
    assert.deepEqual([report.created, report.unchanged], [1, 3]);
  });
});
