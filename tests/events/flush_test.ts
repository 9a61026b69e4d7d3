import assert from "node:assert/strict";
import { flushEvents } from "../../src/events/flush.ts";
import { openEmitter, queueOwner } from "../../src/events/open.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { CredentialStore, type Session } from "../../src/user/credentials.ts";
import { userPaths } from "../../src/user/paths.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import type { Stub } from "../support/fetch.ts";
import { gunzip, idsIn } from "./event_support.ts";

const HOST = "https://host.example";
const ENV = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", SPEC_KITTY_SAAS_URL: HOST };
const NOTE = { wp_id: "WP01", entry_type: "note", entry_content: "hello" } as const;

function session(platform: TestPlatform): Session {
  return {
    host: HOST,
    access: "access-1",
    refresh: "refresh-1",
    accessExpiresAt: platform.clock.now() + 900_000,
    refreshExpiresAt: platform.clock.now() + 9_000_000,
    username: "ada",
    teamSlug: "acme",
  };
}

async function signIn(platform: TestPlatform): Promise<void> {
  await new CredentialStore({ platform }).saveSession(session(platform));
}

async function emitNotes(platform: TestPlatform, count: number): Promise<string[]> {
  await platform.files.makeDirectory(`${platform.home}/project/.kittify`);
  const emitter = openEmitter({ platform, root: `${platform.home}/project` });
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const outcome = await emitter.emit("HistoryAdded", NOTE);
    if (outcome.kind === "queued") ids.push(outcome.eventId);
  }
  await emitter.close();
  return ids;
}

/** A stub of the upload that takes every event; what was sent lands in `seen`. */
function takes(seen: Record<string, unknown>[], headers: Stub["headers"] = {}): Stub {
  return {
    request: "POST /api/v1/events/batch/",
    headers: { "content-encoding": "gzip", "x-team-slug": "acme", ...headers },
    reply: async (request) => {
      const { events } = JSON.parse(await gunzip(new Uint8Array(await request.arrayBuffer())));
      seen.push(...events);
      return Response.json({
        results: events.map((event: { event_id: string }) => ({
          event_id: event.event_id,
          status: "success",
        })),
      });
    },
  };
}

Deno.test("events of a signed-in project are uploaded with its identity and team", async () => {
  const seen: Record<string, unknown>[] = [];
  await withPlatform({ env: ENV, network: [takes(seen)] }, async (platform) => {
    await signIn(platform);
    const ids = await emitNotes(platform, 2);
    const result = await flushEvents({ platform, version: "1" });
    assert.deepEqual([result.sent, result.remaining, result.failure], [2, 0, undefined]);
    assert.deepEqual(seen.map((event) => event["event_id"]), ids);
    assert.equal(seen[0]?.["team_slug"], "acme");
    assert.equal(seen[0]?.["project_slug"], "project");
    assert.match(String(seen[0]?.["project_uuid"]), /^[0-9a-f-]{36}$/);
  });
});

Deno.test("a damaged file of events from before the login is told of, and holds up no others", async () => {
  const seen: Record<string, unknown>[] = [];
  await withPlatform({ env: ENV, network: [takes(seen)] }, async (platform) => {
    await signIn(platform);
    const ids = await emitNotes(platform, 1);
    const { unscopedQueue } = userPaths(platform);
    await platform.files.writeAtomic(unscopedQueue, "this is no database, ".repeat(100));
    const result = await flushEvents({ platform, version: "1" });
    assert.deepEqual([result.sent, result.remaining], [1, 0]);
    assert.deepEqual(seen.map((event) => event["event_id"]), ids);
    assert.ok(result.failure?.message.includes(unscopedQueue), result.failure?.message ?? "none");
    assert.match(result.failure?.advice ?? "", /move the file away/);
  });
});

Deno.test("a permission that is missing to move events over is told as that", async () => {
  await withPlatform({ env: ENV }, async (platform) => {
    await signIn(platform);
    await emitNotes(platform, 1);
    const { unscopedQueue } = userPaths(platform);
    await platform.files.writeAtomic(unscopedQueue, "");
    const denied: TestPlatform = {
      ...platform,
      openDatabase(path, options) {
        if (path !== unscopedQueue) return platform.openDatabase(path, options);
        const error = new Error("Requires write access");
        error.name = "NotCapable";
        return Promise.reject(error);
      },
    };
    await assert.rejects(flushEvents({ platform: denied, version: "1" }), { name: "NotCapable" });
  });
});

