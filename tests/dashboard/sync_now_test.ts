import assert from "node:assert/strict";
import { TOKEN_HEADER } from "../../src/dashboard/guard.ts";
import { SyncRunner } from "../../src/dashboard/sync_runner.ts";
import { syncedWords } from "../../src/dashboard/sync_words.ts";
import { READINESS_WORDING } from "../../src/user/readiness_wording.ts";
import { GATE_ON } from "../support/cli.ts";
import { untilSo } from "../support/until.ts";
import {
  everythingBelow,
  handlerFor,
  HOST,
  issue,
  pressed,
  request,
  SIGNED_IN,
  TOKEN,
  withScene,
} from "./support.ts";
import {
  cycleOf,
  HOSTED,
  NO_CYCLE,
  NO_PAGE,
  NOT_STARTED,
  otherSideOf,
  setPolicy,
  takeFromQueue,
  withHosted,
} from "./sync_scene.ts";

Deno.test("only the page itself may press Sync now", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, root, bind, ask }) => {
    await bind(HOSTED);
    const before = await everythingBelow(platform.home);
    const without = (name: string) => {
      const init = pressed();
      const headers = new Headers(init.headers);
      headers.delete(name);
      return { ...init, headers };
    };
    for (
      const [what, init] of [
        ["no origin", without("origin")],
        ["no token", without(TOKEN_HEADER)],
        ["a wrong token", pressed({ [TOKEN_HEADER]: `${TOKEN}0` })],
        ["a page elsewhere", pressed({ origin: "https://evil.example" })],
        ["a page on another port", pressed({ origin: "http://127.0.0.1:4601" })],
        ["another scheme", pressed({ origin: `https://${HOST}` })],
        ["another name of this machine", pressed({ origin: "http://localhost:4600" })],
        ["an opaque origin", pressed({ origin: "null" })],
        ["another site", pressed({ "sec-fetch-site": "cross-site" })],
        ["another site of this machine", pressed({ "sec-fetch-site": "same-site" })],
      ] as const
    ) {
      const answer = await ask("sync-now", init, { startDaemon: NOT_STARTED });
      assert.equal(answer.status, 403, what);
      await answer.body?.cancel();
    }
    assert.deepEqual(await everythingBelow(platform.home), before);
    const runner = new SyncRunner({ ...otherSideOf(platform), root, version: "1.2.3" });
    const handler = handlerFor({ platform, root }, runner);
    for (const init of [pressed(), without("sec-fetch-site")]) {
      assert.equal((await handler(request("sync-now", init))).status, 202);
    }
    await runner.ended();
  }));

Deno.test("a hosted binding is synced as `sync run` does, then the daemon uploads the events", () =>
  withHosted(async ({ platform, queue, press, json }) => {
    await queue(3);
    const side = otherSideOf(platform, {
      run: () => Response.json(cycleOf(2, 1)),
      cycle: async () => {
        await takeFromQueue(platform);
        return "uploaded 3";
      },
    });
    const { counts, ...told } = await press(side);
    assert.deepEqual(side.calls, ["run", "pull", "start", "trigger"]);
    assert.deepEqual(told, {
      id: 1,
      kind: "synced",
      tone: "good",
      title: "Synced",
      lines: ["2 new.", "The host delivered 1 pushed change to the tracker.", "Uploaded 3 events."],
      next_action: null,
      failures: [],
      failures_left_out: 0,
      ended_at: told.ended_at,
    });
    assert.deepEqual([counts.new, counts.sent, counts.failed], [2, 0, 0]);
    assert.equal((await json("issues.json")).issues.length, 2);
  }));

Deno.test("it is up to date when nothing was done, failed or is waiting", () =>
  withHosted(async ({ platform, press }) => {
    const told = await press(otherSideOf(platform));
    assert.deepEqual([told.title, told.tone], ["Up to date", "good"]);
    assert.deepEqual(told.lines, ["There is nothing to sync."]);
  }));

