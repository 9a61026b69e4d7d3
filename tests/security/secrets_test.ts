import assert from "node:assert/strict";
import { addUser, COMMAND_LINE, type RunningHost, startHost } from "../../src/server/mod.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { testTerminal } from "../support/platform.ts";
import { withWorld, type World } from "../support/world.ts";
import { type Sweep, sweepOf } from "./sweep.ts";

const USER = "grace@example.com";
const PASSWORD = "PASSWORDMARKER-9f8e7d6c";
const WRONG_PASSWORD = "WRONGMARKER-1a2b3c4d";
const INJECTED = "tka_INJECTEDMARKER0123456789abcdef";
const LOGIN = ["auth", "login", "--username", USER, "--password-stdin"];

interface Scene {
  readonly world: World;
  readonly sweep: Sweep;
  readonly host: RunningHost;
  /** What the host has written. */
  readonly log: () => string;
}

/** A world with a host that has a user with a password like no other text, and a sweep through it. */
async function sweeping(test: (scene: Scene) => Promise<void>): Promise<void> {
  await withWorld(async (world) => {
    const written = { stdout: "", stderr: "" };
    const platform = { ...systemPlatform(), terminal: testTerminal({}, written) };
    const host = await startHost({ platform, dev: true });
    try {
      const { context } = host;
      const first = await context.store.one("SELECT slug FROM teams ORDER BY id LIMIT 1");
      const team = String(first?.["slug"]);
      await addUser(context, COMMAND_LINE, { username: USER, password: PASSWORD, team });
      world.env["SPEC_KITTY_SAAS_URL"] = host.url;
      const sweep = sweepOf(world);
      sweep.secret(PASSWORD, WRONG_PASSWORD);
      await test({ world, sweep, host, log: () => written.stdout + written.stderr });
      sweep.hear("the host's log", written.stdout + written.stderr);
      await sweep.nothingCameOut();
    } finally {
      await host.stop();
    }
  });
}

/** Pulls a lever of the host. */
async function lever(host: RunningHost, path: string, body: unknown = {}): Promise<void> {
  const answer = await fetch(`${host.url}/dev/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  assert.equal(answer.ok, true, await answer.text());
}

async function signIn(sweep: Sweep): Promise<void> {
  const { code, stderr } = await sweep.here([...LOGIN, "--verbose"], { stdin: `${PASSWORD}\n` });
  assert.equal(code, 0, stderr);
}

const LOOKING: readonly (readonly string[])[] = [
  ["auth", "status"],
  ["config", "list"],
  ["doctor"],
  ["providers"],
  ["status"],
  ["discover", "-p", "linear"],
  ["issue", "list"],
  ["map", "list"],
  ["events", "list"],
  ["events", "export"],
  ["daemon", "status"],
  ["mission", "list"],
  ["sync", "conflicts"],
];

Deno.test("the three ways to sign in, and a wrong password, let no secret out", () =>
  sweeping(async ({ sweep, host, world }) => {
    const refused = await sweep.here([...LOGIN, "--verbose"], { stdin: `${WRONG_PASSWORD}\n` });
    assert.equal(refused.code, 1);
    await sweep.here([...LOGIN, "--json"], { stdin: `${WRONG_PASSWORD}\n` });
    await signIn(sweep);
    const token = (await world.here(["auth", "token"])).stdout.trim();
    assert.ok(sweep.secrets.has(token), "the token that is in use was learnt");

    await lever(host, "levers", { device_decision: "approve" });
    const device = await world.here(["auth", "login", "--verbose"]);
    assert.equal(device.code, 0, device.stderr);
    const [userCode = ""] = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(device.stderr) ?? [];
    assert.notEqual(userCode, "");
    // The code is shown to whoever signs in, and to nobody afterwards.
    sweep.secret(userCode);
    await sweep.here(["auth", "status", "--json"]);

    const pasted = JSON.stringify({ access: token, refresh: "tkr_PASTEDMARKER0123456789" });
    for (
      const text of [token, pasted, INJECTED, `${INJECTED}\nsecond line`, `{"access": "${INJECTED}`]
    ) {
      sweep.secret(INJECTED, "tkr_PASTEDMARKER0123456789");
      await sweep.here(["auth", "login", "--with-token", "--verbose"], { stdin: text });
      await sweep.here(["auth", "login", "--with-token", "--json"], { stdin: text });
    }
    for (const command of LOOKING) await sweep.here([...command, "--verbose"]);
    await sweep.here(["auth", "logout", "--json"]);
  }));

