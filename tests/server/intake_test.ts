/** Deliveries that come at once are stored together; each is told what became of it. */
import assert from "node:assert/strict";
import { Intake } from "../../src/server/webhooks/intake.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import type { WebhookReceiver } from "../../src/server/store/webhooks.ts";
import { withProvider } from "./delivery_support.ts";

const RECEIVER: WebhookReceiver = {
  connectionId: "con_1",
  teamId: "team",
  provider: "linear",
  secret: "",
  credentialKind: "token",
  credential: "v1:none",
};

/** The same host, counting transactions. */
function counted(context: HostContext): { readonly context: HostContext; count: number } {
  const { store } = context;
  const self = {
    count: 0,
    context: {
      ...context,
      store: Object.assign(Object.create(store), {
        transaction: (work: Parameters<typeof store.transaction>[0]) => {
          self.count++;
          return store.transaction(work);
        },
      }),
    },
  };
  return self;
}

Deno.test("deliveries that come at once are stored in few transactions, and each once", () =>
  withProvider(async ({ host }) => {
    await host.host.worker.idle();
    const team = await host.store.one(
      "SELECT team_id FROM installations WHERE provider = 'linear'",
    );
    const receiver = { ...RECEIVER, teamId: String(team?.["team_id"]) };
    const self = counted(host.context);
    const intake = new Intake(self.context);
    const send = (id: string) => intake.store({ receiver, delivery: { id, hints: [] } });
    const ids = Array.from({ length: 120 }, (_, index) => `d-${index % 60}`);
    const areNew = await Promise.all(ids.map(send));
    assert.equal(areNew.filter((isNew) => isNew).length, 60);
    assert.ok(self.count <= 3, String(self.count));
    const row = await host.store.one("SELECT COUNT(*) AS n FROM webhook_deliveries");
    assert.equal(Number(row?.["n"]), 60);
    await intake.idle();
  }));

Deno.test("a delivery that cannot be stored fails alone", () =>
  withProvider(async ({ host }) => {
    const team = await host.store.one(
      "SELECT team_id FROM installations WHERE provider = 'linear'",
    );
    const known = { ...RECEIVER, teamId: String(team?.["team_id"]) };
    const gone = { ...known, connectionId: "con_gone" };
    const intake = new Intake(host.context);
    const ends = await Promise.allSettled([
      intake.store({ receiver: known, delivery: { id: "d-1", hints: [] } }),
      intake.store({ receiver: gone, delivery: { id: "d-2", hints: [] } }),
      intake.store({ receiver: known, delivery: { id: "d-3", hints: [] } }),
    ]);
    assert.deepEqual(ends.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    assert.equal(
      await intake.store({ receiver: known, delivery: { id: "d-3", hints: [] } }),
      false,
    );
  }));
