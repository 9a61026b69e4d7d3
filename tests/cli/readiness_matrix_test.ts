import assert from "node:assert/strict";
import { readinessWords } from "../support/readiness_words.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";
import type { Command, Invocation, ReadinessNeed } from "../../src/cli/command/command.ts";
import type { Context } from "../../src/cli/command/context.ts";
import { createOutput } from "../../src/cli/terminal/output.ts";
import { prepare } from "../../src/cli/services/readiness.ts";
import { join } from "../../src/platform/paths.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { treeOf } from "./tree.ts";

const SIGNED_IN: ReadinessNeed = { binding: false, reachability: false };
const BOUND: ReadinessNeed = { binding: true, reachability: false };
const REACHABLE: ReadinessNeed = { binding: true, reachability: true };

/** What every command asks for, and words it can be understood with. */
const NEEDS: Readonly<Record<string, readonly [ReadinessNeed, ...string[]]>> = {
  "auth login": ["gate"],
  "auth logout": ["gate"],
  "auth status": ["gate"],
  "auth switch": ["gate"],
  "auth token": [SIGNED_IN],
  "api": [SIGNED_IN, "GET", "/api/v1/me"],
  "config list": ["none"],
  "config get": ["none", "sync.server_url"],
  "config set": ["none", "sync.background_daemon", "auto"],
  "config unset": ["none", "sync.server_url"],
  "doctor": ["none"],
  "providers": ["none"],
  "discover": [SIGNED_IN, "-p", "linear"],
  "bind": [SIGNED_IN, "-p", "linear"],
  "unbind": ["none"],
  "status": [BOUND],
  "issue list": ["none"],
  "issue show": ["none", "WEB-1"],
  "issue search": [BOUND, "timeout"],
  "issue create": ["binding", "--title", "New"],
  "issue edit": ["binding", "bd-1", "--title", "New"],
  "issue move": ["binding", "bd-1", "done"],
  "issue close": ["binding", "bd-1"],
  "issue reopen": ["binding", "bd-1"],
  "issue comment": [BOUND, "bd-1", "Seen"],
  "issue discard": ["binding", "bd-1"],
  "issue branch": ["none", "bd-1"],
  "map list": [BOUND],
  "map add": [BOUND, "--wp-id", "WP01", "--external-id", "1"],
  "state list": ["none"],
  "state export": ["none", "state.json"],
  "state remove": ["none", "0f3a", "--yes"],
  "sync pull": [REACHABLE],
  "sync push": [REACHABLE],
  "sync run": [REACHABLE],
  "sync status": ["binding"],
  "sync conflicts": ["binding"],
  "sync publish": [REACHABLE],
  "sync wait": [REACHABLE, "0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11"],
  "mission create": ["none", "first-steps"],
  "mission list": ["none"],
  "mission start": [BOUND, "timeout"],
  "wp list": ["none"],
  "wp push": [REACHABLE],
  "wp hook install": ["none"],
  "wp hook remove": ["none"],
  "mission bind-origin": [BOUND, "001-first-steps", "--ticket", "WEB-1"],
  "agent guide": ["none"],
  "agent install": ["none"],
  "agent remove": ["none"],
  "mcp": ["none"],
  "daemon status": ["none"],
  "daemon start": ["gate"],
  "daemon stop": ["none"],
  "daemon run": ["gate"],
  "events list": ["gate"],
  "events flush": [SIGNED_IN],
  "events retry": ["gate"],
  "events export": ["gate"],
  "dashboard": ["none"],
  "host serve": ["gate", "--dev"],
  "host user add": ["gate", "me@example.com", "--data", "data"],
  "host user list": ["gate", "--data", "data"],
  "host user role": ["gate", "me@example.com", "admin", "--data", "data"],
  "host user password": ["gate", "me@example.com", "--data", "data"],
  "host user revoke": ["gate", "me@example.com", "--data", "data"],
  "host user remove": ["gate", "me@example.com", "--data", "data"],
  "host session list": ["gate", "--data", "data"],
  "host token create": ["gate", "--user", "me@example.com", "--name", "ci", "--data", "data"],
  "host token list": ["gate", "--data", "data"],
  "host token revoke": ["gate", "mtk_01", "--data", "data"],
  "host audit": ["gate", "--data", "data"],
  "host issue remove": ["gate", "WEB-1", "--resource", "Web", "--data", "data"],
  "host import": ["gate", "issues.json", "--data", "data"],
  "host mapping list": ["gate", "--data", "data"],
  "host mapping disable": ["gate", "srm_01", "--data", "data"],
  "host mapping delete": ["gate", "srm_01", "--data", "data"],
  "host connect github": ["gate", "--repository", "acme/web", "--data", "data"],
  "host connect gitlab": ["gate", "--project", "acme/web", "--data", "data"],
  "host connect jira": [
    "gate",
    "--site",
    "https://acme.atlassian.net",
    "--email",
    "ada@acme.example",
    "--data",
    "data",
  ],
  "host connect linear": ["gate", "--data", "data"],
  "host connection list": ["gate", "--data", "data"],
  "host connection show": ["gate", "github", "--data", "data"],
  "host connection map": ["gate", "github", "--status", "review=in_review", "--data", "data"],
  "host connection test": ["gate", "github", "--data", "data"],
  "host connection webhook": ["gate", "github", "--data", "data"],
  "host connection pause": ["gate", "github", "--data", "data"],
  "host connection resume": ["gate", "github", "--data", "data"],
  "host connection rename": ["gate", "github", "--to", "ours", "--data", "data"],
  "host connection remove": ["gate", "github", "--data", "data"],
  "host sync": ["gate", "--data", "data"],
  "host backup": ["gate", "backup.db", "--data", "data"],
  "host check": ["gate", "--data", "data"],
  "host migrate": ["gate", "--data", "data"],
  "host key create": ["gate", "data/host.key"],
  "host key rotate": ["gate", "--new-key-file", "new.key", "--data", "data"],
  "completion": ["none", "bash"],
  "man": ["none"],
  "help": ["none"],
};

