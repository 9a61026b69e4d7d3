import assert from "node:assert/strict";
import { installGuide, removeGuides } from "../../src/project/agent_files.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";

const { files } = systemPlatform();

const GUIDE = "## Issues\n\nRun `tracker`.\n";

async function withRoot(test: (root: string, outside: string) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "agent-files-" }));
  try {
    const [root, outside] = [`${home}/web app`, `${home}/outside`];
    for (const directory of [root, outside]) await Deno.mkdir(directory);
    await test(root, outside);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function read(path: string): Promise<string | null> {
  return await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
}

const PLACES = [
  ["claude", "CLAUDE.md"],
  ["codex", "AGENTS.md"],
  ["cursor", ".cursor/rules/tracker.mdc"],
  ["generic", "AGENTS.md"],
] as const;

for (const [agent, file] of PLACES) {
  Deno.test(`The guide for ${agent} is in ${file}, and removed with the file that held it alone`, () =>
    withRoot(async (root) => {
      assert.deepEqual(await installGuide({ files, root }, agent, GUIDE), {
        file,
        outcome: "installed",
      });
      const text = await read(`${root}/${file}`) ?? "";
      assert.ok(text.includes(GUIDE), text);
      assert.equal(text.startsWith("---\n"), agent === "cursor");
      assert.deepEqual(await removeGuides({ files, root }), [file]);
      assert.equal(await read(`${root}/${file}`), null);
    }));
}

const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ["an ordinary text", "# Ours\n\nBe kind.\n"],
  ["a text whose last line has no end", "# Ours\n\nBe kind."],
  ["an empty file", ""],
  ["lines that end as those of Windows", "# Ours\r\n\r\nBe kind.\r\n"],
  ["a last line of Windows without an end", "# Ours\r\nBe kind."],
  ["a byte order mark", "\ufeff# Ours\n"],
  ["a mark within a line", "See `<!-- tracker agent install: begin -->` there.\n"],
  ["empty lines at the end", "# Ours\n\n\n"],
];

for (const [what, before] of TEXTS) {
  Deno.test(`${what}: installing keeps it, twice changes nothing, and removing leaves it byte for byte`, () =>
    withRoot(async (root) => {
      const path = `${root}/AGENTS.md`;
      await Deno.writeTextFile(path, before);
      await installGuide({ files, root }, "generic", GUIDE);
      const once = await read(path) ?? "";
      assert.ok(once.startsWith(before), once);
      assert.equal(once.includes("\r\n"), before.includes("\r\n"));
      assert.equal(/[^\r]\n/.test(once) && once.includes("\r"), false);
      assert.equal((await installGuide({ files, root }, "codex", GUIDE)).outcome, "kept");
      assert.equal(await read(path), once);
      assert.deepEqual(await removeGuides({ files, root }), ["AGENTS.md"]);
      assert.equal(await read(path), before);
    }));
}

Deno.test("A newer guide takes the place of the older one, and what stands around it stays", () =>
  withRoot(async (root) => {
    const path = `${root}/AGENTS.md`;
    await Deno.writeTextFile(path, "Before\n");
    await installGuide({ files, root }, "generic", GUIDE);
    await Deno.writeTextFile(path, `${await read(path)}After\n`);
    const newer = await installGuide({ files, root }, "generic", "## Newer\n");
    assert.equal(newer.outcome, "installed");
    const text = await read(path) ?? "";
    assert.ok(text.startsWith("Before\n") && text.endsWith("After\n"));
    assert.ok(text.includes("## Newer") && !text.includes("## Issues"));
    await removeGuides({ files, root });
    assert.equal(await read(path), "Before\nAfter\n");
  }));

Deno.test("Removing keeps a file that was written for the guide and has something else by now", () =>
  withRoot(async (root) => {
    await installGuide({ files, root }, "cursor", GUIDE);
    const path = `${root}/.cursor/rules/tracker.mdc`;
    await Deno.writeTextFile(path, `${await read(path)}Own rule\n`);
    await removeGuides({ files, root });
    assert.match(await read(path) ?? "", /^---\n[^]*---\n\nOwn rule\n$/);
  }));

