import assert from "node:assert/strict";
import { makeBundle } from "../../scripts/bundle.ts";
import { fromFileUrl, toFileUrl } from "../../scripts/file_urls.ts";
import { displayWidth } from "../../src/cli/terminal/table.ts";
import { VARIABLES } from "../../src/cli/permissions/requirements.ts";
import { withBoundWorld } from "../support/bound.ts";
import type { CommandResult } from "../support/cli.ts";
import {
  programUnderTest,
  READS_ITS_MODULES,
  runIn,
  withWorld,
  type World,
} from "../support/world.ts";

const ESCAPE = String.fromCharCode(27);
const NOBODY = 65534;
const LOGIN = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
const ITEM = {
  ref: { system: "linear", workspace: "acme", id: "n-1" },
  action: "create",
  patch: { title: "Größer & schöner" },
};
/** Commands that look, at a project that is bound; `ITEMS` is a file of the user's. */
const LOOKS = [
  ["discover", "-p", "linear"],
  ["sync", "pull"],
  ["issue", "list"],
  ["sync", "push", "--dry-run", "--items-json", "ITEMS"],
  ["status"],
];

Deno.test("with NO_COLOR a terminal is sent no colour, and no control at all but to redraw a line", async () => {
  await onTerminals({ NO_COLOR: "1", TERM: "xterm-256color" }, (shown, line) => {
    const left = shown.replaceAll(`\r${ESCAPE}[2K`, "");
    assert.ok(!left.includes(ESCAPE), `${line}: ${JSON.stringify(left)}`);
  });
});

Deno.test("without NO_COLOR the same terminal is sent colours", async () => {
  await onTerminals({ TERM: "xterm-256color" }, (shown, line) => {
    assert.ok(shown.includes(`${ESCAPE}[`), line);
  }, [["issue", "list"]]);
});

Deno.test("with TERM=dumb a terminal is sent no control: no cursor moves, no line is redrawn", async () => {
  await onTerminals({ TERM: "dumb" }, (shown, line) => {
    assert.ok(!shown.includes(ESCAPE), `${line}: ${JSON.stringify(shown)}`);
    assert.doesNotMatch(shown.replaceAll("\r\n", "\n"), /\r/, line);
  });
});

Deno.test("on a terminal of 40 columns no line of a table is longer", async () => {
  await onTerminals({ NO_COLOR: "1", TERM: "xterm" }, (shown, line) => {
    const rows = shown.replaceAll(`\r${ESCAPE}[2K`, "\n").split(/\r?\n/)
      .filter((row) => row.startsWith(" "));
    const long = rows.filter((row) => displayWidth(row) > 40);
    assert.ok(rows.length > 2, shown);
    assert.deepEqual(long, [], line);
    assert.ok(rows.some((row) => row.includes("…")), `${line} has nothing to cut: ${shown}`);
  }, [["discover", "-p", "linear"], ["issue", "list"]]);
});

Deno.test("a home and a project of any name: spaces, quotes and letters beyond ASCII", async () => {
  await withWorld(async (world) => {
    await journey(world, programUnderTest(), world.env);
    const names = [...Deno.readDirSync(`${world.home}/.spec-kitty`)].map(({ name }) => name);
    assert.ok(names.includes("credentials") && names.length > 2, names.join(" "));
    const beside = [...Deno.readDirSync(`${world.home}/..`)].map(({ name }) => name);
    assert.equal(beside.length, 2, beside.join(" "));
  }, { names: { home: "hôme with späces", project: "проект  '日本' & co" } });
});

Deno.test("a journey under permissions for one home, one project and one host", async () => {
  await withWorld(async (world) => {
    const { host } = new URL(world.hostUrl);
    const user = `${world.home}/.spec-kitty`;
    const flags = [
      `--allow-read=${world.project},${user}`,
      READS_ITS_MODULES,
      `--allow-write=${world.project},${user}`,
      `--allow-net=${host}`,
      `--allow-env=${VARIABLES.join(",")}`,
      "--allow-sys=hostname",
    ];
    const main = fromFileUrl(new URL("../../main.ts", import.meta.url));
    const words = ["run", "--no-prompt", "--no-check", "--quiet", ...flags, main];
    await journey(world, [Deno.execPath(), ...words], world.env);
  });
});

