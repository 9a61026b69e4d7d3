import assert from "node:assert/strict";
import { buildOf, type Bundle, makeBundle } from "../../scripts/bundle.ts";
import { BAKED_FLAGS, compileFault, executableName, TARGETS } from "../../scripts/compile.ts";
import { toFileUrl } from "../../scripts/file_urls.ts";
import { VERSION } from "../../src/cli/version.ts";
import { agentLines } from "../support/agent_lines.ts";
import { installStandIn } from "../standins/stand_in.ts";

interface Place {
  readonly bundle: Bundle;
  readonly home: string;
  run(flags: readonly string[], ...args: readonly string[]): Promise<Ended>;
  /** Like {@link run}, with an input. */
  fed(input: string, flags: readonly string[], ...args: readonly string[]): Promise<Ended>;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

Deno.test("The bundle runs from an empty directory, with no cache, no package and no permission", () =>
  withBundle(async ({ run, bundle }) => {
    const version = await run([], "--version");
    assert.match(
      version.stdout,
      new RegExp(`^tracker ${VERSION} \\([0-9a-f]{7,}, \\d{4}-\\d\\d-\\d\\d\\)\\n$`),
    );
    assert.match((await run([], "--help")).stdout, /^Bind a repository/);
    assert.deepEqual(Object.keys(JSON.parse((await run([], "-V", "--json")).stdout)), [
      "schema",
      "version",
      "commit",
      "date",
    ]);
    assert.ok(JSON.parse((await run([], "--help", "--json")).stdout).commands.length > 10);
    assert.match((await run([], "help", "sync", "pull")).stdout, /Usage: tracker sync pull/);
    const denied = await run(["--allow-read"], "config", "list");
    assert.equal(denied.code, 1);
    assert.match(denied.stderr, /Permission needed: env "HOME"/);
    for (const { name } of bundle.files) {
      const text = await Deno.readTextFile(bundle.main.replace("tracker.js", name));
      assert.doesNotMatch(text, /(from|import\()\s*"(npm|jsr|https?):/, "nothing is fetched");
    }
  }));

Deno.test("The bundle explains failures and reads its files as the source does", () =>
  withBundle(async ({ run, home }) => {
    const flags = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];
    const doctor = await run(flags, "doctor");
    assert.match(doctor.stdout, /bd not found/);
    assert.doesNotMatch(doctor.stdout, /unexpected/);
    await Deno.mkdir(`${home}/.kittify`);
    const bound = await run(flags, "bind", "-p", "beads", "--workspace", "main");
    assert.equal(bound.code, 0, bound.stderr);
    const created = await run(flags, "issue", "create", "--title", "Größe prüfen ✓", "--json");
    assert.equal(created.code, 0, created.stderr);
    assert.match((await run(flags, "issue", "list")).stdout, /Größe prüfen ✓/);
    const unknown = await run(flags, "statsu");
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Did you mean `tracker status`/);
  }));

Deno.test("The bundle serves agents, with a library that no other command loads", () =>
  withBundle(async ({ bundle, home, run, fed }) => {
    await Deno.mkdir(`${home}/.kittify`);
    const flags = ["--allow-read", "--allow-write", "--allow-env"];
    const bound = await run(flags, "bind", "-p", "beads", "--workspace", "main");
    assert.equal(bound.code, 0, bound.stderr);
    const stdin = agentLines(["create", { title: "Größe prüfen ✓" }], ["list", {}]);
    const served = await fed(stdin, flags, "mcp", "--write");
    assert.equal(served.code, 0, served.stderr);
    const answers = served.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const created = answers.find(({ id }) => id === 1);
    assert.equal(JSON.parse(created.result.content[0].text).issue.title, "Größe prüfen ✓");
    const library = bundle.main.replace("tracker.js", "agents.js");
    await Deno.remove(library);
    assert.equal((await run(flags, "issue", "list")).code, 0);
    assert.notEqual((await fed(stdin, flags, "mcp")).code, 0);
  }));

Deno.test("The bundle releases everything that the source releases", () =>
  withBundle(async ({ bundle }) => {
    const texts = await Promise.all(
      ["program.js", "commands.js", "host.js"].map((name) =>
        Deno.readTextFile(bundle.main.replace("tracker.js", name))
      ),
    );
    let declared = 0;
    for (const path of await sourcesBelow(new URL("../../src/", import.meta.url))) {
      declared += (await Deno.readTextFile(path)).match(/^ *(?:await )?using \w+ = /gm)?.length ??
        0;
    }
    assert.ok(declared > 10);
    const kept = texts.flatMap((text) => text.match(/\busing [\w$]+=/g) ?? []);
    assert.equal(kept.length, declared);
  }));

Deno.test("Each file of the bundle has all that it uses, and the warm functions are compiled with it", () =>
  withBundle(async ({ bundle }) => {
    const directory = bundle.main.replace(/tracker\.js$/, "");
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "lint",
        "--no-config",
        "--json",
        "--rules-tags=",
        "--rules-include=no-undef",
        directory,
      ],
    }).output();
    const { diagnostics, errors }: {
      diagnostics: readonly { readonly message: string }[];
      errors: readonly unknown[];
    } = JSON.parse(new TextDecoder().decode(stdout));
    assert.deepEqual(errors, [], new TextDecoder().decode(stderr));
    const missing = new Set(diagnostics.map(({ message }) => message.split(" ")[0] ?? ""));
    const globals = ["Buffer", "DisposableStack", "global", "process", "setImmediate"];
    // One that is missing everywhere would say that nothing was looked at.
    assert.ok(missing.has("process"));
    assert.deepEqual([...missing].filter((name) => !globals.includes(name)), []);
    const texts = await Promise.all(
      bundle.files.map(({ name }) => Deno.readTextFile(`${directory}${name}`)),
    );
    const list = await Deno.readTextFile(
      new URL("../../scripts/warm_functions.txt", import.meta.url),
    );
    const listed = list.trimEnd().split(/\s+/).length;
    const compiled = texts.join("\n").match(/(?:=|\bm:)\((?:async )?function\b/g)?.length ?? 0;
    // `deno run -A scripts/warm_functions.ts` writes the list again.
    assert.ok(compiled > 0.8 * listed, `${compiled} of ${listed}: the list is out of date`);
    assert.doesNotMatch(texts.join("\n"), /TRACKER_EAGER/);
  }));

