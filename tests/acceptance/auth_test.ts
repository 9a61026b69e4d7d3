import assert from "node:assert/strict";
import { startHost } from "../../src/server/mod.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { document, ends, failure } from "../support/bound.ts";
import { until, untilSo } from "../support/until.ts";
import { withWorld, type World } from "../support/world.ts";

const PASSWORD = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];

function signing(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () => withWorld(test));
}

/** The user's file of sessions. */
async function credentials(world: World): Promise<string> {
  return await world.credentials() ?? "";
}

signing(
  "by password: the session is kept for the user alone, and shown without its tokens",
  async (world) => {
    const { stdout, stderr } = await ends(world, 0, PASSWORD, { stdin: "demo\n" });
    assert.equal(
      stdout,
      `✓ Signed in to ${world.hostUrl} as demo@example.com (team acme).\n`,
    );
    assert.doesNotMatch(stdout + stderr, /tka_|tkr_/);
    const text = await credentials(world);
    assert.match(text, /^\[tokens\]\naccess = "tka_\w+"\nrefresh = "tkr_\w+"$/m);
    if (Deno.build.os !== "windows") {
      const { mode } = await Deno.stat(`${world.home}/.spec-kitty/credentials`);
      assert.equal((mode ?? 0) & 0o777, 0o600);
    }
    const status = await ends(world, 0, ["auth", "status"]);
    assert.match(status.stdout, /^ {2}user +demo@example\.com$/m);
    assert.match(status.stdout, /^ {2}team +acme$/m);
    assert.match(status.stdout, /^ {2}session +good for 1\d minutes, renewable for 6 days$/m);
    assert.doesNotMatch(status.stdout, /tka_|tkr_/);
  },
);

signing("by password typed at a terminal, which is not shown", async (world) => {
  const args = ["auth", "login", "--username", "demo@example.com"];
  const { stdout, stderr } = await ends(world, 0, args, { terminal: true, stdin: "demo\n" });
  assert.match(stdout, /Signed in/);
  assert.match(stderr, /^Password: \n/);
  await ends(world, 0, ["auth", "logout"]);
  const piped = await ends(world, 1, args, { stdin: "demo\n" });
  assert.match(piped.stderr, /--password-stdin/);
});

signing("a wrong password, and no password, open no session", async (world) => {
  for (const stdin of ["wrong\n", "", "\n"]) {
    const { stdout, stderr } = await ends(world, 1, PASSWORD, { stdin });
    assert.equal(stdout, "");
    const refused = stdin === "wrong\n"
      ? /does not accept this user name and password/
      : /There is no password in standard input/;
    assert.match(stderr, refused);
  }
  assert.equal(await world.credentials(), null);
  const status = await ends(world, 1, ["auth", "status"]);
  assert.match(status.stdout, /^✗ You are not signed in to http/);
  assert.match(status.stdout, /Run `tracker auth login`\./);
});

signing("by device: code and address are shown, the approval signs in", async (world) => {
  await world.lever("levers", { device_decision: "approve" });
  const { stdout, stderr } = await ends(world, 0, ["auth", "login"]);
  assert.match(stderr, /^Open http\S+ and enter this code:\n\n {2}[A-Z0-9]{4}-[A-Z0-9]{4}\n/);
  assert.match(stderr, /Waiting for your approval/);
  assert.match(stdout, /^✓ Signed in to \S+ as demo@example\.com \(team acme\)\.$/m);
  assert.match(await credentials(world), /refresh = "tkr_/);
});

signing("by device: a person approves while it waits", async (world) => {
  const login = world.here(["auth", "login"], { haste: 5 });
  const { user_code } = await until(async () =>
    (await world.look("device-codes")).codes[0] ?? null
  );
  await world.lever("device", { user_code, decision: "approve" });
  const { code, stderr } = await login;
  assert.equal(code, 0, stderr);
  const polls = (await world.requests()).filter((line) => line === "POST /oauth/token");
  assert.ok(polls.length >= 1);
});

signing("by device: refused, run out, and given up with Ctrl-C", async (world) => {
  // The code is shown at once: the document comes after it, on a line of its own.
  const refusal = async (options: Parameters<typeof ends>[3] = {}) => {
    const { stdout, stderr } = await ends(world, 1, ["auth", "login", "--json"], options);
    assert.equal(stdout, "");
    assert.match(stderr, /^Open .*\/device and enter this code:$/m);
    return JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "").error.code;
  };
  await world.lever("levers", { device_decision: "deny" });
  assert.equal(await refusal(), "access_denied");
  await world.lever("reset");
  await world.lever("levers", { device_expires_in: 1, device_interval: 1 });
  assert.equal(await refusal({ haste: 1 }), "device_code_expired");
  await world.lever("reset");
  let raise: (signal: "SIGINT") => void = () => {};
  const login = world.here(["auth", "login"], { haste: 1, signals: (given) => raise = given });
  await untilSo(async () => (await world.look("device-codes")).codes.length === 3);
  // It listens to the signal while it waits; one that comes twice changes nothing.
  const pressing = setInterval(() => raise("SIGINT"), 50);
  const { code } = await login.finally(() => clearInterval(pressing));
  assert.equal(code, 130);
  assert.equal(await world.credentials(), null);
});

