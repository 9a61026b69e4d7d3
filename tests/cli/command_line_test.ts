import assert from "node:assert/strict";
import { scan } from "../../src/cli/command/command_line.ts";
import { catalogue, findCommand } from "../../src/cli/commands/registry.ts";
import { VERSION } from "../../src/cli/version.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";

const manifest = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));

Deno.test("the version is the one of the manifest, with --version and -V anywhere on the line", () =>
  withPlatform({}, async (platform) => {
    assert.equal(VERSION, manifest.version);
    const lines = ["--version", "-V", "--quiet -V", "--repo /nowhere --version", "sync pull -V"];
    for (const args of lines.map((line) => line.split(" "))) {
      const result = await tracker(platform, ...args);
      assert.deepEqual(result, { code: 0, stdout: `tracker ${VERSION}\n`, stderr: "" });
    }
  }));

Deno.test("what a shell wants completed asks for no version", () =>
  withPlatform({}, async (platform) => {
    for (const data of [["--version"], ["--", "--version"], ["sync", "-V"]]) {
      const { code, stdout } = await tracker(platform, "completion", "bash", ...data);
      assert.equal(code, 0);
      assert.doesNotMatch(stdout, /^tracker /);
    }
  }));

Deno.test("an option that not every line takes is named, not the word after it", () =>
  withPlatform({}, async (platform) => {
    const lines: readonly (readonly [line: string, said: string])[] = [
      ["--jsn", '✗ Unknown global option "--jsn"\n  Did you mean `--json`?\n'],
      [
        "issue --status todo list",
        '✗ Unknown global option "--status"\n' +
        "  The options of a command come after its name. `tracker --help` lists the global ones.\n",
      ],
      ["--quiet -yv", "✗ No command given\n  `tracker --help` lists the commands.\n"],
      ["bnid -p beads", '✗ Unknown command "bnid"\n  Did you mean `tracker bind`?\n'],
      ["version", '✗ Unknown command "version"\n  Did you mean `tracker --version`?\n'],
    ];
    for (const [line, stderr] of lines) {
      const result = await tracker(platform, ...line.split(" "));
      assert.deepEqual(result, { code: 2, stdout: "", stderr }, line);
    }
  }));

Deno.test("help lists every command of the gate's state under its heading", () =>
  withPlatform({}, async (platform) => {
    for (const hosted of [false, true]) {
      platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", hosted ? "on" : undefined);
      for (const args of [["--help"], ["-h"], ["help"]]) {
        const { code, stdout, stderr } = await tracker(platform, ...args);
        assert.equal(code, 0);
        assert.equal(stderr, "");
        for (const command of await catalogue(hosted)) {
          assert.match(
            stdout,
            new RegExp(`^  ${command.path} .*${command.summary.slice(0, 15)}`, "m"),
          );
        }
        for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
      }
    }
  }));

Deno.test("the program alone fits one screen, and says how to see all commands", () =>
  withPlatform({}, async (platform) => {
    for (const hosted of [false, true]) {
      platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", hosted ? "on" : undefined);
      const { code, stdout, stderr } = await tracker(platform);
      assert.deepEqual([code, stderr], [0, ""]);
      const lines = stdout.trimEnd().split("\n");
      assert.ok(lines.length < 24, stdout);
      for (const line of lines) assert.ok(line.length <= 80, line);
      const commands = await catalogue(hosted);
      const shown = lines.flatMap((line) =>
        /^ {2}(\S+(?: \S+)?) {2,}\S/.exec(line)?.slice(1) ?? []
      );
      assert.deepEqual(shown.filter((path) => !commands.some((one) => one.path === path)), []);
      const daily = [
        ...["bind", "doctor", "status", "issue list", "issue show", "issue create", "issue edit"],
        ...["issue close", "mission start", "wp list", "sync pull", "sync push", "sync status"],
      ];
      assert.deepEqual(shown, hosted ? ["auth login", ...daily] : daily);
      assert.equal(
        lines.at(-1),
        `\`tracker help\` lists all ${commands.length} commands, \`tracker help COMMAND\` explains one.`,
      );
    }
  }));

Deno.test("every command explains itself: summary, usage, two examples, in 80 columns", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    for (const command of await catalogue(true)) {
      const byHelp = await tracker(platform, "help", ...command.path.split(" "));
      const byFlag = await tracker(platform, ...command.path.split(" "), "--help");
      assert.equal(byHelp.stdout, byFlag.stdout);
      assert.equal(byHelp.code, 0);
      assert.ok(byHelp.stdout.startsWith(command.summary), command.path);
      assert.ok(byHelp.stdout.includes(`Usage: tracker ${command.path}`), command.path);
      const examples = [...command.hostedExamples ?? [], ...command.examples];
      assert.ok(examples.length >= 2, command.path);
      for (const example of examples) assert.ok(byHelp.stdout.includes(`  ${example}\n`));
      assert.doesNotMatch(byHelp.stdout, /[^\S\n]$/m);
    }
  }));

