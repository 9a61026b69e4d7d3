import assert from "node:assert/strict";
import { EMPTY_PUSH, failing, HOST, withClient } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";

const REF = { binding_ref: "srm_1" } as const;
const IDENTITY = { uuid: "u", slug: "web", node_id: "a1b2c3d4e5f6", repo_slug: null };

Deno.test("an expired candidate token is told apart by its code", async () => {
  await withClient([{
    request: "POST /api/v1/tracker/bind-confirm/",
    reply: { status: 400, json: errorEnvelope(400, "invalid_candidate_token") },
  }], async ({ client }) => {
    await failing(client.bindConfirm("linear", "ct", IDENTITY), "invalid_candidate_token");
  });
});

Deno.test("two writes have two idempotency keys", async () => {
  const stub = { request: "POST /api/v1/tracker/push/", reply: { status: 200, json: EMPTY_PUSH } };
  await withClient([stub, stub], async ({ client, platform }) => {
    await client.push("linear", REF, []);
    await client.push("linear", REF, []);
    const keys = platform.network.requests.map((seen) => seen.headers.get("idempotency-key"));
    assert.notEqual(keys[0], keys[1]);
  });
});

Deno.test("the client's base URL has no trailing slash", async () => {
  await withClient([], ({ client }) => {
    assert.equal(client.baseUrl, HOST);
    return Promise.resolve();
  });
});