signing("by token from standard input", async (world) => {
  await ends(world, 0, PASSWORD, { stdin: "demo\n" });
  const token = (await ends(world, 0, ["auth", "token"])).stdout.trim();
  assert.match(token, /^tka_[0-9a-f]{64}$/);
  await Deno.remove(`${world.home}/.spec-kitty/credentials`);
  await ends(world, 0, ["auth", "login", "--with-token"], { stdin: `${token}\n` });
  const { signed_in, username, refresh_expires_at } = await document(world, "auth", "status");
  assert.deepEqual([signed_in, username, refresh_expires_at], [true, "demo@example.com", null]);
  await ends(world, 0, ["auth", "logout"]);
  const wrong = ["auth", "login", "--with-token"];
  assert.match((await failure(world, 1, wrong, { stdin: "bogus" })).message, /refused the token/);
  assert.match((await failure(world, 2, wrong, { stdin: "  \n" })).message, /No token/);
  assert.doesNotMatch(await credentials(world), /tka_|bogus/);
});

signing("TRACKER_TOKEN stands for a session and is written nowhere", async (world) => {
  await ends(world, 0, PASSWORD, { stdin: "demo\n" });
  const token = (await ends(world, 0, ["auth", "token"])).stdout.trim();
  // A logout would end the session of the token at the host, too.
  await Deno.remove(`${world.home}/.spec-kitty/credentials`);
  const env = { TRACKER_TOKEN: token, TRACKER_TEAM: "acme" };
  const { stdout } = await ends(world, 0, ["discover", "-p", "linear", "-v"], { env });
  assert.match(stdout, /Engineering/);
  const { requests } = await world.look("requests");
  assert.equal(requests.at(-1).headers["x-team-slug"], "acme");
  assert.match((await ends(world, 0, ["auth", "status"], { env })).stdout, /from TRACKER_TOKEN/);
  assert.doesNotMatch(await credentials(world), /tka_/);
});

