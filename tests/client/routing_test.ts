import assert from "node:assert/strict";
import { StaleBindingError } from "../../src/client/errors.ts";
import { routingOf } from "../../src/client/routing.ts";
import { NO_BINDING } from "../../src/project/config.ts";
import type { HostedTrackerService } from "../../src/client/service.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { EMPTY_PUSH, EMPTY_RUN, failing, STATUS } from "./support.ts";
import { BOUND, ITEM, LEGACY, LINK, page, withService } from "./service_support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";

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
