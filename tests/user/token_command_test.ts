import assert from "node:assert/strict";
import type { Processes, ProcessOptions, ProcessResult } from "../../src/platform/processes.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { userPaths } from "../../src/user/paths.ts";
import {
  forgetTokenOfCommand,
  tokenCommandFault,
  tokenOfCommand,
} from "../../src/user/token_command.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const COMMAND = ["vault", "read", "token"];

/** Runs `test` on a machine whose programs end so. */
async function withCommand(
  ended: () => Partial<Record<"stdout" | "stderr", string>> & { code?: number | null },
  test: (platform: TestPlatform, seen: readonly ProcessOptions[]) => Promise<void>,
): Promise<void> {
  const seen: ProcessOptions[] = [];
  const bytes = (text = "") => new TextEncoder().encode(text);
  const processes: Processes = {
    run(options) {
      seen.push(options);
      try {
        const { code = 0, stdout, stderr } = ended();
        const result: ProcessResult = { code, stdout: bytes(stdout), stderr: bytes(stderr) };
        return Promise.resolve(result);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    runAttached: () => Promise.reject(new Error("not here")),
    startDetached: () => 0,
    kill: () => false,
  };
  await withPlatform({ processes }, (platform) => test(platform, seen));
}

async function failure(platform: TestPlatform): Promise<TrackerError> {
  const error = await tokenOfCommand(platform, COMMAND).catch((error) => error);
  assert.ok(error instanceof TrackerError, String(error));
  assert.equal(error.code, "token_command_failed");
  return error;
}

Deno.test("the first line is the token; the command runs once, without a shell, outside of the project", () =>
  withCommand(() => ({ stdout: "tka_1\r\nuser: ada\n" }), async (platform, seen) => {
    const both = [tokenOfCommand(platform, COMMAND), tokenOfCommand(platform, COMMAND)];
    assert.deepEqual(await Promise.all(both), ["tka_1", "tka_1"]);
    assert.equal(await tokenOfCommand(platform, COMMAND), "tka_1");
    assert.equal(seen.length, 1);
    const [{ command, args, cwd, timeoutMs, maxOutputBytes, stdin } = { command: "", args: [] }] =
      seen;
    assert.deepEqual([command, args], ["vault", ["read", "token"]]);
    assert.equal(cwd, userPaths(platform).root);
    assert.deepEqual([timeoutMs, maxOutputBytes, stdin], [60_000, 64 * 1024, undefined]);
    forgetTokenOfCommand(platform);
    await tokenOfCommand(platform, COMMAND);
    assert.equal(seen.length, 2);
  }));

Deno.test("a command that was set meanwhile gives its own token", () =>
  withCommand(() => ({ stdout: "tka_1\n" }), async (platform, seen) => {
    await tokenOfCommand(platform, COMMAND);
    await tokenOfCommand(platform, ["vault", "read", "other"]);
    await tokenOfCommand(platform, ["vault", "read"]);
    assert.deepEqual(seen.map(({ args }) => args), [
      ["read", "token"],
      ["read", "other"],
      ["read"],
    ]);
  }));

Deno.test("a command that failed runs again at the next call, once for those that wait together", async () => {
  let isOpen = false;
  await withCommand(
    () => isOpen ? { stdout: "tka_1\n" } : { code: 1, stderr: "locked" },
    async (platform, seen) => {
      await Promise.all([failure(platform), failure(platform)]);
      assert.equal(seen.length, 1);
      isOpen = true;
      assert.equal(await tokenOfCommand(platform, COMMAND), "tka_1");
      assert.equal(await tokenOfCommand(platform, COMMAND), "tka_1");
      assert.equal(seen.length, 2);
    },
  );
});

Deno.test("a command that gives no token is a failure with its reason", async () => {
  const cases = [
    [
      { code: 3, stderr: "not\nsigned in" },
      "exit",
      /"vault" ended with exit code 3: not signed in$/,
    ],
    [{ code: null }, "exit", /"vault" was ended by a signal$/],
    [{ stdout: "" }, "empty", /the first line of "vault" is empty$/],
    [{ stdout: "\ntka_1\n" }, "empty", /is empty$/],
    [{ stdout: "x".repeat(16 * 1024 + 1) }, "too_long", /too long for a token$/],
    [{ stdout: "two words" }, "not_a_token", /holds blanks or characters/],
    [{ stdout: "tökn" }, "not_a_token", /holds blanks or characters/],
  ] as const;
  for (const [ended, reason, words] of cases) {
    await withCommand(() => ended, async (platform) => {
      const { message, details, nextAction } = await failure(platform);
      assert.match(message, words);
      assert.deepEqual(details, { command: "vault", reason });
      assert.match(nextAction ?? "", /tracker config unset auth\.token_command/);
    });
  }
});

Deno.test("a command that cannot be started, or does not end, is told as such", async () => {
  for (const reason of ["missing", "not_executable", "timeout", "output_too_large"]) {
    const error = new TrackerError({ code: `command_${reason}`, message: "It did not" });
    await withCommand(() => {
      throw error;
    }, async (platform) => {
      const { message, details } = await failure(platform);
      assert.equal(message, "`auth.token_command` gave no token: It did not");
      assert.equal(details["reason"], reason);
    });
  }
});

Deno.test("errors of the command are shown in part, and never with the token", () =>
  withCommand(
    () => ({ code: 1, stdout: "tka_secret\n", stderr: `tka_secret ${"long ".repeat(100)}` }),
    async (platform) => {
      const { message } = await failure(platform);
      assert.doesNotMatch(message, /tka_secret/);
      assert.match(message, /\*\*\* long/);
      assert.ok(message.length < 400, message);
    },
  ));

Deno.test("a person is told what is waited for", async () => {
  const ended = Promise.withResolvers<ProcessResult>();
  const processes: Processes = {
    run: () => ended.promise,
    runAttached: () => Promise.reject(new Error("not here")),
    startDetached: () => 0,
    kill: () => false,
  };
  await withPlatform({ processes }, async (platform) => {
    const told = Promise.withResolvers<string>();
    const stderr = { ...platform.terminal.stderr, write: told.resolve };
    const machine = { ...platform, terminal: { ...platform.terminal, stderr } };
    const token = tokenOfCommand(machine, COMMAND);
    assert.equal(await told.promise, 'Waiting for "vault" (`auth.token_command`) …\n');
    const bytes = new TextEncoder().encode("tka_1");
    ended.resolve({ code: 0, stdout: bytes, stderr: new Uint8Array() });
    assert.equal(await token, "tka_1");
  });
});

Deno.test("a command is named by a whole path or by a name alone: another one lies in each repository", () => {
  assert.equal(tokenCommandFault(["op", "read"]), null);
  assert.equal(tokenCommandFault(["/usr/bin/op"]), null);
  for (const words of [[], [""], [" "], ["./op"], ["bin/op"], ["../op"], ["op", "a\0b"]]) {
    assert.notEqual(tokenCommandFault(words), null, JSON.stringify(words));
  }
  assert.notEqual(tokenCommandFault(["op", ...Array.from({ length: 101 }, () => "x")]), null);
});