Deno.test("it is not up to date while an edit waits, is refused, or has a conflict to decide", () =>
  withHosted(async ({ platform, cache, press }) => {
    const base = issue("1");
    const edited = { ...base, status: "done" as const };
    const fault = { code: "refused", message: "It has open blockers.", at: 1 };
    const unsent = { ...base, custom_fields: { points: 3 } };
    await cache((store) =>
      store.issues.put({ issue: unsent, base, edits: { custom_fields: { at: 1 } }, seenAt: null })
    );
    const waiting = await press(otherSideOf(platform));
    assert.deepEqual([waiting.title, waiting.tone], ["Synced, and something still waits", "info"]);
    await cache((store) =>
      store.issues.put({ issue: edited, base, edits: { status: { at: 1, fault } }, seenAt: null })
    );
    const refused = await press(otherSideOf(platform));
    assert.deepEqual([refused.title, refused.tone], ["Synced, except for refused edits", "info"]);
    assert.equal(refused.lines[0], "1 issue with refused edits.");
    await cache((store) => {
      const values = { base: "", ours: "a", theirs: "b", taken: null };
      store.conflicts.record(
        { issueId: "1", field: "title", reason: "both_changed", ...values },
        1,
      );
    });
    const held = await press(otherSideOf(platform));
    assert.deepEqual([held.title, held.tone], ["Synced, with conflicts to decide", "warn"]);
    assert.match(held.next_action, /tracker sync conflicts/);
  }));

Deno.test("an issue that fails is told with its reason, and the sync is one in part", () =>
  withHosted(async ({ platform, press }) => {
    const failed = { total: 1, succeeded: 0, failed: 1, skipped: 0 };
    const ref = { system: "linear", workspace: "acme", id: "9", key: "ENG-9" };
    const side = otherSideOf(platform, {
      run: () =>
        Response.json({
          ...NO_CYCLE,
          status: "partial",
          summary: failed,
          push: {
            summary: failed,
            items: [{ ref, outcome: "failed", message: "no \u0007 right", remote_ref: null }],
          },
        }),
    });
    const told = await press(side);
    assert.deepEqual([told.kind, told.title, told.tone], ["partial", "Synced in part", "warn"]);
    assert.deepEqual(told.failures, [{ issue: "ENG-9", reason: "no ‹U+0007› right" }]);
    assert.equal(told.lines[0], "1 failed.");
  }));

Deno.test("what failed is said before what a person has to decide", () => {
  const { title } = syncedWords({
    account: {
      counts: { failed: 1, held: 1 },
      isWhole: false,
      hasMore: false,
      failures: [],
      failuresLeftOut: 0,
      notes: [],
    },
    events: null,
    cached: { pending: 0, refused: 0, held: 1 },
    notices: [],
  });
  assert.equal(title, "Synced in part");
});

Deno.test("of many failures the first are told, and how many more there are", () =>
  withHosted(async ({ platform, press }) => {
    const failed = { total: 25, succeeded: 0, failed: 25, skipped: 0 };
    const items = Array.from({ length: 25 }, (_, i) => ({
      ref: { system: "linear", workspace: "acme", id: String(i) },
      outcome: "failed",
      message: "no",
      remote_ref: null,
    }));
    const body = {
      ...NO_CYCLE,
      status: "error",
      summary: failed,
      push: { summary: failed, items },
    };
    const told = await press(otherSideOf(platform, { run: () => Response.json(body) }));
    assert.deepEqual([told.failures.length, told.failures_left_out], [10, 15]);
    assert.equal(told.lines[0], "25 failed.");
  }));

Deno.test("a host that fails is told with its message and next step", () =>
  withHosted(async ({ platform, press }) => {
    const side = otherSideOf(platform, {
      run: () =>
        Response.json({
          error_code: "missing_user_link",
          message: "Your account is not linked.",
          user_action_required: true,
        }, { status: 403 }),
    });
    const told = await press(side);
    assert.deepEqual([told.kind, told.title], ["failed", "The sync did not work"]);
    assert.match(told.lines[0], /not linked/);
    assert.deepEqual(side.calls, ["run"]);
  }));