signing(
  "logout ends the session at the host: a copy of its token is worth nothing",
  async (world) => {
    await ends(world, 0, PASSWORD, { stdin: "demo\n" });
    const token = (await ends(world, 0, ["auth", "token"])).stdout.trim();
    const { stdout, stderr } = await ends(world, 0, ["auth", "logout"]);
    assert.equal(stdout + stderr, `✓ Signed out of ${world.hostUrl}.\n`);
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${world.hostUrl}/api/v1/me`, { headers });
    await answer.body?.cancel();
    assert.equal(answer.status, 401);
  },
);

signing(
  "logout without a network forgets the session, and says that the host keeps it",
  async (world) => {
    await ends(world, 0, PASSWORD, { stdin: "demo\n" });
    await world.stopHost();
    const { stdout, stderr } = await ends(world, 0, ["auth", "logout"]);
    assert.match(stdout + stderr, /^✓ Signed out of \S+\.$/m);
    assert.match(
      stdout + stderr,
      /could not be ended at the host \(Cannot connect.*\): it stays until it expires/,
    );
    assert.doesNotMatch(await credentials(world), /tka_|tkr_/);
  },
);

signing(
  "logout forgets the session; a second time says that there was no session",
  async (world) => {
    assert.match((await ends(world, 0, ["auth", "logout"])).stdout, /^You were not signed in/);
    assert.equal(await world.credentials(), null);
    await ends(world, 0, PASSWORD, { stdin: "demo\n" });
    assert.match((await ends(world, 0, ["auth", "logout"])).stdout, /^✓ Signed out of http/);
    assert.doesNotMatch(await credentials(world), /tka_|tkr_/);
    assert.match((await ends(world, 0, ["auth", "logout"])).stdout, /^You were not signed in/);
    const { stderr } = await ends(world, 1, ["discover", "-p", "linear"]);
    assert.equal(stderr, "No SaaS authentication token is present.\n\nRun `tracker auth login`.\n");
  },
);

signing(
  "several hosts are remembered; a token goes only to the host that issued it",
  async (world) => {
    const other = await startHost({ platform: systemPlatform(), dev: true });
    try {
      await ends(world, 0, PASSWORD, { stdin: "demo\n" });
      delete world.env["SPEC_KITTY_SAAS_URL"];
      await ends(world, 0, [...PASSWORD, "--host", `${other.url}/`], { stdin: "demo\n" });
      const here = await document(world, "auth", "status");
      assert.equal(here.host, other.url);
      assert.deepEqual(here.other_hosts, [world.hostUrl]);
      await ends(world, 0, ["discover", "-p", "linear"]);
      assert.deepEqual(await world.requests(), ["POST /api/v1/token/"]);
      const back = { SPEC_KITTY_SAAS_URL: world.hostUrl };
      await ends(world, 0, ["discover", "-p", "linear"], { env: back });
      assert.ok((await world.requests()).includes("GET /api/v1/tracker/resources/"));
      await ends(world, 0, ["auth", "logout"], { env: back });
      await ends(world, 0, ["discover", "-p", "linear"]);
      const third = { SPEC_KITTY_SAAS_URL: "https://third.example" };
      const { code } = await failure(world, 1, ["discover", "-p", "linear"], { env: third });
      assert.equal(code, "missing_auth");
    } finally {
      await other.stop();
    }
  },
);

signing("commands at once never burn the rotated refresh token twice", async (world) => {
  await ends(world, 0, PASSWORD, { stdin: "demo\n" });
  await world.writeConfig("project:\n  slug: engineering\n");
  await ends(world, 0, ["bind", "-p", "linear"]);
  await world.forgetRequests();
  await world.lever("expire-access");
  const commands = await Promise.all(
    Array.from({ length: 5 }, () => world.run(["status", "--json"])),
  );
  for (const { code, stderr } of commands) assert.equal(code, 0, stderr);
  const refreshes = (await world.requests()).filter((line) => line.includes("/token/refresh/"));
  assert.equal(refreshes.length, 1);
  await world.lever("expire-access");
  await ends(world, 0, ["status"]);
});

signing("--verbose tells each request without a secret", async (world) => {
  const login = await ends(world, 0, [...PASSWORD, "-v"], { stdin: "demo\n" });
  assert.match(login.stderr, /^POST \/api\/v1\/token\/ → 200 \(\d+ ms\)$/m);
  await world.writeConfig("project:\n  slug: engineering\n");
  await world.lever("expire-access");
  const bind = await ends(world, 0, ["bind", "-p", "linear", "-v"]);
  for (const line of ["bind-resolve/ → 401", "token/refresh/ → 200", "bind-confirm/ → 200"]) {
    assert.ok(bind.stderr.includes(line), bind.stderr);
  }
  await world.lever("levers", { device_decision: "approve" });
  const device = await ends(world, 0, ["auth", "login", "-v"]);
  const said = login.stderr + bind.stderr + device.stderr;
  assert.doesNotMatch(said, /tka_|tkr_|cand_|Bearer|dev_|"demo"|password=/);
});
