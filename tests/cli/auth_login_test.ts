import assert from "node:assert/strict";
import { GATE_ON, tracker } from "../support/cli.ts";
import type { Stub } from "../support/fetch.ts";
import { withPlatform } from "../support/platform.ts";

const ENV = { ...GATE_ON, SPEC_KITTY_SAAS_URL: "https://host.example" };
const PASSWORD = ["auth", "login", "--username", "ada", "--password-stdin"];

const TOKENS: Stub = {
  request: "POST /api/v1/token/",
  body: { username: "ada", password: "pw" },
  headers: { authorization: null },
  reply: { status: 200, json: { access: "secret-access", refresh: "secret-refresh" } },
};

/** Who is signed in, with these teams. */
function me(...teams: readonly string[]): Stub {
  return {
    request: "GET /api/v1/me",
    headers: { authorization: "Bearer secret-access" },
    reply: {
      status: 200,
      json: {
        user_id: "u1",
        email: "ada@example.com",
        name: "Ada",
        teams: teams.map((id) => ({ id, name: `Team ${id}`, role: "member" })),
      },
    },
  };
}

Deno.test("of several teams a person chooses one by its number", () =>
  withPlatform(
    { env: ENV, network: [TOKENS, me("red", "blue")], stdin: "pw\n2\n" },
    async (platform) => {
      const { code, stdout, stderr } = await tracker(platform, ...PASSWORD);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, "✓ Signed in to https://host.example as ada (team blue).\n");
      assert.match(
        stderr,
        /^You belong to several teams:\n 1 {2}Team red \(red\)\n 2 {2}Team blue \(blue\)$/m,
      );
      const saved = await platform.files.readText(`${platform.home}/.spec-kitty/credentials`);
      assert.match(saved ?? "", /team_slug = "blue"/);
    },
  ));

Deno.test("an empty standard input is no password: nothing is sent", async () => {
  for (const stdin of ["", "\n"]) {
    await withPlatform({ env: ENV, stdin }, async (platform) => {
      const { code, stdout, stderr } = await tracker(platform, ...PASSWORD);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^✗ There is no password in standard input$/m);
    });
  }
});

Deno.test("without an answer it says how to name the team, and no user is signed in", () =>
  withPlatform(
    { env: ENV, network: [TOKENS, me("red", "blue")], stdin: "pw\n" },
    async (platform) => {
      const { code, stderr } = await tracker(platform, ...PASSWORD, "--no-input");
      assert.equal(code, 1);
      assert.match(stderr, /--team/);
      assert.doesNotMatch(stderr, /secret/);
      assert.equal(await platform.files.readText(`${platform.home}/.spec-kitty/credentials`), null);
    },
  ));

Deno.test("a program that has no answer for the team is told so in one document", () =>
  withPlatform(
    { env: ENV, network: [TOKENS, me("red", "blue")], stdin: "pw\n" },
    async (platform) => {
      const { code, stdout, stderr } = await tracker(platform, ...PASSWORD, "--json");
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(JSON.parse(stderr).error.code, "no_answer");
    },
  ));

Deno.test("--no-input waits for no one in a browser: nothing is sent", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "auth", "login", "--no-input");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /`--username NAME --password-stdin`, or with `--with-token`/);
  }));

Deno.test("--team takes the team named; one that the user is not in is refused", async () => {
  await withPlatform(
    { env: ENV, network: [TOKENS, me("red", "blue")], stdin: "pw\n" },
    async (platform) => {
      const { code, stdout } = await tracker(platform, ...PASSWORD, "--team", "red", "--json");
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), {
        schema: 1,
        host: "https://host.example",
        username: "ada",
        team: "red",
      });
    },
  );
  await withPlatform(
    { env: ENV, network: [TOKENS, me("red")], stdin: "pw\n" },
    async (platform) => {
      const { code, stderr } = await tracker(platform, ...PASSWORD, "--team", "green");
      assert.equal(code, 1);
      assert.match(stderr, /green/);
    },
  );
});

Deno.test("--host becomes the configured host, after the sign-in alone", async () => {
  const { SPEC_KITTY_SAAS_URL: _, ...env } = ENV;
  const args = [...PASSWORD, "--host", "https://host.example/"];
  await withPlatform({ env, network: [TOKENS, me("red")], stdin: "pw\n" }, async (platform) => {
    assert.equal((await tracker(platform, ...args)).code, 0);
    const settings = await platform.files.readText(`${platform.home}/.spec-kitty/config.toml`);
    assert.match(settings ?? "", /server_url = "https:\/\/host\.example"/);
  });
  const refused: Stub = { request: TOKENS.request, reply: { status: 401, json: {} } };
  await withPlatform({ env, network: [refused], stdin: "pw\n" }, async (platform) => {
    assert.equal((await tracker(platform, ...args)).code, 1);
    assert.deepEqual(await platform.files.list(`${platform.home}/.spec-kitty`), []);
  });
});

Deno.test("a --host that is no URL of a host is wrong usage, and nothing is asked or sent", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const { code, stderr } = await tracker(platform, ...PASSWORD, "--host", "http://host.example");
    assert.equal(code, 2);
    assert.match(stderr, /must use https/);
  }));

Deno.test("without a host it says how to name one, before anything is asked or sent", () =>
  withPlatform({ env: GATE_ON, stdin: "pw\n" }, async (platform) => {
    const { code, stderr } = await tracker(platform, ...PASSWORD);
    assert.equal(code, 1);
    assert.match(stderr, /No SaaS host URL is configured\.\n.*--host URL/);
  }));
