import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { explain } from "../../src/cli/services/failure.ts";
import { command as STATUS } from "../../src/cli/commands/status/status.ts";
import { command as HOOK_INSTALL } from "../../src/cli/commands/wp/hook_install.ts";
import { NotCapableError } from "../../src/platform/not_capable.ts";
import { command as SYNC_PULL } from "../../src/cli/commands/sync/pull.ts";
import { withoutPrompts } from "../../src/cli/permissions/guard.ts";
import {
  permissionFlags,
  permissionsOf,
  type Places,
  VARIABLES,
} from "../../src/cli/permissions/requirements.ts";
import { permissionStates } from "../../src/cli/permissions/requirements.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { commandNamed } from "../support/cli.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const PLACES: Places = {
  startsDaemon: true,
  project: "/work/web",
  user: "/home/me/.spec-kitty",
  host: "https://host.example",
  database: null,
  tool: "bd",
  program: "/usr/bin/deno",
  sources: null,
  hosted: true,
};

type Answer = "granted" | "denied" | "prompt";

/** A test platform whose permissions all have one answer, and what was asked. */
function answering(platform: TestPlatform, answer: Answer): { machine: Platform; asked: string[] } {
  const asked: string[] = [];
  const machine: Platform = {
    ...platform,
    system: {
      ...platform.system,
      permission(name, target) {
        asked.push(`${name} ${target ?? "*"}`);
        return answer;
      },
    },
  };
  return { machine, asked };
}

/** Every operation that touches the machine, with the permission it is stopped for. */
const OPERATIONS: readonly (readonly [string, (platform: Platform) => unknown])[] = [
  ['read access to "/a/b"', ({ files }) => files.readText("/a/b")],
  ['read access to "/a/b"', ({ files }) => files.readBytes("/a/b")],
  ['read access to "/a/b"', ({ files }) => files.open("/a/b")],
  ['read access to "/a/b"', ({ files }) => files.stat("/a/b")],
  ['read access to "/a/b"', ({ files }) => files.list("/a/b")],
  ['read access to "/a/b"', ({ files }) => files.realPath("/a/b")],
  ['read access to "/a/b"', ({ files }) => files.writeAtomic("/a/b", "")],
  ['write access to "/a/b"', ({ files }) => files.whyUnwritable("/a/b")],
  ['write access to "/a/b"', ({ files }) => files.append("/a/b", "")],
  ['write access to "/a/b"', ({ files }) => files.setMode("/a/b", 0o600)],
  ['read access to "/a/b"', ({ files }) => files.rename("/a/b", "/a/c")],
  ['write access to "/a/b"', ({ files }) => files.remove("/a/b")],
  ['read access to "/a/b"', ({ files }) => files.lock("/a/b")],
  ['read access to "/a/b.db"', ({ openDatabase }) => openDatabase("/a/b.db")],
  ['read access to "/a/b.db"', ({ openDatabase }) => openDatabase("file:/a/b.db?immutable=1")],
  ['net access to "host.example:443"', ({ fetch }) => fetch(new Request("https://host.example/x"))],
  ['net access to "127.0.0.1:80"', ({ fetch }) => fetch(new Request("http://127.0.0.1/x"))],
  ['net access to "127.0.0.1:8787"', ({ fetch }) => fetch(new Request("http://127.0.0.1:8787/"))],
  [
    'net access to "127.0.0.1:0"',
    ({ serve }) => serve({ hostname: "127.0.0.1", port: 0 }, () => new Response()),
  ],
  ['run access to "bd"', ({ processes }) => processes.run({ command: "bd", args: [] })],
  ['env access to "HOME"', ({ env }) => Promise.try(() => env.get("HOME"))],
];

Deno.test("where Deno would ask, the operation fails at once, in words that can be told apart", () =>
  withPlatform({ system: { os: "linux" } }, async (platform) => {
    const guarded = withoutPrompts(answering(platform, "prompt").machine);
    for (const [words, work] of OPERATIONS) {
      await assert.rejects(async () => await work(guarded), (error) => {
        assert.ok(error instanceof Error);
        assert.equal(error.name, "NotCapable");
        assert.ok(error.message.startsWith(`Requires ${words}, run again with`), error.message);
        return true;
      });
    }
    assert.throws(() => guarded.processes.startDetached({ command: "deno", args: [] }), {
      name: "NotCapable",
    });
    assert.deepEqual(platform.network.requests, []);
  }));

