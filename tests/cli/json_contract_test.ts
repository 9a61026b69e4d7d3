import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { globalOptions } from "../../src/cli/command/global_grammar.ts";
import { globalOptionsJson } from "../../src/cli/help/program.ts";
import { optionsOf } from "../../src/cli/help/manual_facts.ts";
import { versionJson } from "../../src/cli/help/fast_path.ts";
import { VERSION } from "../../src/cli/version.ts";
import { ends, failure, withBoundWorld } from "../support/bound.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** What a line prints that must succeed with one document and no word besides. */
async function printed(
  platform: TestPlatform,
  ...args: string[]
): Promise<ReturnType<typeof JSON.parse>> {
  const { code, stdout, stderr } = await tracker(platform, ...args);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, args.join(" "));
  return JSON.parse(stdout);
}

Deno.test("under --json the version is a document, with the build where that is known", () =>
  withPlatform({}, async (platform) => {
    for (const args of [["--version", "--json"], ["--json", "-V"], ["status", "--json", "-V"]]) {
      assert.deepEqual(await printed(platform, ...args), {
        schema: 1,
        version: VERSION,
        commit: null,
        date: null,
      });
    }
    const build = { commit: "0123456789", date: "2026-03-01" };
    assert.deepEqual(JSON.parse(versionJson(build)), { schema: 1, version: VERSION, ...build });
  }));

Deno.test("under --json help is a document: of the program, of a group, of every command", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const program = await printed(platform, "--help", "--json");
    assert.deepEqual(await printed(platform, "help", "--json"), program);
    assert.deepEqual(Object.keys(program), ["schema", "commands", "global_options"]);
    assert.deepEqual(
      program.commands,
      (await catalogue(true)).map(({ path, group, summary }) => ({ path, group, summary })),
    );
    const group = await printed(platform, "sync", "--json", "--help");
    assert.deepEqual(Object.keys(group), ["schema", "commands", "global_options"]);
    assert.ok(group.commands.every(({ path }: { path: string }) => path.startsWith("sync ")));
    for (const command of await catalogue(true)) {
      const words = command.path.split(" ");
      const one = await printed(platform, "help", ...words, "--json");
      assert.deepEqual(await printed(platform, ...words, "-h", "--json"), one);
      assert.deepEqual(Object.keys(one), [
        ...["schema", "path", "group", "summary", "hosted", "local", "usage"],
        ...["arguments", "options", "examples", "global_options"],
      ]);
      assert.ok(one.usage.startsWith(`tracker ${command.path}`));
      assert.deepEqual(one.global_options, program.global_options);
    }
  }));

Deno.test("the help's document says what a command needs, takes many times and chooses from", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const bind = await printed(platform, "help", "bind", "--json");
    const facts = (name: string) => {
      const found = bind.options.find(({ names }: { names: string[] }) => names.includes(name));
      const { value, required, repeatable, choices } = found;
      return { value, required, repeatable, choices };
    };
    const providers = ["linear", "jira", "github", "gitlab", "beads", "fp"];
    const once = { required: false, repeatable: false, choices: [] };
    assert.deepEqual(facts("-p"), {
      value: "PROVIDER",
      required: true,
      repeatable: false,
      choices: providers,
    });
    assert.deepEqual(facts("--select"), { ...once, value: "N" });
    assert.deepEqual(facts("--credential"), { ...once, value: "K=V", repeatable: true });
    const show = await printed(platform, "help", "issue", "discard", "--json");
    assert.deepEqual(
      show.arguments.map(({ name, required }: Record<string, unknown>) => ({
        name,
        required,
      })),
      [{ name: "KEY", required: true }],
    );
  }));

Deno.test("the global options of the help are those of the grammar, and help and version", () => {
  const inHelp = globalOptionsJson().map(({ names, value }) =>
    names.join(", ") + (value === null ? "" : ` ${value}`)
  );
  const inGrammar = optionsOf(globalOptions()).map(([term]) => term);
  assert.deepEqual(inHelp, [...inGrammar, "-h, --help", "-V, --version"]);
});

Deno.test("under --json the manual and the completion scripts are documents that hold the same", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    assert.deepEqual(await printed(platform, "man", "--json"), {
      schema: 1,
      page: (await tracker(platform, "man")).stdout,
    });
    for (const shell of ["bash", "zsh", "fish", "pwsh", "nu"]) {
      const { stdout } = await tracker(platform, "completion", shell);
      for (const args of [["--json", "completion", shell], ["completion", shell, "--json"]]) {
        assert.deepEqual(await printed(platform, ...args), { schema: 1, shell, script: stdout });
      }
    }
  }));

