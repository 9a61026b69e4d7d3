import assert from "node:assert/strict";
import { StaleBindingError } from "../../src/client/errors.ts";
import { routingOf } from "../../src/client/routing.ts";
import { NO_BINDING, saveBinding } from "../../src/project/config.ts";
import type { HostedTrackerService } from "../../src/client/service.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { EMPTY_PUSH, EMPTY_RUN, failing, STATUS } from "./support.ts";
import { BOUND, LEGACY, LINK, page, withService } from "./service_support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";

const ITEM = {
  ref: { system: "linear", workspace: "acme", id: "1" },
  action: "update",
  patch: { title: "T" },
} as const;

/** Every routed call, its request line without the key, and an answer. */
const CALLS: readonly {
  readonly name: string;
  readonly request: string;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly call: (service: HostedTrackerService) => Promise<unknown>;
}[] = [
  {
    name: "status",
    request: "GET /api/v1/tracker/status/?provider=linear",
    answer: STATUS,
    call: (service) => service.status(),
  },
  {
    name: "mappings",
    request: "GET /api/v1/tracker/mappings/?provider=linear",
    answer: { mappings: [] },
    call: (service) => service.mappings(),
  },
  {
    name: "pull",
    request: "POST /api/v1/tracker/pull/",
    answer: page(1, 2, null),
    call: (service) => service.pull(),
  },
  {
    name: "push",
    request: "POST /api/v1/tracker/push/",
    answer: EMPTY_PUSH,
    call: (service) => service.push([ITEM]),
  },
  {
    name: "run",
    request: "POST /api/v1/tracker/run/",
    answer: EMPTY_RUN,
    call: (service) => service.run({ pullFirst: false }),
  },
  {
    name: "issue search",
    request: "POST /api/v1/tracker/issue-search/",
    answer: { candidates: [], resource_type: "t", resource_id: "r" },
    call: (service) => service.searchIssues({ queryText: "x" }),
  },
  {
    name: "bind origin",
    request: "POST /api/v1/tracker/mission-origin/bind/",
    answer: { origin_link_id: "ol", bound_at: "2026-03-01T12:00:00Z" },
    call: (service) => service.bindOrigin(LINK),
  },
];

/** The call as a stub whose routing key is checked. */
function routed(
  { request }: { readonly request: string },
  key: "binding_ref" | "project_slug",
  value: string,
  reply: Reply,
): Stub {
  if (request.startsWith("GET")) return { request: `${request}&${key}=${value}`, reply };
  const checked = async (sent: Request) => {
    const body: Record<string, unknown> = await sent.json();
    assert.equal(body[key], value);
    assert.equal(body[key === "binding_ref" ? "project_slug" : "binding_ref"], undefined);
    if (typeof reply === "function") return await reply(sent);
    if ("json" in reply) return Response.json(reply.json, { status: reply.status });
    throw new TypeError("connection refused");
  };
  return { request, reply: checked };
}

Deno.test("binding_ref routes, project_slug only without it, and nothing without either", () => {
  const binding = { ...NO_BINDING, provider: "linear" };
  assert.deepEqual(routingOf({ ...binding, bindingRef: "r", projectSlug: "s" }), {
    binding_ref: "r",
  });
  assert.deepEqual(routingOf({ ...binding, projectSlug: "s" }), { project_slug: "s" });
  assert.equal(routingOf(binding), null);
});

