import assert from "node:assert/strict";
import { command as STATUS } from "../../src/cli/commands/status/status.ts";
import { command as SYNC_PULL } from "../../src/cli/commands/sync/pull.ts";
import { explain } from "../../src/cli/services/failure.ts";
import { reportFailure } from "../../src/cli/terminal/report_error.ts";
import { NotReadyError } from "../../src/cli/services/not_ready.ts";
import { TrackerError, usageError } from "../../src/platform/tracker_error.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

/** What is reported, and with which exit code. */
async function report(error: unknown, json = false): Promise<{ code: number; stderr: string }> {
  let result = { code: -1, stderr: "" };
  await withPlatform({}, (platform) => {
    const { output } = testContext(platform);
    const failure = explain(error, { platform, command: STATUS });
    const words = failure instanceof NotReadyError ? "prerequisite" : "failure";
    const code = reportFailure(output, failure, json ? "json" : words);
    assert.equal(platform.stdout(), "");
    result = { code, stderr: platform.stderr() };
  });
  return result;
}

const FAILURE = new TrackerError({
  code: "broken",
  message: 'The host says \u001b[31m"no"\u202E',
  nextAction: "Do this.\nThen that.",
  details: { why: 1 },
});

Deno.test("a failure is a mark, its message and what to do, indented", async () => {
  assert.deepEqual(await report(FAILURE), {
    code: 1,
    stderr: '✗ The host says "no"\n  Do this.\n  Then that.\n',
  });
});

Deno.test("a line feed in what a message quotes begins no line that looks like the program's own", async () => {
  const failure = new TrackerError({
    code: "broken",
    message: 'Unknown provider "x\n✓ All is well\n"',
    nextAction: "Do this.",
  });
  assert.equal(
    (await report(failure)).stderr,
    '✗ Unknown provider "x\n  ✓ All is well\n  "\n  Do this.\n',
  );
});

Deno.test("a failure under --json is one line with all that is known", async () => {
  const { code, stderr } = await report(FAILURE, true);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stderr), {
    error: {
      code: "broken",
      message: FAILURE.message,
      next_action: FAILURE.nextAction,
      details: { why: 1 },
    },
  });
});

Deno.test("a package that cannot be fetched is no fault to report, but one of the network", async () => {
  for (
    const words of [
      "Failed caching npm package 'hono@4.13.19'\n\n    0: error sending request for url",
      "Failed resolving npm package 'valibot': not found",
      "Failed caching npm package 'yaml@2.9.1'\n\n    0: tcp connect error (os error 111)\n    at x:1:2",
    ]
  ) {
    const { code, stderr } = await report(new TypeError(words), true);
    const { error } = JSON.parse(stderr);
    assert.deepEqual([code, error.code], [1, "package_missing"]);
    assert.match(error.next_action, /`deno install`/);
    assert.match(
      error.message,
      /^A package of tracker cannot be loaded: Failed .* npm package .*$/,
    );
  }
  assert.equal(
    (await report(new TypeError("npm is not a package"))).stderr.includes("report"),
    true,
  );
});

Deno.test("what a host finds wrong is told line by line, in whatever form it came", async () => {
  const invalid = (details: Record<string, unknown>) =>
    report(new TrackerError({ code: "validation_error", message: "Not right", details }));
  const words = async (details: Record<string, unknown>) =>
    (await invalid(details)).stderr.split("\n").slice(1, -1);
  assert.deepEqual(await words({ details: [{ field: "limit", message: "too \u0007high" }, "x"] }), [
    "  limit: too high",
    "  x",
  ]);
  assert.deepEqual(await words({ items: { title: ["is missing", "is short"] }, more: null }), [
    "  items.title: is missing",
    "  items.title: is short",
  ]);
  assert.deepEqual(await words({ details: [{ field: "", message: "must be JSON" }] }), [
    "  must be JSON",
  ]);
  assert.deepEqual(await words({}), []);
  const many = await words({ details: Array.from({ length: 25 }, (_, i) => `fault ${i}`) });
  assert.equal(many.length, 21);
  assert.match(many.at(-1) ?? "", /and 5 more/);
});

Deno.test("what is not ready is told as message, blank line, next action", async () => {
  const error = new NotReadyError({
    code: "missing_auth",
    message: "No token.",
    nextAction: "Log in.",
  });
  assert.deepEqual(await report(error), { code: 1, stderr: "No token.\n\nLog in.\n" });
});

Deno.test("the name of a feature in what is not ready cannot begin a line", async () => {
  const error = new NotReadyError({
    code: "missing_mission_binding",
    message: "No tracker binding exists for feature `001\r\nRun this: evil`.",
    nextAction: "Run `tracker bind` from this repo.",
  });
  assert.equal(
    (await report(error)).stderr,
    "No tracker binding exists for feature `001 Run this: evil`.\n\nRun `tracker bind` from this repo.\n",
  );
});

Deno.test("wrong usage ends with 2, an interruption with 130", async () => {
  assert.deepEqual(await report(usageError("Wrong.")), { code: 2, stderr: "✗ Wrong.\n" });
  const stopped = new TrackerError({ code: "interrupted", message: "Interrupted", exitCode: 130 });
  assert.equal((await report(stopped)).code, 130);
});

Deno.test("what the system refuses is no fault of the program", async () => {
  for (
    const error of [
      new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
      new Error("No space left on device (os error 28): write '/x/config.toml'"),
    ]
  ) {
    const { code, stderr } = await report(error);
    assert.equal(code, 1);
    assert.match(stderr, /^✗ The system refused: .*\(os error \d+\)/);
    assert.match(stderr, /permissions and the free disk space/);
  }
});

Deno.test("anything else asks for a report and keeps what was thrown", async () => {
  for (const error of [new TypeError("x is not a function"), "a string", undefined]) {
    const { code, stderr } = await report(error);
    assert.equal(code, 1);
    assert.match(stderr, /^✗ Something unexpected went wrong: /);
    assert.match(stderr, /please report it/);
  }
  await withPlatform({}, (platform) => {
    const error = new TypeError("x");
    const explained = explain(error, { platform, command: null });
    assert.equal(explained.code, "internal");
    assert.equal(explained.cause, error);
    assert.equal(explain(FAILURE, { platform, command: null }), FAILURE);
  });
});

Deno.test("a home that may not be written to is told of with the variable that moves it", async () => {
  await withPlatform({}, (platform) => {
    const next = (words: string) =>
      explain(new Deno.errors.PermissionDenied(words), { platform, command: SYNC_PULL })
        .nextAction;
    const denied = "Permission denied (os error 13): mkdir";
    assert.match(
      next(`${denied} '${platform.home}/.spec-kitty/tracker/trackers'`) ?? "",
      /SPEC_KITTY_HOME/,
    );
    assert.doesNotMatch(next(`${denied} '/srv/elsewhere'`) ?? "", /SPEC_KITTY_HOME/);
  });
});
