import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { type Permission, permissionsOf } from "../../src/cli/permissions/requirements.ts";
import { flagsFor, measureAll } from "../../scripts/audit_permissions.ts";
import { type PermissionRun, RUNS } from "../../scripts/permission_runs.ts";
import { type Scene, type Stage, withStage } from "../../scripts/permission_stage.ts";
import { runScoped, type ScopedResult } from "../../scripts/scoped_run.ts";
import { assertOwnWords } from "./scoped_support.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/permissions.md", import.meta.url));

/** What the page says a command needs. */
interface Row {
  readonly command: string;
  readonly scene: Scene;
  /** Name of a set in `deno.json`; `null` when it needs nothing. */
  readonly set: string | null;
  readonly permissions: readonly Permission[];
}

const ROWS: readonly Row[] = [
  ...rowsOf("hosted", between("### In a hosted project", "### In a local project")),
  ...rowsOf("local", between("### In a local project", null)),
];

Deno.test("The page of permissions has a row for every command there is", async () => {
  for (const { path } of await catalogue(true)) {
    assert.ok(ROWS.some(({ command }) => command === path), `no row for "${path}"`);
  }
});

Deno.test("What a command is measured to need is what the page says, without the program's own modules", async () => {
  const measured = await measureAll(["providers", "config get"]);
  assert.ok(measured.length > 2);
  for (const { command, scene, permissions } of measured) {
    const row = ROWS.find((one) => one.command === command && one.scene === scene);
    const named = (some: readonly Permission[] = []) =>
      some.map(({ kind, target }) => `${kind} ${target}`).toSorted();
    assert.deepEqual(named(permissions), named(row?.permissions), `${command}, ${scene}`);
  }
});

for (const scene of ["hosted", "local"] as const) {
  Deno.test(`Every command of a ${scene} project runs under exactly the flags of the page`, () =>
    onStage(scene, async (run, row, stage) => {
      const result = await runScoped(run, stage, flagsFor(row.permissions, stage));
      const what = `${row.command}: ${result.stdout}${result.stderr}`;
      assert.doesNotMatch(result.stderr, /Permission needed/, what);
      assert.equal(result.code, run.fails === true ? 1 : 0, what);
      assertOwnWords(result.stderr);
    }));
}

for (const scene of ["hosted", "local"] as const) {
  Deno.test(`Every command of a ${scene} project runs under the set that the page names`, () =>
    onStage(scene, async (run, row, stage) => {
      const flags = row.set === null ? [] : [`-P=${row.set}`];
      const result = await runScoped(run, stage, flags);
      const what = `${row.command} with ${flags}: ${result.stdout}${result.stderr}`;
      assert.doesNotMatch(result.stderr, /Permission needed/, what);
      assert.equal(result.code, run.fails === true ? 1 : 0, what);
      assertOwnWords(result.stderr);
    }));
}

Deno.test("What a denied command says it needs is what it was measured to need, and no more", async () => {
  for (const { path, permissions: accesses } of await catalogue(true)) {
    const rows = ROWS.filter(({ command }) => command === path);
    // Which kind of project it is cannot always be read by a command that was denied.
    const measured = new Set(rows.flatMap((row) => namesOf(row.permissions)));
    for (const { scene, permissions } of rows) {
      const isHosted = scene === "hosted";
      const tool = isHosted ? null : PLACES.tool;
      const said = permissionsOf(accesses, { ...PLACES, tool, hosted: isHosted });
      for (const one of namesOf(permissions)) {
        assert.ok(
          namesOf(said).includes(one),
          `"${path}" in a ${scene} project does not say that it needs ${one}`,
        );
      }
      for (const one of namesOf(said)) {
        assert.ok(measured.has(one), `"${path}" in a ${scene} project does not need ${one}`);
      }
    }
  }
});

/** Without the variables that count as unset, and those of the YAML library: any project may have a config. */
function namesOf(permissions: readonly Permission[]): readonly string[] {
  return permissions
    .filter(({ kind, target }) => kind !== "env" || target === "HOME")
    .map(({ kind, target }) => `${kind} ${target}`);
}

Deno.test("Without leave to write the session's file nothing is asked of the host, unless TRACKER_TOKEN is set", () =>
  withStage("hosted", async (stage) => {
    const run = RUNS.find(({ command }) => command === "discover");
    const row = ROWS.find(({ command }) => command === "discover");
    assert.ok(run && row);
    const reading = row.permissions.filter(({ kind }) => kind !== "write");
    await stage.world.forgetRequests();
    const denied = await runScoped(run, stage, ["--no-prompt", ...flagsFor(reading, stage)]);
    assertExplained(denied, "write", "discover");
    assert.deepEqual(await stage.world.requests(), []);
    const token = (await stage.world.ok("auth", "token")).trim();
    const { code, stderr } = await runScoped(run, stage, flagsFor(reading, stage), {
      TRACKER_TOKEN: token,
      TRACKER_TEAM: "acme",
    });
    assert.deepEqual([code, stderr], [0, ""]);
  }));

