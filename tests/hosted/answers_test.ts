import assert from "node:assert/strict";
import fc from "fast-check";
import { HostedApiError } from "../../src/hosted/errors.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import type { Reply } from "../support/fetch.ts";
import { EMPTY_PAGE, envelope, failing, STATUS_REQUEST, withClient } from "./support.ts";

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
  ["a truncated body", { status: 200, text: '{"provider": "lin' }, /broke off/],
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
  const json = envelope(500, "internal_error", { message: "The tracker behind us is down" });
  const error = await statusFails({ status: 200, json }, "invalid_response");
  assert.match(
    error.message,
    /"status".* an error under status 200: The tracker behind us is down/,
  );
  const request = "POST /api/v1/tracker/push/";
  await withClient([
    { request, reply: { status: 202, json } },
    { request, reply: { status: 200, json: { ...envelope(500, "x"), status: "ok", items: [] } } },
  ], async ({ client }) => {
    await failing(client.push("linear", ROUTING, []), "invalid_response");
    await failing(client.push("linear", ROUTING, []), "invalid_response");
  });
});

Deno.test("a missing required field is an error that names the field and the call", async () => {
  const error = await statusFails(
    { status: 200, json: { provider: "linear", connected: true } },
    "invalid_response",
  );
  assert.match(error.message, /"status".*`sync_state` is missing/);
  assert.deepEqual(error.details, { call: "status", field: "sync_state" });
  const request = "POST /api/v1/tracker/pull/";
  await withClient([
    { request, reply: { status: 200, json: { ...EMPTY_PAGE, items: [{ title: "x" }] } } },
  ], async ({ client }) => {
    const error = await failing(client.pull("linear", ROUTING), "invalid_response");
    assert.match(error.message, /"pull".*`items\[0\]\.ref`/);
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
  Deno.test(`T012 a ${status} ${code} is reported at once with the host's message and details`, async () => {
    const json = envelope(status, code, { details: { why: "because" } });
    const error = await statusFails({ status, json }, code);
    assert.ok(error instanceof HostedApiError);
    assert.equal(error.message, `The host says ${code}`);
    assert.equal(error.statusCode, status);
    assert.deepEqual(error.details, { why: "because" });
  });
}

for (const status of [400, 404, 413, 500, 502, 503]) {
  Deno.test(`T012 a ${status} whose body is no envelope is "HTTP ${status}"`, async () => {
    const replies: Reply[] = [
      { status, text: "<html>Bad gateway</html>" },
      { status, text: "" },
      { status, json: { detail: "no" } },
      { status, bytes: new Uint8Array([0xff, 0xfe]) },
    ];
    for (const reply of replies) {
      assert.equal((await statusFails(reply, `http_${status}`)).message, `HTTP ${status}`);
    }
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
