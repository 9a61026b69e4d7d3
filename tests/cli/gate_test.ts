import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { writeDaemonState } from "../../src/daemon/state.ts";
import { isStopRequested } from "../../src/daemon/stop_request.ts";
import { HOSTED_PROVIDERS } from "../../src/contract/providers.ts";
import { ROLLOUT_DISABLED_MESSAGE } from "../../src/client/rollout.ts";
import { join } from "../../src/platform/paths.ts";
import { tracker } from "../support/cli.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { withWorld } from "../support/world.ts";
import { treeOf } from "./tree.ts";
import { daemonState } from "../support/daemon_state.ts";
import { GATE_VALUES } from "../support/gate.ts";

const VARIABLE = "SPEC_KITTY_ENABLE_SAAS_SYNC";

/** Signed in, with a host and a binding: only the gate is missing. */
const SIGNED_IN = {
  SPEC_KITTY_SAAS_URL: "https://host.example",
  TRACKER_TOKEN: "secret-token",
  TRACKER_TEAM: "acme",
} as const;

const NOT_ENABLED = "Hosted SaaS sync is not enabled on this machine.\n\n" +
  "Set `SPEC_KITTY_ENABLE_SAAS_SYNC=1` to opt in.\n";

/** Commands that act on the binding and exist with the gate off, with the words they need. */
const ON_THE_BINDING: readonly (readonly string[])[] = [
  ["status"],
  ["sync", "pull"],
  ["sync", "push"],
  ["sync", "run"],
  ["map", "list"],
];

async function boundTo(platform: TestPlatform, provider: string): Promise<void> {
  await platform.files.writeAtomic(
    join(platform.home, ".kittify", "config.yaml"),
    `tracker:\n  provider: ${provider}\n  binding_ref: srm_01\n`,
  );
}

/** The state of a daemon that was started while hosted sync was on. */
async function daemonLeft(platform: TestPlatform): Promise<void> {
  await writeDaemonState(platform, daemonState({ pid: 4711, port: 1 }));
}

Deno.test("with the gate off any command asks a daemon that is left to stop, by a file", () =>
  withPlatform({}, async (platform) => {
    await daemonLeft(platform);
    assert.equal((await tracker(platform, "providers")).code, 0);
    assert.equal(await isStopRequested(platform), true);
  }));

Deno.test("with the gate off a daemon that is left can be looked at and stopped", () =>
  withPlatform({}, async (base) => {
    const platform = { ...base, fetch: () => Promise.reject(new TypeError("refused")) };
    await daemonLeft(platform);
    const status = await tracker(platform, "daemon", "status");
    assert.equal(status.code, 0, status.stderr);
    const stopped = await tracker(platform, "daemon", "stop");
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.equal((await tracker(platform, "daemon", "stop")).code, 2);
    assert.equal((await tracker(platform, "daemon", "start")).code, 2);
  }));

Deno.test("with the gate off and no daemon left nothing is written", () =>
  withPlatform({}, async (platform) => {
    assert.equal((await tracker(platform, "providers")).code, 0);
    assert.deepEqual(await platform.files.list(platform.home), []);
  }));

for (const [value, on] of GATE_VALUES) {
  const shown = value === undefined ? "unset" : JSON.stringify(value);
  Deno.test(`with the variable ${shown} the hosted surface is ${on ? "there" : "absent"}`, () => {
    const network: Stub[] = on
      ? [{ request: "HEAD /", reply: { fail: "connection refused" } }]
      : [];
    return withPlatform({ env: SIGNED_IN, network }, async (platform) => {
      platform.setEnv(VARIABLE, value);
      const help = await tracker(platform, "--help");
      assert.equal(help.stdout.includes("auth login"), on);
      const hidden = await tracker(platform, "daemon", "status", "--help");
      assert.equal(hidden.code, on ? 0 : 2);
      const providers =
        JSON.parse((await tracker(platform, "providers", "--json")).stdout).providers;
      assert.equal(providers.some((one: { name: string }) => one.name === "linear"), on);
      await boundTo(platform, "linear");
      const status = await tracker(platform, "sync", "pull");
      assert.equal(status.stderr === NOT_ENABLED, !on);
    });
  });
}

Deno.test("the variable is read again for each command line", () =>
  withPlatform({}, async (platform) => {
    for (const [value, on] of [...GATE_VALUES, ...GATE_VALUES.toReversed()]) {
      platform.setEnv(VARIABLE, value);
      assert.equal((await tracker(platform, "daemon", "status", "--help")).code, on ? 0 : 2);
    }
  }));

Deno.test("the message for library callers is the two sentences in one, byte for byte", () => {
  assert.equal(
    ROLLOUT_DISABLED_MESSAGE,
    "Hosted SaaS sync is not enabled on this machine. Set `SPEC_KITTY_ENABLE_SAAS_SYNC=1` to opt in.",
  );
});