Deno.test("what no question would be asked for is done: granted work, ignored reads, memory", () =>
  withPlatform({ network: [{ request: "GET /", reply: { status: 200 } }] }, async (platform) => {
    const { home } = platform;
    const guarded = withoutPrompts(answering(platform, "granted").machine);
    const { files } = guarded;
    await files.makeDirectory(`${home}/a`);
    await files.writeAtomic(`${home}/a/b`, "x");
    await files.append(`${home}/a/b`, "y");
    await files.setMode(`${home}/a/b`, 0o600);
    await files.rename(`${home}/a/b`, `${home}/a/c`);
    assert.equal(await files.readText(`${home}/a/c`), "xy");
    assert.equal((await files.readBytes(`${home}/a/c`))?.length, 2);
    assert.equal((await files.stat(`${home}/a/c`))?.size, 2);
    assert.equal((await files.list(`${home}/a`)).length, 1);
    assert.ok(await files.realPath(`${home}/a`));
    await (await files.lock(`${home}/a/lock`)).release();
    await files.remove(`${home}/a/c`);
    (await guarded.openDatabase(`${home}/a/d.db`)).close();
    (await guarded.openDatabase(":memory:")).close();
    assert.equal((await guarded.fetch(new Request("https://host.example/"))).status, 200);
    assert.equal((await guarded.processes.run({ command: "true", args: [] })).code, 0);
    const listener = await guarded.serve({ hostname: "127.0.0.1", port: 0 }, () => new Response());
    await listener.shutdown();
    assert.equal(guarded.env.get("HOME"), home);
    assert.equal(typeof guarded.system.isAlive(1), "boolean");
    const refused = withoutPrompts(answering(platform, "denied").machine);
    assert.equal(await refused.files.readText(`${home}/none`), null);
    assert.equal(refused.system.isAlive(1), null);
    (await withoutPrompts(answering(platform, "prompt").machine).openDatabase(":memory:")).close();
  }));

Deno.test("a directory that may not be made is left to the write into it", () =>
  withPlatform({}, async (platform) => {
    const guarded = withoutPrompts(answering(platform, "prompt").machine);
    await guarded.files.makeDirectory(`${platform.home}/new`);
    assert.equal(await platform.files.stat(`${platform.home}/new`), null);
    assert.ok(
      await guarded.files.makeTemporaryDirectory("tracker-test-").then((path) =>
        platform.files.remove(path).then(() => true)
      ),
    );
  }));

Deno.test("a read-only database asks for reading alone, a YAML file for the library's variables too", () =>
  withPlatform({}, async (platform) => {
    const { machine, asked } = answering(platform, "granted");
    const guarded = withoutPrompts(machine);
    await guarded.files.readText("/a/config.yaml");
    assert.deepEqual(asked, ["read /a/config.yaml", "env LOG_TOKENS", "env LOG_STREAM"]);
    asked.length = 0;
    await assert.rejects(guarded.openDatabase("/a/none.db", { readOnly: true }));
    assert.deepEqual(asked, ["read /a/none.db"]);
  }));

Deno.test("Deno's own denials are explained too, whatever they are wrapped in", () =>
  withPlatform({ env: { HOME: "/home/me" } }, (platform) => {
    const denied = new Error(
      'Requires read access to "/home/me/.spec-kitty/credentials", run again with the --allow-read flag',
    );
    denied.name = "NotCapable";
    const wrapped = new TrackerError({ code: "network_error", message: "No", cause: denied });
    const kept = new TrackerError({
      code: "host_unreachable",
      message: "No",
      details: { error: `NotCapable: ${denied.message}` },
    });
    for (const error of [denied, wrapped, kept]) {
      const failure = explain(error, { platform, command: STATUS });
      assert.equal(failure.code, "permission_needed");
      assert.equal(failure.message, 'Permission needed: read "~/.spec-kitty/credentials"');
      assert.match(
        failure.nextAction ?? "",
        /^Run with `--allow-read=\.,\$HOME\/\.spec-kitty`\.\n/,
      );
    }
  }));

Deno.test("a denial outside of what the table knows names its own target, and no command no recipe", () =>
  withPlatform({}, (platform) => {
    const denial = (message: string) => Object.assign(new Error(message), { name: "NotCapable" });
    const failure = explain(
      denial("Requires write access to <TMP>, run again with the --allow-write flag"),
      { platform, command: null },
    );
    assert.equal(failure.message, 'Permission needed: write "<TMP>"');
    assert.equal(failure.nextAction, "Run with `--allow-write=<TMP>`.");
    // So Deno refuses a signal to another process.
    const signal = explain(denial("Requires run access, run again with the --allow-run flag"), {
      platform,
      command: SYNC_PULL,
    });
    assert.equal(signal.message, "Permission needed: run");
    assert.match(signal.nextAction ?? "", /^Run with `--allow-run`\.\nAll that .* --allow-run`/);
    const odd = explain(denial("Something else"), { platform, command: STATUS });
    assert.equal(odd.code, "permission_needed");
    const compiled = { ...platform, system: { ...platform.system, standalone: true } };
    const baked = explain(
      denial('Requires run access to "bd", run again with the --allow-run flag'),
      {
        platform: compiled,
        command: SYNC_PULL,
      },
    );
    assert.match(baked.nextAction ?? "", /compiled without it: compile it with `--allow-run=/);
    const launched = explain(
      denial('Requires sys access to "cpus", run again with the --allow-sys flag'),
      {
        platform: { ...platform, system: { ...platform.system, launcher: "/npm/tracker.cjs" } },
        command: null,
      },
    );
    assert.equal(
      launched.nextAction,
      "The npm package runs without it: run the program with Deno and `--allow-sys=cpus`.",
    );
  }));

