import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { type ProcessOptions, systemProcesses } from "../../src/platform/processes.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { untilSo } from "../support/until.ts";

const processes = systemProcesses(systemClock());
const HAS_SHELL = Deno.build.os !== "windows";

/** Runs a line of JavaScript in a process of its own. */
function evaluated(source: string, options: Partial<ProcessOptions> = {}) {
  return processes.run({ command: Deno.execPath(), args: ["eval", source], ...options });
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof TrackerError && error.code === code;
}

Deno.test("Both streams and the exit code come back", async () => {
  const result = await evaluated('console.log("out"); console.error("err"); Deno.exit(3)');
  assert.equal(result.code, 3);
  assert.equal(text(result.stdout), "out\n");
  assert.equal(text(result.stderr), "err\n");
});

Deno.test("Arguments reach the command as they are, shell characters and all", async () => {
  const args = ["$HOME", "`id`", "a b", "*", '"', "'", "; rm x", "", "\n", "Grüße 漢"];
  const source = "console.log(JSON.stringify(Deno.args))";
  const result = await processes.run({
    command: Deno.execPath(),
    args: ["eval", source, "--", ...args],
  });
  assert.deepEqual(JSON.parse(text(result.stdout)).slice(-args.length), args);
});

Deno.test("Standard input is fed whole; without one it is empty", async () => {
  const source = "console.log((await new Response(Deno.stdin.readable).text()).length)";
  const long = "x".repeat(3_000_000);
  assert.equal(text((await evaluated(source, { stdin: long })).stdout), "3000000\n");
  assert.equal(text((await evaluated(source)).stdout), "0\n");
});

Deno.test("A command that does not read its input is judged by its exit code", async () => {
  const result = await evaluated("Deno.exit(0)", { stdin: "x".repeat(3_000_000) });
  assert.equal(result.code, 0);
});

Deno.test("Variables are added to the environment, and the directory is the one asked for", async () => {
  const cwd = await Deno.realPath(await Deno.makeTempDir());
  try {
    const result = await evaluated(
      'console.log(Deno.env.get("TRACKER_X"), Deno.env.has("PATH"), Deno.cwd())',
      { cwd, env: { TRACKER_X: "1" } },
    );
    assert.equal(text(result.stdout), `1 true ${cwd}\n`);
  } finally {
    await Deno.remove(cwd);
  }
});

Deno.test("A missing command is named", async () => {
  await assert.rejects(
    processes.run({ command: "tracker-no-such-command", args: [] }),
    (error) => hasCode("command_missing")(error) && /"tracker-no-such-command"/.test(String(error)),
  );
});

Deno.test("A command that cannot be started says why", async () => {
  const self = Deno.execPath();
  for (
    const [args, reason] of [[["x".repeat(4_000_000)], /too long/], [["a\0b"], /nul byte/]] as const
  ) {
    await assert.rejects(
      processes.run({ command: self, args }),
      (error) => hasCode("command_not_started")(error) && reason.test(String(error)),
    );
  }
  if (!HAS_SHELL) return;
  const file = await Deno.makeTempFile();
  try {
    await assert.rejects(
      processes.run({ command: file, args: [] }),
      (error) =>
        hasCode("command_not_executable")(error) &&
        String(error).includes(`Cannot start the command "${file}": Permission denied`),
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("A command that takes too long is killed", async () => {
  // It would never end by itself.
  await assert.rejects(
    evaluated("setInterval(() => {}, 1000)", { timeoutMs: 300 }),
    (error) => hasCode("command_timeout")(error) && /within 0\.3 s/.test(String(error)),
  );
});

Deno.test("A grandchild that keeps the streams open does not keep us past the limit", async () => {
  if (!HAS_SHELL) return console.log("    skipped: no POSIX shell here");
  const started = performance.now();
  await assert.rejects(
    processes.run({ command: "sh", args: ["-c", "sleep 240 & wait"], timeoutMs: 300 }),
    hasCode("command_timeout"),
  );
  assert.ok(performance.now() - started < 120_000);
});

Deno.test("Output beyond the limit kills the command, on either stream", async () => {
  for (const stream of ["stdout", "stderr"]) {
    const source = `const some = new Uint8Array(65536); for (;;) Deno.${stream}.writeSync(some)`;
    await assert.rejects(
      evaluated(source, { maxOutputBytes: 100_000, timeoutMs: 20_000 }),
      (error) => hasCode("command_output_too_large")(error) && /100000 bytes/.test(String(error)),
    );
  }
});

Deno.test("Output of exactly the limit is fine", async () => {
  const source = "Deno.stdout.writeSync(new Uint8Array(1000))";
  assert.equal((await evaluated(source, { maxOutputBytes: 1000 })).stdout.length, 1000);
});

Deno.test("A command ended by a signal has no exit code", async () => {
  if (!HAS_SHELL) return console.log("    skipped: no signals here");
  const result = await processes.run({ command: "sh", args: ["-c", "kill -9 $$"] });
  assert.equal(result.code, null);
});

Deno.test("A command in the background lives on, is seen alive, and can be ended", async () => {
  const { system } = systemPlatform();
  const pid = processes.startDetached({
    command: Deno.execPath(),
    args: ["eval", "setInterval(() => {}, 1000)"],
    cwd: Deno.cwd(),
    env: { TRACKER_X: "1" },
  });
  if (Deno.build.os !== "windows") assert.equal(system.isAlive(pid), true);
  assert.equal(processes.kill(pid, "SIGKILL"), true);
  await untilSo(() => !processes.kill(pid, "SIGKILL"));
  assert.equal(processes.kill(pid, "SIGKILL"), false);
  assert.notEqual(system.isAlive(pid), true);
});

Deno.test("A command on our own streams answers its exit code, and a missing one is named", async () => {
  const command = Deno.execPath();
  assert.equal(await processes.runAttached({ command, args: ["eval", "Deno.exit(3)"] }), 3);
  assert.equal(
    await processes.runAttached({
      command,
      args: ["eval", 'Deno.exit(Deno.env.get("TRACKER_TOKEN") ? 1 : 0)'],
    }),
    0,
  );
  await assert.rejects(
    processes.runAttached({ command: "no-such-command-here", args: [] }),
    hasCode("command_missing"),
  );
});

Deno.test({
  name: "A command on our own streams that a signal ends has no exit code",
  ignore: !HAS_SHELL,
}, async () => {
  assert.equal(await processes.runAttached({ command: "sh", args: ["-c", "kill -9 $$"] }), null);
});
