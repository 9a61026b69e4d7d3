import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { SessionTokens } from "../../src/client/session.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import type { Stub } from "../support/fetch.ts";
import { withPlatform } from "../support/platform.ts";
import { failing, hostOf, withClient } from "./support.ts";
import { EMPTY_SNAPSHOT, errorEnvelope } from "../support/answers.ts";

Deno.test("events go up gzipped with a limit of 60 s, and any answer is the queue's to judge", async () => {
  const request = "POST /api/v1/events/batch/";
  const cases: [Stub["reply"], unknown][] = [
    [{ status: 200, json: { results: [] } }, { status: 200, body: { results: [] } }],
    [{ status: 400, text: "bad batch" }, { status: 400, body: "bad batch" }],
    [{ status: 403, json: errorEnvelope(403, "x") }, {
      status: 403,
      body: errorEnvelope(403, "x"),
    }],
    [{ status: 503, bytes: new Uint8Array([0xff]) }, { status: 503, body: null }],
  ];
  for (const [reply, gives] of cases) {
    const headers = { "content-encoding": "gzip", "authorization": "Bearer t1" };
    await withClient([{ request, headers, reply }], async ({ client }) => {
      assert.deepEqual(await client.uploadEvents(new Uint8Array([31, 139])), gives);
    });
  }
  await withClient([{ request, reply: { hang: true } }], async ({ client, platform }) => {
    const before = platform.clock.monotonic();
    await failing(client.uploadEvents(new Uint8Array()), "network_timeout");
    assert.equal(platform.clock.monotonic() - before, 60_000);
  });
});

const RECEIPT = { receipt_id: "r", resolution: "queued" } as const;

function snapshotStub(authorization: string): Stub {
  return {
    request: "POST /api/v1/connectors/trackers/snapshots/",
    headers: { authorization, "idempotency-key": /^[0-9a-f]{64}$/ },
    body: EMPTY_SNAPSHOT,
    reply: { status: 200, json: RECEIPT },
  };
}

Deno.test("a snapshot is published with the digest of its content as key, by the session's token", async () => {
  await withClient([snapshotStub("Bearer t1"), snapshotStub("Bearer t1")], async (machine) => {
    const { client, platform } = machine;
    assert.deepEqual(await client.publishSnapshot(EMPTY_SNAPSHOT), RECEIPT);
    await client.publishSnapshot({ ...EMPTY_SNAPSHOT });
    const keys = platform.network.requests.map((seen) => seen.headers.get("idempotency-key"));
    assert.equal(keys[0], keys[1]);
  });
});

Deno.test("a snapshot published by a token at hand never uses or refreshes the session", async () => {
  await withClient([{
    ...snapshotStub("Bearer mine"),
    reply: { status: 401, json: errorEnvelope(401, "unauthorized") },
  }], async ({ client, refreshed }) => {
    await failing(client.publishSnapshot(EMPTY_SNAPSHOT, { authToken: "mine" }), "unauthorized");
    assert.deepEqual(refreshed, []);
  });
});

Deno.test("a snapshot published without a user leaves the token out and reports the host's 401", async () => {
  const network = [{
    request: "POST /api/v1/connectors/trackers/snapshots/",
    headers: { "authorization": null, "x-team-slug": null },
    reply: { status: 401, json: errorEnvelope(401, "unauthorized") },
  }];
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
  await withPlatform({ env, network }, async (platform) => {
    const options = await hostOf(platform);
    const credentials = new CredentialStore({ platform });
    const tokens = new SessionTokens({ ...options, credentials });
    const client = new HostedClient({ ...options, tokens });
    await failing(client.publishSnapshot(EMPTY_SNAPSHOT), "unauthorized");
  });
});

Deno.test("a snapshot that fails with a session fails as any call", async () => {
  const stub = snapshotStub("Bearer t1");
  await withClient([{ ...stub, reply: { fail: "connection refused" } }], async ({ client }) => {
    await failing(client.publishSnapshot(EMPTY_SNAPSHOT), "network_error");
  });
});
