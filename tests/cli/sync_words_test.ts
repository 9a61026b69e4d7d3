import assert from "node:assert/strict";
import { reportBackground } from "../../src/cli/services/background.ts";
import {
  reportGone,
  reportItemErrors,
  reportPush,
  reportResult,
} from "../../src/cli/commands/sync/report.ts";
import type { PushResult, ResultSummary, RunResult } from "../../src/contract/results.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

const IDENTITY = {
  type: "installation",
  installation_id: "ins_1",
  user_link_id: null,
  provider: "jira",
  provider_account_id: "acc_1",
} as const;

const summary = (total: number, failed = 0): ResultSummary => ({
  total,
  succeeded: total - failed,
  failed,
  skipped: 0,
});

const ref = (id: string) => ({ system: "jira", workspace: "site", id, key: `WEB-${id}` });

const item = (
  id: string,
  outcome: PushResult["items"][number]["outcome"],
  message: string | null = null,
) => ({
  ref: ref(id),
  action: "update" as const,
  outcome,
  remote_ref: null,
  version: null,
  message,
});

/** What a result is reported as. */
async function report(
  result: PushResult | RunResult,
): Promise<{ code: number; stdout: string; stderr: string }> {
  let seen = { code: -1, stdout: "", stderr: "" };
  await withPlatform({}, (platform) => {
    const code = reportResult(testContext(platform), result);
    seen = { code, stdout: platform.stdout(), stderr: platform.stderr() };
  });
  return seen;
}

Deno.test("a push that went well counts what became of its items", async () => {
  const result: PushResult = {
    status: "ok",
    summary: summary(3),
    items: [item("1", "updated"), item("2", "unchanged"), item("3", "updated")],
    item_errors: null,
    identity_path: IDENTITY,
  };
  assert.deepEqual(await report(result), {
    code: 0,
    stdout: "✓ Pushed 3 items: 2 updated, 1 unchanged.\n",
    stderr: "",
  });
});

Deno.test("each failed item is told once, by its key, with its reason or that there is none", async () => {
  const result: PushResult = {
    status: "partial",
    summary: summary(3, 2),
    items: [
      item("1", "updated"),
      item("2", "failed", "told twice"),
      item("3", "failed"),
    ],
    item_errors: [{
      ref: ref("2"),
      code: "workflow",
      message: "no \u001b[1mstep",
      retryable: false,
    }],
    identity_path: IDENTITY,
  };
  assert.deepEqual(await report(result), {
    code: 1,
    stdout: "! Pushed 1 of 3 items: 1 updated.\n",
    stderr: "! 2 issues could not be pushed:\n   WEB-2  no step\n" +
      "   WEB-3  the host gave no reason\n2 of 3 pushes failed.\n",
  });
});

Deno.test("a full sync tells which half fell short", async () => {
  const run = (
    status: "ok" | "partial" | "error",
    pullFailed: number,
    pushFailed: number,
  ): RunResult => ({
    status,
    summary: summary(8, pullFailed + pushFailed),
    pull: { summary: summary(7, pullFailed) },
    push: { summary: summary(1, pushFailed) },
    identity_path: IDENTITY,
  });
  assert.deepEqual(await report(run("ok", 0, 0)), {
    code: 0,
    stdout: "✓ Pulled 7, pushed 1.\n",
    stderr: "",
  });
  assert.deepEqual(await report(run("partial", 2, 1)), {
    code: 1,
    stdout: "! Pulled 5, pushed 0.\n",
    stderr: "2 of 7 issues could not be pulled.\n1 of 1 push failed.\n",
  });
  assert.equal((await report(run("error", 0, 0))).stderr, 'The host tells the status "error".\n');
});

Deno.test("no errors, no words", () =>
  withPlatform({}, (platform) => {
    reportItemErrors(testContext(platform), [], "pulled");
    assert.equal(platform.stderr(), "");
  }));

Deno.test("gone issues that were kept, and a listing that was cut off, are told", () =>
  withPlatform({}, (platform) => {
    const context = testContext(platform);
    reportGone(context, { removed: [ref("1")], kept: [], cutOff: false });
    assert.equal(platform.stderr(), "");
    reportGone(context, { removed: [], kept: [ref("1")], cutOff: true });
    assert.deepEqual(platform.stderr().split("\n"), [
      "! The host lists fewer issues than it has: none was taken for gone from the tracker.",
      "! 1 issue is gone from the tracker, kept here for its edits:",
      "   WEB-1",
      "",
    ]);
  }));

Deno.test("a background sync that could not start is a warning; one that runs is not mentioned", () =>
  withPlatform({}, (platform) => {
    const context = testContext(platform);
    reportBackground(context, { started: true, skippedReason: null, pid: 7 });
    reportBackground(context, { started: false, skippedReason: "intent_local_only", pid: null });
    assert.equal(platform.stderr() + platform.stdout(), "");
    reportBackground(context, {
      started: false,
      skippedReason: "start_failed: no port",
      pid: null,
    });
    assert.match(platform.stderr(), /did not start.*no port.*tracker daemon status/);
    assert.equal(platform.stdout(), "");
  }));

Deno.test("what a host says beside a result changes no key of ours", () =>
  withPlatform({}, (platform) => {
    const result = { ...pushedResult(), counts: "theirs", already_sent: 9, note: "kept" };
    reportPush(testContext(platform, { json: true }), {
      kind: "pushed",
      result,
      batches: 1,
      resumed: false,
      alreadySent: 0,
      outdated: 0,
    }, { held: 0, refused: 0, left: 0 });
    const document = JSON.parse(platform.stdout());
    assert.deepEqual(
      [document.counts.sent, document.already_sent, document.note],
      [1, 0, "kept"],
    );
  }));

function pushedResult(): PushResult {
  return {
    status: "ok",
    summary: summary(1),
    items: [item("1", "updated")],
    item_errors: null,
    identity_path: IDENTITY,
  };
}