Deno.test("status loads one file of the program, and other commands none of the host", () =>
  withBundle(async ({ bundle, run, home }) => {
    const flags = ["-A"];
    await Deno.mkdir(`${home}/.kittify`);
    const tool = installStandIn(home, "bd");
    const credentials = [`command=${tool.command}`, `cwd=${tool.cwd}`]
      .flatMap((one) => ["--credential", one]);
    const bound = await run(flags, "bind", "-p", "beads", "--workspace", "main", ...credentials);
    assert.equal(bound.code, 0, bound.stderr);
    const without = (name: string) => Deno.remove(bundle.main.replace("tracker.js", name));
    await without("agents.js");
    await without("host.js");
    for (const line of ["issue list", "sync pull", "config list"]) {
      const { code, stderr } = await run(flags, ...line.split(" "));
      assert.equal(code, 0, `${line}: ${stderr}`);
    }
    assert.notEqual((await run(flags, "host", "user", "list")).code, 0);
    await without("commands.js");
    const status = await run(flags, "status");
    assert.equal(status.code, 0, status.stderr);
    assert.notEqual((await run(flags, "issue", "list")).code, 0);
  }));

Deno.test("The bundle moves a cache that was kept by its directory", () =>
  withBundle(async ({ run, home }) => {
    const flags = ["-A"];
    const tool = installStandIn(home, "bd");
    await Deno.mkdir(`${home}/.kittify`);
    const credentials = [`command=${tool.command}`, `cwd=${tool.cwd}`]
      .flatMap((one) => ["--credential", one]);
    const bound = await run(flags, "bind", "-p", "beads", "--workspace", "main", ...credentials);
    assert.equal(bound.code, 0, bound.stderr);
    // Before the first sync the database is not known: the edit waits under the directory.
    const created = await run(flags, "issue", "create", "--title", "Waits", "--json");
    assert.equal(created.code, 0, created.stderr);
    const caches = async () =>
      (await Array.fromAsync(Deno.readDir(`${home}/.spec-kitty/tracker/trackers`)))
        .map(({ name }) => name).filter((name) => name.endsWith(".db"));
    const before = await caches();
    assert.equal(before.length, 1);
    const pulled = await run(flags, "sync", "pull");
    assert.equal(pulled.code, 0, pulled.stderr);
    const after = await caches();
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, before);
    assert.match((await run(flags, "issue", "list")).stdout, /Waits/);
    assert.equal(JSON.parse((await run(flags, "issue", "list", "--json")).stdout).issues.length, 1);
  }));

