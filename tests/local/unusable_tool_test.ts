import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../src/platform/clock.ts";
import {
  type ProcessOptions,
  type ProcessResult,
  systemProcesses,
} from "../../src/platform/processes.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { LocalTrackerService } from "../../src/local/service.ts";
import { tracker } from "../support/cli.ts";
import type { TestPlatform } from "../support/platform.ts";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

function beads(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () => withProject("bd", test));
}

Deno.test("a tool that waits for its lock for ever is ended after the deadline", async () => {
  const real = systemProcesses(systemClock());
  const deadlines: (number | undefined)[] = [];
  let hangs = false;
  await withProject("bd", async ({ service, tool, bind }) => {
    await bind();
    tool.behave({ hang: true });
    hangs = true;
    await assert.rejects(service.pull(), {
      code: "command_timeout",
      message: /bd list": /,
      nextAction: /no other program/,
    });
    assert.deepEqual([...new Set(deadlines)], [60_000]);
  }, {
    processes: {
      ...real,
      run(options) {
        deadlines.push(options.timeoutMs);
        // What answers may take longer on a busy machine.
        return real.run(hangs ? { ...options, timeoutMs: 300 } : options);
      },
    },
  });
});

Deno.test("a push gives up on a tool that does not answer, not waiting for each issue", async () => {
  const real = systemProcesses(systemClock());
  const calls: string[] = [];
  let hanging: RegExp | null = null;
  await withProject("bd", async ({ service, tool, bind }) => {
    const ids = ["bd-1", "bd-2", "bd-3", "bd-4", "bd-5"];
    tool.setIssues(ids.map((id) => bdIssue(id)));
    await bind();
    await service.pull();
    for (const id of ids) await service.issueEdit(id, { title: "Ours", assignees: ["ann"] });
    hanging = /^update bd-[245] /;
    await assert.rejects(service.push(), { code: "command_timeout", message: /bd update": / });
    assert.deepEqual(
      calls,
      ["show bd-1", "update --help", ...[1, 2, 3, 4, 5].map((n) => `update bd-${n}`)],
      "one issue that hangs does not stop the others, two on end do",
    );
    assert.equal((await service.status()).counts.pending, 3, "what was answered is done");

    calls.length = 0;
    hanging = /^show bd-/;
    await assert.rejects(service.push(), { code: "command_timeout", message: /bd show": / });
    assert.deepEqual(calls, ["show bd-2", "show bd-4"], "the reading of all counts as the first");
    assert.equal((await service.status()).counts.pending, 3);
  }, {
    processes: {
      ...real,
      run(options) {
        const line = options.args.join(" ");
        if (hanging !== null) calls.push(options.args.slice(0, 2).join(" "));
        if (hanging?.test(line) !== true) return real.run(options);
        const message = '"bd" did not finish within 60 s';
        return Promise.reject(new TrackerError({ code: "command_timeout", message }));
      },
    },
  });
});

/** What `bd` says, from its first version on, while another program has its database. */
const BUSY = JSON.stringify({
  error: "failed to open database: embeddeddolt: another process holds the exclusive lock on /x; " +
    "the embedded backend supports only one writer at a time",
});

/** Processes that answer so many calls with `BUSY` before they are the real ones. */
function busyProcesses(times: () => number) {
  const real = systemProcesses(systemClock());
  return {
    ...real,
    run(options: ProcessOptions): Promise<ProcessResult> {
      if (times() <= 0) return real.run(options);
      const stderr = new TextEncoder().encode(BUSY);
      return Promise.resolve({ code: 1, stdout: new Uint8Array(), stderr });
    },
  };
}

Deno.test("a database that another program uses is waited for", async () => {
  let left = 0;
  const processes = busyProcesses(() => left--);
  await withProject("bd", async ({ service, tool, bind, platform }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    left = 3;
    const startedAt = platform.clock.monotonic();
    assert.equal((await service.pull()).created, 1);
    assert.equal(platform.clock.monotonic() - startedAt, 100 + 200 + 400);
    await service.issueEdit("bd-1", { title: "Ours" });
    left = 2;
    assert.deepEqual((await service.push()).failures, []);
    assert.equal(tool.issues()[0]?.["title"], "Ours");
  }, { processes });
});

Deno.test("a database that stays in use ends a push after a minute or two, nothing lost", async () => {
  let left = 0;
  await withProject("bd", async ({ service, tool, bind, platform }) => {
    const ids = ["bd-1", "bd-2", "bd-3", "bd-4"];
    tool.setIssues(ids.map((id) => bdIssue(id)));
    await bind();
    await service.pull();
    for (const id of ids) await service.issueEdit(id, { title: "Ours" });
    left = Infinity;
    const startedAt = platform.clock.monotonic();
    await assert.rejects(service.push(), {
      code: "tool_busy",
      message: /bd show" found the database in use for 60 s: .*holds the exclusive lock/,
      nextAction: /End the program that holds/,
    });
    assert.ok(platform.clock.monotonic() - startedAt <= 120_000);
    assert.equal((await service.status()).counts.pending, 4);
    left = 0;
    assert.equal((await service.push()).updated, 4);
  }, { processes: busyProcesses(() => left) });
});

Deno.test("Ctrl-C ends the waiting for a database that is in use, and the push", async () => {
  let left = 0;
  await withProject("bd", async ({ service, tool, bind, platform, root }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    await service.pull();
    for (const id of ["bd-1", "bd-2"]) await service.issueEdit(id, { title: "Ours" });
    left = Infinity;
    const stop = new AbortController();
    const clock: Clock = {
      ...platform.clock,
      sleep(ms, options) {
        stop.abort();
        return platform.clock.sleep(ms, options);
      },
    };
    const stopped = new LocalTrackerService({ platform: { ...platform, clock }, root });
    await assert.rejects(stopped.push({ signal: stop.signal }), { code: "interrupted" });
    assert.deepEqual(platform.clock.sleeps, []);
  }, { processes: busyProcesses(() => left) });
});

Deno.test("Ctrl-C, which the tool gets too, is an interruption and no failure of the tool", async () => {
  const real = systemProcesses(systemClock());
  const machine: { platform?: TestPlatform } = {};
  const processes = {
    ...real,
    run(options: ProcessOptions): Promise<ProcessResult> {
      if (machine.platform === undefined) return real.run(options);
      machine.platform.raise("SIGINT");
      return Promise.resolve({ code: null, stdout: new Uint8Array(), stderr: new Uint8Array() });
    },
  };
  await withProject("bd", async ({ service, tool, bind, platform, root }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await service.pull();
    await service.issueEdit("bd-1", { title: "Ours" });
    machine.platform = platform;
    for (const command of ["pull", "push", "run"]) {
      const ended = await tracker(platform, "--repo", root, "sync", command);
      assert.deepEqual([ended.code, ended.stdout, ended.stderr], [130, "", "✗ Interrupted\n"]);
    }
  }, { processes });
});

beads("a missing tool says how to get it", async ({ service, bind, tool }) => {
  await bind({ credentials: { command: "bd-that-is-not-there", cwd: tool.cwd } });
  await assert.rejects(service.pull(), {
    code: "tool_missing",
    message: /"bd-that-is-not-there"/,
    nextAction: /Install beads .*--credential command=/,
  });
});

beads(
  "a directory that is not set up, or gone, is told apart from a missing tool",
  async (project) => {
    const { service, bind, tool, root } = project;
    await bind({ credentials: { command: tool.command, cwd: root } });
    await assert.rejects(service.pull(), {
      code: "tool_not_set_up",
      message: /no beads database found/,
      nextAction: /bd init/,
    });
    await bind();
    await Deno.remove(tool.cwd, { recursive: true });
    await assert.rejects(service.pull(), { code: "tool_directory_missing" });
  },
);

beads("a tool that goes missing during a push ends it, and nothing is lost", async (project) => {
  const { service, bind, tool } = project;
  tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
  await bind();
  await service.pull();
  for (const id of ["bd-1", "bd-2"]) await service.issueEdit(id, { title: "Ours" });
  await Deno.remove(tool.command);
  await assert.rejects(service.push(), { code: "tool_missing" });
  assert.equal((await service.status()).counts.pending, 2);
});

beads("a tool that may not be run ends a push, and says what to do", async (project) => {
  if (Deno.build.os === "windows") return;
  const { service, bind, tool } = project;
  tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
  await bind();
  await service.pull();
  for (const id of ["bd-1", "bd-2"]) await service.issueEdit(id, { title: "Ours" });
  await Deno.chmod(tool.command, 0o644);
  await assert.rejects(service.push(), {
    code: "command_not_executable",
    message: /bd show": Cannot start the command ".*bd": Permission denied/,
    nextAction: /Make the file executable/,
  });
});
