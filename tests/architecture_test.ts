import assert from "node:assert/strict";
import { modulesUnder } from "../scripts/coverage.ts";
import { run } from "../scripts/run.ts";
import {
  exists,
  inside,
  isRecord,
  moduleGraph,
  packageOf,
  projectModules,
  reachable,
  ROOT,
  staticImports,
  text,
} from "./module_graph.ts";
import { LAZY_ROOMS, roomOf, ROOMS, SUB_ROOMS, subRoomOf } from "./rooms.ts";

/** Packages that only some commands need: never loaded by a static import from the edge. */
const LAZY_PACKAGES =
  /^(@modelcontextprotocol\/server|hono|markdown-it|node-diff3|node:sqlite|pg)$/;

/** Packages that only tests and scripts need: not part of the program. */
const TEST_PACKAGES =
  /^(@modelcontextprotocol\/client|@octokit\/[\w-]+|ajv|ajv-formats|axe-core|fast-check|graphql|playwright-core)$/;

const MODULES = await projectModules();
const IMPORTS = await moduleGraph(MODULES);

Deno.test("The graph is not empty", () => {
  assert.ok(MODULES.length > 10);
  assert.ok(IMPORTS.some((one) => one.to === "src/platform/tracker_error.ts"));
  assert.ok(IMPORTS.some((one) => one.to === "node:sqlite" && one.isDynamic));
});

Deno.test("Every folder of src is a room of the house, and every file is in a room", () => {
  const strange = MODULES.filter((path) => path.startsWith("src/") && !(roomOf(path) in ROOMS));
  assert.deepEqual(strange, []);
});

Deno.test("The table of rooms points down only", () => {
  for (const [name, room] of Object.entries(ROOMS)) {
    for (const below of room.imports) {
      const floor = ROOMS[below]?.floor ?? Infinity;
      assert.ok(floor <= room.floor && below !== name, `${name} may not look up to ${below}`);
    }
  }
});

