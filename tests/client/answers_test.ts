import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { HostedApiError } from "../../src/client/errors.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import type { Reply } from "../support/fetch.ts";
import { EMPTY_PAGE, failing, STATUS_REQUEST, withClient } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";

const ROUTING = { binding_ref: "srm_1" } as const;

async function statusFails(reply: Reply, code: string): Promise<TrackerError> {
  let failure: TrackerError | null = null;
  await withClient([{ request: STATUS_REQUEST, reply }], async ({ client }) => {
    failure = await failing(client.status("linear", ROUTING), code);
  });
  assert.ok(failure !== null);
  return failure;
}

const MALFORMED: [string, Reply, RegExp][] = [
  ["an HTML page", { status: 200, text: " <!doctype html><h1>Hi</h1>" }, /an HTML page/],
  ["a truncated body", { status: 200, text: '{"provider": "lin' }, /cut off/],
  ["an empty body", { status: 200, text: "" }, /an empty body/],
  ["prose", { status: 200, text: "OK" }, /not JSON/],
  ["JSON that is nested too deep", {
    status: 200,
    text: "[".repeat(1_000_000),
  }, /nested deeper than 200 levels/],
  ["JSON of too many values", {
    status: 200,
    text: `[${"{},".repeat(1_000_001)}{}]`,
  }, /more than 2000000 values/],
  ["bytes that are not UTF-8", {
    status: 200,
    bytes: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
  }, /not UTF-8/],
];

for (const [name, reply, reason] of MALFORMED) {
  Deno.test(`a 200 with ${name} is an error that names the call`, async () => {
    const error = await statusFails(reply, "invalid_response");
    assert.match(error.message, /"status"/);
    assert.match(error.message, reason);
    assert.equal(error.details["call"], "status");
  });
}

Deno.test("an error under a status of success is told in the host's words, and is no success", async () => {
  const json = errorEnvelope(500, "internal_error", { message: "The tracker behind us is down" });
  const error = await statusFails({ status: 200, json }, "invalid_response");
  assert.match(
    error.message,
    /"status".* an error under status 200: The tracker behind us is down/,
  );
  const request = "POST /api/v1/tracker/push/";
  await withClient([
    { request, reply: { status: 202, json } },
    {
      request,
      reply: { status: 200, json: { ...errorEnvelope(500, "x"), status: "ok", items: [] } },
    },
  ], async ({ client }) => {
    await failing(client.push("linear", ROUTING, []), "invalid_response");
    await failing(client.push("linear", ROUTING, []), "invalid_response");
  });
});

Deno.test("a missing part that nothing works without is an error that names the field and the call", async () => {
  const { items: _, ...page } = EMPTY_PAGE;
  const request = "POST /api/v1/tracker/pull/";
  await withClient([
    { request, reply: { status: 200, json: page } },
    { request, reply: { status: 200, json: { ...page, items: null } } },
    { request, reply: { status: 200, json: { ...page, items: {} } } },
  ], async ({ client }) => {
    const error = await failing(client.pull("linear", ROUTING), "invalid_response");
    assert.match(error.message, /"pull".*`items` is missing/);
    assert.deepEqual(error.details, { call: "pull", field: "items" });
    await failing(client.pull("linear", ROUTING), "invalid_response");
    const odd = await failing(client.pull("linear", ROUTING), "invalid_response");
    assert.match(odd.message, /`items` must be a list, not an object/);
  });
  assert.match(
    (await statusFails({ status: 200, json: "x" }, "invalid_response")).message,
    /body/i,
  );
});

Deno.test("unknown fields of an answer are kept", async () => {
  const json = { provider: "linear", connected: true, sync_state: "idle", extra: { deep: 1 } };
  await withClient([{ request: STATUS_REQUEST, reply: { status: 200, json } }], async (machine) => {
    assert.deepEqual(await machine.client.status("linear", ROUTING), json);
  });
});

for (
  const [status, code] of [
    [400, "legacy_flow_forbidden"],
    [400, "invalid_candidate_token"],
    [403, "no_installation"],
    [403, "missing_user_link"],
    [404, "no_resource_mapping"],
    [409, "already_bound"],
    [422, "validation_error"],
    [500, "internal_error"],
    [503, "unavailable"],
  ] as const
) {
  Deno.test(`a ${status} ${code} is reported at once with the host's message and details`, async () => {
    const json = errorEnvelope(status, code, { details: { why: "because" } });
    const error = await statusFails({ status, json }, code);
    assert.ok(error instanceof HostedApiError);
    assert.equal(error.message, `The host says ${code}`);
    assert.equal(error.statusCode, status);
    assert.deepEqual(error.details, { why: "because" });
  });
}

for (const status of [400, 404, 413, 500, 502, 503]) {
  Deno.test(`a ${status} whose body has no text is "HTTP ${status}", with the call`, async () => {
    const replies: Reply[] = [
      { status, text: " " },
      { status, json: { n: 1 } },
      { status, bytes: new Uint8Array([0xff, 0xfe]) },
    ];
    for (const reply of replies) {
      const { message } = await statusFails(reply, `http_${status}`);
      assert.equal(message, `HTTP ${status} from "status"`);
    }
  });

  Deno.test(`a ${status} with a web page says that something in between answered`, async () => {
    const page: Reply = { status, text: "\n<!doctype html><h1>Bad gateway</h1>" };
    const { message, nextAction } = await statusFails(page, `http_${status}`);
    assert.match(message, new RegExp(`^HTTP ${status} from "status": a web page, so something in`));
    assert.match(nextAction ?? "", /^Check the host URL, and the proxy/);
  });

  Deno.test(`a ${status} with a text of any kind tells it`, async () => {
    const plain = await statusFails({ status, text: "Not\n Found" }, `http_${status}`);
    assert.equal(plain.message, "Not Found");
    const django = await statusFails({ status, json: { detail: "no" } }, `http_${status}`);
    assert.equal(django.message, "no");
    const long = await statusFails({ status, text: "x".repeat(1000) }, `http_${status}`);
    assert.equal(long.message.length, 300);
  });
}

Deno.test("whatever bytes and status a host answers with, the outcome is a value or a TrackerError", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(200, 201, 400, 403, 404, 500, 599),
      async (bytes, status) => {
        await withClient(
          [{ request: STATUS_REQUEST, reply: { status, bytes } }],
          async (machine) => {
            await assert.rejects(
              machine.client.status("linear", ROUTING),
              (error) => error instanceof TrackerError,
            );
          },
        );
      },
    ),
    { numRuns: 60 },
  );
});