Deno.test("an unprivileged user reads a read-only project; a change is refused and writes nothing", async () => {
  if (Deno.build.os === "windows") return console.log("skipped: Windows has other permissions");
  const drop = droppingRights();
  if (drop === null) return console.log("skipped: root without `setpriv` cannot drop its rights");
  await withBoundWorld(async (world) => {
    const base = world.home.slice(0, world.home.lastIndexOf("/"));
    // The user cannot read the modules of another one: the bundle needs none.
    const { main } = await makeBundle(toFileUrl(`${base}/bundle/`, base));
    await Deno.mkdir(`${base}/cache`);
    await Deno.chmod(base, 0o755);
    if (drop.length > 0) {
      for (const owned of [world.home, `${base}/cache`]) await give(owned);
    }
    const words = [...drop, Deno.execPath(), "run", "-A", "--no-config", "--no-prompt", main];
    const env = { ...world.env, DENO_DIR: `${base}/cache` };
    await readOnly(world.project, true);
    try {
      const before = await contents(world.project);
      for (const args of LOOKS) {
        const { code, stderr } = await run(world, [...words, ...args], env);
        assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      }
      for (
        const args of [["unbind", "--yes"], [
          "config",
          "set",
          "tracker.doctrine.mode",
          "split_ownership",
        ]]
      ) {
        const { code, stdout, stderr } = await run(world, [...words, ...args], env);
        assert.equal(code, 1, `${args.join(" ")}: ${stdout}${stderr}`);
        assert.equal(stdout, "");
        assert.match(stderr, /config\.yaml|\.kittify/);
        assert.doesNotMatch(stderr, /\n +at |Uncaught|\bEACCES\b/);
      }
      assert.deepEqual(await contents(world.project), before);
    } finally {
      await readOnly(world.project, false);
    }
  });
});

/** Every command of a usual day, each of which must end well. */
async function journey(
  world: World,
  program: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const bind = ["bind", "-p", "linear", "--select", "1"];
  const [discover = [], ...looks] = LOOKS;
  for (const args of [LOGIN, discover, bind, ...looks, ["unbind", "--yes"]]) {
    const { code, stdout, stderr } = await run(world, [...program, ...args], env, "demo\n");
    assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
    assert.ok(!`${stdout}${stderr}`.includes(ESCAPE), args.join(" "));
    if (args === bind) assert.match(await world.config() ?? "", /binding_ref: /);
  }
  assert.doesNotMatch(await world.config() ?? "", /binding_ref/);
}

/** Runs commands at a bound project, each on a terminal of its own, 40 columns wide. */
async function onTerminals(
  variables: Readonly<Record<string, string>>,
  judge: (shown: string, line: string) => void,
  commands: readonly (readonly string[])[] = LOOKS,
): Promise<void> {
  if (!isThere("script")) return console.log("skipped: there is no `script` to make a terminal");
  await withBoundWorld(async (world) => {
    const { NO_COLOR: _, TERM: __, ...env } = world.env;
    if (commands !== LOOKS) await world.here(["sync", "pull"]);
    for (const args of commands) {
      const words = [...programUnderTest(), ...args].map(quoted).join(" ");
      const typed = `stty cols 40 && ${words}`;
      const terminal = Deno.build.os === "darwin"
        ? ["script", "-q", "/dev/null", "sh", "-c", typed]
        : ["script", "-qec", typed, "/dev/null"];
      const shell = { SHELL: "/bin/sh", ...env, ...variables };
      const { code, stdout } = await run(world, terminal, shell);
      assert.equal(code, 0, stdout);
      assert.notEqual(stdout.trim(), "", args.join(" "));
      judge(stdout, args.join(" "));
    }
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function run(
  world: World,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  input = "",
): Promise<CommandResult> {
  const items = `${world.home}/.spec-kitty/items.json`;
  await Deno.writeTextFile(items, JSON.stringify([ITEM]));
  const named = words.map((word) => word.replaceAll("ITEMS", items));
  return await runIn({ project: world.project, env }, named, input);
}

/** The words before a command that take the rights of root away; none for another user. */
function droppingRights(): readonly string[] | null {
  if (Deno.uid() !== 0) return [];
  if (!isThere("setpriv")) return null;
  return ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
}

function isThere(program: string): boolean {
  const directories = (Deno.env.get("PATH") ?? "").split(":");
  return directories.some((directory) => {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

async function give(directory: string): Promise<void> {
  await Deno.chown(directory, NOBODY, NOBODY);
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    await (isDirectory ? give(path) : Deno.chown(path, NOBODY, NOBODY));
  }
}

async function readOnly(directory: string, closed: boolean): Promise<void> {
  await Deno.chmod(directory, closed ? 0o555 : 0o755);
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    await (isDirectory ? readOnly(path, closed) : Deno.chmod(path, closed ? 0o444 : 0o644));
  }
}

/** Every file below the directory with its content. */
async function contents(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) found.push(path, ...await contents(path));
    else found.push(`${path} ${await Deno.readTextFile(path)}`);
  }
  return found.sort();
}
