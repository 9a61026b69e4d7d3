/** What is one transaction stays one, however the statements of several calls come between each other. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { jobKinds } from "../../src/server/jobs/kinds.ts";
import { Worker } from "../../src/server/jobs/worker.ts";
import { OPERATIONS_ONLY } from "./jobs_support.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { openOperationIds } from "../../src/server/store/operations.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";
import { anEvent } from "./event.ts";
import { interleaveStatements, watchStatements } from "./statements.ts";
import { type Answered, type TestHost, withHost } from "./support.ts";

const ACME = { system: "linear", workspace: "acme" };

/** A host on a file, whose readers have a connection of their own, with a project that is bound. */
interface Scene {
  readonly host: TestHost;
  readonly bindingRef: string;
  /** Pushes items with a key of its own. */
  push(items: readonly object[], headers?: Record<string, string>): Promise<Answered>;
}

function withScene(test: (scene: Scene) => Promise<void>): Promise<void> {
  return withPlatform({}, ({ home }) =>
    withHost(async (host) => {
      const bindingRef = await host.bind("linear", "Engineering (ENG)");
      const push: Scene["push"] = (items, headers = {}) =>
        host.call(
          "POST",
          "/api/v1/tracker/push/",
          { provider: "linear", binding_ref: bindingRef, items },
          headers,
        );
      await test({ host, bindingRef, push });
    }, { dataDir: `${home}/data` }));
}

/** The same, and others work before each statement. */
function withInterleaving(test: (scene: Scene) => Promise<void>): Promise<void> {
  return withScene(async (scene) => {
    interleaveStatements(scene.host.store);
    await test(scene);
  });
}

function creating(id: string): object {
  return { ref: { ...ACME, id }, action: "create", patch: { title: `Issue ${id}` } };
}

async function numbersOf(store: HostStore): Promise<(column: string) => number[]> {
  const rows = await store.all(
    `SELECT change, key_folded FROM issues i JOIN resources r ON r.id = i.resource_id
     WHERE r.key = 'ENG' ORDER BY change`,
  );
  return (column) => rows.map((row) => Number(/\d+/.exec(String(row[column]))?.[0]));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

Deno.test("pushes at once take each change number and each key once, without a gap", () =>
  withInterleaving(async ({ host, push }) => {
    const ids = upTo(12).map((n) => `WP${n}`);
    const answers = await Promise.all(ids.map((id) => push([creating(id), creating(`${id}b`)])));
    assert.deepEqual(answers.map(({ status }) => status), ids.map(() => 200));
    const numbers = await numbersOf(host.store);
    assert.deepEqual(numbers("change"), upTo(36 + 24));
    assert.deepEqual(numbers("key_folded").sort((a, b) => a - b), upTo(36 + 24));
  }));

Deno.test("pushes at once of one issue to be created create it once", () =>
  withInterleaving(async ({ push }) => {
    const answers = await Promise.all(upTo(6).map(() => push([creating("WP1")])));
    const outcomes = answers.map((answer) => answer.text("items.0.outcome")).sort();
    assert.deepEqual(outcomes, ["created", ...Array(5).fill("unchanged")]);
    const ids = new Set(answers.map((answer) => answer.text("items.0.remote_ref.id")));
    assert.equal(ids.size, 1);
  }));

Deno.test("writes at once with one key have one effect, and the others replay its answer", () =>
  withInterleaving(async ({ host, push }) => {
    const key = { "idempotency-key": "one-key-for-all" };
    const answers = await Promise.all(upTo(8).map(() => push([creating("WP1")], key)));
    const replays = answers.filter(({ headers }) => headers.has("idempotency-replayed"));
    assert.equal(replays.length, 7);
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1);
    assert.equal((await numbersOf(host.store))("change").length, 37);
  }));

Deno.test("writes at once with one key and other bodies: one has its effect, the others are a conflict", () =>
  withInterleaving(async ({ push }) => {
    const key = { "idempotency-key": "one-key-for-all" };
    const answers = await Promise.all(upTo(4).map((n) => push([creating(`WP${n}`)], key)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, 409, 409, 409]);
  }));

Deno.test("a write that fails halfway leaves nothing of itself, and its key free", () =>
  withScene(async ({ host, push }) => {
    let isFull = true;
    watchStatements(host.store, (sql) => {
      if (isFull && sql.includes("INSERT INTO package_mappings")) throw new Error("no room");
    });
    const key = { "idempotency-key": "a-key-that-is-tried" };
    assert.equal((await push([creating("WP1")], key)).status, 500);
    assert.equal((await numbersOf(host.store))("change").length, 36);
    isFull = false;
    const again = await push([creating("WP1")], key);
    assert.equal(again.text("items.0.outcome"), "created");
    assert.equal(again.headers.has("idempotency-replayed"), false);
    assert.deepEqual((await numbersOf(host.store))("change"), upTo(37));
  }));

Deno.test("what a transaction has written is seen by no reader before it is committed", () =>
  withScene(async ({ host, push }) => {
    const seen: number[] = [];
    let isWatching = false;
    watchStatements(host.store, async (sql) => {
      if (isWatching || !sql.includes("INSERT INTO package_mappings")) return;
      isWatching = true;
      seen.push((await numbersOf(host.store))("change").length);
      isWatching = false;
    });
    await push([creating("WP1"), creating("WP2")]);
    assert.deepEqual(seen, [36, 36]);
    assert.equal((await numbersOf(host.store))("change").length, 38);
  }));

