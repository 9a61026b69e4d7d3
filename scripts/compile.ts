/**
 * Compiles the program into one executable for each target:
 * `deno task compile [--target TARGET]… [--all] [--outdir DIR]`, for this machine unless a target is
 * named. It bundles first; Deno then puts its runtime for executables, `denort`, in front of the bundle.
 */
import { described, directory, makeBundle } from "./bundle.ts";
import { fromFileUrl } from "./file_urls.ts";
import { DRIVER_VARIABLES, VARIABLES } from "../src/cli/permissions/requirements.ts";

/** The systems that releases are made for. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** A system that releases are made for. */
export type Target = typeof TARGETS[number];

/**
 * Lets new objects take 8 MB twice and not 16, and has old ones collected once they take two and a half times what was in
 * use, and not up to four times: a host that reads a large repository needs 40 MB and 30 MB less for it, and takes no
 * longer. An answer of half a million characters counts among the old ones as soon as it is parsed.
 */
export const V8_FLAGS = "--v8-flags=--max-semi-space-size=8,--heap-growing-percent=150";

/**
 * What an executable may do. A project, a host and a tool's command may be anywhere, so files, network
 * and programs are open; variables and facts of the system are not, nothing else is, and nothing is
 * ever asked.
 */
export const BAKED_FLAGS: readonly string[] = [
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-run",
  `--allow-env=${[...VARIABLES, "USERPROFILE", "USERNAME"].join(",")}`,
  `--ignore-env=${DRIVER_VARIABLES.join(",")}`,
  "--allow-sys=hostname,uid,statfs",
  // Left out, an executable may import code from a list of servers.
  "--deny-import",
  "--no-prompt",
  V8_FLAGS,
];

const ROOT = new URL("../", import.meta.url);

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const choice = parse(args);
  if (typeof choice === "string") {
    console.error(choice);
    return 2;
  }
  const bundle = await makeBundle(new URL("bundle/", choice.outdir));
  console.log(described(bundle));
  for (const target of choice.targets) {
    const fault = await compileFor(target, bundle.main, choice.outdir);
    if (fault !== null) {
      console.error(fault);
      console.error(`The bundle is kept: run it with \`deno run ${bundle.main}\`.`);
      return 1;
    }
  }
  return 0;
}

/** The name of the executable for a system. */
export function executableName(target: Target): string {
  return `tracker-${target}${target.includes("windows") ? ".exe" : ""}`;
}

/** What went wrong, in words for whoever compiles. */
export function compileFault(target: Target, stderr: string): string {
  const url = /https:\/\/dl\.deno\.land\/\S+?\.zip/.exec(stderr)?.[0];
  if (url === undefined) return `Cannot compile for ${target}:\n${stderr.trim()}`;
  return [
    `Cannot compile for ${target}: Deno's runtime for executables cannot be downloaded.`,
    `It is ${url}.`,
    "Fetch and unpack it where that server can be reached, then name the file here:",
    `  DENORT_BIN=/path/to/denort deno task compile --target ${target}`,
  ].join("\n");
}

async function compileFor(target: Target, main: string, outdir: URL): Promise<string | null> {
  const output = fromFileUrl(new URL(executableName(target), outdir));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      "--no-config",
      "--no-lock",
      ...BAKED_FLAGS,
      `--target=${target}`,
      `--output=${output}`,
      main,
    ],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) return compileFault(target, new TextDecoder().decode(stderr));
  const { size } = await Deno.stat(output);
  console.log(`${output} ${(size / 1e6).toFixed(1)} MB`);
  return null;
}

interface Choice {
  readonly targets: readonly Target[];
  readonly outdir: URL;
}

function parse(args: readonly string[]): Choice | string {
  const targets: Target[] = [];
  let outdir = new URL("dist/", ROOT);
  for (let at = 0; at < args.length; at++) {
    const [word = "", attached] = (args[at] ?? "").split("=", 2);
    const value = () => attached ?? args[++at];
    if (word === "--all") targets.push(...TARGETS);
    else if (word === "--outdir") outdir = directory(value());
    else if (word === "--target") {
      const given = value();
      const target = TARGETS.find((one) => one === given);
      if (target === undefined) return `There is no target "${given}": ${TARGETS.join(", ")}`;
      targets.push(target);
    } else return `Unknown option "${word}". Options: --target TARGET, --all, --outdir DIR`;
  }
  if (targets.length > 0) return { targets, outdir };
  const here = TARGETS.find((one) => one === Deno.build.target);
  return here === undefined
    ? `No executable is made for ${Deno.build.target}; name a --target`
    : { targets: [here], outdir };
}