Deno.test("the help of every command fits one screen, or shows the examples before the options", () =>
  withPlatform({}, async (platform) => {
    let long = 0;
    for (const hosted of [false, true]) {
      platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", hosted ? "on" : undefined);
      for (const { path } of await catalogue(hosted)) {
        const { stdout } = await tracker(platform, "help", ...path.split(" "));
        const at = (line: string) => stdout.split("\n").findIndex((one) => one.startsWith(line));
        assert.ok(at("Examples:") > 0, path);
        assert.ok(at("Global options: --repo DIR, --json, ") > 0, path);
        if (stdout.trimEnd().split("\n").length < 24) continue;
        long++;
        assert.ok(at("Examples:") < Math.min(at("Options:"), 13), stdout);
      }
    }
    assert.ok(long > 0, "no help is longer than a screen");
  }));

Deno.test("with the gate off no text holds a word of the hosted surface", () =>
  withPlatform({}, async (platform) => {
    const words =
      /\b(hosted|linear|jira|github|gitlab|auth|login|discover|publish|daemon|saas|token)\b/i;
    const texts = [["--help"], ["man"], ["completion", "bash", ""], ["providers"]];
    for (const command of await catalogue(false)) texts.push(["help", ...command.path.split(" ")]);
    for (const args of texts) {
      const { stdout } = await tracker(platform, ...args);
      const found = words.exec(stdout.replaceAll("sync.background_daemon", ""));
      assert.equal(found?.[0], undefined, `${args.join(" ")}: ${found?.[0]}`);
    }
  }));

Deno.test("an unknown command names the nearest, exit 2, also inside a group", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const cases = [
      [["stats"], "tracker status"],
      [["sync", "pul"], "tracker sync pull"],
      [["--json", "synk"], "tracker sync"],
    ] as const;
    for (const [args, meant] of cases) {
      const { code, stdout, stderr } = await tracker(platform, ...args);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.ok(stderr.includes(meant), stderr);
    }
  }));

Deno.test("a word of another program names the command that does it here, exit 2", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const cases: Readonly<Record<string, string>> = {
      ...{
        "issue view WEB-1": "issue show",
        "issue ls": "issue list",
        "issue new": "issue create",
      },
      ...{ "issue update WEB-1": "issue edit", "issue start WEB-1": "mission start" },
      ...{ "issue find x": "issue search", "issue delete 3": "issue close" },
      ...{ "login": "auth login", "logout": "auth logout", "whoami": "auth status" },
      ...{ "auth show": "auth status", "auth whoami": "auth status" },
      ...{ "pull": "sync pull", "push --dry-run": "sync push", "fetch": "sync pull" },
      ...{ "list": "issue list", "ls": "issue list", "ready --json": "issue list" },
      ...{ "new": "issue create", "create Title": "issue create", "show 12": "issue show" },
      ...{ "close 12": "issue close", "search words": "issue search", "init": "bind" },
      ...{ "mission new": "mission create", "mission ls": "mission list", "wp ls": "wp list" },
      ...{ "config show": "config list", "config delete k": "config unset" },
      ...{ "host user delete a": "host user remove", "host user new": "host user add" },
      ...{ "daemon kill": "daemon stop", "state rm x": "state remove", "serve": "host serve" },
      ...{ "help issue view": "issue show", "help login": "auth login" },
      ...{
        "daemon stat": "daemon status",
        "sync stat": "sync status",
        "host conn": "host connect",
      },
    };
    for (const [line, meant] of Object.entries(cases)) {
      const { code, stdout, stderr } = await tracker(platform, ...line.split(" "));
      assert.deepEqual([code, stdout], [2, ""], line);
      assert.match(stderr, new RegExp(`Did you mean \`tracker ${meant}\`\\?`), line);
    }
  }));

Deno.test("with the gate off a word of another program names only what there is", () =>
  withPlatform({}, async (platform) => {
    const search = await tracker(platform, "search", "words");
    assert.match(search.stderr, /Did you mean `tracker issue list`\?/);
    for (const line of ["login", "whoami", "constructor", "issue toString"]) {
      const { code, stderr } = await tracker(platform, ...line.split(" "));
      assert.equal(code, 2);
      assert.match(stderr, /`tracker --help` lists the commands/, line);
    }
  }));

Deno.test("with the gate off every hosted command is an unknown command, exit 2", () =>
  withPlatform({}, async (platform) => {
    const hidden = (await catalogue(true)).filter((command) => command.gated);
    assert.ok(hidden.length > 10);
    for (const command of hidden) {
      const { code, stdout, stderr } = await tracker(platform, ...command.path.split(" "));
      assert.equal(code, 2, command.path);
      assert.equal(stdout, "");
      assert.match(stderr, /Unknown command/);
    }
  }));