for (const call of CALLS) {
  Deno.test(`${call.name} is routed by binding_ref alone, whatever else is saved`, async () => {
    const config = `${BOUND}  project_slug: old\n`;
    await withService(config, [
      routed(call, "binding_ref", "srm_1", { status: 200, json: call.answer }),
    ], async ({ service, config: now }) => {
      await call.call(service);
      assert.equal(await now(), config);
    });
  });

  Deno.test(`${call.name} is routed by project_slug in an old project, which stays as it is`, async () => {
    await withService(LEGACY, [
      routed(call, "project_slug", "web", { status: 200, json: call.answer }),
    ], async ({ service, config }) => {
      await call.call(service);
      assert.equal(await config(), LEGACY);
    });
  });

  Deno.test(`${call.name} upgrades an old project when its answer carries the reference`, async () => {
    const answer = {
      ...call.answer,
      binding_ref: "srm_new",
      display_label: "Web app",
      provider_context: { team: "Core" },
    };
    await withService(LEGACY, [
      routed(call, "project_slug", "web", { status: 200, json: answer }),
    ], async ({ service, config, debugged, platform }) => {
      await call.call(service);
      assert.equal(
        await config(),
        `${LEGACY}  binding_ref: srm_new\n  display_label: Web app\n  provider_context: {team: Core}\n`,
      );
      assert.equal(service.binding.bindingRef, "srm_new");
      assert.deepEqual(debugged, []);
      assert.equal(platform.stdout() + platform.stderr(), "");
    });
  });

  Deno.test(`${call.name} changes nothing when a saved reference routes and the answer names another`, async () => {
    await withService(BOUND, [
      routed(call, "binding_ref", "srm_1", {
        status: 200,
        json: { ...call.answer, binding_ref: "srm_other" },
      }),
    ], async ({ service, config }) => {
      await call.call(service);
      assert.equal(await config(), BOUND);
    });
  });

  for (
    const [status, code] of [
      [404, "binding_not_found"],
      [409, "mapping_disabled"],
      [403, "project_mismatch"],
    ] as const
  ) {
    Deno.test(`${call.name} tells a stale binding on ${code}: config untouched, slug not tried`, async () => {
      const config = `${BOUND}  project_slug: old\n`;
      await withService(config, [
        routed(call, "binding_ref", "srm_1", { status, json: errorEnvelope(status, code) }),
      ], async ({ service, config: now }) => {
        const error = await failing(call.call(service), "stale_binding");
        assert.ok(error instanceof StaleBindingError || call.name === "push");
        assert.match(error.message, /"srm_1"/);
        assert.match(error.nextAction ?? "", /tracker bind --provider linear/);
        assert.equal(await now(), config);
      });
    });
  }

  Deno.test(`${call.name} without a routing key fails before any request or file`, async () => {
    await withService(
      `${IDENTITY_CONFIG}tracker: {provider: linear}\n`,
      [],
      async ({ service, platform }) => {
        await failing(call.call(service), "missing_routing_key");
        assert.equal(await platform.files.stat(`${platform.home}/.spec-kitty`), null);
      },
    );
  });
}

Deno.test("a stale code on a legacy route is the host's error as it came", async () => {
  await withService(LEGACY, [
    {
      request: "GET /api/v1/tracker/status/?provider=linear&project_slug=web",
      reply: { status: 404, json: errorEnvelope(404, "binding_not_found") },
    },
  ], async ({ service, config }) => {
    await failing(service.status(), "binding_not_found");
    assert.equal(await config(), LEGACY);
  });
});

Deno.test("other failures of a routed call are the host's errors as they came", async () => {
  await withService(BOUND, [
    {
      request: "GET /api/v1/tracker/status/?provider=linear&binding_ref=srm_1",
      reply: { status: 404, json: errorEnvelope(404, "no_resource_mapping") },
    },
  ], async ({ service }) => {
    await failing(service.status(), "no_resource_mapping");
  });
});

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

Deno.test("the status of the installation is asked without a routing key and upgrades nothing", async () => {
  const all = {
    provider: "linear",
    connected: true,
    installation_id: "in_1",
    resource_count: 0,
    bindings: [],
    binding_ref: "srm_new",
  };
  await withService(LEGACY, [
    {
      request: "GET /api/v1/tracker/status/?provider=linear",
      reply: { status: 200, json: all },
    },
  ], async ({ service, config }) => {
    assert.deepEqual(await service.statusAll(), all);
    assert.equal(await config(), LEGACY);
  });
});
