import assert from "node:assert/strict";
import { toFileUrl } from "../../scripts/file_urls.ts";
import { packNpm } from "../../scripts/pack_npm.ts";
import { VERSION } from "../../src/cli/version.ts";
import { type Ended, ended, nodes, NPM, reachesRegistry } from "./npm_setup.ts";

/** An archive of the package to be tested in place of one made here. */
const ARCHIVE = Deno.env.get("TRACKER_TEST_NPM_ARCHIVE");

/** A machine that has Node, npm and git and nothing else, with the package installed for all projects. */
interface Machine {
  readonly home: string;
  readonly prefix: string;
  readonly archive: string;
  readonly env: Readonly<Record<string, string>>;
  run(words: readonly string[], stdin?: string): Promise<Ended>;
}

Deno.test({
  name: "On a machine that has only Node, npm installs a command that does all its work",
  // Its commands are scripts of other shells there, which the tests of each part start as Node does.
  ignore: Deno.build.os === "windows",
  fn: () =>
    withMachine(async (machine) => {
      const { run, prefix } = machine;
      assert.equal((await run(["sh", "-c", "command -v deno"])).code, 127, "there is no Deno");
      assert.match(
        (await run(["tracker", "--version"])).stdout,
        new RegExp(`^tracker ${VERSION} `),
      );
      assert.equal((await run(["tracker", "statsu"])).code, 2);
      assert.equal((await run(["tracker", "status"])).code, 1);
      const held = `${prefix}/lib/node_modules/@spec-kitty/tracker`;
      await manualIsFound(machine);
      const completion = await run(["bash", "-c", `. '${held}/completion/tracker.bash'; complete`]);
      if (completion.code === 127) console.log("skipped: there is no bash");
      else assert.match(completion.stdout, / tracker$/m, completion.stderr);
      await mainPath(machine);
      const once = await run([NPM, "exec", "--yes", "--package", machine.archive, "--", ...ASKED]);
      assert.match(once.stdout, new RegExp(`^tracker ${VERSION} `), once.stderr);
    }),
});

const ASKED = ["tracker", "--version"];

/** Serves a host, signs in, binds, pulls, edits, syncs, and starts the daemon, as the demo does. */
async function mainPath({ home, env, run }: Machine): Promise<void> {
  const host = new Deno.Command("tracker", {
    args: ["host", "serve", "--dev", "--listen", "127.0.0.1:0"],
    cwd: home,
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = host.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    let url: string | undefined;
    while (url === undefined) {
      const { value, done } = await output.read();
      if (done) throw new Error(`the host ended: ${text}`);
      text += value;
      url = /^Sign in with `tracker auth login --host (\S+) .*\n/m.exec(text)?.[1];
    }
    const ok = async (line: string, stdin?: string) => {
      const { code, stdout, stderr } = await run(["tracker", ...line.split(" ")], stdin);
      assert.equal(code, 0, `${line}: ${stderr}`);
      return stdout;
    };
    await ok(`auth login --host ${url} --username demo@example.com --password-stdin`, "demo\n");
    await ok("bind -p linear", "1\n");
    assert.match(await ok("sync pull --all"), /Pulled: 36 new/);
    await agentIsServed(ok);
    assert.match(await ok("issue move ENG-33 in_progress"), /Changed ENG-33/);
    assert.match(await ok("sync run"), /Pushed: 1 sent/);
    // The command has started the daemon: Deno itself with the bundle, which needs no launcher.
    assert.match(await ok("daemon status"), /is running \(pid \d+\)/);
    await ok("daemon stop");
  } finally {
    host.kill("SIGTERM");
    while (!(await output.read()).done);
  }
  assert.equal((await host.status).code, 0, "the host stops when the launcher is asked to");
}

/** An agent finds its guide, and speaks to the server that the launcher starts, by the lines of the protocol alone. */
async function agentIsServed(ok: (line: string, stdin?: string) => Promise<string>) {
  assert.match(await ok("agent guide"), /`tracker issue list/);
  assert.match(await ok("agent install"), /AGENTS\.md/);
  assert.match(await ok("agent remove"), /AGENTS\.md/);
  const lines = [
    {
      ...{ id: 1, method: "initialize" },
      params: {
        ...{ protocolVersion: "2025-06-18", capabilities: {} },
        clientInfo: { name: "lines", version: "1.0.0" },
      },
    },
    { method: "notifications/initialized" },
    { id: 2, method: "tools/call", params: { name: "list", arguments: { limit: 1 } } },
  ].map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }));
  const answers = (await ok("mcp", `${lines.join("\n")}\n`)).trim().split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(answers.map(({ id }) => id), [1, 2]);
  assert.equal(answers[0].result.serverInfo.name, "tracker");
  const listed = JSON.parse(answers[1].result.content[0].text);
  assert.deepEqual([listed.issues.length, listed.total], [1, 36]);
}

/** `man` finds pages beside the directories of the path. */
async function manualIsFound({ run, prefix }: Machine): Promise<void> {
  const page = `${prefix}/share/man/man1/tracker.1`;
  assert.match(await Deno.readTextFile(page), /^\.TH TRACKER 1/m);
  const man = await run(["man", "-w", "tracker"]);
  if (man.code === 127) return console.log("skipped: there is no `man`");
  assert.equal(man.stdout.trim(), await Deno.realPath(page), man.stderr);
}

async function withMachine(test: (machine: Machine) => Promise<void>): Promise<void> {
  const [node] = await nodes();
  if (node === undefined || !await reachesRegistry()) return;
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "tracker-npm-" }));
  try {
    const archive = ARCHIVE ?? (await packNpm(toFileUrl("packed/", base))).archive;
    const home = `${base}/home`;
    const prefix = `${base}/prefix`;
    const tools = `${base}/tools`;
    await Deno.mkdir(`${home}/.kittify`, { recursive: true });
    await Deno.mkdir(tools);
    for (const tool of ["sh", "bash", "git", "man", "node", "npm"]) await link(tool, tools);
    const env = {
      HOME: home,
      PATH: `${prefix}/bin:${tools}`,
      SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
      // What this machine has of packages already is not fetched again.
      ...await npmSettings(["cache", "registry", "cafile"]),
      npm_config_update_notifier: "false",
      npm_config_prefer_offline: "true",
    };
    const run = (words: readonly string[], stdin?: string) =>
      ended(["sh", "-c", '"$@"', "sh", ...words], {
        cwd: home,
        env,
        ...(stdin === undefined ? {} : { stdin }),
      });
    const installed = await run([NPM, "install", "--global", "--prefix", prefix, archive]);
    assert.equal(installed.code, 0, installed.stderr);
    await test({ home, prefix, archive, env, run });
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

/** Puts a program of this machine among the tools of another one, where this machine has it. */
async function link(tool: string, tools: string): Promise<void> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`] }).output();
  const path = new TextDecoder().decode(stdout).trim();
  if (path !== "") await Deno.symlink(path, `${tools}/${tool}`);
}

/** What this machine's npm is set to, as variables. */
async function npmSettings(names: readonly string[]): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of names) {
    const { stdout } = await new Deno.Command(NPM, { args: ["config", "get", name] }).output();
    const value = new TextDecoder().decode(stdout).trim();
    if (value !== "" && value !== "null") settings[`npm_config_${name}`] = value;
  }
  return settings;
}
