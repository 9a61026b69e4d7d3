import assert from "node:assert/strict";
import { modulesUnder } from "../../scripts/coverage.ts";

const ROOT = new URL("../../", import.meta.url);

/** Where a page that is cited by its name alone is looked for. */
const PAGE_FOLDERS = ["docs/development/", "docs/", "contracts/"];

const CODE = [
  "main.ts",
  "mod.ts",
  ...await modulesUnder(ROOT, "src/"),
  ...await modulesUnder(ROOT, "tests/"),
  ...await modulesUnder(ROOT, "scripts/"),
].filter((path) => path !== "tests/docs/citations_test.ts");

Deno.test("A page and a heading that code cites exist", async () => {
  const wrong: string[] = [];
  let found = 0;
  for (const path of CODE) {
    const comments = await commentsOf(path);
    const bare = /[\w-]+\.md, [A-Z]\w+/.exec(comments.replaceAll(/\([^()]*\)/g, ""));
    if (bare !== null) wrong.push(`${path}: "${bare[0]}" is not in parentheses`);
    for (const { page, heading } of citationsOf(comments)) {
      found++;
      const headings = await headingsOf(page);
      if (headings === null) wrong.push(`${path}: there is no page "${page}"`);
      else if (!headings.includes(heading)) wrong.push(`${path}: "${page}" has no "${heading}"`);
    }
  }
  assert.ok(found > 150, "the citations were found");
  assert.deepEqual(wrong, []);
});

Deno.test("A decision that code cites exists", async () => {
  const decisions = await text("docs/adr/README.md");
  const wrong: string[] = [];
  for (const path of CODE) {
    for (const [, number] of (await commentsOf(path)).matchAll(/\b[Dd]ecision (\d+)\b/g)) {
      if (!decisions.includes(`[${number}](`)) wrong.push(`${path}: decision ${number}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("A file that a comment names exists", async () => {
  const wrong: string[] = [];
  for (const path of CODE) {
    const comments = await commentsOf(path);
    for (const name of filesNamedIn(comments)) {
      if (!await exists(name)) wrong.push(`${path}: ${name}`);
    }
    for (const [, name = ""] of comments.matchAll(/`([\w/]+\.tsx?)`/g)) {
      if (!CODE.some((known) => `/${known}`.endsWith(`/${name}`))) wrong.push(`${path}: ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("Nothing is cited that is not in the repository", async () => {
  const unknown = /\b(Hosted API|Behaviour|Storage|Local results), |\b(T0\d\d|(FR|SC|NFR)-\d+)\b/;
  const wrong: string[] = [];
  for (const path of CODE) {
    const said = unknown.exec((await text(path)).replaceAll(/\s+\* /g, " "));
    if (said !== null) wrong.push(`${path}: ${said[0]}`);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("Citations, comments and named files are found", () => {
  const comments = "Waits (RFC 8628; wire.md, Errors; Search and origin). See (b.md, C, and d).";
  assert.deepEqual(citationsOf(comments), [
    { page: "wire.md", heading: "Errors" },
    { page: "wire.md", heading: "Search and origin" },
    { page: "b.md", heading: "C, and d" },
  ]);
  const code =
    '/** Writes\n * `docs/a.md` (wire.md,\n * Errors). */\nconst a = "src/b.ts"; // See src/c.ts.\n';
  assert.equal(commentText(code), "Writes `docs/a.md` (wire.md, Errors).\nSee src/c.ts.");
  assert.deepEqual(filesNamedIn(commentText(code)), ["docs/a.md", "src/c.ts"]);
});

interface Citation {
  readonly page: string;
  readonly heading: string;
}

/** Returns what is cited as `(page.md, Heading)`; `; Heading` behind it is another one of the same page. */
function citationsOf(comments: string): Citation[] {
  const citations: Citation[] = [];
  for (const [, inside = ""] of comments.matchAll(/\(([^()]*?\b[\w-]+\.md, [^()]*)\)/g)) {
    let page: string | null = null;
    for (const part of inside.split("; ")) {
      const named = /^([\w-]+\.md), (.+)$/.exec(part);
      page = named?.[1] ?? page;
      if (page !== null) citations.push({ page, heading: named?.[2] ?? part });
    }
  }
  return citations;
}

/** Returns the files of this repository that a text names by their whole path. */
function filesNamedIn(comments: string): string[] {
  const named =
    /(?<![\w./-])(?:src|tests|scripts|docs|contracts)\/[\w./-]*\w\.(?:tsx?|md|ya?ml|json)\b/g;
  return [...comments.matchAll(named)].map(([name]) => name);
}

async function commentsOf(path: string): Promise<string> {
  return commentText(await text(path));
}

/** Returns the comments of a module, each on one line. */
function commentText(code: string): string {
  return [...code.matchAll(/\/\*\*?([\s\S]*?)\*\/|(?<=^|[\s;{}])\/\/(.*)$/gm)]
    .map(([, block, line]) => (block ?? line ?? "").replaceAll(/\s*\n\s*\* ?/g, " ").trim())
    .join("\n");
}

const headings = new Map<string, readonly string[] | null>();

/** Returns the headings of a page; `null` when there is none of this name. */
async function headingsOf(page: string): Promise<readonly string[] | null> {
  const known = headings.get(page);
  if (known !== undefined) return known;
  let found: readonly string[] | null = null;
  for (const folder of PAGE_FOLDERS) {
    if (found !== null || !await exists(folder + page)) continue;
    const prose = (await text(folder + page)).replaceAll(/^```[\s\S]*?^```/gm, "");
    found = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading ?? "");
  }
  headings.set(page, found);
  return found;
}

async function text(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(new URL(path, ROOT)).then(() => true, () => false);
}