Deno.test("a day's work lets no secret out, in words or as JSON", () =>
  sweeping(async ({ world, sweep, host }) => {
    await signIn(sweep);
    await world.writeConfig("project:\n  slug: engineering\n");
    const bound = await sweep.here(["bind", "-p", "linear", "--select", "1", "--verbose"]);
    assert.equal(bound.code, 0, bound.stderr);
    await Deno.writeTextFile(
      `${world.project}/items.json`,
      '[{"ref": {"system": "linear", "workspace": "acme", "id": "n1"}, "action": "create", "patch": {"title": "T"}}]',
    );
    const work: readonly (readonly string[])[] = [
      ["sync", "pull"],
      ["sync", "push", "--items-json", "items.json"],
      ["sync", "run"],
      ["sync", "wait", "op_none"],
      ["sync", "publish"],
      ["issue", "search", "page"],
      ["map", "add", "--wp-id", "WP01", "--external-id", "1"],
      ["mission", "create", "sweep", "--no-commit"],
      ["mission", "start", "--ticket", "ENG-1", "--yes", "--no-commit"],
      ["events", "flush"],
      ...LOOKING,
    ];
    for (const command of work) {
      await sweep.here([...command, "--verbose"]);
      await lever(host, "expire-access");
      await sweep.here([...command, "--json", "--verbose"]);
    }
    for (
      const failing of [{ status: 500 }, { body: "html", status: 502 }, {
        error_code: "rate_limited",
      }]
    ) {
      for (
        const command of [["sync", "pull"], ["status"], ["auth", "status"], ["events", "flush"]]
      ) {
        await lever(host, "fail", { times: 2, ...failing });
        await sweep.here([...command, "--verbose", "--json"]);
        await lever(host, "reset");
      }
    }
    await lever(host, "revoke-sessions");
    for (const command of [["status"], ["sync", "pull"], ["auth", "status"]]) {
      await sweep.here([...command, "--verbose", "--json"]);
    }
    assert.ok([...sweep.secrets].filter((secret) => secret.startsWith("tka_")).length > 5);
  }));

Deno.test("a token from the environment reaches the host and nothing else", () =>
  sweeping(async ({ world, sweep }) => {
    sweep.secret(INJECTED);
    await world.writeConfig("tracker:\n  provider: linear\n  binding_ref: srm_x\n");
    for (const token of [INJECTED, `${INJECTED}\r\nX-Evil: 1`, `${INJECTED}é`]) {
      const env = { TRACKER_TOKEN: token, TRACKER_TEAM: "acme" };
      for (const command of [...LOOKING, ["sync", "pull"], ["events", "flush"]]) {
        await sweep.here([...command, "--verbose", "--json"], { env });
      }
    }
    // A tool of the project sees an environment without it.
    const tool = `${world.home}/bd`;
    await Deno.writeTextFile(
      tool,
      `#!/bin/sh\nenv > "${world.project}/environment.txt"\necho '[]'\n`,
    );
    await Deno.chmod(tool, 0o755);
    await Deno.remove(`${world.project}/.kittify/config.yaml`);
    const env = { TRACKER_TOKEN: INJECTED };
    const bind = ["bind", "-p", "beads", "--workspace", "web", "--credential", `command=${tool}`];
    assert.equal((await sweep.run(bind, { env })).code, 0);
    await sweep.run(["sync", "pull", "--verbose"], { env });
    const seen = await Deno.readTextFile(`${world.project}/environment.txt`);
    assert.match(seen, /^TRACKER_TOKEN=$/m);
    await sweep.run(["sync", "publish", "--auth-token-stdin", "--json"], {
      stdin: `${INJECTED}\n`,
    });
  }));