Deno.test("Imports point down only", () => {
  const wrong: string[] = [];
  for (const one of IMPORTS) {
    const from = roomOf(one.from);
    const to = roomOf(one.to);
    if (!one.to.startsWith("src/") || from === to || from === "edge") continue;
    if (!(ROOMS[from]?.imports.includes(to) ?? false)) wrong.push(`${one.from} imports ${one.to}`);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("Inside a room that has sub-rooms, imports keep to its table", () => {
  const wrong: string[] = [];
  for (const [room, subRooms] of Object.entries(SUB_ROOMS)) {
    for (const one of IMPORTS) {
      if (roomOf(one.from) !== room || roomOf(one.to) !== room) continue;
      const from = subRoomOf(one.from);
      const to = subRoomOf(one.to);
      if (from === to || subRooms[from]?.includes(to) === true) continue;
      wrong.push(`${one.from} imports ${one.to}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("No module imports itself in a circle", () => {
  const next = staticImports(IMPORTS);
  const circles = MODULES.filter((path) => reachable(next, next.get(path) ?? []).has(path));
  assert.deepEqual(circles, []);
});

Deno.test("Inside a room that has sub-rooms, not even types go in a circle", () => {
  const next = new Map<string, string[]>();
  for (const { from, to, isDynamic } of IMPORTS) {
    if (isDynamic || roomOf(from) !== roomOf(to) || !(roomOf(from) in SUB_ROOMS)) continue;
    next.set(from, [...next.get(from) ?? [], to]);
  }
  const circles = [...next.keys()].filter((path) =>
    reachable(next, next.get(path) ?? []).has(path)
  );
  assert.deepEqual(circles, []);
});

Deno.test("Starting the program, or importing the library, loads nothing that few commands need", () => {
  const next = staticImports(IMPORTS, packageOf);
  const wrong: string[] = [];
  for (const edge of ["main.ts", "mod.ts"]) {
    for (const to of reachable(next, [edge])) {
      if (LAZY_ROOMS.includes(roomOf(to)) || LAZY_PACKAGES.test(to)) {
        wrong.push(`${edge} loads ${to}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("The program loads nothing that only its tests need", () => {
  const wrong = IMPORTS.filter(({ to }) => TEST_PACKAGES.test(packageOf(to)));
  assert.deepEqual(wrong.map(({ from, to }) => `${from} loads ${to}`), []);
});

/** The folder of a noun's commands, such as `issue`; `null` for any other path. */
function nounOf(path: string): string | null {
  return /^src\/cli\/commands\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** The definitions: what the registry reaches. */
const DEFINITIONS = IMPORTS.filter(({ from }) => from === "src/cli/commands/registry.ts")
  .map(({ to }) => to).filter((to) => nounOf(to) !== null);

Deno.test("The commands of a noun import no other noun's", () => {
  const wrong = IMPORTS.filter(({ from, to }) =>
    nounOf(from) !== null && nounOf(to) !== null && nounOf(from) !== nounOf(to)
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("The code of every command stands beside its definition, which alone loads it when it runs", () => {
  assert.ok(DEFINITIONS.length > 50);
  const codes = IMPORTS.filter(({ to }) => nounOf(to) !== null && to.endsWith("_run.ts"));
  assert.deepEqual(
    codes.map(({ from, to, isDynamic }) => ({ from, to, isDynamic })).sort(byCode),
    DEFINITIONS.map((from) => ({ from, to: from.replace(/\.ts$/, "_run.ts"), isDynamic: true }))
      .sort(byCode),
  );
});

Deno.test("Every definition is loaded by the registry, and only when it is asked for", () => {
  const wrong = IMPORTS.filter(({ from, to, isDynamic }) =>
    from === "src/cli/commands/registry.ts" && nounOf(to) !== null && !isDynamic
  );
  assert.deepEqual(wrong, []);
  const codes = MODULES.filter((path) => nounOf(path) !== null && path.endsWith("_run.ts"));
  const missing = codes.map((path) => path.replace(/_run\.ts$/, ".ts"))
    .filter((path) => !DEFINITIONS.includes(path));
  assert.deepEqual(missing, []);
});

Deno.test("A definition loads nothing that only its code needs", () => {
  const light =
    /^src\/(cli\/command\/(access|command|command_line|global_options)|contract\/\w+|local\/field_names|store\/sort_fields)\.ts$/;
  const next = staticImports(IMPORTS, packageOf);
  const wrong = DEFINITIONS.flatMap((path) =>
    [...reachable(next, next.get(path) ?? [])]
      .filter((to) => !light.test(to) && nounOf(to) !== nounOf(path))
      .map((to) => `${path} loads ${to}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("What only looks at issues loads nothing that merges them", () => {
  const next = staticImports(IMPORTS, packageOf);
  const looks = DEFINITIONS.map((path) => path.replace(/\.ts$/, "_run.ts"));
  const services = ["src/client/service.ts", "src/local/service.ts"];
  const wrong = ["main.ts", "mod.ts", ...looks, ...services].flatMap((path) =>
    [...reachable(next, [path])].filter((to) => to === "node-diff3" || to === "src/sync/merge.ts")
      .map((to) => `${path} loads ${to}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("In the server, only the doors know the web framework", () => {
  const doors = ["http", "api", "web", "webhooks", "dev"];
  const wrong = IMPORTS.filter(({ from, to }) =>
    roomOf(from) === "server" && from !== "src/server/app.ts" && packageOf(to) === "hono" &&
    !doors.includes(subRoomOf(from))
  );
  assert.deepEqual(wrong.map(({ from }) => from), []);
});

Deno.test("Only a development host loads what it alone has", () => {
  const wrong = IMPORTS.filter(({ from, to, isDynamic, isType }) =>
    to.startsWith("src/server/dev/") && to !== "src/server/dev/account.ts" &&
    !from.startsWith("src/server/dev/") && !isDynamic && !isType
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} loads ${to}`), []);
});

/** What only the server's store says, or only one file of it. */
const OF_THE_STORE: readonly { readonly words: RegExp; readonly where: RegExp }[] = [
  {
    words: /\b(SELECT\b|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|PRAGMA)\b/,
    where: /^src\/server\/store\//,
  },
  { words: /\b(store|tx)\s*\.(one|all|run)\(/, where: /^src\/server\/store\// },
  {
    words: /node:sqlite|\bopenDatabase\b/,
    where: /^src\/server\/store\/sqlite(_copy|_reading)?\.ts$/,
  },
  {
    words: /from "pg"/,
    where:
      /^src\/server\/store\/(postgres(_driver|_listener|_reading|_transaction)?|migrations\/postgres)\.ts$/,
  },
];

Deno.test("In the server, only the store holds SQL, and few files of it name a driver", async () => {
  const wrong: string[] = [];
  for (const path of MODULES.filter((path) => roomOf(path) === "server")) {
    const content = await text(path);
    for (const { words, where } of OF_THE_STORE) {
      const found = where.test(path) ? null : words.exec(content);
      if (found !== null) wrong.push(`${path}: ${found[0]}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("Nothing outside this repository is imported but packages of the import map", async () => {
  const config: unknown = JSON.parse(await text("deno.json"));
  assert.ok(isRecord(config) && isRecord(config["imports"]));
  const known = Object.keys(config["imports"]);
  const wrong = IMPORTS.filter(({ specifier }) => {
    if (/^\.{1,2}\//.test(specifier) || specifier.startsWith("node:")) return false;
    return !known.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  }).map((one) => `${one.from} imports ${one.specifier}`);
  assert.deepEqual(wrong, []);
  for (const [name, target] of Object.entries(config["imports"])) {
    assert.match(String(target), /^npm:(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/, name);
  }
});

Deno.test("Importing the library asks for no permission", async () => {
  for (const path of ["mod.ts", ...await modulesUnder(ROOT, "src/contract/")]) {
    if (!MODULES.includes(path)) continue;
    const result = await run(["run", "--no-prompt", "--quiet", "--no-check", path]);
    assert.equal(result.code, 0, path);
    assert.equal(result.output, "", path);
  }
});

Deno.test("Every exported name of the ground floor and of the library is documented", async () => {
  const paths = MODULES.filter((path) =>
    ["contract", "platform", "client", "tracker"].includes(roomOf(path)) || path === "mod.ts"
  );
  const missing: string[] = [];
  for (const found of await documentation(paths)) {
    if (!found.isDocumented) missing.push(`${found.path}: ${found.name}`);
  }
  assert.deepEqual(missing, []);
});

Deno.test("No file is longer than 350 lines", async () => {
  const long: string[] = [];
  const others = await Promise.all(["tests/", "scripts/"].map((at) => modulesUnder(ROOT, at)));
  for (const path of [...MODULES, ...others.flat()]) {
    const lines = (await text(path)).split("\n").length - 1;
    if (lines > 350) long.push(`${path}: ${lines}`);
    else if (lines > 300) console.log(`    ${path} has ${lines} lines; 300 is the ordinary limit`);
  }
  assert.deepEqual(long, []);
});

Deno.test("Files are named in snake case, and for what they hold", () => {
  const wrong = MODULES.filter((path) =>
    !path.split("/").every((part) => /^[a-z0-9_]+(\.tsx?)?$/.test(part)) ||
    /\b(utils?|helpers?|common|manager|misc)\b/.test(path.replaceAll(/[/_.]/g, " "))
  );
  assert.deepEqual(wrong, []);
});

/** What no file of the repository says, and why. */
const FORBIDDEN: readonly { readonly words: RegExp; readonly why: string; except?: RegExp }[] = [
  // Between quotes it is a word of somebody else: Jira's for an open task.
  { words: /(?<!")\bTODO\b|\bFIXME\b|\bXXX\b/, why: "unfinished work belongs in an issue" },
  { words: /registry\.npmjs|npm\.jsr\.io/, why: "registries are set by the machine" },
  { words: /\/work\/(main|shared|team)|\/home\/[a-z]+\/src/, why: "a path of one machine" },
  {
    words: /\.\.\/shared/,
    why: "the repository stands alone",
    except: /^(tests\/|scripts\/)/,
  },
  { words: /deno-lint-ignore|@ts-(ignore|expect-error|nocheck)/, why: "checks are not silenced" },
  { words: /[:=(<,|&]\s*any\b\s*[;,)>\]|&={]/, why: "any is not a type", except: /\.md$/ },
  {
    words: /Deno\.test\.(only|ignore)\b|\bonly: true/,
    why: "every test runs",
    except: /^scripts\//,
  },
];

Deno.test("No file says what the house forbids", async () => {
  const own = /^(tests\/architecture_test\.ts|scripts\/lint\/|tests\/lint\/)/;
  const wrong: string[] = [];
  for (const path of await trackedTexts()) {
    if (own.test(path)) continue;
    const lines = (await text(path)).split("\n");
    for (const { words, why, except } of FORBIDDEN) {
      if (except?.test(path) === true) continue;
      lines.forEach((line, index) => {
        if (words.test(line)) wrong.push(`${path}:${index + 1}: ${why}: ${line.trim()}`);
      });
    }
  }
  assert.deepEqual(wrong, []);
});

interface Documented {
  readonly path: string;
  readonly name: string;
  readonly isDocumented: boolean;
}

async function documentation(paths: readonly string[]): Promise<Documented[]> {
  const result = await run(["doc", "--json", ...paths], { NO_COLOR: "1" }, "captured");
  assert.equal(result.code, 0, "deno doc fails");
  const report: unknown = JSON.parse(result.output);
  assert.ok(isRecord(report) && isRecord(report["nodes"]));
  const found: Documented[] = [];
  for (const [url, module] of Object.entries(report["nodes"])) {
    const path = inside(url) ?? url;
    assert.ok(isRecord(module) && Array.isArray(module["symbols"]), path);
    for (const symbol of module["symbols"]) {
      assert.ok(isRecord(symbol) && Array.isArray(symbol["declarations"]));
      const own = symbol["declarations"].filter((one: unknown) =>
        isRecord(one) && one["kind"] !== "import" && one["kind"] !== "reference" &&
        one["declarationKind"] === "export"
      );
      if (own.length === 0) continue;
      const isDocumented = own.some((one: unknown) => isRecord(one) && isRecord(one["jsDoc"]));
      found.push({ path, name: String(symbol["name"]), isDocumented });
    }
  }
  return found;
}

async function trackedTexts(): Promise<string[]> {
  const listed = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
  }).output();
  const paths = new TextDecoder().decode(listed.stdout).split("\n")
    .filter((path) => /\.(tsx?|md|ya?ml|json|sh|ps1)$|^\.ci\/run$/.test(path))
    .filter((path) => path !== "deno.lock");
  const present = await Promise.all(paths.map(exists));
  return paths.filter((_, index) => present[index]);
}

function byCode(one: { readonly to: string }, other: { readonly to: string }): number {
  return one.to < other.to ? -1 : one.to > other.to ? 1 : 0;
}
