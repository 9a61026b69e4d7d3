/** Work that is never over, and that fails or kills its processes: it is put off for long, says so, and heals by itself. */
import assert from "node:assert/strict";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import { retryJob } from "../../src/server/jobs/retry.ts";
import { DEADLY_WORK_MS, FAILED_WORK_MS } from "../../src/server/jobs/run_job.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { statusOfResource } from "../../src/server/store/connection_status.ts";
import { listConnections } from "../../src/server/store/connections.ts";
import { listWork } from "../../src/server/store/work_list.ts";
import { type DeliveryScene, withProvider } from "./delivery_support.ts";

/** How the connection stands, as clients are told. */
async function connectionOf({ host: { store } }: DeliveryScene) {
  const row = await store.one("SELECT id FROM resources WHERE connection_id = 'con_1'");
  const { state, message } = await statusOfResource(store, String(row?.["id"])) ?? {};
  return [state, message];
}

/** The team's work that has failed. */
async function failedWork({ host: { store } }: DeliveryScene) {
  const row = await store.one("SELECT team_id FROM connections");
  const query = { filter: "failed", after: null, limit: 10 } as const;
  return (await listWork(store, String(row?.["team_id"]), query)).entries;
}

/** Has each process die that works on a push; returns how often one did. */
async function deadly(scene: DeliveryScene): Promise<() => number> {
  const { provider, push, pass, issueId } = scene;
  let deaths = 0;
  provider.stepIn = ({ method }) => {
    if (method !== "get") return;
    deaths++;
    throw new LeaseLostError();
  };
  const ref = { system: "linear", workspace: "acme", id: issueId };
  await push([{ ref, action: "update", patch: { title: "Ours" } }]);
  await pass(10);
  return () => deaths;
}

Deno.test("deliveries at which three processes have died are tried again after a long pause, and say so meanwhile", () =>
  withProvider(async (scene) => {
    const { host, provider, pass, issueId } = scene;
    const deaths = await deadly(scene);
    assert.equal(deaths(), 3);
    const words = "The host failed to deliver, and tries again within an hour: " +
      "3 processes in turn took it up and ended before it was done";
    assert.deepEqual(await connectionOf(scene), ["ok", words]);
    const [work, ...more] = await failedWork(scene);
    assert.deepEqual([work?.kind, work?.state, more], ["deliver", "set_back", []]);
    const [listed] = await listConnections(host.store, null);
    assert.match(listed?.deliveryError ?? "", /^3 processes/);
    provider.stepIn = () => {};
    await pass(4);
    assert.deepEqual(provider.writes, [], "it is left alone");
    host.platform.clock.advance(DEADLY_WORK_MS);
    await pass(2);
    assert.equal(provider.issues.get(issueId)?.title, "Ours");
    assert.deepEqual(await connectionOf(scene), ["ok", null]);
    assert.deepEqual(await failedWork(scene), []);
  }));

Deno.test("an admin has work that is put off tried again at once", () =>
  withProvider(async (scene) => {
    const { host, provider, pass, issueId } = scene;
    await deadly(scene);
    provider.stepIn = () => {};
    const [work] = await failedWork(scene);
    assert.ok(await retryJob(host.context, COMMAND_LINE, work?.id ?? ""));
    await pass(2);
    assert.equal(provider.issues.get(issueId)?.title, "Ours");
  }));

Deno.test("a place at whose reading the host fails says so, and is read again after a long pause", () =>
  withProvider(async (scene) => {
    const { host, provider, pass, issueId } = scene;
    provider.stepIn = ({ method }) => {
      if (method === "listChanged") throw new TypeError("A fault of the host");
    };
    await inTransaction(host.context, (context) => syncNow(context, "con_1"));
    await pass(6);
    const words = "The host failed at reading it; the log of the host says why";
    assert.deepEqual(await connectionOf(scene), ["unreadable", words]);
    const [work] = await failedWork(scene);
    assert.deepEqual([work?.kind, work?.state], ["sync.changes", "set_back"]);
    provider.stepIn = () => {};
    provider.edit(issueId, { title: "Theirs" });
    host.platform.clock.advance(FAILED_WORK_MS);
    await pass(2);
    assert.deepEqual(await connectionOf(scene), ["ok", null]);
    assert.deepEqual(await failedWork(scene), []);
    const row = await host.store.one("SELECT json FROM issues WHERE external_id = ?", issueId);
    assert.match(String(row?.["json"]), /"title":"Theirs"/);
  }));
