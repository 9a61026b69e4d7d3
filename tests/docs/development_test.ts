import assert from "node:assert/strict";
import { ROOMS, SUB_ROOMS } from "../rooms.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = "docs/development/";

/** Rooms that few other rooms may import, so that "floors 1 to 2" does not mean them. */
const APART: readonly string[] = ["providers", "pages"];

Deno.test("The page on the layout has the rooms, their floors and what they may import", async () => {
  const rows = tableOf(await text(`${FOLDER}README.md`), "Rooms");
  assert.deepEqual(
    rows.map(([room = ""]) => plain(room)).toSorted(),
    Object.keys(ROOMS).toSorted(),
  );
  for (const [name = "", floor, , imports = ""] of rows) {
    const room = plain(name);
    assert.equal(Number(floor), ROOMS[room]?.floor, room);
    assert.deepEqual(meant(imports), ROOMS[room]?.imports.toSorted(), room);
  }
});

Deno.test("The page on the layout has the sub-rooms, and what they may import", async () => {
  const page = await text(`${FOLDER}README.md`);
  for (const room of ["cli", "server"]) {
    const rows = tableOf(page, `Inside \`${room}\``);
    assert.ok(rows.length > 0, room);
    for (const [name = ""] of rows) {
      assert.ok(await exists(`src/${room}/${plain(name)}`), `${room}/${name}`);
    }
    const table = SUB_ROOMS[room];
    if (table === undefined) continue;
    // A sub-room that has rules before it has files is not on the page.
    const there = new Set<string>();
    for (const name of Object.keys(table)) if (await exists(`src/${room}/${name}`)) there.add(name);
    const said = rows.map(([name = "", , imports = ""]) => [plain(name), namesIn(imports)]);
    const held = Object.entries(table).filter(([name]) => there.has(name))
      .map(([name, imports]) => [name, imports.filter((one) => there.has(one)).toSorted()]);
    assert.deepEqual(Object.fromEntries(said), Object.fromEntries(held), room);
  }
});

Deno.test("Every file and folder that a page on development names exists", async () => {
  const wrong: string[] = [];
  for (const page of [...await pages(), "CONTRIBUTING.md"]) {
    for (const path of pathsIn(await text(page))) {
      if (!await exists(path)) wrong.push(`${page}: ${path}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("Every name that a page on development finds in a file is in that file", async () => {
  const wrong: string[] = [];
  let found = 0;
  for (const page of await pages()) {
    const said = (await text(page)).replaceAll(/\s+/g, " ");
    for (
      const [, name = "", path = ""] of said.matchAll(/`([\w.#]+)` (?:in|of) `([\w/.-]+\.tsx?)`/g)
    ) {
      found++;
      const code = await exists(path) ? withoutImports(await text(path)) : "";
      const isThere = name.split(".").every((part) =>
        new RegExp(`(?<![\\w])${part}\\b`).test(code)
      );
      if (!isThere) wrong.push(`${page}: \`${name}\` is not in \`${path}\``);
    }
  }
  assert.ok(found > 10, "the names were found");
  assert.deepEqual(wrong, []);
});

Deno.test("The calls that the page on the wire lists are methods of the client", async () => {
  const client = await text("src/client/client.ts");
  const rows = tableOf(await text(`${FOLDER}wire.md`), "Tracker calls");
  const missing = rows.map(([, method = ""]) => plain(method))
    .filter((method) => !new RegExp(`^ {2}(async )?${method}\\(`, "m").test(client));
  assert.ok(rows.length > 10, "the calls were found");
  assert.deepEqual(missing, []);
});

Deno.test("Every page on development is in its index", async () => {
  const index = await text(`${FOLDER}README.md`);
  const names = (await pages()).map((path) => path.slice(FOLDER.length));
  assert.deepEqual(
    names.filter((name) => name !== "README.md" && !index.includes(`](${name})`)),
    [],
  );
});

/** Returns the rows of the first table below a heading, each as its cells. */
function tableOf(page: string, heading: string): string[][] {
  const from = page.indexOf(`\n## ${heading}\n`);
  assert.ok(from >= 0, `there is no "${heading}"`);
  const lines = page.slice(from).split("\n");
  const start = lines.findIndex((line) => /^\| -/.test(line));
  const rows = lines.slice(start + 1);
  return rows.slice(0, rows.findIndex((line) => !line.startsWith("|"))).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

/** Returns the rooms that a cell such as "floors 1 to 2, `client`" means, sorted. */
function meant(cell: string): string[] {
  const top = Number(
    /^floors? 1(?: to (\d))?/.exec(cell)?.[1] ?? (cell.startsWith("floor 1") ? 1 : 0),
  );
  const below = Object.entries(ROOMS).filter(([room, { floor }]) =>
    floor <= top && !APART.includes(room)
  ).map(([room]) => room);
  return [...new Set([...below, ...namesIn(cell)])].toSorted();
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => plain(name ?? "")).toSorted();
}

function plain(name: string): string {
  return name.replaceAll("`", "").replace(/(?<=.)\/$/, "");
}

/**
 * Returns the paths in code marks: whole ones, and bare names of files that follow one on its line, which are in its folder.
 * `UPPER` and `*` stand for any name, and are left out.
 */
function pathsIn(page: string): string[] {
  const prose = page.replaceAll(/^```[\s\S]*?^```/gm, "");
  return prose.split("\n").flatMap(pathsInLine);
}

function pathsInLine(line: string): string[] {
  const paths: string[] = [];
  let folder = "";
  for (const [, name = ""] of line.matchAll(/`([^`\s]+)`/g)) {
    if (/[A-Z*<>{}$]/.test(name.replace(/^README|^CONTRIBUTING/, ""))) continue;
    if (/^(src|tests|scripts|docs|contracts)\//.test(name)) {
      paths.push(name);
      folder = name.slice(0, name.lastIndexOf("/") + 1);
    } else if (/^[a-z0-9_]+\.tsx?$/.test(name) && folder !== "" && !/^(main|mod)\.ts$/.test(name)) {
      paths.push(folder + name);
    }
  }
  return paths;
}

function withoutImports(code: string): string {
  return code.replaceAll(/^import [\s\S]*?from "[^"]+";$/gm, "");
}

async function pages(): Promise<string[]> {
  const found = await Array.fromAsync(Deno.readDir(new URL(FOLDER, ROOT)));
  return found.map(({ name }) => FOLDER + name).filter((path) => path.endsWith(".md")).toSorted();
}

async function text(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(new URL(path, ROOT)).then(() => true, () => false);
}