for (const provider of HOSTED_PROVIDERS) {
  Deno.test(`with the gate off a repository bound to ${provider} fails closed: no file changed, no request`, () =>
    withPlatform({ env: SIGNED_IN }, async (platform) => {
      await boundTo(platform, provider);
      const before = await treeOf(platform.home);
      for (const args of ON_THE_BINDING) {
        const result = await tracker(platform, ...args);
        assert.deepEqual(result, { code: 1, stdout: "", stderr: NOT_ENABLED }, args.join(" "));
        const asJson = await tracker(platform, ...args, "--json");
        assert.equal(asJson.code, 1);
        assert.equal(asJson.stdout, "");
        assert.deepEqual(JSON.parse(asJson.stderr).error.code, "rollout_disabled");
      }
      const stopped = await tracker(
        platform,
        "map",
        "add",
        "--wp-id",
        "WP01",
        "--external-id",
        "1",
      );
      assert.equal(stopped.code, 1);
      assert.ok(stopped.stderr.includes("Set `SPEC_KITTY_ENABLE_SAAS_SYNC=1` to opt in."));
      assert.deepEqual(platform.network.requests, []);
      assert.deepEqual(await treeOf(platform.home), before);
    }));
}

Deno.test("with the gate off a hosted provider is no choice of bind, exit 2, and nothing is written", () =>
  withPlatform({ env: SIGNED_IN }, async (platform) => {
    for (const provider of HOSTED_PROVIDERS) {
      const { code, stderr } = await tracker(platform, "bind", "-p", provider);
      assert.equal(code, 2);
      assert.match(stderr, /Choose one of: beads, fp$/m);
    }
    for (const option of ["--bind-ref", "--select"]) {
      const { code } = await tracker(platform, "bind", "-p", "beads", option, "1");
      assert.equal(code, 2, option);
    }
    assert.deepEqual(await treeOf(platform.home), {});
  }));

Deno.test("with the gate off every hosted command is unknown, exit 2, and touches neither file nor network", () =>
  withPlatform({ env: SIGNED_IN }, async (platform) => {
    const gated = (await catalogue(true)).filter((command) => command.gated);
    assert.ok(gated.length > 10);
    for (const { path } of gated) {
      const { code, stdout } = await tracker(platform, ...path.split(" "));
      assert.equal(code, 2, path);
      assert.equal(stdout, "", path);
    }
    assert.deepEqual(platform.network.requests, []);
    assert.deepEqual(await treeOf(platform.home), {});
  }));

Deno.test("with the gate off no completion offers a hosted word", () =>
  withPlatform({}, async (platform) => {
    const hidden = (await catalogue(true)).filter((command) => command.gated)
      .map((command) => command.path.split(" ").at(-1) ?? "");
    const shown = new Set((await catalogue(false)).flatMap((command) => command.path.split(" ")));
    const words = [...hidden, ...HOSTED_PROVIDERS].filter((word) => !shown.has(word));
    for (const shell of ["bash", "zsh", "fish", "pwsh", "nu"]) {
      const lines = [[""], ["sync", ""], ["issue", ""], ["bind", "-p", ""], ["bind", "--"], [
        "status",
        "--",
      ]];
      for (const line of lines) {
        const { stdout } = await tracker(platform, "completion", shell, ...line);
        for (const word of words) {
          assert.doesNotMatch(
            stdout,
            new RegExp(`(^|\\s)${word}(\\s|$)`, "m"),
            `${shell}: ${line}`,
          );
        }
      }
    }
  }));

Deno.test("with the gate off local work continues in a repository bound to linear", () =>
  withPlatform({ env: SIGNED_IN }, async (platform) => {
    await boundTo(platform, "linear");
    const lines = [
      ["config", "list"],
      ["config", "set", "sync.max_queue_size", "10"],
      ["providers"],
      ["doctor"],
      ["issue", "list"],
      ["completion", "bash"],
      ["man"],
      ["help", "status"],
      ["unbind", "--yes"],
    ];
    for (const args of lines) {
      const { code, stderr } = await tracker(platform, ...args);
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
    }
    assert.deepEqual(platform.network.requests, []);
  }));

Deno.test("with the gate off a real listener at the configured host sees no connection, and no process stays", () =>
  withWorld(async (world) => {
    let connections = 0;
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepting = (async () => {
      for await (const connection of listener) {
        connections++;
        connection.close();
      }
    })();
    try {
      world.env[VARIABLE] = "off";
      world.env["SPEC_KITTY_SAAS_URL"] = `http://127.0.0.1:${listener.addr.port}`;
      world.env["TRACKER_TOKEN"] = "secret-token";
      await world.writeConfig("tracker:\n  provider: linear\n  binding_ref: srm_01\n");
      const before = [await treeOf(world.home), await treeOf(world.project)];
      for (
        const args of [["status"], ["sync", "pull"], ["sync", "push"], ["sync", "run"], ["doctor"]]
      ) {
        const { code, stderr } = await world.run(args);
        assert.equal(code, args[0] === "doctor" ? 0 : 1);
        assert.equal(stderr, args[0] === "doctor" ? "" : NOT_ENABLED);
      }
      assert.deepEqual([await treeOf(world.home), await treeOf(world.project)], before);
      // The listener does count.
      await fetch(world.env["SPEC_KITTY_SAAS_URL"]).catch(() => {});
      assert.equal(connections, 1);
    } finally {
      listener.close();
      await accepting.catch(() => {});
    }
  }));
