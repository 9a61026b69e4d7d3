/**
 * Bundles the program: `deno task bundle [--outdir DIR]`. The bundle is a few files of plain JavaScript
 * that need no package, no cache and no network: `tracker.js`, which answers `--version` and `--help` by
 * itself; `program.js`, which it loads for everything else; `commands.js` and `host.js`, which are loaded from
 * there for what `status` does not need, and for the host, the page and the agents; and `agents.js`, which only
 * `tracker mcp` loads. To load all of them would take every command some ten milliseconds.
 */
import {
  cut,
  isStart,
  type IsUsed,
  type IsWarm,
  type Part,
  plain,
  sourceOf,
  withBrackets,
} from "./bundle_parts.ts";
import { fromFileUrl, toFileUrl } from "./file_urls.ts";
import { dirname } from "../src/platform/paths.ts";
import type { Build } from "../src/cli/build.ts";
import { NPM_LAUNCHER, type Packaging } from "../src/platform/packaging.ts";

const ROOT = new URL("../", import.meta.url);

/** What `program.js` is cut into, by the paths of modules. Those of packages have `/npm/` in them. */
const PARTS: readonly Part[] = [
  {
    name: "commands.js",
    modules:
      /\/@optique\/core\/|^src\/cli\/(?:help|completion|commands\/(?!(?:status|host|dashboard|mcp|agent)\/)[a-z]+)\//,
  },
  {
    name: "host.js",
    modules:
      /^src\/(?:server|providers|dashboard|pages|cli\/commands\/(?:host|dashboard|mcp|agent))\//,
  },
];

/** All files that a file of the bundle may load. */
const LOADED = ["program.js", ...PARTS.map(({ name }) => name), "agents.js"];

/** What nearly every command runs and loads. */
interface Uses {
  readonly isWarm: IsWarm;
  readonly isUsed: IsUsed;
}

/** A finished bundle. */
export interface Bundle {
  /** The file to run. */
  readonly main: string;
  /** Name and size in bytes of each file. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** The npm packages in it, such as `yaml/2.9.1`. */
  readonly packages: readonly string[];
  readonly build: Build | null;
}

/**
 * Bundles into a directory, which is emptied first. The bundle knows which packaging it is for. Left `readable`, it has
 * the names of the source and no function that is compiled with its file.
 */
