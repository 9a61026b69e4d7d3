/**
 * Packs the npm package: `deno task pack-npm [--outdir DIR]`. It holds the bundle, a launcher that starts it with the
 * Deno of its only dependency and with the permissions of an executable, completion, the manual page, a README made
 * from ours, and the licenses of what is in the bundle. Needs npm.
 */
import { directory, makeBundle } from "./bundle.ts";
import { BAKED_FLAGS } from "./compile.ts";
import { fromFileUrl } from "./file_urls.ts";
import { licensesOf } from "./licenses.ts";
import { npmReadme } from "./npm_readme.ts";
import { NPM_LAUNCHER } from "../src/platform/packaging.ts";

const ROOT = new URL("../", import.meta.url);
const REPOSITORY = "https://github.com/spec-kitty/tracker";

/** The completion script of each shell, in the package. */
export const COMPLETIONS: Readonly<Record<string, string>> = {
  bash: "completion/tracker.bash",
  zsh: "completion/_tracker",
  fish: "completion/tracker.fish",
  pwsh: "completion/tracker.ps1",
  nu: "completion/tracker.nu",
};

/** What Deno is started with, in front of the program: it needs no file but the bundle and no network of its own. */
export const DENO_FLAGS: readonly string[] = [
  "--quiet",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  ...BAKED_FLAGS,
];

/** A finished package. */
export interface NpmPackage {
  /** The directory that was packed. */
  readonly directory: string;
  /** The archive. */
  readonly archive: string;
  /** Name and size in bytes of each file. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** Size of the archive in bytes. */
  readonly size: number;
}

if (import.meta.main) {
  const at = Deno.args.indexOf("--outdir");
  const { archive, files, size } = await packNpm(
    at < 0 ? new URL("dist/npm/", ROOT) : directory(Deno.args[at + 1]),
  );
  for (const file of files) console.log(`${file.path.padEnd(26)} ${kilobytes(file.size)}`);
  console.log(`${archive} ${kilobytes(size)}`);
}

/** Makes the package in a directory, which is emptied first. */
export async function packNpm(outdir: URL): Promise<NpmPackage> {
  const stage = new URL("package/", outdir);
  await Deno.remove(outdir, { recursive: true }).catch(ignoreMissing);
  const bundle = await makeBundle(stage, "npm");
  const manifest = await manifestOf();
  await writeJson(new URL("package.json", stage), manifest);
  await writeJson(new URL("flags.json", stage), DENO_FLAGS);
  await Deno.copyFile(new URL("scripts/npm/tracker.cjs", ROOT), new URL(NPM_LAUNCHER, stage));
  await Deno.chmod(new URL(NPM_LAUNCHER, stage), 0o755).catch(ignoreUnsupported);
  for (const file of ["LICENSE", "docs/tracker.1"]) {
    await Deno.copyFile(new URL(file, ROOT), new URL(file.split("/").at(-1) ?? "", stage));
  }
  await Deno.writeTextFile(new URL("LICENSES.txt", stage), await licensesOf(bundle.packages));
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  await Deno.writeTextFile(
    new URL("README.md", stage),
    npmReadme(readme, `${REPOSITORY}/blob/v${manifest.version}/`),
  );
  await Deno.mkdir(new URL("completion/", stage));
  for (const [shell, file] of Object.entries(COMPLETIONS)) {
    await Deno.writeTextFile(new URL(file, stage), await output(bundle.main, "completion", shell));
  }
  return await packed(stage, outdir);
}

/** The manifest of the package, in step with that of the program. */
export async function manifestOf() {
  const { name, version, license } = await json("deno.json");
  // The Deno that checks and releases are made with.
  const { dependencies: { deno } } = await json(".github/deno/package.json");
  return {
    name,
    version,
    description: "Binds a repository to an issue tracker and keeps work packages in sync with it",
    license,
    homepage: `${REPOSITORY}#readme`,
    repository: { type: "git", url: `git+${REPOSITORY}.git` },
    bugs: `${REPOSITORY}/issues`,
    keywords: ["issue-tracker", "github", "gitlab", "jira", "linear", "beads", "cli"],
    // Without it, Deno would take the bundle for CommonJS.
    type: "module",
    bin: { tracker: NPM_LAUNCHER },
    man: ["tracker.1"],
    engines: { node: ">=18" },
    os: ["linux", "darwin", "win32"],
    cpu: ["x64", "arm64"],
    dependencies: { deno },
    publishConfig: { access: "public" },
  };
}

async function packed(stage: URL, outdir: URL): Promise<NpmPackage> {
  const { success, stdout, stderr } = await new Deno.Command(
    Deno.build.os === "windows" ? "npm.cmd" : "npm",
    {
      args: ["pack", "--json", "--ignore-scripts", "--pack-destination", fromFileUrl(outdir)],
      cwd: stage,
    },
  ).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`npm cannot pack:\n${text.decode(stderr)}`);
  const said = JSON.parse(text.decode(stdout));
  // Newer versions answer by the name of the package.
  const [facts] = Array.isArray(said) ? said : Object.values<PackFacts>(said);
  if (facts === undefined) throw new Error("npm does not say what it has packed");
  return {
    directory: fromFileUrl(stage),
    archive: fromFileUrl(new URL(facts.filename, outdir)),
    files: facts.files,
    size: facts.size,
  };
}

/** The parts of what `npm pack --json` says that are read. */
interface PackFacts {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What the bundle prints, on a machine that has nothing set. */
async function output(program: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...DENO_FLAGS, program, ...args],
    env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "", NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`tracker ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

async function json(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
}

async function writeJson(file: URL, value: unknown): Promise<void> {
  await Deno.writeTextFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Windows knows no such modes. */
function ignoreUnsupported(error: unknown): void {
  if (!(error instanceof Deno.errors.NotSupported)) throw error;
}
