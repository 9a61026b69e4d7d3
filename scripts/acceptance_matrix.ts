/**
 * Runs the acceptance tests in every environment the program must bear:
 * `deno task acceptance [variant…]`, all of them unless some are named; `-- path…` runs only those
 * tests. It prints a table and closes with `N passed, N failed`.
 */
import { BAKED_FLAGS } from "./compile.ts";
import { makeBundle } from "./bundle.ts";
import { fromFileUrl, toFileUrl } from "./file_urls.ts";
import { VARIABLES } from "../src/cli/permissions/requirements.ts";
import { closingCounts } from "./test.ts";

/** An environment: what the tests get on top of the usual variables. */
interface Variant {
  readonly name: string;
  readonly what: string;
  /** The variables of the tests; a text says why this makes no sense here. */
  readonly prepare: (scratch: string) => Promise<Preparation | string> | Preparation | string;
}

interface Preparation {
  readonly env: Readonly<Record<string, string>>;
  /** A user that runs the tests in place of this one. */
  readonly user?: number;
  /** The Deno that runs the tests; this one unless given. */
  readonly deno?: string;
}

interface Row {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly skipped: string | null;
}

const ROOT = new URL("../", import.meta.url);
const NOBODY = 65534;
const ODD_NAME = "hôme with späces";

const VARIANTS: readonly Variant[] = [
  { name: "source", what: "from source", prepare: () => ({ env: {} }) },
  {
    name: "bundle",
    what: "from the bundle, every command a process",
    async prepare(scratch) {
      const { main } = await makeBundle(toFileUrl(`${scratch}/bundle/`, ROOT.pathname));
      return processes([Deno.execPath(), "run", "--no-config", ...BAKED_FLAGS, "--quiet", main]);
    },
  },
  {
    name: "scoped",
    what: "from source under scoped permissions, every command a process",
    prepare: scoped,
  },
  { name: "no-color", what: "NO_COLOR=1", prepare: () => withVariables({ NO_COLOR: "1" }) },
  { name: "dumb", what: "TERM=dumb", prepare: () => withVariables({ TERM: "dumb" }) },
  {
    name: "narrow",
    what: "a terminal of 40 columns",
    prepare: () => withVariables({ COLUMNS: "40" }),
  },
  {
    name: "odd-home",
    what: "a home and a directory with spaces and letters beyond ASCII",
    async prepare(scratch) {
      const TMPDIR = `${scratch}/Plätze für alle`;
      await Deno.mkdir(TMPDIR);
      return { env: { TMPDIR, TRACKER_TEST_HOME: ODD_NAME } };
    },
  },
  { name: "nobody", what: "as an unprivileged user", prepare: unprivileged },
];

if (import.meta.main) Deno.exit(await runMatrix(Deno.args));

async function runMatrix(args: readonly string[]): Promise<number> {
  const end = args.indexOf("--");
  const names = end < 0 ? args : args.slice(0, end);
  const paths = end < 0 ? [] : args.slice(end + 1);
  const unknown = names.filter((name) => !VARIANTS.some((variant) => variant.name === name));
  if (unknown.length > 0) {
    const known = VARIANTS.map(({ name }) => name).join(", ");
    console.error(`There is no variant "${unknown.join('", "')}": ${known}`);
    return 2;
  }
  const rows: Row[] = [];
  for (const variant of VARIANTS) {
    if (names.length > 0 && !names.includes(variant.name)) continue;
    rows.push(await runVariant(variant, paths.length === 0 ? ["tests/acceptance/"] : paths));
  }
  return report(rows);
}

