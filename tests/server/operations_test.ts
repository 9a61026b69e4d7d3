import assert from "node:assert/strict";
import { addUser, COMMAND_LINE } from "../../src/server/mod.ts";
import { testOnSqlite } from "../support/host_data.ts";
import { until } from "../support/until.ts";
import { openTestHost, type TestHost, valueAt, withHost } from "./support.ts";

const FIRST = { system: "linear", workspace: "acme", id: "7c1f0a52-team-eng-0001" };

function run(host: TestHost, ref: string, more: Record<string, unknown> = {}, key = "run-key-1") {
  const body = { provider: "linear", binding_ref: ref, ...more };
  return host.call("POST", "/api/v1/tracker/run/", body, { "idempotency-key": key });
}

Deno.test("a first full cycle is accepted, and its result is that of the whole work", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const accepted = await run(host, ref);
    assert.equal(accepted.status, 202);
    const ended = await host.ended(accepted.text("operation_id"));
    assert.equal(ended.at("status"), "completed");
    assert.equal(ended.at("result.pull.summary.total"), 36);
    assert.equal(ended.list("result.pull.items").length, 36);
    assert.equal(ended.at("error"), null);
    const status = await host.call(
      "GET",
      `/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`,
    );
    assert.equal(status.at("sync_state"), "idle");
    assert.equal(typeof status.at("last_sync_at"), "string");
  }));

Deno.test("the next full cycle does only what is new, delivers what was pushed, and answers at once", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.ended((await run(host, ref)).text("operation_id"));
    await host.call("POST", "/api/v1/tracker/push/", {
      provider: "linear",
      binding_ref: ref,
      items: [
        { ref: FIRST, action: "update", patch: { title: "Changed" } },
        { ref: { ...FIRST, id: "WP09" }, action: "create", patch: { title: "New" } },
      ],
    });
    const second = await run(host, ref, {}, "run-key-2");
    assert.equal(second.status, 200);
    assert.equal(second.at("pull.summary.total"), 0);
    assert.equal(second.at("push.summary.total"), 2);
    assert.deepEqual(second.at("push.summary"), {
      total: 2,
      succeeded: 2,
      failed: 0,
      skipped: 0,
      created: 1,
      updated: 1,
      unchanged: 0,
    });
    assert.equal(second.at("has_more"), false);
    assert.equal(second.at("push.items.0.outcome"), "updated");
    assert.equal(second.at("push.items.1.outcome"), "created");
    const third = await run(host, ref, {}, "run-key-3");
    assert.equal(third.at("summary.total"), 0);
  }));

Deno.test("a full cycle keeps to its limit, continues where it ended, and pulls nothing when told so", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    assert.equal((await run(host, ref, { pull_first: false }, "run-key-0")).at("summary.total"), 0);
    const seen = [];
    for (const key of ["run-key-1", "run-key-2", "run-key-3"]) {
      const { at } = await run(host, ref, { limit: 15 }, key);
      seen.push([at("pull.summary.total"), at("pull.summary.created"), at("has_more")]);
    }
    assert.deepEqual(seen, [[15, 15, true], [15, 15, true], [6, 6, false]]);
  }));

Deno.test("a full cycle tells what is new from what has changed, and says when pushes are left", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.ended((await run(host, ref)).text("operation_id"));
    const push = (id: string, action: string, patch: object) =>
      host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items: [{ ref: { ...FIRST, id }, action, patch }],
      });
    await push(FIRST.id, "update", { title: "Changed" });
    await push("WP09", "create", { title: "New" });
    await push("WP09", "update", { title: "New, and changed" });
    assert.equal(
      (await run(host, ref, { limit: 1, pull_first: false }, "run-one-0")).at("has_more"),
      true,
    );
    // As if the tracker itself had changed the other.
    await host.store.run("UPDATE issues SET undelivered = 0");
    const { at } = await run(host, ref, {}, "run-two-0");
    assert.equal(at("pull.summary.created"), 1);
    assert.equal(at("pull.summary.updated"), 1);
    assert.equal(at("has_more"), false);
  }));