Deno.test("an issue that changes while a page is read is met on a later page", () =>
  withScene(async ({ host, bindingRef }) => {
    const row = await host.store.one(
      "SELECT id, last_change FROM resources WHERE label = 'Engineering (ENG)'",
    );
    const resourceId = String(row?.["id"]);
    const stored = await host.store.one(
      "SELECT external_id AS id FROM issues WHERE resource_id = ? AND change = 1",
      resourceId,
    );
    const moving = anIssue(String(stored?.["id"]), { title: "Moved to the end" });
    // The text of a large issue is read after its page was measured.
    const large = { ...moving, body: "x".repeat(20_000) };
    await host.store.transaction((tx) => storeIssue(tx, resourceId, large, false));
    let isMoved = false;
    watchStatements(host.store, async (sql) => {
      if (isMoved || !sql.startsWith("SELECT i.change, i.json, i.version FROM ")) return;
      isMoved = true;
      await host.store.transaction(async (tx) => {
        await storeIssue(tx, resourceId, anIssue("new"), false);
        await storeIssue(tx, resourceId, moving, false);
      });
    });
    const ids: string[] = [];
    for (let cursor: unknown = null;;) {
      const page = await host.call("POST", "/api/v1/tracker/pull/", {
        provider: "linear",
        binding_ref: bindingRef,
        limit: 1000,
        ...(cursor === null ? {} : { cursor }),
      });
      for (const index of page.list("items").keys()) ids.push(page.text(`items.${index}.ref.id`));
      cursor = page.at("next_cursor");
      if (cursor === null) break;
    }
    assert.equal(isMoved, true);
    assert.equal(new Set(ids).size, 37);
    assert.equal(ids.at(-1), moving.ref.id);
  }));

Deno.test("full cycles at once deliver what was pushed once", () =>
  withScene(async ({ host, bindingRef, push }) => {
    await push(upTo(10).map((n) => creating(`WP${n}`)));
    interleaveStatements(host.store);
    const answers = await Promise.all(
      upTo(3).map(() =>
        host.call("POST", "/api/v1/tracker/run/", {
          provider: "linear",
          binding_ref: bindingRef,
          pull_first: false,
        })
      ),
    );
    const delivered = answers.map((answer) => Number(answer.at("push.summary.total")));
    assert.deepEqual(delivered.sort((a, b) => a - b), [0, 0, 10]);
  }));

Deno.test("an operation that several workers could take up has its effect once", () =>
  withScene(async ({ host, push }) => {
    await host.call("POST", "/dev/levers", { operation_delay_ms: 0 });
    const items = upTo(60).map((n) => creating(`WP${n}`));
    const stop = interleaveStatements(host.store);
    const accepted = await push(items, { prefer: "respond-async" });
    const kinds = jobKinds(OPERATIONS_ONLY);
    const workers = upTo(2).map(() => new Worker(host.context, kinds));
    await Promise.all(workers.map((worker) => worker.start()));
    const clock = systemClock();
    while (await hasOpenOperations(host.store)) await clock.sleep(20);
    stop();
    await Promise.all(workers.map((worker) => worker.stop()));
    const ended = await host.ended(accepted.text("operation_id"));
    assert.equal(ended.list("result.items").length, 60);
    assert.equal(ended.at("result.summary.succeeded"), 60);
    assert.deepEqual((await numbersOf(host.store))("change"), upTo(36 + 60));
  }));

async function hasOpenOperations(store: HostStore): Promise<boolean> {
  return (await openOperationIds(store)).length > 0;
}

Deno.test("missions that are bound at once to one origin have one link", () =>
  withInterleaving(async ({ host, bindingRef }) => {
    const bind = (issue: string) =>
      host.call("POST", "/api/v1/tracker/mission-origin/bind/", {
        provider: "linear",
        binding_ref: bindingRef,
        feature_slug: "001-mission",
        external_issue_id: `7c1f0a52-team-eng-000${issue}`,
        external_issue_key: `ENG-${issue}`,
        external_issue_url: `https://linear.app/acme/issue/ENG-${issue}`,
        title: "A title",
      });
    const answers = await Promise.all(["1", "1", "2"].map(bind));
    const links = answers.filter(({ status }) => status === 200)
      .map((answer) => answer.text("origin_link_id"));
    assert.equal(new Set(links).size, 1);
    assert.equal(answers.some(({ status }) => status === 409), true);
  }));

Deno.test("a batch of events that cannot be stored whole is not stored at all", () =>
  withScene(async ({ host }) => {
    const events = upTo(3).map((clock) => anEvent(clock));
    let stored = 0;
    let isFull = true;
    watchStatements(host.store, (sql) => {
      if (isFull && sql.includes("INSERT INTO events") && ++stored === 3) {
        throw new Error("no room");
      }
    });
    const send = () => host.call("POST", "/api/v1/events/batch/", { events });
    assert.equal((await send()).status, 500);
    assert.deepEqual(await host.store.all("SELECT 1 FROM events"), []);
    isFull = false;
    const results = (await send()).list("results");
    assert.equal(results.length, 3);
    assert.equal((await host.store.all("SELECT 1 FROM events")).length, 3);
  }));

Deno.test("batches of the same events at once store each event once", () =>
  withInterleaving(async ({ host }) => {
    const events = upTo(5).map((clock) => anEvent(clock));
    const answers = await Promise.all(
      upTo(3).map(() => host.call("POST", "/api/v1/events/batch/", { events })),
    );
    const statuses = answers.flatMap((answer) =>
      events.map((_, index) => answer.text(`results.${index}.status`))
    );
    assert.equal(statuses.filter((status) => status === "success").length, 5);
    assert.equal(statuses.filter((status) => status === "duplicate").length, 10);
  }));