Deno.test("events queued before the login go with the next upload, their clock increasing", async () => {
  const seen: Record<string, unknown>[] = [];
  await withPlatform({ env: ENV, network: [takes(seen)] }, async (platform) => {
    const before = await emitNotes(platform, 2);
    assert.equal((await queueOwner(platform)).session, null);
    await signIn(platform);
    const after = await emitNotes(platform, 1);
    const result = await flushEvents({ platform, version: "1" });
    assert.equal(result.sent, 3);
    assert.deepEqual(
      new Set(seen.map((event) => event["event_id"])),
      new Set([...before, ...after]),
    );
    assert.deepEqual(new Set(seen.map((event) => event["lamport_clock"])), new Set([1, 2, 3]));
  });
});

Deno.test("a 401 refreshes once and repeats; a second one keeps all as auth_expired", async () => {
  const seen: Record<string, unknown>[] = [];
  const refreshed = {
    request: "POST /api/v1/token/refresh/",
    reply: { status: 200, json: { access: "access-2", refresh: "refresh-2" } },
  };
  const refused = { request: "POST /api/v1/events/batch/", reply: { status: 401, json: {} } };
  const repeated = takes(seen, { authorization: "Bearer access-2" });
  await withPlatform({ env: ENV, network: [refused, refreshed, repeated] }, async (platform) => {
    await signIn(platform);
    await emitNotes(platform, 1);
    assert.equal((await flushEvents({ platform, version: "1" })).sent, 1);
  });
  await withPlatform({ env: ENV, network: [refused, refreshed, refused] }, async (platform) => {
    await signIn(platform);
    await emitNotes(platform, 1);
    const result = await flushEvents({ platform, version: "1" });
    assert.deepEqual([result.remaining, result.failure?.category], [1, "auth_expired"]);
  });
});

Deno.test("without a network everything stays, as a server_error", async () => {
  const gone: Stub = {
    request: "POST /api/v1/events/batch/",
    reply: { fail: "connection refused" },
  };
  await withPlatform({ env: ENV, network: [gone] }, async (platform) => {
    await signIn(platform);
    await emitNotes(platform, 1);
    const result = await flushEvents({ platform, version: "1" });
    assert.deepEqual([result.remaining, result.failure?.category], [1, "server_error"]);
  });
});

Deno.test("gate off, no host, no login: nothing is opened, nothing is sent", () =>
  withPlatform({}, async (platform) => {
    const code = async (expected: string) => {
      await assert.rejects(flushEvents({ platform, version: "1" }), { code: expected });
      assert.deepEqual(await platform.files.list(platform.home), []);
    };
    await code("rollout_disabled");
    platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "on");
    await code("missing_host_config");
    platform.setEnv("SPEC_KITTY_SAAS_URL", HOST);
    await code("missing_auth");
  }));

Deno.test("an empty home has nothing to upload and gets no queue", () =>
  withPlatform({ env: { ...ENV, TRACKER_TOKEN: "t", TRACKER_TEAM: "acme" } }, async (platform) => {
    assert.equal((await flushEvents({ platform, version: "1" })).sent, 0);
    assert.deepEqual(await platform.files.list(platform.home), []);
  }));

Deno.test("credentials that cannot be read cost no event: it waits without a login", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const credentials = `${platform.home}/.spec-kitty/credentials`;
    await platform.files.writeAtomic(credentials, "[tokens\n", { mode: 0o600 });
    const ids = await emitNotes(platform, 1);
    using queue = await EventQueue.open(platform, `${platform.home}/.spec-kitty/tracker/queue.db`);
    assert.deepEqual(idsIn(queue), ids);
  }));

Deno.test("a faulty queue size costs no event either, and the user directory is private", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const config = `${platform.home}/.spec-kitty/config.toml`;
    await platform.files.writeAtomic(config, "[sync]\nmax_queue_size = 'many'\n");
    assert.equal((await emitNotes(platform, 1)).length, 1);
    assert.equal((await platform.files.stat(`${platform.home}/.spec-kitty`))?.mode, 0o700);
  }));

Deno.test("events are queued with the gate off too, without any request", () =>
  withPlatform({}, async (platform) => {
    assert.equal((await emitNotes(platform, 2)).length, 2);
    assert.equal(platform.stderr(), "");
  }));