/** The prerequisites in the order in which they are looked at, and the words when one is missing. */
const PREREQUISITES = [
  { state: "rollout_disabled", words: readinessWords("rollout_disabled") },
  { state: "missing_auth", words: readinessWords("missing_auth") },
  { state: "missing_host_config", words: readinessWords("missing_host_config") },
  {
    state: "host_unreachable",
    words: readinessWords("host_unreachable", { server_url: "https://host.example" }),
  },
  { state: "missing_mission_binding", words: readinessWords("missing_project_binding") },
] as const;

type Missing = typeof PREREQUISITES[number]["state"];

/** A machine and project with every prerequisite but those named. */
async function machineWithout(
  missing: readonly Missing[],
  head: boolean,
  test: (platform: TestPlatform) => Promise<void>,
): Promise<void> {
  const lacks = (state: Missing) => missing.includes(state);
  const reply: Stub["reply"] = lacks("host_unreachable")
    ? { fail: "connection refused" }
    : { status: 401 };
  const network: Stub[] = head ? [{ request: "HEAD /", reply }] : [];
  const env: Record<string, string> = {
    ...(lacks("rollout_disabled") ? {} : GATE_ON),
    ...(lacks("missing_auth") ? {} : { TRACKER_TOKEN: "secret-token" }),
    ...(lacks("missing_host_config") ? {} : { SPEC_KITTY_SAAS_URL: "https://host.example" }),
  };
  await withPlatform({ env, network }, async (platform) => {
    const reference = lacks("missing_mission_binding") ? "" : "  binding_ref: srm_01\n";
    await platform.files.writeAtomic(
      join(platform.home, ".kittify", "config.yaml"),
      `tracker:\n  provider: linear\n${reference}`,
    );
    await test(platform);
  });
}

/** The states that a need looks at. */
function lookedAt(need: ReadinessNeed): readonly Missing[] {
  if (need === "none") return [];
  if (need === "gate") return ["rollout_disabled"];
  if (need === "binding") {
    return ["rollout_disabled", "missing_auth", "missing_host_config", "missing_mission_binding"];
  }
  return PREREQUISITES.map(({ state }) => state).filter((state) =>
    state === "host_unreachable"
      ? need.reachability
      : state === "missing_mission_binding"
      ? need.binding
      : true
  );
}

/** Whether a `HEAD` is sent when these are missing. */
function probes(need: ReadinessNeed, missing: readonly Missing[]): boolean {
  return typeof need === "object" && need.reachability && !missing.includes("rollout_disabled") &&
    !missing.includes("missing_auth") && !missing.includes("missing_host_config");
}

/** What holds a command back, without running it: the code of the failure, or `ready`. */
async function heldBackBy(
  platform: TestPlatform,
  command: Command,
  words: readonly string[],
): Promise<string> {
  const outcome = await command.parse(words, true);
  assert.equal(outcome.kind, "parsed", `tracker ${command.path} ${words.join(" ")}`);
  const invocation: Invocation | null = outcome.kind === "parsed" ? outcome.invocation : null;
  assert.ok(invocation);
  const { globals } = invocation;
  const context: Context = {
    platform,
    globals,
    output: createOutput(platform.terminal, platform.env, globals),
  };
  try {
    await prepare(invocation, context);
    return "ready";
  } catch (error) {
    return error instanceof TrackerError ? error.code : String(error);
  }
}

Deno.test("every command has its row: what it needs of readiness", async () => {
  for (const { path, readiness } of await catalogue(true)) {
    const row = NEEDS[path];
    assert.ok(row, `a row for "${path}" in NEEDS`);
    assert.deepEqual(readiness, row[0], path);
  }
});

