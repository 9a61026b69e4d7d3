import assert from "node:assert/strict";
import { removeConnection } from "../../src/server/connections/admin.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { connect, type DeliveryScene } from "./delivery_support.ts";

/** Works on the issues while no connection brings them. */
export async function alone(scene: DeliveryScene, items: readonly object[]): Promise<void> {
  const { host, push, pass, provider } = scene;
  await pass(2);
  await removeConnection(host.context, COMMAND_LINE, { name: "linear", teamId: null });
  host.platform.clock.advance(60_000);
  const writes = provider.writes.length;
  const pushed = await push(items);
  assert.deepEqual([pushed.status, pushed.at("status")], [200, "ok"]);
  for (const place of items.keys()) {
    assert.match(pushed.text(`items.${place}.message`), /^Stays in the host: no connection brings/);
  }
  assert.equal(provider.writes.length, writes);
  host.platform.clock.advance(60_000);
}

/** Brings the issues again, and has the host read all of them. */
export async function again({ host, pass }: DeliveryScene): Promise<void> {
  await connect(host);
  await inTransaction(host.context, (context) => syncNow(context, "con_1", { sweep: true }));
  await pass(8);
}