Deno.test("every command refuses a wrong line with one document on standard error", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const lines = (await catalogue(true)).map(({ path }) => `${path} --no-such-option --json`);
    for (
      const line of [
        ...lines,
        "--json",
        "nothing --json",
        "sync --no-such-option --json",
        "help sink --json",
      ]
    ) {
      const { code, stdout, stderr } = await tracker(platform, ...line.split(" "));
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, line);
      const { error } = JSON.parse(stderr);
      assert.deepEqual(Object.keys(error), ["code", "message", "next_action", "details"]);
      assert.equal(error.code, "usage", line);
    }
  }));

const MANUAL_RUN = "Background sync is in manual mode. Running a one-shot remote sync now.";

Deno.test("what is warned of before a failure is in its one document", () =>
  withBoundWorld(async (world) => {
    const credentials = `${world.home}/.spec-kitty/credentials`;
    await Deno.chmod(credentials, 0o644);
    await world.lever("fail", { path: "/run/", status: 503 });
    const { details } = await failure(world, 1, ["sync", "run"]);
    assert.deepEqual(details.warnings, [
      `"${credentials}" was open to other users (mode 0644); it is now 0600.`,
      MANUAL_RUN,
    ]);
    const { stdout, stderr } = await ends(world, 0, ["sync", "run", "--json"]);
    assert.equal(JSON.parse(stdout).status, "ok");
    assert.ok(stderr.startsWith(`${MANUAL_RUN}\n`), "beside a result it is written as ever");
    const quiet = await failure(world, 1, ["issue", "show", "NOPE"]);
    assert.equal(quiet.details.warnings, undefined, "no warnings, no list of them");
  }));

Deno.test("an unknown setting is warned of in the document too", () =>
  withBoundWorld(async (world) => {
    const settings = `${world.home}/.spec-kitty/config.toml`;
    await Deno.writeTextFile(settings, '[sync]\nbackground_daemon = "sometimes"\n');
    await world.lever("fail", { path: "/run/", status: 503 });
    const { details } = await failure(world, 1, ["sync", "run"]);
    assert.deepEqual(details.warnings, [
      '`[sync].background_daemon` is "sometimes", not "auto" or "manual"; using "auto".',
    ]);
  }));

Deno.test("--verbose shows each request when it happens, before the document", () =>
  withBoundWorld(async (world) => {
    await world.lever("fail", { path: "/status/", status: 503 });
    const { stdout, stderr } = await ends(world, 1, ["status", "--json", "--verbose"]);
    assert.equal(stdout, "");
    const lines = stderr.trimEnd().split("\n");
    assert.match(lines[0] ?? "", /^GET \/api\/v1\/tracker\/status\/.* → 503/);
    assert.equal(JSON.parse(lines.at(-1) ?? "").error.code, "internal_error");
  }));

Deno.test("a question that a program is asked and does not answer is one document with the choices", () =>
  withBoundWorld(async (world) => {
    for (const flags of [[], ["--no-input"]]) {
      const start = await failure(world, 1, ["mission", "start", "webhook", ...flags]);
      assert.equal(start.code, "no_answer");
      assert.ok(start.details.candidates.length > 1);
    }
    await ends(world, 0, ["mission", "create", "first", "--no-commit"]);
    const origin = ["mission", "bind-origin", "001-first", "--ticket", "ENG-3"];
    assert.equal((await failure(world, 1, origin)).details.candidates.length, 1);
  }));

Deno.test("a question answered with no is a document, whichever command asks", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["mission", "create", "first", "--no-commit"]);
    const lines: readonly (readonly [args: string[], document: unknown])[] = [
      [["mission", "start", "--ticket", "ENG-3"], { started: false, declined: true }],
      [["mission", "bind-origin", "001-first", "--ticket", "ENG-3"], {
        bound: false,
        declined: true,
      }],
    ];
    for (const [args, document] of lines) {
      const { stdout } = await ends(world, 0, [...args, "--json"], { stdin: "n\n" });
      assert.deepEqual(JSON.parse(stdout), { schema: 1, ...Object(document) }, args.join(" "));
    }
  }));
