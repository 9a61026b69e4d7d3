import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { installStandIn, type StandIn } from "../standins/stand_in.ts";
import { type CommandResult, GATE_ON, tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import { testPlatform } from "../support/platform.ts";
import { documentsIn, HOST_LINES, LOCAL_LINES, WRONG_LINES } from "./hostile_lines.ts";
import { assertSafe, HOSTILE, HOSTILE_BODY, showsHostile } from "./hostile_text.ts";

const BAD = `bad${HOSTILE}`;

/** A project whose directory, issues, missions, settings and events are named by a stranger. */
interface HostileProject {
  readonly tool: StandIn;
  /** Runs a line in the project. */
  run(line: string, stdin?: string): Promise<CommandResult>;
}

async function withHostileProject(
  test: (project: HostileProject) => Promise<void>,
): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "tracker-hostile-" });
  try {
    const home = `${base}/${BAD}`;
    const root = `${home}/${BAD}`;
    await Deno.mkdir(`${root}/.kittify`, { recursive: true });
    await writeMission(root);
    await writeUserFiles(home);
    await Deno.writeTextFile(
      `${base}/issues.jsonl`,
      `${JSON.stringify(hostileIssue("bd-9"))}\nBAD\n`,
    );
    await queueEvents(home);
    const tool = installStandIn(base, "bd");
    const run = (line: string, stdin = "") => {
      const platform = testPlatform(home, {
        env: { ...GATE_ON, FORCE_COLOR: "1" },
        stdin,
        columns: 200,
        system: { cwd: () => root },
      });
      // What one line after another adds to a host's data has identifiers of its own.
      return tracker({ ...platform, random: systemRandom() }, ...words(line, base));
    };
    await test({ tool, run });
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

function words(line: string, base: string): string[] {
  return line.split(" ").map((word) =>
    word.replace("BAD", BAD).replace("DATA", `${base}/data`).replace("FILE", `${base}/issues.jsonl`)
  );
}

async function writeMission(root: string): Promise<void> {
  const mission = `${root}/kitty-specs/001-first`;
  await Deno.mkdir(mission, { recursive: true });
  const ticket = { provider: "jira", external_issue_key: BAD, title: BAD };
  const meta = { mission_id: "m", friendly_name: BAD, target_branch: BAD, origin_ticket: ticket };
  await Deno.writeTextFile(`${mission}/meta.json`, JSON.stringify(meta));
  await Deno.mkdir(`${mission}/tasks`);
  const bad = JSON.stringify(BAD);
  const front = `title: ${bad}\nlane: ${bad}\ndependencies: [${bad}]`;
  await Deno.writeTextFile(`${mission}/tasks/WP01-x.md`, `---\n${front}\n---\n`);
  await Deno.writeTextFile(`${mission}/tasks/WP02-x.md`, `---\ntitle: "${BAD}\n---\n# ${BAD}\n`);
}

async function writeUserFiles(home: string): Promise<void> {
  await Deno.mkdir(`${home}/.spec-kitty`, { mode: 0o700 });
  const settings = `[sync]\nbackground_daemon = ${JSON.stringify(BAD)}\n`;
  await Deno.writeTextFile(`${home}/.spec-kitty/config.toml`, settings);
}

async function queueEvents(home: string): Promise<void> {
  const platform = testPlatform(home);
  const path = `${home}/.spec-kitty/tracker/queue.db`;
  (await EventQueue.open(platform, path)).close();
  const database = await platform.openDatabase(path);
  const insert = database.prepare(
    "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
  );
  insert.run(`e1${HOSTILE}`, BAD, JSON.stringify({ title: BAD }), 1);
  insert.run(`e2${HOSTILE}`, BAD, `no event${HOSTILE}`, 2);
  database.close();
}

function hostileIssue(id: string): Record<string, unknown> {
  return bdIssue(id, {
    title: BAD,
    description: HOSTILE_BODY,
    assignee: BAD,
    labels: [BAD],
    external_ref: BAD,
  });
}

const BIND = "bind -p beads --workspace BAD --doctrine-mode split_ownership";

async function bind({ run, tool }: HostileProject): Promise<void> {
  tool.setIssues([hostileIssue("bd-1"), hostileIssue(`bd-2${HOSTILE}`)]);
  const credentials = `--credential command=${tool.command} --credential cwd=${tool.cwd}`;
  const result = await run(`${BIND} ${credentials}`);
  assertSafe(BIND, result);
  assert.equal(result.code, 0, result.stderr);
}

Deno.test("no command lets the words of a tool, a repository or a path act on a terminal", () =>
  withHostileProject(async (project) => {
    await bind(project);
    for (const { line, stdin, shows = true } of LOCAL_LINES) {
      const result = await project.run(line, stdin);
      assertSafe(line, result);
      assert.equal(showsHostile(result), shows, `${line}: ${JSON.stringify(result)}`);
      if (line.startsWith("completion")) continue;
      const json = await project.run(`${line} --json`, stdin);
      assertSafe(`${line} --json`, json);
      documentsIn(line, json.stdout === "" ? json.stderr : json.stdout).forEach((one) =>
        JSON.parse(one)
      );
    }
  }));

Deno.test("a fault that quotes its line, or a tool that fails, cannot forge a line", () =>
  withHostileProject(async (project) => {
    await bind(project);
    for (const line of WRONG_LINES) {
      const result = await project.run(line);
      assertSafe(line, result);
      assert.notEqual(result.code, 0, line);
      const json = await project.run(`${line} --json`);
      assertSafe(`${line} --json`, json);
      assert.equal(typeof JSON.parse(json.stderr).error.message, "string", line);
      assert.ok(showsHostile(result), line);
    }
    project.tool.behave({ fail: [{ match: ".*", message: BAD }] });
    for (const line of ["sync pull", "sync run"]) {
      const result = await project.run(line);
      assertSafe(line, result);
      assert.ok(showsHostile(result), line);
    }
  }));

/** Commands that run until they are stopped, or start one that does. */
const RUNNING: readonly string[] = ["daemon run", "daemon start", "dashboard", "host serve"];

Deno.test("there is no command that no stranger has spoken to", async () => {
  const lines = [...HOST_LINES, ...LOCAL_LINES].map(({ line }) => `${line} `);
  const free = (await catalogue(true)).map(({ path }) => path)
    .filter((path) =>
      !RUNNING.includes(path) && !lines.some((line) => line.startsWith(`${path} `))
    );
  assert.deepEqual(free, []);
});