export async function makeBundle(
  outdir: URL,
  packaging: Exclude<Packaging, "source"> = "bundle",
  form: "minified" | "readable" = "minified",
): Promise<Bundle> {
  await Deno.remove(outdir, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(outdir, { recursive: true });
  const scratch = await Deno.makeTempDir({ prefix: "tracker-bundle-" });
  try {
    const build = await buildOf();
    await writeInputs(scratch, build, packaging);
    const files = [];
    const packages = new Set<string>();
    const warm = await warmFunctions();
    const isWarm = form === "readable" ? () => false : warm;
    const uses: Uses = { isWarm, isUsed: (module) => warm(module, "init_") };
    for (const entry of ["agents.js", "program.js", "tracker.js"]) {
      const { texts, found } = await bundleOne(scratch, entry, uses);
      found.forEach((one) => packages.add(one));
      for (const [name, whole] of texts) {
        const text = finished(form === "readable" ? whole : await minified(scratch, name, whole));
        await Deno.writeTextFile(new URL(name, outdir), text);
        files.push({ name, bytes: new TextEncoder().encode(text).length });
      }
    }
    const main = fromFileUrl(new URL("tracker.js", outdir));
    return { main, files, packages: [...packages].toSorted(), build };
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** A line for each file, and the sum. */
export function described(bundle: Bundle): string {
  const lines = bundle.files.map(({ name, bytes }) => `${name.padEnd(12)} ${kilobytes(bytes)}`);
  const sum = bundle.files.reduce((all, { bytes }) => all + bytes, 0);
  const { build } = bundle;
  const from = build === null ? "no commit" : `commit ${build.commit}, ${build.date}`;
  return [...lines, `${"bundle".padEnd(12)} ${kilobytes(sum)} (${from})`].join("\n");
}

/** A directory named on the command line. */
export function directory(path: string | undefined): URL {
  if (path === undefined || path === "") throw new Error("--outdir needs a directory");
  return new URL(`${toFileUrl(path, Deno.cwd())}/`);
}

/**
 * Commit and day of the build; the day of the commit, so that a build can be repeated. `null` outside a repository and
 * on a machine without `git`.
 */
export async function buildOf(git = "git"): Promise<Build | null> {
  try {
    const { success, stdout } = await new Deno.Command(git, {
      args: ["log", "-1", "--abbrev=9", "--format=%h %cd", "--date=format-local:%Y-%m-%d"],
      cwd: ROOT,
      env: { TZ: "UTC" },
      stderr: "null",
    }).output();
    const [commit, date] = new TextDecoder().decode(stdout).trim().split(" ");
    return success && commit !== undefined && date !== undefined ? { commit, date } : null;
  } catch (error) {
    // Thrown at once, and not told by the promise.
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Writes the entry modules, the modules that stand in for `build.ts` and `packaging.ts`, and the configurations that
 * make the swaps: one for what the program loads, one for all others.
 */
async function writeInputs(
  scratch: string,
  build: Build | null,
  packaging: Packaging,
): Promise<void> {
  const source = (path: string) => JSON.stringify(new URL(`src/${path}`, ROOT).href);
  const inputs = {
    "build.ts": `export const BUILD = ${JSON.stringify(build)};\n`,
    "packaging.ts": [
      `export const PACKAGING = ${JSON.stringify(packaging)};`,
      `export const NPM_LAUNCHER = ${JSON.stringify(NPM_LAUNCHER)};`,
    ],
    "agents.ts": [`export * from ${source("cli/commands/mcp/sdk.ts")};`],
    "program.ts": [
      `export { run } from ${source("cli/main.ts")};`,
      `export { systemPlatform } from ${source("platform/system.ts")};`,
    ],
    "tracker.ts": [
      `import { quickAnswer } from ${source("cli/help/fast_path.ts")};`,
      `import { refuseOldDeno } from ${source("platform/deno_version.ts")};`,
      `import { shownEntries } from ${source("cli/help/shown_entries.ts")};`,
      `import { systemOutput } from ${source("platform/output_stream.ts")};`,
      `refuseOldDeno(Deno.args);`,
      `let unwritten = false;`,
      `const stdout = systemOutput(Deno.stdout, () => {`,
      `  unwritten = true;`,
      `});`,
      `const columns = () => stdout.columns();`,
      `const answer = await quickAnswer(Deno.args, { columns, commands: () => shownEntries() });`,
      `if (answer !== null) {`,
      `  stdout.write(answer);`,
      `  if (!unwritten) Deno.exit(0);`,
      `}`,
      `const program = await import("./program.js");`,
      `Deno.exit(await program.run(Deno.args, program.systemPlatform()));`,
    ],
  };
  for (const [name, lines] of Object.entries(inputs)) {
    await Deno.writeTextFile(`${scratch}/${name}`, [lines].flat().join("\n"));
  }
  const manifest: { imports: Record<string, string>; compilerOptions: unknown } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  const { imports, compilerOptions } = manifest;
  const swapped = (paths: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(paths).map(([path, by]) => [new URL(`src/${path}`, ROOT).href, by]),
    );
  const swaps = swapped({
    "cli/build.ts": "./build.ts",
    "platform/packaging.ts": "./packaging.ts",
  });
  const parts = swapped({ "cli/commands/mcp/sdk.ts": "./parts/agents.js" });
  const configs = { "deno.json": swaps, "program.json": { ...swaps, ...parts } };
  for (const [name, more] of Object.entries(configs)) {
    await Deno.writeTextFile(
      `${scratch}/${name}`,
      JSON.stringify({ imports: { ...imports, ...more }, compilerOptions }),
    );
  }
  await Deno.copyFile(new URL("deno.lock", ROOT), `${scratch}/deno.lock`);
}

/** Bundles one of the entries, not minified yet: one file, and of the program all it is cut into. */
async function bundleOne(
  scratch: string,
  name: string,
  uses: Uses,
): Promise<{ readonly texts: ReadonlyMap<string, string>; readonly found: readonly string[] }> {
  const made = `${scratch}/made/${name}`;
  await runBundler(scratch, name, [], `${scratch}/${name.replace(/\.js$/, ".ts")}`, made);
  const unchanged = await Deno.readTextFile(made);
  const text = beside(keptUsing(unnamed(unchanged)));
  const texts = name === "program.js" ? cut(text, name, PARTS, uses) : new Map([[name, text]]);
  return { texts, found: packagesIn(unchanged) };
}

async function minified(scratch: string, name: string, text: string): Promise<string> {
  const [whole, made] = [`${scratch}/whole/${name}`, `${scratch}/out/${name}`];
  await Deno.mkdir(dirname(whole), { recursive: true });
  await Deno.writeTextFile(whole, text);
  await runBundler(scratch, name, ["--minify"], whole, made);
  return ascii(withBrackets(await Deno.readTextFile(made)));
}

/** Adds what the bundler does not bring along. */
function finished(text: string): string {
  return /\btypeof require\b/.test(text) ? REQUIRE + text : text;
}

/** Reads which functions nearly every command runs; see `scripts/warm_functions.ts`. */
async function warmFunctions(): Promise<IsWarm> {
  const list = await Deno.readTextFile(new URL("warm_functions.txt", import.meta.url));
  const known = new Map(
    list.trimEnd().split("\n").map((line) => {
      const [module = "", ...names] = line.split(" ");
      return [module, new Set(names)] as const;
    }),
  );
  return (module, name) => {
    const names = known.get(sourceOf(module));
    return names !== undefined && (isStart(name) || names.has(plain(name)));
  };
}

/** The npm packages that a bundle has modules of: the bundler writes the path of each above it. */
export function packagesIn(text: string): readonly string[] {
  const paths = text.matchAll(
    /^ *\/\/ \S*\/npm\/[^/\s]+\/((?:@[^/\s]+\/)?[^/\s@]+\/\d[^/\s]*)\//gm,
  );
  return [...new Set([...paths].map(([, name = ""]) => name))];
}

/**
 * What modules of CommonJS in the bundle, such as the driver of PostgreSQL, take Node's own modules by. The bundler looks
 * for it and brings none along.
 */
const REQUIRE = "const require=(name)=>process.getBuiltinModule(name);\n";

async function runBundler(
  scratch: string,
  name: string,
  more: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  const config = `${scratch}/${name === "program.js" ? "program" : "deno"}.json`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    // The browser's builds of packages read no variable and need none of Node's start.
    args: [
      "bundle",
      "--platform=browser",
      ...more,
      `--config=${config}`,
      ...LOADED.map((file) => `--external=./${file}`),
      `--external=${scratch}/parts/agents.js`,
      `--output=${to}`,
      from,
    ],
    // The bundler writes the paths of modules as they are from here.
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle ${from}:\n${new TextDecoder().decode(stderr)}`);
}

/**
 * Mentions what each `using` declares once more, in front of it. The minifier puts the value of a variable that is used
 * once in its place, and forgets that a `using` has to be released: a database would stay open.
 */
export function keptUsing(text: string): string {
  return text.replaceAll(
    /^([ \t]*)((?:await )?using ([\w$]+) = )/gm,
    (_, indent: string, declaration: string, name: string) =>
      `${indent}Array.of(() => ${name});\n${indent}${declaration}`,
  );
}

/** Has the program load its parts from where it lies itself: the bundler writes where they would lie now. */
function beside(text: string): string {
  return text.replaceAll(/"[^"\n]*\/parts\/(agents\.js)"/g, '"./$1"');
}

/** Takes the paths of modules away that the bundler writes as names of their functions. */
function unnamed(text: string): string {
  return text.replaceAll(/(= __(?:esm|commonJS)\(\{\n *)"[^"\n]+"\(/g, "$1m(");
}

/** V8 takes text of one byte a letter much faster; an escape stands for each of the other letters. */
function ascii(text: string): string {
  return text.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`.padStart(8);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) {
  const at = Deno.args.indexOf("--outdir");
  const bundle = await makeBundle(
    at < 0 ? new URL("dist/bundle/", ROOT) : directory(Deno.args[at + 1]),
  );
  console.log(described(bundle));
}
