import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { userPaths } from "../../src/user/paths.ts";
import { A, B, withStore } from "./credential_support.ts";

Deno.test("a session is written in the known layout and read back", async () => {
  await withStore(async ({ store, text }) => {
    await store.saveSession(A);
    assert.equal(
      await text(),
      [
        "[tokens]",
        'access = "access-a"',
        'refresh = "refresh-a"',
        'access_expires_at = "2026-03-01T12:15:00.000Z"',
        'refresh_expires_at = "2026-03-08T12:00:00.000Z"',
        "",
        "[user]",
        'username = "ada@example.org"',
        'team_slug = "core"',
        "",
        "[server]",
        'url = "https://a.example"',
        "",
      ].join("\n"),
    );
    assert.deepEqual(await store.session("https://a.example/"), A);
    assert.equal(await store.currentHost(), A.host);
    assert.equal(await store.session(B.host), null);
  });
});

Deno.test("an empty machine has no session, no host and no file made by looking", async () => {
  await withStore(async ({ store, platform }) => {
    assert.equal(await store.session(A.host), null);
    assert.equal(await store.currentHost(), null);
    assert.deepEqual(await store.sessions(), []);
    assert.deepEqual(await store.providerCredentials("beads", "/app"), {});
    assert.equal(await platform.files.stat(userPaths(platform).root), null);
  });
});

Deno.test("a login at another host keeps the first session under its URL", async () => {
  await withStore(async ({ store, text }) => {
    await store.saveSession(A);
    await store.saveSession(B);
    assert.equal(await store.currentHost(), B.host);
    assert.deepEqual(await store.session(A.host), A);
    assert.deepEqual(await store.session(B.host), B);
    assert.deepEqual(await store.sessions(), [B, A]);
    assert.match(await text(), /\[hosts\."https:\/\/a\.example"\.tokens\]\naccess = "access-a"/);

    await store.saveSession({ ...A, access: "access-a2" });
    assert.equal(await store.currentHost(), A.host);
    assert.deepEqual(await store.sessions(), [{ ...A, access: "access-a2" }, B]);
    assert.doesNotMatch(await text(), /hosts\."https:\/\/a\.example"/);
  });
});

Deno.test("signing out forgets the session of that host only", async () => {
  await withStore(async ({ store, text }) => {
    await store.saveSession(A);
    await store.saveSession(B);
    assert.equal(await store.clearSession(A.host), true);
    assert.equal(await store.clearSession(A.host), false);
    assert.deepEqual(await store.sessions(), [B]);
    await store.saveSession(A);
    assert.equal(await store.clearSession(A.host), true);
    assert.equal(await store.currentHost(), null);
    assert.deepEqual(await store.sessions(), [B]);
    assert.doesNotMatch(await text(), /access-a|refresh-a/);
  });
});

Deno.test("comments, order and sections of others survive every change of a session", async () => {
  const file = [
    "# my credentials",
    "[custom] # another tool's",
    'key = "v"    # odd blanks',
    "",
    "[tokens] # tokens",
    'access = "old" # acc',
    "extra = 1",
    "",
    "[server]",
    'url = "https://a.example"',
    "",
    "[tracker.providers.beads] # local",
    'command = "bd" # tool',
    "# tail",
    "",
  ].join("\n");
  await withStore(async ({ store, text }) => {
    await store.saveSession(A);
    await store.saveSession(B);
    await store.clearSession(B.host);
    await store.clearSession(A.host);
    const after = await text();
    for (const line of file.split("\n").filter((line) => !/^(access|url) =/.test(line))) {
      assert.ok(after.split("\n").includes(line), `${line} in\n${after}`);
    }
    assert.doesNotMatch(after, /access-/);
    assert.deepEqual(await store.providerCredentials("beads", "/app"), { command: "bd" });
  }, { file });
});

Deno.test("expiry is read as ISO 8601, as a TOML date, and as seconds or milliseconds since 1970", async () => {
  const at = Date.UTC(2026, 2, 1, 12, 15, 0);
  const written = [
    '"2026-03-01T12:15:00+00:00"',
    '"2026-03-01T13:15:00+01:00"',
    "2026-03-01T12:15:00Z",
    String(at / 1000),
    `${at / 1000}.0`,
    String(at),
  ];
  for (const value of written) {
    const file = `[tokens]\naccess = "a"\naccess_expires_at = ${value}\n` +
      '[server]\nurl = "https://a.example"\n';
    await withStore(async ({ store }) => {
      assert.equal((await store.session(A.host))?.accessExpiresAt, at, value);
    }, { file });
  }
  for (const value of ['"soon"', "1e300", "-9e15", "nan", "inf", "[1]", "true"]) {
    const file = `[tokens]\naccess = "a"\naccess_expires_at = ${value}\n` +
      '[server]\nurl = "https://a.example"\n';
    await withStore(async ({ store }) => {
      assert.equal((await store.session(A.host))?.accessExpiresAt, null, value);
    }, { file });
  }
});