for (const command of await catalogue(true)) {
  const [need, ...words] = NEEDS[command.path] ?? ["none"];
  const looked = lookedAt(need);
  const isProbed = command.only?.providers !== "local";

  for (const { state, words: expected } of PREREQUISITES) {
    const stops = looked.includes(state);
    Deno.test(`${command.path} ${stops ? "stops at" : "does not look at"} ${state}`, () =>
      machineWithout([state], isProbed && probes(need, [state]), async (platform) => {
        const isStopped = !isProbed && state !== "rollout_disabled";
        const before = await treeOf(platform.home);
        if (!stops || isStopped) {
          const held = await heldBackBy(platform, command, words);
          assert.equal(held, isStopped ? "local_only" : "ready");
        } else if (state === "rollout_disabled" && (command.gated || command.path === "bind")) {
          // Not even a word of the grammar.
          const result = await tracker(platform, ...command.path.split(" "), ...words);
          assert.equal(result.code, 2);
          assert.equal(await heldBackBy(platform, command, words), "rollout_disabled");
        } else if (command.only?.providers !== "local") {
          const result = await tracker(platform, ...command.path.split(" "), ...words);
          assert.deepEqual(result, { code: 1, stdout: "", stderr: expected });
        } else {
          assert.equal(await heldBackBy(platform, command, words), "rollout_disabled");
        }
        assert.deepEqual(await treeOf(platform.home), before);
      }));
  }

  Deno.test(`${command.path} goes ahead with every prerequisite met`, () =>
    machineWithout([], isProbed && probes(need, []), async (platform) => {
      const held = await heldBackBy(platform, command, words);
      assert.equal(held, command.only?.providers !== "local" ? "ready" : "local_only");
    }));
}

Deno.test("on a mission's branch the missing binding is told by the mission's name", () =>
  machineWithout(["missing_mission_binding"], false, async (platform) => {
    const { files, home } = platform;
    await files.writeAtomic(join(home, ".git", "HEAD"), "ref: refs/heads/012-fix-search\n");
    await files.makeDirectory(join(home, "kitty-specs", "012-fix-search"));
    const { stderr } = await tracker(platform, "map", "list");
    assert.equal(
      stderr,
      readinessWords("missing_mission_binding", { feature_slug: "012-fix-search" }),
    );
  }));

for (const [index, earlier] of PREREQUISITES.entries()) {
  for (const later of PREREQUISITES.slice(index + 1)) {
    Deno.test(`of ${earlier.state} and ${later.state} the first is told`, () => {
      const missing = [earlier.state, later.state];
      return machineWithout(missing, probes(REACHABLE, missing), async (platform) => {
        const expected = { code: 1, stdout: "", stderr: earlier.words };
        assert.deepEqual(await tracker(platform, "sync", "pull"), expected);
      });
    });
  }
}

Deno.test("under --json a missing prerequisite is one document with code, words and details", () =>
  machineWithout(["host_unreachable"], true, async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "sync", "run", "--json");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.deepEqual(JSON.parse(stderr), {
      error: {
        code: "host_unreachable",
        message: "The configured SaaS host did not respond within 2 seconds.",
        next_action: "Check network connectivity to `https://host.example` and retry.",
        details: { server_url: "https://host.example" },
      },
    });
  }));

Deno.test("a check that fails by itself is host_unreachable with the error's name", () =>
  machineWithout(["missing_auth"], false, async (platform) => {
    await platform.files.makeDirectory(join(platform.home, ".spec-kitty", "credentials"), 0o700);
    const { code, stderr } = await tracker(platform, "status", "--json");
    assert.equal(code, 1);
    const { error } = JSON.parse(stderr);
    assert.equal(error.code, "host_unreachable");
    assert.match(error.details.error, /^TrackerError: .* is a directory, not a file$/);
  }));

Deno.test("a check that fails by itself keeps what its error says to do", () =>
  machineWithout(["missing_auth"], false, async (platform) => {
    const path = join(platform.home, ".spec-kitty", "credentials");
    await platform.files.writeAtomic(path, "[", { mode: 0o600 });
    const broken = await tracker(platform, "status");
    assert.match(broken.stderr, /\n {2}Correct the file by hand; it was not changed\.\n$/);
    platform.setEnv("HOME", undefined);
    const homeless = await tracker(platform, "status", "--json");
    const { error } = JSON.parse(homeless.stderr);
    assert.equal(error.message, "The environment does not name a home directory");
    assert.equal(error.next_action, "Set `SPEC_KITTY_HOME` to the directory for your settings.");
  }));

for (const hosted of [true, false]) {
  Deno.test(`a local binding is never evaluated, the gate being ${hosted ? "on" : "off"}`, () =>
    withPlatform({ env: hosted ? GATE_ON : {} }, async (platform) => {
      await platform.files.writeAtomic(
        join(platform.home, ".kittify", "config.yaml"),
        "tracker:\n  provider: beads\n  workspace: main\n",
      );
      const onTheBinding = (await catalogue(hosted)).filter(({ readiness }) =>
        readiness === "binding" || (typeof readiness === "object" && readiness.binding)
      );
      assert.ok(onTheBinding.length >= 5);
      for (const command of onTheBinding) {
        const [, ...words] = NEEDS[command.path] ?? ["none"];
        const held = command.only?.providers === "hosted" ? "hosted_only" : "ready";
        assert.equal(await heldBackBy(platform, command, words), held, command.path);
      }
      const bind = (await catalogue(hosted)).find((command) => command.path === "bind");
      assert.ok(bind);
      const words = ["-p", "beads", "--workspace", "main"];
      assert.equal(await heldBackBy(platform, bind, words), "ready");
    }));
}
