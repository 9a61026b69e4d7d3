import assert from "node:assert/strict";
import { DENO_FLAGS } from "../../scripts/pack_npm.ts";
import { fromFileUrl } from "../../scripts/file_urls.ts";
import { ended, layDeno, type Node, nodes } from "./npm_setup.ts";

const HERE = new URL("./", import.meta.url);
/** What the program says at its end when each signal came once. */
const COUNTED = 'counts {"SIGINT":1,"SIGHUP":1}';
const IS_WINDOWS = Deno.build.os === "windows";

/** The launcher in a package as npm lays it, in front of a program that tells how it was started. */
interface Launched {
  readonly node: Node;
  readonly home: string;
  readonly modules: string;
  readonly launcher: string;
  run(args: readonly string[], stdin?: string): ReturnType<typeof ended>;
}

onEachNode("The launcher passes words and input on as they are", async ({ run }) => {
  const args = ["a b", "", '"quoted"', "$HOME", "*", "--version", "--", "größer"];
  const { code, stdout, stderr } = await run(["facts", ...args], "typed\n");
  assert.equal(code, 0, stderr);
  const facts = JSON.parse(stdout);
  assert.deepEqual(facts.args, args);
  assert.equal(facts.input, "typed\n");
});

onEachNode("The program has the permissions of an executable and no others", async ({ run }) => {
  const { stdout } = await run(["facts"]);
  assert.deepEqual(JSON.parse(stdout).permissions, {
    read: true,
    ffi: false,
    import: false,
    home: true,
    path: false,
    hostname: true,
    cpus: false,
  });
});

onEachNode("The exit code is the program's own", async ({ run }) => {
  for (const code of [0, 1, 2, 130]) {
    assert.equal((await run(["exit", String(code)])).code, code);
  }
});

onEachNode(
  "Configuration of Deno and of npm in the working directory is not read",
  async ({ run, home }) => {
    await Deno.writeTextFile(`${home}/deno.json`, "{ broken");
    await Deno.writeTextFile(`${home}/package.json`, '{ "dependencies": { "absent": "1.0.0" } }');
    const { code, stdout, stderr } = await run(["facts"]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout).args, []);
  },
);

onEachNode(
  "Without Deno's package for the machine, the launcher says which is missing",
  async ({ run, modules }) => {
    await Deno.remove(`${modules}/@deno`, { recursive: true });
    const { code, stdout, stderr } = await run(["facts"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^✗ The package "@deno\/\S+" is not installed beside tracker\n {2}Install/,
    );
  },
);

onEachNode(
  "A signal that the launcher gets reaches the program once, and its exit code comes back",
  async (launched) => {
    if (IS_WINDOWS) return;
    const child = started([launched.node.path, launched.launcher, "wait"], launched);
    const heard = lines(child);
    assert.match(await heard.next(), /^ready /);
    for (const signal of ["SIGINT", "SIGHUP"] as const) {
      child.kill(signal);
      assert.equal(await heard.next(), `got ${signal}`);
    }
    child.kill("SIGTERM");
    assert.equal(await heard.next(), COUNTED);
    await heard.rest();
    assert.equal((await child.status).code, 7);
  },
);

onEachNode("A signal that ends the program ends the launcher", async (launched) => {
  if (IS_WINDOWS) return;
  const { node, launcher } = launched;
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"]) {
    const child = started([node.path, launcher, "kill", signal], launched);
    await lines(child).rest();
    assert.equal((await child.status).signal, signal);
  }
});

onEachNode("Ctrl-C on a terminal reaches the program once", async (launched) => {
  if (!await hasScript()) return console.log("skipped: there is no `script` to make a terminal");
  const { node, launcher } = launched;
  const typed = `trap : INT; '${node.path}' '${launcher}' wait`;
  const terminal = Deno.build.os === "darwin"
    ? ["script", "-q", "/dev/null", "sh", "-c", typed]
    : ["script", "-qec", typed, "/dev/null"];
  const child = started(terminal, launched);
  const heard = lines(child);
  const [pid, parent] = (await heard.next()).replace("ready ", "").split(" ").map(Number);
  const stopped = node.replaces ? null : parent ?? 0;
  // What the launcher does about it comes later than the program's own, so that both can be told apart.
  if (stopped !== null) Deno.kill(stopped, "SIGSTOP");
  const keys = child.stdin.getWriter();
  await keys.write(new Uint8Array([3]));
  assert.match(await heard.next(), /got SIGINT$/);
  if (stopped !== null) Deno.kill(stopped, "SIGCONT");
  for (const [signal, answer] of [["SIGHUP", "got SIGHUP"], ["SIGTERM", COUNTED]] as const) {
    Deno.kill(stopped ?? pid ?? 0, signal);
    assert.equal(await heard.next(), answer);
  }
  await heard.rest();
  await keys.close().catch(() => {});
  assert.equal((await child.status).code, 7);
});

function onEachNode(name: string, test: (launched: Launched) => Promise<void>): void {
  Deno.test(name, async () => {
    for (const node of await nodes()) {
      const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "tracker launcher-" }));
      try {
        const modules = `${home}/node_modules`;
        const launcher = `${modules}/@spec-kitty/tracker/tracker.cjs`;
        await layPackage(`${modules}/@spec-kitty/tracker`);
        await layDeno(modules);
        const env = { HOME: home, USERPROFILE: home, DENO_DIR: `${home}/cache` };
        const run = (args: readonly string[], stdin?: string) =>
          ended([node.path, launcher, ...args], {
            cwd: home,
            env,
            ...(stdin === undefined ? {} : { stdin }),
          });
        await test({ node, home, modules, launcher, run });
      } catch (error) {
        throw new Error(`with Node ${node.version}`, { cause: error });
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    }
  });
}

async function layPackage(directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  const copy = (from: string, to: string) =>
    Deno.copyFile(fromFileUrl(new URL(from, HERE)), `${directory}/${to}`);
  await copy("../../scripts/npm/tracker.cjs", "tracker.cjs");
  await copy("programs/launched.js", "tracker.js");
  await Deno.writeTextFile(`${directory}/package.json`, '{ "type": "module" }');
  await Deno.writeTextFile(`${directory}/flags.json`, JSON.stringify(DENO_FLAGS));
}

function started([command = "", ...args]: readonly string[], { home }: Launched) {
  return new Deno.Command(command, {
    args,
    cwd: home,
    clearEnv: true,
    env: { HOME: home, DENO_DIR: `${home}/cache`, SHELL: "/bin/sh", PATH: "/usr/bin:/bin" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** What a program says, line by line. */
function lines(child: Deno.ChildProcess) {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next(): Promise<string> {
      while (!text.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`it ended after ${JSON.stringify(text)}`);
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end).trimEnd();
      text = text.slice(end + 1);
      return line;
    },
    async rest(): Promise<void> {
      while (!(await reader.read()).done);
    },
  };
}

async function hasScript(): Promise<boolean> {
  if (IS_WINDOWS) return false;
  try {
    return (await new Deno.Command("sh", { args: ["-c", "command -v script"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
