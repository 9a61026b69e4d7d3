import { manifestOf } from "../../scripts/pack_npm.ts";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Node of this machine. */
export interface Node {
  readonly path: string;
  readonly version: string;
  /** Whether a program of it can put another one in its own place. */
  readonly replaces: boolean;
}

/** Runs a program to its end, with the variables given and no others. */
export async function ended(
  words: readonly string[],
  { cwd, env, stdin }: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly stdin?: string;
  },
): Promise<Ended> {
  const [command = "", ...args] = words;
  const child = new Deno.Command(command, {
    args,
    cwd,
    clearEnv: true,
    env: { SystemRoot: Deno.env.get("SystemRoot") ?? "", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // One that reads nothing may have ended before.
  const typed = writer.write(new TextEncoder().encode(stdin ?? "")).then(() => writer.close())
    .catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await typed;
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** The Node on the path and those that `TRACKER_TEST_NODES` names, with a word when there is none. */
export async function nodes(): Promise<readonly Node[]> {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const named = (Deno.env.get("TRACKER_TEST_NODES") ?? "").split(separator);
  const found: Node[] = [];
  for (const command of ["node", ...named].filter((one) => one !== "")) {
    const asked = "console.log(process.execPath);console.log(process.version);" +
      "console.log(process.platform !== 'win32' && typeof process.execve)";
    try {
      const { success, stdout } = await new Deno.Command(command, { args: ["-e", asked] }).output();
      const [path = "", version = "", kind] = new TextDecoder().decode(stdout).split("\n");
      if (success) found.push({ path, version, replaces: kind === "function" });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  if (found.length === 0) console.log("skipped: there is no Node on the path");
  return found;
}

/** The name of Deno's package for this machine. */
export function denoPackage(): string {
  const os = Deno.build.os === "windows" ? "win32" : Deno.build.os;
  const arch = Deno.build.arch === "x86_64" ? "x64" : "arm64";
  return `@deno/${os}-${arch}${os === "linux" ? "-glibc" : ""}`;
}

/**
 * Lays Deno's packages into a `node_modules` as npm does, with the Deno of this test: nothing is downloaded, and no
 * install script has run.
 */
export async function layDeno(modules: string): Promise<void> {
  const { dependencies: { deno: version } } = await manifestOf();
  const machine = `${modules}/${denoPackage()}`;
  for (const [directory, name] of [[`${modules}/deno`, "deno"], [machine, denoPackage()]]) {
    await Deno.mkdir(directory ?? "", { recursive: true });
    await Deno.writeTextFile(`${directory}/package.json`, JSON.stringify({ name, version }));
  }
  const executable = Deno.build.os === "windows" ? "deno.exe" : "deno";
  await Deno.symlink(Deno.execPath(), `${machine}/${executable}`);
}

/** Whether npm is there and reaches the package of Deno, with a word when not. */
export async function reachesRegistry(): Promise<boolean> {
  const { dependencies: { deno } } = await manifestOf();
  try {
    const { success } = await new Deno.Command(NPM, {
      args: ["view", `deno@${deno}`, "version", "--fetch-retries=0", "--fetch-timeout=30000"],
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) console.log("skipped: npm cannot reach its packages");
    return success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: there is no npm on the path");
    return false;
  }
}

/** What npm is started with. */
export const NPM = Deno.build.os === "windows" ? "npm.cmd" : "npm";
