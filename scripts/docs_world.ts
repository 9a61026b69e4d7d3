import { join } from "node:path";
import type { Step } from "./docs_steps.ts";
import { freePort } from "../tests/support/free_port.ts";
import { postgresPrograms } from "../tests/support/postgres.ts";

/** What a step did. */
export interface Outcome {
  /** Standard output and standard error, as they came. */
  readonly lines: readonly string[];
  /** `null` when the step never ended. */
  readonly exitCode: number | null;
}

/** A PostgreSQL server of a page, which its steps name as 127.0.0.1:5432. */
export interface Server {
  /** As its administrator. */
  readonly url: string;
  readonly port: number;
}

/** Milliseconds that one page may take, many times what it takes on a calm machine. */
const PAGE_LIMIT_MS = 480_000;

const ROOT = new URL("../", import.meta.url);
const DECODER = new TextDecoder();

/**
 * Does all steps of a page, one shell for all, on a machine of their own: a home, a project `my-project` with
 * nothing in it, `tracker` as this source, which is also at `~/tracker`, `bd` and `fp` as stand-ins, and this `deno`.
 * Every `127.0.0.1:PORT` of the page is a free port of this machine, or that of a stand-in, and the home is shown as
 * `/home/you`.
 */
export async function follow(
  steps: readonly Step[],
  server: Server | null = null,
  standins: Readonly<Record<string, number>> = {},
): Promise<readonly Outcome[]> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "tracker-docs-" }));
  try {
    const ports = new Map(freePorts(steps));
    if (server !== null) ports.set("5432", String(server.port));
    for (const [shown, port] of Object.entries(standins)) ports.set(shown, String(port));
    const real = (text: string) => swapPorts(text, (port) => ports.get(port) ?? port);
    await prepare(base, ports.get("8787") ?? "8787");
    const script = steps.map((step, index) =>
      shellOf({ ...step, command: real(step.command) }, index)
    );
    await Deno.writeTextFile(join(base, "steps.sh"), [PROLOGUE, ...script].join("\n"));
    await runScript(base, server);
    const back = new Map([...ports].map(([shown, given]) => [given, shown]));
    const shown = (text: string) =>
      swapPorts(text.replaceAll(join(base, "home"), "/home"), (port) => back.get(port) ?? port);
    return await Promise.all(steps.map(async (step, index) => {
      const output = await Deno.readTextFile(join(base, `${index}.out`)).catch(() => "");
      const code = await Deno.readTextFile(join(base, `${index}.code`)).catch(() => "");
      const lines = shown(output).split("\n");
      return {
        lines: step.kind === "background" ? lines.slice(0, expectedLines(step)) : lines,
        exitCode: code.trim() === "" ? null : Number(code),
      };
    }));
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

/** Keeps `$?` for the next command, notices a failure within a script, ends what was left running. */
const PROLOGUE = `last=0 failed=0 groups=
trap 'for group in $groups; do kill -- "-$group"; done
for job in $(jobs -p); do kill "$job"; done; wait' EXIT`;

function shellOf(step: Step, index: number): string {
  const [out, code] = [`"$DOCS_BASE/${index}.out"`, `"$DOCS_BASE/${index}.code"`];
  if (step.kind === "background") {
    // In a group of its own, so that its children end with it.
    return `set -m; { ${step.command}
} </dev/null >${out} 2>&1 &
groups="$groups $!"; set +m
for ((i = 0; i < 200; i++)); do
  [ "$(wc -l <${out})" -ge ${expectedLines(step)} ] && { echo 0 >${code}; break; }
  sleep 0.1
done`;
  }
  if (step.kind === "console") {
    return `{ (exit "$last"); ${step.command}
} </dev/null >${out} 2>&1; last=$?; echo "$last" >${code}`;
  }
  return `failed=0; trap 'failed=$?' ERR
{ ${step.command}
} </dev/null >${out} 2>&1; trap - ERR; last=0; echo "$failed" >${code}`;
}

function expectedLines(step: Step): number {
  return Math.max(1, (step.expected ?? []).filter((line) => line.trim() !== "").length);
}

async function prepare(base: string, hostPort: string): Promise<void> {
  const bin = join(base, "bin");
  const project = join(base, "home/you/my-project");
  await Deno.mkdir(bin);
  await Deno.mkdir(join(base, "tmp"));
  await Deno.mkdir(join(project, ".kittify"), { recursive: true });
  const deno = `exec "${Deno.execPath()}" run -A --no-prompt --no-check --quiet`;
  const main = new URL("main.ts", ROOT).pathname;
  await executable(
    join(bin, "tracker"),
    `case "$1 $2 $*" in
*--listen*) ;;
"host serve "*) set -- "$@" --listen 127.0.0.1:${hostPort} ;;
esac
${deno} "${main}" "$@"`,
  );
  await executable(join(bin, "deno"), `exec "${Deno.execPath()}" "$@"`);
  for (const tool of ["bd", "fp"]) {
    const standIn = new URL(`tests/standins/${tool}.ts`, ROOT).pathname;
    await executable(join(bin, tool), `${deno} --no-config "${standIn}" "$@"`);
  }
  await Deno.symlink(ROOT.pathname, join(base, "home/you/tracker"));
  await Deno.writeTextFile(
    join(base, "home/you/.gitconfig"),
    "[user]\n\tname = You\n\temail = you@example.com\n[init]\n\tdefaultBranch = main\n",
  );
}

async function executable(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
}

async function runScript(base: string, server: Server | null): Promise<void> {
  const home = join(base, "home/you");
  const env: Record<string, string> = {
    DOCS_BASE: base,
    PATH: `${join(base, "bin")}:${Deno.env.get("PATH") ?? ""}`,
    HOME: home,
    TMPDIR: join(base, "tmp"),
    DENO_DIR: await denoDirectory(),
    DENO_NO_UPDATE_CHECK: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
  };
  if (server !== null) {
    env["PATH"] = `${env["PATH"]}:${postgresPrograms()}`;
    env["PGHOST"] = "127.0.0.1";
    env["PGPORT"] = String(server.port);
    env["PGUSER"] = new URL(server.url).username;
    env["PGDATABASE"] = "postgres";
  }
  // Which certificates this machine trusts is not the page's affair.
  for (const name of ["DENO_TLS_CA_STORE", "DENO_CERT"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const shell = (args: string[]) =>
    new Deno.Command("bash", {
      args,
      cwd: join(home, "my-project"),
      clearEnv: true,
      env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
  const child = shell(["--noprofile", "--norc", join(base, "steps.sh")]).spawn();
  const limit = setTimeout(() => child.kill("SIGKILL"), PAGE_LIMIT_MS);
  await child.status;
  clearTimeout(limit);
  const daemon = await Deno.stat(join(home, ".spec-kitty/tracker/daemon.json")).then(
    () => true,
    () => false,
  );
  if (daemon) {
    await shell(["-c", "SPEC_KITTY_ENABLE_SAAS_SYNC=1 tracker daemon stop"]).output();
  }
}

async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(DECODER.decode(stdout)).denoDir;
}

/** A free port for every port the steps name, and for the one a host has unless told otherwise. */
function freePorts(steps: readonly Step[]): ReadonlyMap<string, string> {
  const text = steps.map(({ command }) => command).join("\n");
  const named = new Set(["8787", ...[...text.matchAll(PORT)].map((match) => match[1] ?? "")]);
  const free = new Set<number>();
  while (free.size < named.size) free.add(freePort());
  const given = [...free].map(String);
  return new Map([...named].map((port, index) => [port, given[index] ?? ""]));
}

const PORT = /\b127\.0\.0\.1:(\d+)/g;

function swapPorts(text: string, port: (port: string) => string): string {
  return text.replaceAll(PORT, (_, found: string) => `127.0.0.1:${port(found)}`);
}