Deno.test("a full cycle answers no more than a client accepts, and the next one brings the rest", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.ended((await run(host, ref)).text("operation_id"));
    for (let n = 0; n < 6; n++) {
      const item = {
        ref: { ...FIRST, id: `WP${n + 10}` },
        action: "create",
        patch: { title: `Large ${n}`, body: "ä".repeat(2 * 1024 * 1024) },
      };
      const push = { provider: "linear", binding_ref: ref, items: [item] };
      assert.equal((await host.call("POST", "/api/v1/tracker/push/", push)).status, 200);
    }
    // As if the tracker itself had changed them.
    await host.store.run("UPDATE issues SET undelivered = 0");
    const taken: unknown[] = [];
    for (let cycle = 0; cycle < 10 && taken.length < 6; cycle++) {
      const { body, list } = await run(host, ref, { limit: 1000 }, `large-${cycle}-key`);
      const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
      assert.ok(bytes < 11 * 1024 * 1024, `${bytes} bytes`);
      taken.push(...list("pull.items").map((issue) => valueAt(issue, "title")));
    }
    assert.deepEqual(taken, [0, 1, 2, 3, 4, 5].map((n) => `Large ${n}`));
    assert.equal((await run(host, ref, {}, "after-all-key")).at("pull.summary.total"), 0);
  }));

Deno.test("a lever or the client's wish makes a push asynchronous; its result is a push result", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const push = (title: string, headers: Record<string, string> = {}) =>
      host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items: [{ ref: FIRST, action: "update", patch: { title } }],
      }, headers);
    assert.equal((await push("One")).status, 200);
    const wished = await push("Two", { prefer: "respond-async" });
    assert.equal(wished.status, 202);
    const ended = await host.ended(wished.text("operation_id"));
    assert.equal(ended.at("result.items.0.outcome"), "updated");
    await host.call("POST", "/dev/levers", { accept_above: 0 });
    assert.equal((await push("Three")).status, 202);
  }));

Deno.test("a repeated run replays its 202 and starts nothing new", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const first = await run(host, ref);
    const second = await run(host, ref);
    assert.equal(second.status, 202);
    assert.deepEqual(second.body, first.body);
    await host.ended(first.text("operation_id"));
    assert.equal((await host.store.all("SELECT id FROM operations")).length, 1);
  }));