Deno.test("tokens without the host that issued them belong to no session", async () => {
  await withStore(async ({ store }) => {
    assert.equal(await store.currentHost(), null);
    assert.equal(await store.session(A.host), null);
    assert.deepEqual(await store.sessions(), []);
  }, { file: '[tokens]\naccess = "a"\nrefresh = "r"\n' });
});

Deno.test("a credentials file that is no TOML is named and never overwritten", async () => {
  const file = '[tokens]\naccess = "s3cret\n';
  await withStore(async ({ store, text, path }) => {
    const named = (error: unknown) =>
      error instanceof TrackerError && error.code === "invalid_toml" &&
      error.message.includes(path) && error.message.includes("line 2") &&
      !error.message.includes("s3cret");
    await assert.rejects(store.saveSession(A), named);
    await assert.rejects(store.session(A.host), named);
    await assert.rejects(store.clearSession(A.host), named);
    assert.equal(await text(), file);
  }, { file });
});

Deno.test("TRACKER_TOKEN with TRACKER_TEAM wins at the configured host and is never written", async () => {
  const env = {
    TRACKER_TOKEN: " injected ",
    TRACKER_TEAM: "ops",
    SPEC_KITTY_SAAS_URL: "https://a.example/",
  };
  await withStore(async ({ store, text }) => {
    await store.saveSession(A);
    const active = await store.activeSession(A.host);
    assert.equal(active?.injected, true);
    assert.equal(active?.session.access, "injected");
    assert.equal(active?.session.teamSlug, "ops");
    assert.equal(active?.session.refresh, null);
    assert.equal((await store.session(A.host))?.access, "access-a");
    assert.doesNotMatch(await text(), /injected|ops/);
  }, { env });
});

Deno.test("TRACKER_TOKEN is for the configured host alone", async () => {
  const env = { TRACKER_TOKEN: "injected", SPEC_KITTY_SAAS_URL: "https://a.example" };
  await withStore(async ({ store, platform }) => {
    assert.equal(await store.activeSession(B.host), null);
    await store.saveSession(B);
    assert.deepEqual(await store.activeSession(B.host), {
      session: B,
      injected: false,
      command: null,
    });
    platform.setEnv("SPEC_KITTY_SAAS_URL", undefined);
    assert.equal(await store.activeSession(A.host), null);
  }, { env });
});

Deno.test("a blank TRACKER_TOKEN is none", async () => {
  await withStore(async ({ store }) => {
    await store.saveSession(A);
    assert.deepEqual(await store.activeSession(A.host), {
      session: A,
      injected: false,
      command: null,
    });
  }, { env: { TRACKER_TOKEN: " ", SPEC_KITTY_SAAS_URL: A.host } });
});

Deno.test("forgotten tokens leave who was signed in, and rotated ones stay where they stood", async () => {
  await withStore(async ({ store, text }) => {
    await store.saveSession(A);
    await store.saveSession(B);
    await store.withLock(async (locked) => {
      await locked.saveTokens({ ...A, access: "rotated" });
    });
    assert.equal(await store.currentHost(), B.host);
    assert.equal((await store.session(A.host))?.access, "rotated");
    await store.withLock((locked) => locked.clearTokens(A.host));
    assert.equal(await store.session(A.host), null);
    assert.match(await text(), /username = "ada@example\.org"/);
    assert.deepEqual(await store.user(A.host), { username: A.username, teamSlug: A.teamSlug });
    assert.equal(await store.user("https://nobody.example"), null);
    await store.withLock((locked) => locked.clearTokens(B.host));
    assert.deepEqual(await store.sessions(), []);
    assert.match(await text(), /url = "https:\/\/b\.example\/base"/);
  });
});

Deno.test("any foreign content of the credentials survives logins and logouts at several hosts", async () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 4 });
  await withStore(async ({ platform, store, path, text }) => {
    await fc.assert(
      fc.asyncProperty(names, names, fc.boolean(), async (sections, keys, crlf) => {
        const foreign = sections.flatMap((section) => [
          `# about ${section}`,
          `[x_${section}]  # ${section}`,
          ...keys.map((key) => `${key} = [1,  2] # ${key}`),
          "",
        ]).join(crlf ? "\r\n" : "\n");
        await platform.files.writeAtomic(path, foreign, { mode: 0o600 });
        await store.saveSession(A);
        await store.saveSession(B);
        await store.saveProjectCredentials("fp", "/app", { command: "fp" });
        await store.clearSession(A.host);
        await store.clearSession(B.host);
        await store.clearProjectCredentials("fp", "/app");
        const after = (await text()).split("\n");
        const kept = foreign.split("\n").filter((line) => line.trim() !== "");
        assert.deepEqual(after.filter((line) => kept.includes(line)), kept);
        assert.doesNotMatch(after.join("\n"), /access-|refresh-/);
      }),
      { numRuns: 25 },
    );
  });
});
