import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { withWorld, type World } from "../support/world.ts";
import { assertOwnWords, flagsIn, onTerminal, scoped } from "./scoped_support.ts";

/** What every command reads when it is run from source. */
const MODULES = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const BEADS = "tracker:\n  provider: beads\n  workspace: main\n";
const LINEAR = "tracker:\n  provider: linear\n  binding_ref: srm_01\n";

/** What is granted, what is run, and what is said to be missing. */
interface Denial {
  readonly what: string;
  readonly config: string;
  readonly flags: (world: World) => readonly string[];
  readonly args: readonly string[];
  readonly message: (world: World) => string;
  readonly step: (world: World) => string;
}

const reads = (world: World) => `--allow-read=.,${world.home}/.spec-kitty`;
const writes = (world: World) => `--allow-write=.,${world.home}/.spec-kitty`;

const DENIALS: readonly Denial[] = [
  {
    what: "any read at all",
    config: BEADS,
    flags: () => [],
    args: ["status"],
    message: (world) => `read "${world.project}"`,
    step: () => `Run with \`--allow-read=.,$HOME/.spec-kitty,${MODULES}\`.`,
  },
  {
    what: "reading the user's files",
    config: BEADS,
    flags: () => ["--allow-read=.", "--allow-env"],
    args: ["config", "list"],
    message: () => 'read "~/.spec-kitty/config.toml"',
    step: () => `Run with \`--allow-read=.,$HOME/.spec-kitty,${MODULES}\`.`,
  },
  {
    what: "the home directory's variable",
    config: BEADS,
    flags: (world) => [reads(world), "--allow-env=LOG_TOKENS,LOG_STREAM"],
    args: ["config", "list"],
    message: () => 'env "HOME"',
    step: () => "Run with `--allow-env=HOME,",
  },
  {
    what: "a variable the YAML library reads",
    config: BEADS,
    flags: (world) => [reads(world), "--allow-env=HOME"],
    args: ["status"],
    message: () => 'env "LOG_TOKENS"',
    step: () => "LOG_TOKENS,LOG_STREAM`.",
  },
  {
    what: "writing the user's files",
    config: BEADS,
    flags: (world) => [reads(world), "--allow-env"],
    args: ["config", "set", "sync.max_queue_size", "5"],
    message: () => 'write "~/.spec-kitty/config.toml.lock"',
    step: () => "Run with `--allow-write=.,$HOME/.spec-kitty`.",
  },
  {
    what: "writing the project",
    config: BEADS,
    flags: (world) => [reads(world), "--allow-env", `--allow-write=${world.home}/.spec-kitty`],
    args: ["config", "set", "project.repo_slug", "acme/web"],
    message: (world) => `write "${world.project}/.kittify/.config.lock"`,
    step: () => "Run with `--allow-write=.,$HOME/.spec-kitty`.",
  },
  {
    what: "running the local tool",
    config: BEADS,
    flags: (world) => [reads(world), writes(world), "--allow-env"],
    args: ["sync", "pull"],
    message: () => 'run "bd"',
    step: () => "Run with `--allow-run=",
  },
  {
    what: "the network, before the first request",
    config: LINEAR,
    flags: (world) => [reads(world), writes(world), "--allow-env"],
    args: ["discover", "-p", "linear"],
    message: (world) => `net "${new URL(world.hostUrl).host}"`,
    step: (world) => `Run with \`--allow-net=${new URL(world.hostUrl).host}\`.`,
  },
  {
    what: "the network, in the readiness check",
    config: LINEAR,
    flags: (world) => [reads(world), writes(world), "--allow-env"],
    args: ["sync", "pull"],
    message: (world) => `net "${new URL(world.hostUrl).host}"`,
    step: (world) => `Run with \`--allow-net=${new URL(world.hostUrl).host}\`.`,
  },
  {
    what: "listening",
    config: LINEAR,
    flags: (world) => [reads(world), writes(world), "--allow-env"],
    args: ["host", "serve", "--dev", "--listen", "127.0.0.1:0"],
    message: () => 'net "127.0.0.1:0"',
    step: () => "Run with `--allow-net=127.0.0.1`.",
  },
];