async function runVariant(variant: Variant, paths: readonly string[]): Promise<Row> {
  const { name } = variant;
  const scratch = await Deno.makeTempDir({ prefix: "tracker-matrix-" });
  // Other users look at what lies below.
  await Deno.chmod(scratch, 0o755);
  const started = performance.now();
  try {
    console.log(`\n==> ${name}: ${variant.what}`);
    const prepared = await variant.prepare(scratch);
    if (typeof prepared === "string") {
      console.log(`skipped: ${prepared}`);
      return { name, passed: 0, failed: 0, seconds: 0, skipped: prepared };
    }
    const { code, output } = await runTests(scratch, prepared, paths);
    const { passed, failed } = closingCounts(output);
    // Tests that did not come to an end have failed.
    const faults = code !== 0 && failed === 0 || passed + failed === 0 ? 1 : failed;
    const seconds = (performance.now() - started) / 1000;
    if (faults > 0) console.log(failuresOf(output));
    console.log(`${passed} passed, ${faults} failed`);
    return { name, passed, failed: faults, seconds, skipped: null };
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function runTests(
  scratch: string,
  { env, user, deno = Deno.execPath() }: Preparation,
  paths: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const words = [deno, "test", "-A", "--no-check", "--parallel", ...paths];
  const drop = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const [program = "", ...args] = user === undefined ? words : [...drop, ...words];
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: ROOT,
    env: { TMPDIR: scratch, NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** What the tests said about what failed, without the tests that passed. */
function failuresOf(output: string): string {
  const at = output.indexOf("\n ERRORS ");
  return at < 0 ? output.slice(-3000) : output.slice(at);
}

function report(rows: readonly Row[]): number {
  console.log(
    `\n${"variant".padEnd(10)}  ${"passed".padStart(6)}  ${"failed".padStart(6)}  seconds`,
  );
  for (const { name, passed, failed, seconds, skipped } of rows) {
    const counts = `${String(passed).padStart(6)}  ${String(failed).padStart(6)}`;
    const rest = skipped === null
      ? `${counts}  ${seconds.toFixed(0).padStart(7)}`
      : `skipped: ${skipped}`;
    console.log(`${name.padEnd(10)}  ${rest}`);
  }
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function withVariables(variables: Readonly<Record<string, string>>): Preparation {
  return { env: { TRACKER_TEST_ENV: JSON.stringify(variables) } };
}

function processes(words: readonly string[]): Preparation {
  return { env: { TRACKER_UNDER_TEST: JSON.stringify(words), TRACKER_TEST_PROCESSES: "1" } };
}

/** All that any command needs, in one place of the machine and with no network but its own. */
async function scoped(scratch: string): Promise<Preparation | string> {
  if (Deno.build.os === "windows") return "the flags are put together by a shell";
  const flags = [
    `--allow-read=${[scratch, ...lookedFor(scratch)].join(",")}`,
    `--allow-read=${fromFileUrl(ROOT)}`,
    `--allow-write=${scratch}`,
    "--allow-net=127.0.0.1,localhost",
    // The tests put stand-ins of the tools and of the browser below the home that they make.
    `"--allow-run=git,${Deno.execPath()},$HOME/bin/bd,$HOME/bin/fp,$HOME/browser/xdg-open,$(command -v less || echo /nowhere/less)"`,
    `--allow-env=${VARIABLES.join(",")}`,
    "--allow-sys=hostname",
  ];
  const program = `${scratch}/tracker`;
  const words = [Deno.execPath(), "run", "--no-prompt", "--no-check", "--quiet", ...flags];
  const line = `exec ${words.join(" ")} "${fromFileUrl(new URL("main.ts", ROOT))}" "$@"\n`;
  await Deno.writeTextFile(program, `#!/bin/sh\n${line}`, { mode: 0o755 });
  return processes([program]);
}

/** What a command looks for outside: a project further up, and what a test names to be missing. */
function lookedFor(directory: string): readonly string[] {
  const names = directory.split("/").filter((name) => name !== "");
  const above = names.map((_, i) => `/${names.slice(0, i).join("/")}`.replace(/\/$/, ""));
  const marks = above.flatMap((path) => [`${path}/.kittify`, `${path}/.git`]);
  return [...marks, "/no/such/place", "/nowhere-at-all"];
}

/** Another user can read neither the cache of this one nor, where npx keeps it in a home, Deno itself: it gets copies. */
async function unprivileged(scratch: string): Promise<Preparation | string> {
  if (Deno.build.os !== "linux") return "only Linux has setpriv";
  if (Deno.uid() !== 0) {
    return "this user has no more rights than others: every variant is this one";
  }
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const cache: string = JSON.parse(new TextDecoder().decode(stdout)).denoDir;
  const DENO_DIR = `${scratch}/cache`;
  const deno = `${scratch}/deno`;
  await succeed("cp", "-R", cache, DENO_DIR);
  await succeed("cp", Deno.execPath(), deno);
  await succeed("chown", "-R", `${NOBODY}:${NOBODY}`, scratch);
  return { env: { DENO_DIR, HOME: scratch }, user: NOBODY, deno };
}

async function succeed(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stderr: "piped" }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
