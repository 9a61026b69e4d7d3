/** How what is asked of the outbox is found, where a push of thousands of items waits. */
import assert from "node:assert/strict";
import { deliveriesOf } from "../../src/server/store/issue_deliveries.ts";
import { isAnyWaiting, laterDeliveries, nextDelivery } from "../../src/server/store/outbox.ts";
import type { HostStore, Transaction } from "../../src/server/store/store.ts";
import { planOf } from "./plans.ts";
import { withHost } from "./support.ts";

/** Items in the outbox; the first half of them is delivered. */
const ITEMS = 4_000;

const CONNECTION = "con_1";

/** Stores one push whose items are half delivered, two for each issue; returns the resource. */
async function fill(store: HostStore): Promise<string> {
  const row = await store.one("SELECT MIN(id) AS id FROM resources");
  const resource = String(row?.["id"]);
  await store.run(
    `INSERT INTO outbox (id, resource_id, connection_id, external_id, operation_id, place, item, state,
       attempt, created_at, ended_at)
     WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ITEMS})
     SELECT n, '${resource}', '${CONNECTION}', 'issue-' || (n % ${ITEMS / 2}), 'op_1', n,
       '{"action":"create"}', CASE WHEN n <= ${
      ITEMS / 2
    } THEN 'delivered' ELSE 'waiting' END, 0, 1, NULL
     FROM numbers`,
  );
  if (store.dialect === "postgres") await store.run("ANALYZE outbox");
  return resource;
}

Deno.test("what each delivery asks of the outbox is found by an index, however long the outbox is", () =>
  withHost(async ({ store }) => {
    const resource = await fill(store);
    const first = await nextDelivery(store, CONNECTION, ITEMS / 2);
    assert.ok(first !== null);
    const { id, externalId } = first;
    const later = (tx: Transaction) => laterDeliveries(tx, { ...first, id: 1 });
    const plans = {
      outbox_by_issue: [
        await planOf(store, [resource, externalId, 1], later),
        await planOf(
          store,
          [resource, externalId, 20],
          (tx) => deliveriesOf(tx, resource, externalId, 20),
        ),
      ],
      outbox_open: [await planOf(store, ["op_1"], (tx) => isAnyWaiting(tx, "op_1"))],
    };
    for (const [index, found] of Object.entries(plans)) {
      for (const plan of found) assert.ok(plan.includes(index), `${index}\n${plan}`);
    }
    assert.deepEqual((await store.transaction(later)).map((one) => one.id), [id]);
  }));