Deno.test("an operation whose mapping has gone fails with the envelope of that", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  try {
    const first = await openTestHost({ dataDir });
    const ref = await first.bind("linear", "Engineering (ENG)");
    const id = (await run(first, ref)).text("operation_id");
    await first.ended(id);
    await first.store.run("UPDATE operations SET state = 'pending', result = NULL");
    await first.call("POST", "/dev/mapping-state", { binding_ref: ref, state: "deleted" });
    await first.host.close();
    const second = await openTestHost({ dataDir });
    const ended = await second.ended(id);
    assert.equal(ended.at("status"), "failed");
    assert.equal(ended.at("error.error_code"), "binding_not_found");
    assert.equal(ended.at("result"), null);
    await second.host.close();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("an operation with a key that cannot be done fails after three attempts", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  try {
    const first = await openTestHost({ dataDir });
    const ref = await first.bind("linear", "Engineering (ENG)");
    const id = (await run(first, ref)).text("operation_id");
    await first.ended(id);
    const [team] = await first.store.all("SELECT team_id FROM operations");
    const key = { teamId: team?.["team_id"], key: "key-of-a-push", path: "/push", bodyHash: "0" };
    await first.store.run(
      "UPDATE operations SET state = 'pending', result = NULL, request = ?",
      JSON.stringify({ kind: "push", items: ["no item"], key }),
    );
    await first.host.close();
    const second = await openTestHost({ dataDir });
    const state = () => second.call("GET", `/api/v1/tracker/operations/${id}/`);
    const failed = await until(async () => {
      second.platform.clock.advanceToDeadline();
      const seen = await state();
      return seen.text("status") === "failed" ? seen : null;
    }, 10);
    assert.equal(failed.at("error.error_code"), "internal_error");
    const attempts = second.platform.stderr().match(/failed, attempt \d/g);
    assert.deepEqual(attempts, [1, 2, 3].map((attempt) => `failed, attempt ${attempt}`));
    await second.host.close();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("an operation of another team, and one that was never started, are not found", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const accepted = await run(host, ref);
    await addUser(host.context, COMMAND_LINE, {
      username: "eve",
      password: "a secret of eve",
      team: "other",
    });
    const eve = await host.as("eve", "a secret of eve", "other");
    const path = `/api/v1/tracker/operations/${accepted.text("operation_id")}/`;
    const hidden = await eve.call("GET", path);
    assert.equal(hidden.status, 404);
    assert.equal(hidden.at("error_code"), "operation_not_found");
    assert.equal((await host.call("GET", "/api/v1/tracker/operations/op_none")).status, 404);
    await host.ended(accepted.text("operation_id"));
  }));

Deno.test("a stopped host leaves its operations to the next, which completes each exactly once", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  try {
    const first = await openTestHost({ dataDir });
    const ref = await first.bind("linear", "Engineering (ENG)");
    const accepted = await run(first, ref);
    assert.equal(accepted.status, 202);
    await first.store.run("UPDATE operations SET state = 'running'");
    await first.host.close();

    const second = await openTestHost({ dataDir });
    const id = accepted.text("operation_id");
    const ended = await second.ended(id);
    assert.equal(ended.at("status"), "completed");
    assert.equal(ended.at("result.pull.summary.total"), 36);
    await second.host.close();

    const third = await openTestHost({ dataDir });
    assert.deepEqual((await third.ended(id)).body, ended.body);
    const replay = await run(third, ref);
    assert.deepEqual(replay.body, accepted.body);
    await third.host.close();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

testOnSqlite(
  "an operation that finds the disk full is done once there is room, and the host lives on",
  async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
    const opened = await openTestHost({ dataDir });
    // A limit is one connection's: the writer's.
    const pages = (limit: number) =>
      opened.store.transaction((tx) => tx.all(`PRAGMA max_page_count = ${limit}`));
    const size = async () => {
      const row = await opened.store.one("SELECT page_count FROM pragma_page_count()");
      return Number(row?.["page_count"]);
    };
    const { clock } = opened.platform;
    const { sleep } = clock;
    try {
      const binding_ref = await opened.bind("linear", "Engineering (ENG)");
      const body = "long ".repeat(20_000);
      const item = {
        ref: { ...FIRST, id: "WP77" },
        action: "create",
        patch: { title: "Big", body },
      };
      const push = { provider: "linear", binding_ref, items: [item] };
      let waited = 0;
      let isRoomy = false;
      clock.sleep = async (ms, options) => {
        // The first sleep comes before the work: from then on there is room for its failure, not for its effect.
        if (ms === 0 && !isRoomy) await pages(await size() + 18);
        if (ms === 1_000) waited += 1;
        if (ms === 2_000) {
          isRoomy = true;
          await pages(1_000_000);
        }
        await sleep(ms, options);
      };
      const accepted = await opened.call("POST", "/api/v1/tracker/push/", push, {
        prefer: "respond-async",
      });
      const ended = await opened.ended(accepted.text("operation_id"));
      assert.equal(ended.at("status"), "completed", JSON.stringify(ended.body));
      assert.equal(ended.at("result.items.0.outcome"), "created");
      assert.equal(waited, 1);
      assert.match(
        opened.platform.stderr(),
        /^The database cannot be used: .*full.*\nThe database can be used again, after \d+ s\n$/,
      );
    } finally {
      await opened.host.close();
      await Deno.remove(dataDir, { recursive: true });
    }
  },
);
