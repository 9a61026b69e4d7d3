/**
 * Checks the documentation: links lead somewhere, tasks and files that are named exist, the README
 * opens with its two commands, the examples of doc comments and of the README run, and every command of the
 * pages does what they say.
 *
 * `deno task docs [--write] [PAGE…]`; with pages, only their commands are run; `--write` puts what the
 * commands print into the pages.
 */
import { runFaults } from "./docs_run.ts";
import { run } from "./run.ts";

const ROOT = new URL("../", import.meta.url);

/** The commands of the README's first code block, in order. */
const README_COMMANDS = ["npx -y deno@2.9.6 task demo", "npx -y deno@2.9.6 task test"];

/** Pages that tell of what was: their commands may be gone. */
const HISTORY = /^(CHANGELOG\.md|docs\/adr\/)/;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const write = args.includes("--write");
  const chosen = args.filter((arg) => arg !== "--write");
  if (chosen.length > 0) return await report(chosen, [], write, started);
  const pages = await markdownPages();
  const faults = [
    ...(await Promise.all(pages.map((path) => linkFaults(path, pages)))).flat(),
    ...await taskFaults(pages),
    ...await readmeFaults(),
  ];
  const { code } = await run(["test", "-A", "--doc", "mod.ts", "src/", "README.md"]);
  return Math.max(code, await report(pages, faults, write, started));
}

async function report(
  pages: readonly string[],
  before: readonly string[],
  write: boolean,
  started: number,
): Promise<number> {
  const { faults, commands, written } = await runFaults(
    pages.filter((page) => !HISTORY.test(page)),
    ROOT,
    write,
  );
  const all = [...before, ...faults];
  for (const page of written) console.log(`${page}: written, read the difference`);
  for (const fault of all) console.error(fault);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${pages.length} pages, ${commands} commands, ${all.length} faults, in ${seconds} s`,
  );
  return all.length === 0 ? 0 : 1;
}

async function markdownPages(): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd: ROOT,
  }).output();
  const listed = new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
  const present = await Promise.all(listed.map(exists));
  return listed.filter((_, index) => present[index]);
}

async function linkFaults(path: string, pages: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const target of linksOf(await text(path))) {
    if (/^[a-z]+:/.test(target)) continue;
    const url = new URL(target, new URL(path, ROOT));
    const file = url.href.startsWith(ROOT.href) ? url.pathname.slice(ROOT.pathname.length) : null;
    if (file === null || !await exists(decodeURIComponent(file))) {
      faults.push(`${path}: the link "${target}" leads nowhere`);
    } else if (url.hash !== "" && pages.includes(file)) {
      const anchors = anchorsOf(await text(file));
      if (!anchors.includes(url.hash.slice(1))) faults.push(`${path}: no heading for "${target}"`);
    }
  }
  return faults;
}

async function taskFaults(pages: readonly string[]): Promise<string[]> {
  const config: { tasks: Record<string, unknown> } = JSON.parse(await text("deno.json"));
  const faults: string[] = [];
  for (const path of pages) {
    for (const [, task] of (await text(path)).matchAll(/\bdeno(?:@[\d.]+)? task ([a-z:-]+)/g)) {
      if (task !== undefined && !(task in config.tasks)) {
        faults.push(`${path}: there is no task "${task}"`);
      }
    }
  }
  return faults;
}

async function readmeFaults(): Promise<string[]> {
  if (!await exists("README.md")) return ["README.md: missing"];
  const blocks = codeBlocks(await text("README.md"));
  const first = blocks.slice(0, 2).join("\n").split("\n").filter((line) => line !== "");
  const opens = README_COMMANDS.every((command, index) => first[index] === command);
  return opens ? [] : [`README.md: the first commands are not ${README_COMMANDS.join(", ")}`];
}

/** The targets of a page's links, outside of code. */
export function linksOf(page: string): string[] {
  const prose = page.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const inline = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)];
  const references = [...prose.matchAll(/^\[[^\]]+\]: (\S+)/gm)];
  return [...inline, ...references].map((match) => match[1] ?? "");
}

/** The anchors of a page's headings, as code hosts make them. */
export function anchorsOf(page: string): string[] {
  const prose = page.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? "").toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").trim().replaceAll(" ", "-")
  );
}

/** The contents of a page's fenced code blocks. */
export function codeBlocks(page: string): string[] {
  return [...page.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? "");
}

async function text(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(new URL(path, ROOT)).then(() => true, () => false);
}