for (const denial of DENIALS) {
  Deno.test(`without ${denial.what} the operation, the flag and the recipe are said, on a pipe and a terminal`, () =>
    withWorld(async (world) => {
      world.env["TRACKER_TOKEN"] = "secret-token";
      await world.writeConfig(denial.config);
      const flags = denial.flags(world);
      const { code, stdout, stderr } = await scoped(world, flags, denial.args);
      assert.equal(code, 1, stdout);
      assert.equal(stdout, "");
      const [first, second, third] = stderr.split("\n");
      assert.equal(first, `✗ Permission needed: ${denial.message(world)}`);
      assert.ok(second?.includes(denial.step(world)), stderr);
      assert.match(third ?? "", /^ {2}All that `tracker [a-z -]+` needs: `--allow-/);
      assertOwnWords(stderr);
      assert.deepEqual(await world.requests(), []);

      const seen = await onTerminal(world, flags, denial.args);
      if (seen === null) return console.log("skipped on a terminal: there is no `script` here");
      assert.ok(seen.includes(`Permission needed: ${denial.message(world)}`), seen);
      assertOwnWords(seen);
    }));
}

Deno.test("under --json a denial is one document that holds the flags", () =>
  withWorld(async (world) => {
    await world.writeConfig(BEADS);
    const { code, stdout, stderr } = await scoped(world, ["--allow-read=."], ["status", "--json"]);
    assert.deepEqual([code, stdout], [1, ""]);
    const { error } = JSON.parse(stderr);
    assert.equal(error.code, "permission_needed");
    assert.deepEqual([error.details.permission, error.details.target], ["env", "LOG_TOKENS"]);
    assert.ok(error.details.flags.includes(`--allow-read=.,$HOME/.spec-kitty,${MODULES}`));
  }));

Deno.test("what needs nothing runs with no permission but to read its modules, and the gate stays closed", () =>
  withWorld(async (world) => {
    for (
      const args of [
        ["--version"],
        ["--help"],
        ["help", "status"],
        ["man"],
        ["completion", "bash"],
        ["providers"],
      ]
    ) {
      const { code, stdout, stderr } = await scoped(world, [], args);
      assert.deepEqual([code, stderr], [0, ""], args.join(" "));
      assert.doesNotMatch(stdout, /\b(linear|jira|auth)\b/);
    }
    const hidden = await scoped(world, [], ["auth", "status"]);
    assert.equal(hidden.code, 2);
  }));

Deno.test("the recipe is enough: with the flags it names, and no more, the command does its work", () =>
  withWorld(async (world) => {
    await world.signIn();
    const lines: readonly (readonly string[])[] = [
      ["bind", "-p", "linear", "--select", "1"],
      ["status"],
      ["sync", "pull"],
      ["issue", "list"],
      ["map", "list"],
      ["config", "set", "project.repo_slug", "acme/web"],
      ["config", "list"],
      ["events", "flush"],
      ["daemon", "status"],
      ["auth", "status"],
      ["unbind"],
    ];
    const gate = ["--allow-env=SPEC_KITTY_ENABLE_SAAS_SYNC,SPEC_KITTY_SAAS_URL,HOME"];
    for (const args of lines) {
      const denied = await scoped(world, gate, args);
      assert.match(denied.stderr, /Permission needed/, args.join(" "));
      const flags = flagsIn(world, denied.stderr);
      const { code, stdout, stderr } = await scoped(world, flags, args);
      assert.equal(code, 0, `${flags.join(" ")} ${args.join(" ")}: ${stdout}${stderr}`);
      // What draws on a terminal asks for no more than what writes into a pipe.
      const seen = await onTerminal(world, flags, args) ?? "";
      assertOwnWords(seen);
      assert.doesNotMatch(seen, /Permission needed/);
    }
  }));

Deno.test("doctor lists for each command what it needs and what is granted, in a line and as JSON", () =>
  withWorld(async (world) => {
    await world.signIn();
    await world.writeConfig(BEADS);
    const flags = [reads(world), "--allow-env"];
    const text = await scoped(world, flags, ["doctor"]);
    assertOwnWords(text.stdout + text.stderr);
    assert.equal(text.code, 0, text.stdout);
    const line = /– (\d+) of (\d+) commands have the permissions they need/.exec(text.stdout);
    assert.equal(Number(line?.[2]), (await catalogue(true)).length);
    const { permissions } = JSON.parse(
      (await scoped(world, flags, ["doctor", "--permissions", "--json"])).stdout,
    );
    const granted = permissions.filter((row: { granted: boolean }) => row.granted);
    assert.equal(granted.length, Number(line?.[1]));
    const byName = new Map(
      permissions.map((row: { command: string }) => [row.command, row]),
    );
    assert.deepEqual(permissions.map((row: { command: string }) => row.command), [
      ...(await catalogue(true)).map((command) => command.path),
    ]);
    const pull = JSON.stringify(byName.get("sync pull"));
    assert.ok(pull.includes('{"kind":"run","target":"bd","granted":false}'), pull);
    assert.ok(pull.includes(`{"kind":"read","target":"${world.project}","granted":true}`), pull);
    assert.match(JSON.stringify(byName.get("config list")), /"granted":true,/);
    const daemon = '{"kind":"net","target":"127.0.0.1","granted":false}';
    assert.ok(!pull.includes(daemon), "in manual mode a sync starts no daemon");
    await world.ok("config", "set", "sync.background_daemon", "auto");
    const auto = await scoped(world, flags, ["doctor", "--permissions", "--json"]);
    assert.ok(
      JSON.stringify(
        JSON.parse(auto.stdout).permissions.find(({ command }: { command: string }) =>
          command === "sync pull"
        ),
      ).includes(daemon),
    );
  }));

Deno.test("doctor does not miss a variable that a command does without", () =>
  withWorld(async (world) => {
    await world.signIn();
    const seen = async (flags: readonly string[]) => {
      const { permissions } = JSON.parse(
        (await scoped(world, flags, ["doctor", "--permissions", "--json"])).stdout,
      );
      return permissions.find((one: { command: string }) => one.command === "doctor");
    };
    const { flags } = await seen([reads(world), "--allow-env"]);
    const sparing = flags.map((flag: string) =>
      flag.startsWith("--allow-env=")
        ? "--allow-env=HOME,SPEC_KITTY_ENABLE_SAAS_SYNC,SPEC_KITTY_SAAS_URL,LOG_TOKENS,LOG_STREAM"
        : flag
    );
    assert.equal((await seen(sparing)).granted, true);
    const blind = sparing.filter((flag: string) => !flag.startsWith("--allow-write="));
    assert.equal((await seen(blind)).granted, false);
  }));

Deno.test("with the permissions of its own row doctor examines everything", () =>
  withWorld(async (world) => {
    await world.signIn();
    const { permissions } = JSON.parse(
      (await world.here(["doctor", "--permissions", "--json"])).stdout,
    );
    const row = permissions.find((one: { command: string }) => one.command === "doctor");
    // Asking the host has to renew the session, which is kept in the user's files.
    await world.lever("expire-access");
    const { code, stdout, stderr } = await scoped(world, row.flags, ["doctor"]);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.doesNotMatch(stdout.replaceAll(/– (bd|fp) not examined.*\n/g, ""), /not examined/);
    assert.match(stdout, /✓ signed in as demo/);
  }));
