import assert from "node:assert/strict";
import { ensureTeam } from "../../src/server/accounts/users.ts";
import { errorIn, operationView } from "../../src/server/jobs/operation_view.ts";
import {
  endOperation,
  insertOperation,
  insertOperationItem,
} from "../../src/server/store/operations.ts";
import { type TestHost, withHost } from "./support.ts";

const REF = { system: "linear", workspace: "acme", id: "team-eng-1" };
const FIRST = { ...REF, id: "7c1f0a52-team-eng-0001" };

async function view(host: TestHost, id: string, from = 0, limit = 2) {
  const team = await ensureTeam(host.context, "acme");
  return await operationView(host.context, team.id, id, { from, limit });
}

async function pushed(host: TestHost): Promise<string> {
  const binding_ref = await host.bind("linear", "Engineering (ENG)");
  const items = [
    { ref: FIRST, action: "update", patch: { title: "New" } },
    { ref: { ...REF, id: "WP77" }, action: "create", patch: { title: "Made" } },
    { ref: { ...REF, id: "gone" }, action: "update", patch: { title: "New" } },
  ];
  const body = { provider: "linear", binding_ref, items };
  const accepted = await host.call("POST", "/api/v1/tracker/push/", body, {
    prefer: "respond-async",
  });
  const id = accepted.text("operation_id");
  await host.ended(id);
  return id;
}

Deno.test("a push shows what became of each item, a part at a time", () =>
  withHost(async (host) => {
    const id = await pushed(host);
    const first = await view(host, id);
    assert.deepEqual(first?.items.map(({ issue, action, outcome }) => [issue, action, outcome]), [
      ["ENG-1", "update", "updated"],
      ["ENG-37", "create", "created"],
    ]);
    assert.equal(first?.next, 2);
    const rest = await view(host, id, 2);
    assert.deepEqual(rest?.items, [{
      issue: "gone",
      issueId: "gone",
      action: "update",
      outcome: "failed",
      message: 'No issue "gone" in "Engineering (ENG)"',
    }]);
    assert.equal(rest?.next, null);
    assert.equal(rest?.pulled, null);
    assert.equal(rest?.error, null);
  }));

Deno.test("a full cycle shows how much it took in and what it delivered", () =>
  withHost(async (host) => {
    const id = await pushed(host);
    const operation = await view(host, id);
    const binding_ref = operation?.operation.bindingRef;
    const ran = await host.call(
      "POST",
      "/api/v1/tracker/run/",
      { provider: "linear", binding_ref },
      {
        prefer: "respond-async",
      },
    );
    await host.ended(ran.text("operation_id"));
    const cycle = await view(host, ran.text("operation_id"), 0, 9);
    assert.equal(cycle?.operation.kind, "run");
    assert.equal(cycle?.pulled, 35);
    assert.deepEqual(cycle?.items.map(({ issue, outcome }) => [issue, outcome]), [
      ["ENG-1", "updated"],
      ["ENG-37", "created"],
    ]);
  }));

Deno.test("an operation under way shows the items that have had their effect", () =>
  withHost(async (host) => {
    const { context } = host;
    const team = await ensureTeam(context, "acme");
    const user = await context.store.one("SELECT id FROM users");
    const id = "op_1";
    await insertOperation(context.store, {
      id,
      teamId: team.id,
      userId: String(user?.["id"]),
      bindingRef: "gone",
      request: '{"kind":"push","items":[1,2,3]}',
      // Of a time that no clock of the test reaches, so that no worker takes it for one that was left behind.
      createdAt: Date.UTC(2100, 0, 1),
    });
    for (const place of [0, 1, 2]) {
      const item = { ref: { id: `i${place}` }, action: "create", outcome: "created" };
      await context.store.transaction((tx) =>
        insertOperationItem(tx, id, {
          place,
          outcome: "created",
          item: JSON.stringify(item),
          error: null,
        })
      );
    }
    assert.deepEqual((await view(host, id, 1))?.items.map(({ issue }) => issue), ["i1", "i2"]);
    assert.equal((await view(host, id, 0))?.next, 2);
    assert.equal((await view(host, id, 1))?.next, null);
    const error = '{"error_code":"internal_error","code":"internal_error","message":"It broke"}';
    await context.store.transaction((tx) =>
      endOperation(tx, id, { state: "failed", json: error, at: context.now() })
    );
    const failed = await view(host, id);
    assert.equal(failed?.operation.project, null);
    assert.match(failed?.error ?? "", /It broke/);
    assert.deepEqual(failed?.items, []);
  }));

Deno.test("an error that is no envelope is shown as it is stored", () => {
  assert.equal(errorIn("not JSON"), "not JSON");
  assert.equal(errorIn(null), null);
});
