import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { SessionTokens } from "../../src/client/session.ts";
import type { Files } from "../../src/platform/files.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { CredentialStore, type Session } from "../../src/user/credentials.ts";
import { startProgram } from "../support/child.ts";
import { TEST_START } from "../support/clock.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { failing, HOST, hostOf, STATUS, STATUS_REQUEST } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";

const SESSION: Session = {
  host: HOST,
  access: "access-1",
  refresh: "refresh-1",
  accessExpiresAt: TEST_START - 1,
  refreshExpiresAt: TEST_START + 604_800_000,
  username: "ada",
  teamSlug: "core",
};

const ROTATED = { access: "access-2", refresh: "refresh-2" };

const READ_ONLY = () => Promise.reject(new Error("Read-only file system (os error 30)"));

function refreshStub(reply: Reply): Stub {
  return { request: "POST /api/v1/token/refresh/", body: { refresh: "refresh-1" }, reply };
}

interface Machine {
  readonly platform: TestPlatform;
  readonly store: CredentialStore;
  readonly tokens: SessionTokens;
  readonly file: () => Promise<string>;
  /** Makes calls of the machine's files fail from now on. */
  readonly breaking: (faults: Partial<Files>) => void;
}

async function withExpired(
  network: readonly Stub[],
  test: (machine: Machine) => Promise<void>,
  session: Partial<Session> = {},
): Promise<void> {
  let faults: Partial<Files> = {};
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
  const files = (real: Files): Files => ({
    ...real,
    lock: (...given) => (faults.lock ?? real.lock)(...given),
    setMode: (...given) => (faults.setMode ?? real.setMode)(...given),
    writeAtomic: (...given) => (faults.writeAtomic ?? real.writeAtomic)(...given),
  });
  await withPlatform({ env, network, files }, async (platform) => {
    const credentials = new CredentialStore({ platform });
    await credentials.saveSession({ ...SESSION, ...session });
    const path = `${platform.home}/.spec-kitty/credentials`;
    await test({
      platform,
      store: new CredentialStore({ platform }),
      tokens: new SessionTokens({ ...await hostOf(platform), credentials }),
      file: async () => await platform.files.readText(path) ?? "",
      breaking: (made) => void (faults = made),
    });
  });
}

for (
  const [name, faults] of [
    ["a home that is read-only", { lock: READ_ONLY, writeAtomic: READ_ONLY }],
    ["a directory that takes no new file", { writeAtomic: READ_ONLY }],
    ["a disk that is full", { writeAtomic: () => Promise.reject(new Error("No space left")) }],
    ["a file that cannot be renamed over", {
      writeAtomic: () => Promise.reject(new Deno.errors.Busy("Device busy (os error 16)")),
    }],
  ] satisfies [string, Partial<Files>][]
) {
  Deno.test(`${name} is found before the host is asked to rotate`, async () => {
    await withExpired([], async ({ tokens, file, breaking, platform, store }) => {
      const before = await file();
      breaking(faults);
      const error = await failing(tokens.accessToken(), "credentials_unwritable");
      assert.match(error.message, /^".*\/\.spec-kitty\/credentials" cannot be written: \w/);
      assert.match(error.nextAction ?? "", /writable/);
      assert.doesNotMatch(JSON.stringify(error.details), /access-1|refresh-1/);
      assert.equal(platform.network.requests.length, 0);
      assert.equal(await file(), before);
      breaking({});
      await store.saveSession(SESSION);
    });
  });
}

Deno.test("a write permission that is denied is found before the host is asked to rotate, and told as it is", async () => {
  const denied = () => {
    const error = new Error("Requires write access");
    error.name = "NotCapable";
    return Promise.reject(error);
  };
  for (const faults of [{ lock: denied }, { writeAtomic: denied }] satisfies Partial<Files>[]) {
    await withExpired([], async ({ tokens, breaking, platform }) => {
      breaking(faults);
      await assert.rejects(tokens.accessToken(), { name: "NotCapable" });
      assert.equal(platform.network.requests.length, 0);
    });
  }
});