Deno.test("Under the flags of the page a sync starts the daemon where the settings ask for one", () =>
  withStage("hosted", async (stage) => {
    const run = RUNS.find(({ command }) => command === "sync pull");
    const row = ROWS.find(({ command }) => command === "sync pull");
    assert.ok(run && row);
    await stage.world.ok("config", "set", "sync.background_daemon", "auto");
    const { code, stderr } = await runScoped(run, stage, flagsFor(row.permissions, stage));
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Warning/);
    const { state } = await stage.world.json("daemon", "start");
    assert.equal(state, "running", "it was started by the sync");
  }));

Deno.test("With one of its flags taken away a command says which, and how to continue", async () => {
  const taken = new Set<string>();
  for (const scene of ["hosted", "local"] as const) {
    await onStage(scene, async (run, row, stage) => {
      if (!SAMPLE.includes(row.command)) return;
      const without = lastGrant(row, taken);
      if (without === null) return;
      const rest = row.permissions.filter((one) => one.kind !== without);
      const result = await runScoped(run, stage, ["--no-prompt", ...flagsFor(rest, stage)]);
      assertExplained(result, without, row.command);
      taken.add(without);
    });
  }
  assert.deepEqual([...taken].sort(), ["env", "net", "read", "run", "write"]);
});

/** The places as the page names them. */
const PLACES = {
  project: ".",
  user: "$HOME/.spec-kitty",
  host: null,
  database: null,
  tool: "bd",
  program: "tracker",
  sources: null,
  startsDaemon: true,
} as const;

const SAMPLE: readonly string[] = [
  "config get",
  "config set",
  "bind",
  "discover",
  "issue list",
  "sync pull",
  "host serve",
];

/** A kind that no earlier command has lost, else one that matters: what was granted last. */
function lastGrant(row: Row, taken: ReadonlySet<string>): Permission["kind"] | null {
  // Without the name of the machine an identity is made of what is left.
  const kinds = [...new Set(row.permissions.map(({ kind }) => kind))].filter((kind) =>
    kind !== "sys"
  );
  // Without its variables a hosted project is one on a machine that has not opted in; without leave to start the daemon
  // it is synced all the same.
  const telling = row.scene === "hosted"
    ? kinds.filter((kind) => kind !== "env" && kind !== "run")
    : kinds;
  return telling.find((kind) => !taken.has(kind)) ?? kinds.find((kind) => kind !== "env") ?? null;
}

function assertExplained(result: ScopedResult, kind: string, command: string): void {
  const what = `${command} without ${kind}: ${result.stdout}${result.stderr}`;
  assert.equal(result.code, 1, what);
  assert.match(result.stderr, new RegExp(`^✗ Permission needed: ${kind} "`, "m"), what);
  assert.match(result.stderr, new RegExp(`Run with \`--allow-${kind}=`), what);
  assertOwnWords(result.stderr);
}

async function onStage(
  scene: Scene,
  work: (run: PermissionRun, row: Row, stage: Stage) => Promise<void>,
): Promise<void> {
  const rows = ROWS.filter((one) => one.scene === scene);
  assert.ok(rows.length > 10);
  await withStage(scene, async (stage) => {
    for (const run of RUNS) {
      if (run.scene !== scene) continue;
      const row = rows.find(({ command }) => command === run.command);
      assert.ok(row, `the page does not say what "${run.command}" needs`);
      await work(run, row, stage);
    }
  });
}

function between(start: string, end: string | null): string {
  const from = PAGE.indexOf(start);
  assert.ok(from >= 0, `the page has no "${start}"`);
  return PAGE.slice(from, end === null ? undefined : PAGE.indexOf(end));
}

/** The commands, their set and their flags, as the page has them for one kind of project. */
function rowsOf(scene: Scene, part: string): readonly Row[] {
  return [...part.matchAll(/^(`[^:]+?)(?:\s+\(set\s+`([^`]+)`\))?:\n\n```text\n(.*)\n```$/gm)]
    .flatMap(
      ([, names = "", set = null, flags = ""]) =>
        [...names.matchAll(/`([^`]+)`/g)].map(([, command = ""]) => ({
          command: command.replaceAll(/\s+/g, " "),
          scene,
          set,
          permissions: permissionsIn(flags),
        })),
    );
}

function permissionsIn(flags: string): readonly Permission[] {
  return [...flags.matchAll(/--allow-([a-z]+)=(\S+)/g)].flatMap(([, kind = "", targets = ""]) =>
    targets.split(",").map((target) => ({ kind: kindOf(kind), target }))
  );
}

function kindOf(word: string): Permission["kind"] {
  switch (word) {
    case "read":
    case "write":
    case "net":
    case "env":
    case "run":
    case "sys":
      return word;
    default:
      throw new Error(`Unknown kind of permission "${word}"`);
  }
}