Deno.test("files that are broken and programs that crash tell nothing of what they held", () =>
  sweeping(async ({ world, sweep }) => {
    await signIn(sweep);
    const path = `${world.home}/.spec-kitty/credentials`;
    const good = await Deno.readTextFile(path);
    for (
      const broken of [
        good.replace("access = ", "access = = "),
        good.replace('access = "', "access = "),
        good.replace(/access = "(.*)"/, "access = 1'$1'"),
        good.replace(/\n/g, " "),
        `${good}[tokens]\naccess = "x"\n`,
      ]
    ) {
      await Deno.writeTextFile(path, broken);
      for (const command of [["auth", "status"], ["doctor"], ["status"], ["auth", "logout"]]) {
        await sweep.here([...command, "--verbose", "--json"]);
        await sweep.here([...command, "--verbose"]);
      }
      assert.equal(await Deno.readTextFile(path), broken, "a broken file is left as it is");
    }
    await Deno.writeTextFile(path, good);
    const crashed = await sweep.here(["auth", "status", "--json"], {
      files: (real) => ({ ...real, readText: () => Promise.reject(new TypeError("crash")) }),
      fetch: () => () => Promise.reject(new TypeError("crash")),
    });
    assert.equal(typeof crashed.code, "number");
  }));

Deno.test("passwords in addresses are not repeated", () =>
  sweeping(async ({ world, sweep }) => {
    sweep.secret("URLMARKER12345", "GITMARKER12345");
    const url = "https://ada:a@URLMARKER12345@127.0.0.1:9";
    await sweep.here(["auth", "login", "--host", url, "--json"]);
    await sweep.here(["config", "set", "sync.server_url", url]);
    for (const command of [["doctor"], ["config", "list"], ["status"], ["auth", "status"]]) {
      await sweep.here([...command, "--json"], { env: { SPEC_KITTY_SAAS_URL: url } });
      await sweep.here([...command], { env: { SPEC_KITTY_SAAS_URL: url } });
    }
    await Deno.mkdir(`${world.project}/.git`);
    await Deno.writeTextFile(`${world.project}/.git/HEAD`, "ref: refs/heads/main\n");
    const remote =
      '[remote "origin"]\n\turl = https://ada:a@GITMARKER12345@example.com/acme/web.git\n';
    await Deno.writeTextFile(`${world.project}/.git/config`, remote);
    await sweep.here(["mission", "create", "sweep", "--no-commit"]);
    for (const command of LOOKING) await sweep.here(command);
  }));

Deno.test("the daemon keeps its own token to its state file, and the host's to no one", () =>
  sweeping(async ({ world, sweep }) => {
    await signIn(sweep);
    await sweep.here(["mission", "create", "sweep", "--no-commit"]);
    const started = await sweep.run(["daemon", "start", "--verbose"]);
    assert.equal(started.code, 0, started.stderr);
    const path = `${world.home}/.spec-kitty/tracker/daemon.json`;
    const { token } = JSON.parse(await Deno.readTextFile(path));
    assert.ok(token.length >= 32);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    for (
      const command of [["daemon", "status"], ["doctor"], ["events", "flush"], ["events", "list"]]
    ) {
      await sweep.run([...command, "--json", "--verbose"]);
      await sweep.here([...command, "--verbose"]);
    }
    const stopped = await sweep.run(["daemon", "stop", "--json"]);
    assert.equal(stopped.code, 0, stopped.stderr);
    sweep.secret(token);
    const log = await Deno.readTextFile(`${world.home}/.spec-kitty/tracker/daemon.log`);
    assert.match(log, /started/);
  }));

Deno.test("a host that serves keeps tokens and passwords as hashes, and out of its log", () =>
  sweeping(async ({ world, sweep }) => {
    const data = `${world.home}/data`;
    await sweep.run(["host", "user", "add", USER, "--team", "acme", "--data", data], {
      stdin: `${PASSWORD}\n`,
    });
    const child = world.start([
      "host",
      "serve",
      "--data",
      data,
      "--listen",
      "127.0.0.1:0",
      "--json",
    ]);
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const { url } = JSON.parse(new TextDecoder().decode(value));
    world.env["SPEC_KITTY_SAAS_URL"] = url;
    await sweep.here([...LOGIN, "--verbose"], { stdin: `${PASSWORD}\n` });
    await sweep.here(LOGIN, { stdin: `${WRONG_PASSWORD}\n` });
    await sweep.here(["auth", "status", "--json"]);
    child.kill("SIGTERM");
    await child.stdin.close();
    const { stdout, stderr } = await child.output();
    sweep.hear("host serve", new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr));
    assert.ok([...sweep.secrets].some((secret) => secret.startsWith("tka_")), "somebody signed in");
    await sweep.nothingCameOut([data]);
  }));