Deno.test("Where no file has the guide, removing changes nothing", () =>
  withRoot(async (root) => {
    await Deno.writeTextFile(`${root}/AGENTS.md`, "Ours\n");
    assert.deepEqual(await removeGuides({ files, root }), []);
    assert.equal(await read(`${root}/AGENTS.md`), "Ours\n");
  }));

const BEGIN = "<!-- tracker agent install: begin -->";
const END = "<!-- tracker agent install: end -->";

const DAMAGED: readonly (readonly [what: string, text: string | Uint8Array<ArrayBuffer>])[] = [
  ["a beginning without an end", `${BEGIN}\nOld\n\nMine\n`],
  ["an end without a beginning", `Old\n${END}\nMine\n`],
  ["marks in the wrong order", `${END}\nMine\n${BEGIN}\n`],
  ["two sections", `${BEGIN}\n${END}\nMine\n${BEGIN}\n${END}\n`],
  ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x41, 0x0a])],
];

for (const [what, content] of DAMAGED) {
  Deno.test(`A file with ${what} is left alone, and named`, () =>
    withRoot(async (root) => {
      const path = `${root}/AGENTS.md`;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(path, bytes);
      const isNamed = (error: unknown) =>
        error instanceof TrackerError && error.code === "agent_file_unreadable" &&
        error.details["file"] === "AGENTS.md";
      await assert.rejects(installGuide({ files, root }, "generic", GUIDE), isNamed);
      await assert.rejects(removeGuides({ files, root }), isNamed);
      assert.deepEqual(await Deno.readFile(path), bytes);
    }));
}

Deno.test("A damaged file keeps the guides of all files", () =>
  withRoot(async (root) => {
    await installGuide({ files, root }, "claude", GUIDE);
    const before = await read(`${root}/CLAUDE.md`);
    await Deno.writeTextFile(`${root}/AGENTS.md`, `${BEGIN}\n`);
    await assert.rejects(removeGuides({ files, root }));
    assert.equal(await read(`${root}/CLAUDE.md`), before);
  }));

Deno.test("No link is followed out of the project, from the file or from a directory above it", () =>
  withRoot(async (root, outside) => {
    await Deno.writeTextFile(`${outside}/AGENTS.md`, "Theirs\n");
    await Deno.symlink(`${outside}/AGENTS.md`, `${root}/AGENTS.md`);
    await Deno.symlink(`${outside}/new.md`, `${root}/CLAUDE.md`);
    await Deno.symlink(outside, `${root}/.cursor`);
    for (const agent of ["generic", "claude", "cursor"] as const) {
      await assert.rejects(
        installGuide({ files, root }, agent, GUIDE),
        (error) => error instanceof TrackerError && error.code === "leaves_project",
      );
    }
    assert.equal(await read(`${outside}/AGENTS.md`), "Theirs\n");
    assert.deepEqual(Array.from(Deno.readDirSync(outside), ({ name }) => name), ["AGENTS.md"]);
  }));

Deno.test("A link within the project is followed, so that two agents share one file", () =>
  withRoot(async (root) => {
    await Deno.writeTextFile(`${root}/AGENTS.md`, "Ours\n");
    await Deno.symlink("AGENTS.md", `${root}/CLAUDE.md`);
    await installGuide({ files, root }, "claude", GUIDE);
    assert.equal((await installGuide({ files, root }, "generic", GUIDE)).outcome, "kept");
    assert.ok((await Deno.lstat(`${root}/CLAUDE.md`)).isSymlink);
    await removeGuides({ files, root });
    assert.equal(await read(`${root}/AGENTS.md`), "Ours\n");
    assert.ok((await Deno.lstat(`${root}/CLAUDE.md`)).isSymlink);
  }));
