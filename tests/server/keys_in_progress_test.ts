/** What is answered while the host still works on a request with the same idempotency key. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { withPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";
import { watchStatements } from "./statements.ts";
import { type Processes, withProcesses } from "./processes_support.ts";
import { type Answered, type TestHost, withHost } from "./support.ts";

const ACME = { system: "linear", workspace: "acme" };
const KEY = { "idempotency-key": "one-key-for-all" };

/** Stops the next statement that holds `part` until it may continue, or is made to fail. */
function stopAt(
  host: TestHost,
  part: string,
): { readonly reached: Promise<void>; go(): void; fail(): void } {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let isStopped = false;
  watchStatements(host.store, async (sql) => {
    if (isStopped || !sql.includes(part)) return;
    isStopped = true;
    reached.resolve();
    await gate.promise;
  });
  return {
    reached: reached.promise,
    go: () => gate.resolve(),
    fail: () => gate.reject(new Error("no room")),
  };
}

function comment(host: TestHost, binding_ref: string): Promise<Answered> {
  return host.call("POST", "/api/v1/tracker/comments/add/", {
    provider: "linear",
    binding_ref,
    external_issue_id: "7c1f0a52-team-eng-0001",
    body: "Said once",
  }, KEY);
}

function push(host: TestHost, binding_ref: string, title = "Made once"): Promise<Answered> {
  return host.call("POST", "/api/v1/tracker/push/", {
    provider: "linear",
    binding_ref,
    items: [{ ref: { ...ACME, id: "WP77" }, action: "create", patch: { title } }],
  }, KEY);
}

Deno.test("a call that waits five seconds for its key is refused, and repeated it gets the first answer", () =>
  withPlatform({}, ({ home }) =>
    // On a file, what only reads does not wait for the transaction.
    withHost(async (host) => {
      const ref = await host.bind("linear", "Engineering (ENG)");
      const stop = stopAt(host, "INSERT INTO comments");
      const first = comment(host, ref);
      await stop.reached;
      let isAnswered = false;
      const second = comment(host, ref).finally(() => isAnswered = true);
      const start = host.platform.clock.monotonic();
      while (!isAnswered) {
        host.platform.clock.advanceToDeadline();
        await systemClock().sleep(1);
      }
      const refused = await second;
      assert.ok(host.platform.clock.monotonic() - start >= 5_000);
      stop.go();
      assert.equal((await first).status, 200);
      const { status, headers } = refused;
      assert.deepEqual([status, headers.get("retry-after")], [409, "1"]);
      assert.equal(refused.at("error_code"), "in_progress");
      assert.equal(refused.at("retry_after_seconds"), 1);
      assert.equal(refused.at("retryable"), true);
      const again = await comment(host, ref);
      assert.equal(again.headers.get("idempotency-replayed"), "true");
      assert.deepEqual(again.body, (await first).body);
    }, { dataDir: `${home}/data` })));

/** Lets time pass at both processes until an operation has ended. */
async function endOf(hosts: Processes, id: string): Promise<Answered> {
  return await until(async () => {
    const state = await hosts[1].call("GET", `/api/v1/tracker/operations/${id}/`);
    if (["completed", "failed"].includes(state.text("status"))) return state;
    for (const { platform } of hosts) platform.clock.advanceToDeadline();
    return null;
  });
}

/** Lets the first process hold a push with the key, while the other one is asked for the same. */
async function withHeldPush(
  test: (
    hosts: Processes,
    ref: string,
    held: ReturnType<typeof stopAt> & { readonly first: Promise<Answered> },
  ) => Promise<void>,
): Promise<void> {
  await withProcesses(async (hosts) => {
    const ref = await hosts[0].bind("linear", "Engineering (ENG)");
    const stop = stopAt(hosts[0], "INSERT INTO package_mappings");
    const first = push(hosts[0], ref);
    await stop.reached;
    await test(hosts, ref, { ...stop, first });
  });
}

async function createdOnce({ store }: TestHost): Promise<void> {
  const rows = await store.all("SELECT 1 FROM package_mappings WHERE wp_id = 'WP77'");
  assert.equal(rows.length, 1);
  const issues = await store.all("SELECT 1 FROM issues WHERE key_folded = 'eng-37'");
  assert.equal(issues.length, 1);
}

Deno.test("a push whose key another process works on is accepted, and comes to what the first comes to", () =>
  withHeldPush(async (hosts, ref, { first, go }) => {
    const accepted = await push(hosts[1], ref);
    assert.equal(accepted.status, 202);
    const id = accepted.text("operation_id");
    assert.equal((await push(hosts[1], ref)).text("operation_id"), id);
    const open = await hosts[1].call("GET", `/api/v1/tracker/operations/${id}/`);
    assert.ok(["pending", "running"].includes(open.text("status")));
    go();
    assert.equal((await first).text("items.0.outcome"), "created");
    const ended = await endOf(hosts, id);
    assert.equal(ended.text("status"), "completed");
    assert.deepEqual(ended.at("result.items"), (await first).at("items"));
    const replayed = await push(hosts[1], ref);
    assert.deepEqual(replayed.body, (await first).body);
    await createdOnce(hosts[0]);
  }));

Deno.test("a push that was accepted does the work when the first call with its key comes to nothing", () =>
  withHeldPush(async (hosts, ref, { first, fail }) => {
    const accepted = await push(hosts[1], ref);
    assert.equal(accepted.status, 202);
    fail();
    assert.equal((await first).status, 500);
    const ended = await endOf(hosts, accepted.text("operation_id"));
    assert.equal(ended.text("result.items.0.outcome"), "created");
    await createdOnce(hosts[0]);
  }));

Deno.test("a push with another body under a key that another process works on comes to a conflict", () =>
  withHeldPush(async (hosts, ref, { first, go }) => {
    const accepted = await push(hosts[1], ref, "Something else");
    assert.equal(accepted.status, 202);
    go();
    await first;
    const ended = await endOf(hosts, accepted.text("operation_id"));
    assert.equal(ended.text("status"), "failed");
    assert.equal(ended.text("error.error_code"), "idempotency_conflict");
    assert.equal((await push(hosts[1], ref, "Something else")).status, 409);
    await createdOnce(hosts[0]);
  }));