Deno.test("The daemon, the dashboard and the host start from the bundle, whatever lies above it", () =>
  withBundle(async ({ run, home, bundle }) => {
    // It belongs to another program, and no Deno could read it.
    await Deno.writeTextFile(new URL("../deno.json", toFileUrl(bundle.main, "/")), "{ broken");
    const started = await run(["-A"], "daemon", "start");
    assert.equal(started.code, 0, started.stderr);
    assert.match((await run(["-A"], "daemon", "status")).stdout, /running/);
    assert.equal((await run(["-A"], "daemon", "stop")).code, 0);
    const served = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-prompt",
        "--no-config",
        bundle.main,
        "host",
        "serve",
        "--dev",
        "--listen",
        "127.0.0.1:0",
      ],
      clearEnv: true,
      env: environment(home),
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let first = "";
    for await (const text of served.stdout.pipeThrough(new TextDecoderStream())) {
      if (first === "") served.kill("SIGTERM");
      first += text;
    }
    assert.match(first, /http:\/\/127\.0\.0\.1:\d+/);
    assert.equal((await served.status).code, 0);
  }));

Deno.test("The bundle has the driver of PostgreSQL", () =>
  withBundle(async ({ run }) => {
    const database = "postgres://ann@127.0.0.1:9/absent";
    const served = await run(["-A"], "host", "serve", "--database", database, "--json");
    assert.equal(served.code, 1);
    assert.equal(JSON.parse(served.stderr).error.code, "database_unreachable", served.stderr);
  }));

Deno.test("An executable cannot be asked for more than its baked permissions", () => {
  assert.ok(BAKED_FLAGS.includes("--no-prompt"));
  assert.ok(BAKED_FLAGS.some((flag) => flag.startsWith("--allow-env=HOME,")));
  assert.ok(BAKED_FLAGS.includes("--allow-sys=hostname,uid,statfs"));
  assert.ok(BAKED_FLAGS.includes("--deny-import"));
  for (
    const flag of [
      "-A",
      "--allow-all",
      "--allow-ffi",
      "--allow-env",
      "--allow-sys",
      "--allow-import",
    ]
  ) {
    assert.ok(!BAKED_FLAGS.includes(flag), flag);
  }
  assert.deepEqual(TARGETS.map(executableName).filter((name) => name.endsWith(".exe")).length, 1);
});

Deno.test("Without Deno's runtime for executables, the script says where it is and how to supply it", () => {
  const words = compileFault(
    "x86_64-unknown-linux-gnu",
    "error sending request for url (https://dl.deno.land/release/v2/denort-x.zip): dns error",
  );
  assert.match(words, /cannot be downloaded/);
  assert.match(words, /https:\/\/dl\.deno\.land\/release\/v2\/denort-x\.zip/);
  assert.match(words, /DENORT_BIN=\/path\/to\/denort deno task compile --target x86_64/);
  assert.match(compileFault("x86_64-apple-darwin", "no space left"), /no space left/);
});

async function withBundle(test: (place: Place) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "tracker-bundle-test-" });
  const apart = await Deno.makeTempDir({ prefix: "tracker-bundle-test-" });
  try {
    const bundle = await makeBundle(toFileUrl("bundle/", apart));
    const fed: Place["fed"] = async (input, flags, ...args) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-prompt", "--no-config", "--no-remote", "--no-npm", "--quiet"],
          ...flags,
          bundle.main,
          ...args,
        ],
        cwd: home,
        clearEnv: true,
        env: environment(home),
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      // One that reads no input may have ended before.
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(input)).catch(() => {});
      await writer.close().catch(() => {});
      const { code, stdout, stderr } = await child.output();
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, stdout: decode(stdout), stderr: decode(stderr) };
    };
    await test({ bundle, home, fed, run: (flags, ...args) => fed("", flags, ...args) });
  } finally {
    await Deno.remove(home, { recursive: true });
    await Deno.remove(apart, { recursive: true });
  }
}

function environment(home: string): Record<string, string> {
  return {
    HOME: home,
    USERPROFILE: home,
    DENO_DIR: `${home}/cache`,
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    SPEC_KITTY_SAAS_URL: "http://127.0.0.1:9",
    SystemRoot: Deno.env.get("SystemRoot") ?? "",
  };
}

Deno.test("on a machine without git a bundle is made all the same, and names no commit", async () => {
  assert.equal(await buildOf("/nowhere/git"), null);
});

async function sourcesBelow(directory: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const url = new URL(isDirectory ? `${name}/` : name, directory);
    if (isDirectory) found.push(...await sourcesBelow(url));
    else if (name.endsWith(".ts")) found.push(url);
  }
  return found;
}