Deno.test("a noun alone prints its help, exit 0, as with --help; so does a noun below a noun", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const paths = (await catalogue(true)).map(({ path }) => path.split(" "));
    const nouns = new Set(
      paths.flatMap((words) => words.slice(0, -1).map((_, at) => words.slice(0, at + 1).join(" "))),
    );
    for (const noun of ["sync", "issue", "mission", "wp", "wp hook"]) assert.ok(nouns.has(noun));
    for (const noun of nouns) {
      for (const options of [[], ["--json"]]) {
        const line = [...noun.split(" "), ...options];
        const { code, stdout, stderr } = await tracker(platform, ...line);
        assert.deepEqual([code, stderr], [0, ""], noun);
        assert.ok(stdout.includes(`${noun} `), stdout);
        assert.equal(stdout, (await tracker(platform, ...line, "--help")).stdout);
      }
    }
    const { stdout } = await tracker(platform, "sync");
    assert.match(stdout, /sync pull +Fetch issues/);
  }));

Deno.test("a noun with an option that no line takes is wrong usage, exit 2", () =>
  withPlatform({}, async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "issue", "--jsn");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /Unknown global option "--jsn"/);
    assert.match(stderr, /Did you mean `--json`\?/);
  }));

Deno.test("wrong usage is one JSON document on standard error under --json", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "bind", "-p", "linaer", "--json");
    assert.equal(code, 2);
    assert.equal(stdout, "");
    const { error } = JSON.parse(stderr);
    assert.equal(error.code, "usage");
    assert.match(error.message, /Unknown provider "linaer"\. Did you mean "linear"\?/);
    assert.equal(typeof error.next_action, "string");
    assert.deepEqual(error.details, {});
  }));

Deno.test("wrong values are refused before anything runs, exit 2", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const cases: [string[], RegExp][] = [
      [["bind", "-p", "azure-devops"], /Azure DevOps is no longer supported\./],
      [["bind", "-p", " Azure_DevOps "], /Azure DevOps is no longer supported\./],
      [["discover", "-p", "azure"], /Azure DevOps is no longer supported\./],
      [["bind", "-p", "linear", "--bind-ref", "a", "--select", "1"], /cannot be used together/],
      [["bind", "-p", "linear", "--select", "0"], /greater than or equal to 1/],
      [["bind", "-p", "linear", "--select", "x"], /--select/],
      [["bind", "-p", "linear", "--project-slug", "x"], /Unexpected option or argument/],
      [["bind"], /--provider PROVIDER/],
      [["sync", "pull", "--limit", "0"], /greater than or equal to 1/],
      [["issue", "list", "--limit", "9".repeat(20)], /: "9{20}" is too large a number\n/],
      [["sync", "pull", "--limit", "5", "--all"], /cannot be used together/],
      [["sync", "pull", "--since", "yesterday"], /"yesterday" is not a date/],
      [["sync", "pull", "--status", "doing"], /Unknown status "doing"/],
      [["issue", "list", "--type", "bugg"], /Did you mean "bug"\?/],
      [
        ["issue", "list", "--status", "closed"],
        /Unknown status "closed"\. Choose one of: todo, in_progress, in_review, blocked, done, canceled\n/,
      ],
      [["completion", "tcsh"], /Choose one of: bash, zsh, fish, pwsh, nu\n/],
      [["sync", "wait"], /Name the operation/],
      [["sync", "wait", "--quiet"], /Name the operation/],
      [["issue", "search", "--limit", "3"], /Say what to look for/],
      [["config", "set", "sync.server_url"], /Name the setting and its value/],
      [["bind", "--select", "1"], /Name the provider/],
      [["status", "--al"], /Did you mean `--all`\?/],
      [["status", "--color", "blue"], /--color/],
      [["auth", "login", "--with-token", "--username", "x"], /cannot be used together/],
    ];
    for (const [args, expected] of cases) {
      const { code, stdout, stderr } = await tracker(platform, ...args);
      assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
      assert.equal(stdout, "");
      assert.match(stderr, expected);
    }
    assert.deepEqual(await platform.files.list(platform.home), []);
  }));

Deno.test("global options are taken before, between and after the words of a command", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    for (
      const args of [
        ["--json", "config", "get", "sync.max_queue_size"],
        ["--color", "never", "config", "--json", "get", "sync.max_queue_size"],
        ["config", "get", "sync.max_queue_size", "--json", "--json"],
      ]
    ) {
      const { code, stdout } = await tracker(platform, ...args);
      assert.equal(code, 0);
      assert.equal(JSON.parse(stdout).value, 100_000);
    }
  }));

Deno.test("the registry finds every command by the name in its definition", async () => {
  for (const command of await catalogue(true)) {
    assert.equal(await findCommand(scan(command.path.split(" ")), true), command, command.path);
  }
});