Deno.test("what may not be written outside of the project is named for reading, too", () =>
  withPlatform({}, (platform) => {
    const failure = explain(new NotCapableError("write", "/repository/.git"), {
      platform,
      command: HOOK_INSTALL,
    });
    const [first = "", all = ""] = (failure.nextAction ?? "").split("\n");
    assert.equal(first, "Run with `--allow-write=.,/repository/.git`.");
    assert.match(all, /`--allow-read=\.,\/repository\/\.git --allow-write=\.,\/repository\/\.git /);
  }));

Deno.test("a command's permissions follow the places, and the gate takes what only hosted work needs", async () => {
  const flags = async (command: string, change: Partial<Places> = {}) =>
    permissionFlags(
      permissionsOf((await commandNamed(command)).permissions, { ...PLACES, ...change }),
    ).map((flag) => flag.startsWith("--allow-env") ? "--allow-env" : flag);
  assert.deepEqual(await flags("sync pull"), [
    "--allow-read=/work/web,/home/me/.spec-kitty",
    "--allow-write=/home/me/.spec-kitty",
    "--allow-net=host.example,127.0.0.1",
    "--allow-env",
    "--allow-run=bd,/usr/bin/deno",
  ]);
  assert.deepEqual(await flags("sync pull", { startsDaemon: false }), [
    "--allow-read=/work/web,/home/me/.spec-kitty",
    "--allow-write=/home/me/.spec-kitty",
    "--allow-net=host.example",
    "--allow-env",
    "--allow-run=bd",
  ]);
  assert.deepEqual(await flags("sync pull", { hosted: false, host: null }), [
    "--allow-read=/work/web,/home/me/.spec-kitty",
    "--allow-write=/home/me/.spec-kitty",
    "--allow-env",
    "--allow-run=bd",
  ]);
  assert.deepEqual(await flags("discover", { host: null, user: null }), [
    "--allow-read=/work/web",
    "--allow-net=HOST",
    "--allow-env",
  ]);
  assert.deepEqual(await flags("host backup", { database: "db.example:5432" }), [
    "--allow-read=DIR",
    "--allow-write=DIR",
    "--allow-net=db.example:5432",
    "--allow-env",
  ]);
  assert.deepEqual(await flags("help"), ["--allow-env"]);
  assert.deepEqual((await flags("host import")).slice(0, 2), [
    "--allow-read=/work/web,DIR",
    "--allow-write=DIR",
  ]);
  for (const { path, permissions } of await catalogue(true)) {
    for (const { kind, target } of permissionsOf(permissions, { ...PLACES, hosted: false })) {
      if (kind === "env") assert.doesNotMatch(target, /SAAS|^TRACKER/, path);
    }
  }
});

Deno.test("every variable the program reads is in the table", async () => {
  const read = new Set<string>();
  for await (const text of sources(new URL("../../src/", import.meta.url))) {
    for (const found of text.matchAll(/env\.get\("(\w+)"\)/g)) read.add(found[1] ?? "");
  }
  // Without PATH a sync reads the help of `bd` each time: no command is refused for it.
  const elsewhere = ["USERPROFILE", "USERNAME", "LOCALAPPDATA", "APPDATA", "PATH"];
  const missing = [...read].filter((name) =>
    !VARIABLES.includes(name) && !elsewhere.includes(name)
  );
  assert.deepEqual(missing, []);
  assert.ok(read.size >= 8);
});

Deno.test("a target that is not known yet is asked for as the whole kind, a host with its port", () =>
  withPlatform({}, (platform) => {
    const { machine, asked } = answering(platform, "denied");
    const states = permissionStates(machine, [
      { kind: "read", target: "DIR" },
      { kind: "net", target: "HOST" },
      { kind: "net", target: "host.example" },
      { kind: "net", target: "127.0.0.1" },
      { kind: "net", target: "127.0.0.1:8787" },
    ]);
    assert.deepEqual(asked, [
      "read *",
      "net *",
      "net host.example:443",
      "net 127.0.0.1",
      "net 127.0.0.1:8787",
    ]);
    assert.ok(states.every((state) => !state.granted));
  }));

async function* sources(directory: URL): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const url = new URL(`${entry.name}${entry.isDirectory ? "/" : ""}`, directory);
    if (entry.isDirectory) yield* sources(url);
    else if (entry.name.endsWith(".ts")) yield await Deno.readTextFile(url);
  }
}
