import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/catalogue.ts";
import type { Permission } from "../../src/cli/permissions.ts";
import { flagsFor } from "../../scripts/audit_permissions.ts";
import {
  type PermissionRun,
  RUNS,
  type Scene,
  type Stage,
  withStage,
} from "../../scripts/permission_runs.ts";
import { runScoped, type ScopedResult } from "../../scripts/scoped_run.ts";
import { assertOwnWords } from "./scoped_support.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/permissions.md", import.meta.url));

/** What the page says a command needs. */
interface Row {
  readonly command: string;
  readonly scene: string;
  readonly permissions: readonly Permission[];
}

const ROWS: readonly Row[] = [...PAGE.matchAll(/^\| `([^`]+)` +\| (hosted|local) +\| (.+?) *\|$/gm)]
  .map(([, command = "", scene = "", flags = ""]) => ({
    command,
    scene,
    permissions: [...flags.matchAll(/`--allow-([a-z]+)=([^`]+)`/g)].flatMap(
      ([, kind = "", targets = ""]) =>
        targets.split(",").map((target) => ({ kind: kindOf(kind), target })),
    ),
  }));

Deno.test("The page of permissions has a row for every command there is", () => {
  for (const { path } of catalogue(true)) {
    assert.ok(ROWS.some(({ command }) => command === path), `no row for "${path}"`);
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

Deno.test("With one of its flags taken away a command says which, and how to go on", async () => {
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
  const kinds = [...new Set(row.permissions.map(({ kind }) => kind))];
  // Without its variables a hosted project is one on a machine that has not opted in.
  const telling = row.scene === "hosted" ? kinds.filter((kind) => kind !== "env") : kinds;
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
    for (const row of rows) {
      const run = RUNS.find((one) => one.scene === scene && one.command === row.command);
      assert.ok(run, `nothing runs "${row.command}"`);
      await work(run, row, stage);
    }
  });
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