Deno.test("a credentials file with no place for the session is found before the host is asked to rotate", async () => {
  await withExpired([], async ({ tokens, platform, file }) => {
    const text = (await file()).replace(/\[user\][^[]*/, "") + "\n[tokens.user]\n";
    const strange = `user = "ada"\n${text}`;
    await platform.files.writeAtomic(`${platform.home}/.spec-kitty/credentials`, strange);
    const error = await failing(tokens.accessToken(), "invalid_toml");
    assert.match(error.message, /`user` is not a table/);
    assert.equal(await file(), strange);
  });
});

Deno.test("while the token holds, a home that is read-only does not matter", async () => {
  const network: Stub[] = [{ request: STATUS_REQUEST, reply: { status: 200, json: STATUS } }];
  await withExpired(network, async ({ tokens, platform, breaking }) => {
    breaking({ lock: READ_ONLY, writeAtomic: READ_ONLY, setMode: READ_ONLY });
    const client = new HostedClient({ ...await hostOf(platform), tokens });
    await client.status("linear", { binding_ref: "srm_1" });
  }, { accessExpiresAt: TEST_START + 20_000 });
});

Deno.test("a 401 in a home that is read-only is told as that, and costs no session", async () => {
  const refused = { status: 401, json: errorEnvelope(401, "unauthorized") };
  const network: Stub[] = [{ request: STATUS_REQUEST, reply: refused }];
  await withExpired(network, async ({ tokens, platform, breaking, file }) => {
    const before = await file();
    breaking({ lock: READ_ONLY, writeAtomic: READ_ONLY });
    const client = new HostedClient({ ...await hostOf(platform), tokens });
    const status = client.status("linear", { binding_ref: "srm_1" });
    await failing(status, "credentials_unwritable");
    assert.equal(await file(), before);
  }, { accessExpiresAt: null });
});

Deno.test("a file that turns unwritable after the host has rotated: the loss is told, and the lock is free again", async () => {
  const machine: { breaking?: (faults: Partial<Files>) => void } = {};
  const stub = refreshStub(() => {
    machine.breaking?.({ writeAtomic: READ_ONLY });
    return Response.json(ROTATED);
  });
  await withExpired([stub], async ({ tokens, store, file, breaking }) => {
    machine.breaking = breaking;
    const error = await failing(tokens.accessToken(), "session_not_saved");
    assert.match(error.message, /^The host has renewed the session, but .*Read-only file system/);
    assert.match(error.nextAction ?? "", /`tracker auth login`/);
    assert.doesNotMatch(JSON.stringify([error.message, error.details]), /access-2|refresh-2/);
    assert.match(await file(), /access-1/);
    breaking({});
    await store.saveSession(SESSION);
  });
});

Deno.test("the loss of a session is told, though the token that was to be renewed holds for some seconds", async () => {
  const machine: { breaking?: (faults: Partial<Files>) => void } = {};
  const stub = refreshStub(() => {
    machine.breaking?.({ writeAtomic: READ_ONLY });
    return Response.json(ROTATED);
  });
  await withExpired([stub], async ({ tokens, breaking }) => {
    machine.breaking = breaking;
    await failing(tokens.accessToken(), "session_not_saved");
  }, { accessExpiresAt: TEST_START + 20_000 });
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`a ${signal} while the host rotates ends the program when the new tokens are saved`, async () => {
    const machine: { platform?: TestPlatform } = {};
    const stub = refreshStub(() => {
      machine.platform?.raise(signal);
      return Response.json(ROTATED);
    });
    await withExpired([stub], async ({ tokens, platform, store }) => {
      machine.platform = platform;
      const error = await failing(tokens.accessToken(), "interrupted");
      assert.equal(error.exitCode, 130);
      assert.equal((await store.session(HOST))?.refresh, "refresh-2");
      assert.equal((await tokens.accessToken()).token, "access-2");
    }, { accessExpiresAt: TEST_START + 20_000 });
  });
}

Deno.test("a second Ctrl-C gives up a host that does not answer", async () => {
  const machine: { platform?: TestPlatform } = {};
  const aborted: boolean[] = [];
  const stub = refreshStub((request) => {
    for (let time = 0; time < 2; time++) {
      machine.platform?.raise("SIGINT");
      aborted.push(request.signal.aborted);
    }
    throw request.signal.reason;
  });
  await withExpired([stub], async ({ tokens, platform, file }) => {
    machine.platform = platform;
    await failing(tokens.accessToken(), "interrupted");
    assert.deepEqual(aborted, [false, true]);
    assert.match(await file(), /refresh-1/);
  });
});

Deno.test("Ctrl-C ends the wait for a busy host at once: nothing has been rotated", async () => {
  const machine: { platform?: TestPlatform } = {};
  const stub = refreshStub(() => {
    machine.platform?.raise("SIGINT");
    return new Response("", { status: 429, headers: { "retry-after": "240" } });
  });
  await withExpired([stub], async ({ tokens, platform, file }) => {
    machine.platform = platform;
    await failing(tokens.accessToken(), "interrupted");
    assert.deepEqual(platform.clock.sleeps, []);
    assert.match(await file(), /refresh-1/);
  });
});

Deno.test("a process killed between the host's answer and its saving leaves a whole file and a free lock", async () => {
  const rotated = Promise.withResolvers<void>();
  const killed = Promise.withResolvers<void>();
  let asked = 0;
  const listener = await systemPlatform().serve({ hostname: "127.0.0.1", port: 0 }, async () => {
    if (++asked > 1) return Response.json(errorEnvelope(401, "unauthorized"), { status: 401 });
    rotated.resolve();
    await killed.promise;
    return Response.json(ROTATED);
  });
  const host = `http://127.0.0.1:${listener.port}`;
  try {
    await withExpired([], async ({ platform, store, file }) => {
      await store.saveSession({ ...SESSION, host });
      const program = new URL("./programs/refresh_session.ts", import.meta.url);
      const child = startProgram(program, [platform.home, host]);
      assert.equal(await child.line(), "ready");
      await child.send("go");
      await rotated.promise;
      await child.kill();
      killed.resolve();
      assert.match(await file(), /refresh-1/);

      const next = startProgram(program, [platform.home, host]);
      assert.equal(await next.line(), "ready");
      await next.send("go");
      assert.equal(await next.line(), "asking");
      assert.equal(await next.line(), "Session expired. Run `tracker auth login`.");
      assert.equal(await next.end(), 0);
      assert.equal(await store.session(host), null);
      assert.equal((await store.session(HOST))?.refresh, "refresh-1", "the other host's stays");
    });
  } finally {
    await listener.shutdown();
  }
});