Deno.test("presses at the same time are one sync, and its end is told to all", () =>
  withHosted(async ({ platform, root }) => {
    const answered = Promise.withResolvers<Response>();
    const side = otherSideOf(platform, { run: () => answered.promise });
    const runner = new SyncRunner({ ...side, root, version: "1.2.3" });
    const handler = handlerFor({ platform, root }, runner);
    const press = async () => await (await handler(request("sync-now", pressed()))).json();
    for (let i = 0; i < 3; i++) {
      const { running, last } = await press();
      assert.deepEqual([running.id, last], [1, null]);
    }
    const seen = await (await handler(request("state.json"))).json();
    assert.equal(seen.sync.running.id, 1, "a page opened meanwhile sees it");
    answered.resolve(Response.json(cycleOf(1, 0)));
    await runner.ended();
    assert.deepEqual(side.calls.filter((call) => call === "run"), ["run"]);
    const { running, last } = await (await handler(request("sync.json"))).json();
    assert.deepEqual([running, last.id, last.title], [null, 1, "Synced"]);
    assert.equal((await press()).running.id, 2);
    await runner.ended();
  }));

Deno.test("a sync says how far it is", () =>
  withHosted(async ({ platform, root }) => {
    const seen: string[] = [];
    let runner: SyncRunner | null = null;
    const side = otherSideOf(platform, {
      pull: async () => {
        const items = seen.length === 0 ? [issue("1"), issue("2")] : [];
        const progress = () => runner?.view().running?.progress ?? "";
        // The second page is asked for before the first one is stored.
        if (seen.length === 1) await untilSo(() => progress() !== "");
        seen.push(progress());
        const next = seen.length === 1 ? "c1" : null;
        const summary = { total: 2, succeeded: 2, failed: 0, skipped: 0 };
        return Response.json({
          ...NO_PAGE,
          summary,
          items,
          next_cursor: next,
          has_more: next !== null,
        });
      },
    });
    runner = new SyncRunner({ ...side, root, version: "1.2.3" });
    runner.press();
    await runner.ended();
    assert.deepEqual(seen, ["", "2 issues pulled"]);
  }));

Deno.test("the end of the dashboard stops a sync that is under way, and starts none", () =>
  withHosted(async ({ platform, root }) => {
    const stopping = new AbortController();
    const side = otherSideOf(platform, {
      run: (asked) => {
        const { promise, reject } = Promise.withResolvers<Response>();
        asked.signal.addEventListener("abort", () => reject(asked.signal.reason));
        stopping.abort();
        return promise;
      },
    });
    const runner = new SyncRunner({ ...side, root, version: "1.2.3", signal: stopping.signal });
    runner.press();
    await runner.ended();
    assert.equal(runner.view().last?.title, "The sync was stopped");
    assert.deepEqual(side.calls, ["run"]);
    assert.equal(runner.press().running, null);
  }));

Deno.test("without what hosted work needs nothing is started, and the next step is told", () =>
  withScene({ env: GATE_ON }, async ({ platform, press }) => {
    const before = await everythingBelow(platform.home);
    const { missing_auth } = READINESS_WORDING;
    const { title, lines, next_action } = await press({ startDaemon: NOT_STARTED });
    assert.deepEqual([title, lines, next_action], [
      "Not ready to sync",
      [missing_auth.message],
      missing_auth.nextAction,
    ]);
    assert.deepEqual(await everythingBelow(platform.home), before);
  }));

Deno.test("a project that is not bound is told so, and nothing is asked of the host", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, press }) => {
    const side = otherSideOf(platform);
    const told = await press(side);
    assert.deepEqual(told.lines, [READINESS_WORDING.missing_project_binding.message]);
    assert.deepEqual(side.calls, []);
  }));

Deno.test("an empty policy is a failure that names the key, before anything is synced", () =>
  withHosted(async ({ platform, press }) => {
    await setPolicy(platform.home, "");
    const side = otherSideOf(platform);
    const told = await press(side);
    assert.equal(told.kind, "failed");
    assert.match(told.lines[0], /background_daemon/);
    assert.deepEqual(side.calls, []);
  }));
