import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { PushItem } from "../../src/contract/push.ts";
import { TEST_START } from "../support/clock.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { EMPTY_PUSH, failing } from "./support.ts";
import { BOUND, issue, type ServiceMachine, withService } from "./service_support.ts";

const [first, second] = [issue(1), issue(2)];

function answer(
  items: readonly PushItem[],
  outcome: string,
  extra: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    ...EMPTY_PUSH,
    items: items.map(({ ref, action }) => ({
      ref,
      action,
      outcome,
      remote_ref: ref,
      version: "2",
      message: null,
      ...extra,
    })),
  };
}

const reply = (json: unknown, headers: Record<string, string> = {}): Stub => ({
  request: "POST /api/v1/tracker/push/",
  reply: { status: 200, json, headers },
});

/** Pushes with the two issues in the cache; answers what the cache holds then. */
async function pushed(
  items: readonly PushItem[],
  stubs: readonly Stub[],
  prepare: (machine: ServiceMachine) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly issues: Map<string, NormalizedIssue>; readonly outdated: number }> {
  let seen = { issues: new Map<string, NormalizedIssue>(), outdated: -1 };
  await withService(BOUND, stubs, async (machine) => {
    {
      using store = await machine.store();
      store.putPage([first, second]);
    }
    await prepare(machine);
    const outcome = await machine.service.push(items);
    assert.ok(outcome.kind === "pushed");
    using store = await machine.store();
    const issues = new Map(store.list().map((one) => [one.ref.id, one]));
    seen = { issues, outdated: outcome.outdated };
  });
  return seen;
}

const transition: PushItem = { ref: first.ref, action: "transition", target_status: "done" };

Deno.test("after a push the cache shows the state that was pushed", async () => {
  const items: PushItem[] = [
    transition,
    { ref: second.ref, action: "update", patch: { title: "New", labels: ["a"], body: null } },
  ];
  const { issues, outdated } = await pushed(items, [reply(answer(items, "updated"))]);
  assert.equal(issues.get(first.ref.id)?.status, "done");
  assert.equal(issues.get(first.ref.id)?.title, first.title);
  const { title, labels, status } = issues.get(second.ref.id) ?? assert.fail();
  assert.deepEqual([title, labels, status], ["New", ["a"], "todo"]);
  assert.equal(outdated, 0);
});

Deno.test("an issue that is pushed while everything is listed is not taken for gone", async () => {
  await withService(BOUND, [reply(answer([transition], "transitioned"))], async (machine) => {
    {
      using store = await machine.store();
      store.putPage([first, second]);
      store.listings.begin(TEST_START);
    }
    await machine.service.push([transition]);
    using store = await machine.store();
    const { removed } = store.listings.complete();
    assert.deepEqual(removed.map(({ id }) => id), [second.ref.id]);
  });
});

Deno.test("an issue that was pushed by its key is found in the cache", async () => {
  const item: PushItem = { ...transition, ref: { ...first.ref, id: "WEB-1" } };
  const answered = answer([item], "transitioned", { remote_ref: first.ref });
  const { issues } = await pushed([item], [reply(answered)]);
  assert.equal(issues.get(first.ref.id)?.status, "done");
});

Deno.test("an issue that a push has created is in the cache, under the name the tracker gave it", async () => {
  const item: PushItem = {
    ref: { ...first.ref, id: "mine" },
    action: "create",
    patch: { title: "Made here", priority: 2 },
    target_status: "in_progress",
  };
  const remote = { ...first.ref, id: "id-9", key: "WEB-9" };
  const { issues } = await pushed([item], [
    reply(answer([item], "created", { remote_ref: remote })),
  ]);
  const { ref, title, priority, status } = issues.get("id-9") ?? assert.fail();
  assert.deepEqual([ref.key, title, priority, status], ["WEB-9", "Made here", 2, "in_progress"]);
  assert.equal(issues.size, 3);
});

Deno.test("the next pull replaces what a push has put into the cache", async () => {
  const pull: Stub = {
    request: "POST /api/v1/tracker/pull/",
    reply: {
      status: 200,
      json: {
        ...{ status: "ok", item_errors: null, has_more: false, next_cursor: null },
        summary: { total: 1, succeeded: 1, failed: 0, skipped: 0 },
        identity_path: EMPTY_PUSH.identity_path,
        items: [{ ...first, status: "canceled" }],
      },
    },
  };
  await withService(BOUND, [reply(answer([transition], "updated")), pull], async (machine) => {
    {
      using store = await machine.store();
      store.putPage([first]);
    }
    await machine.service.push([transition]);
    assert.equal((await machine.service.pull()).updated, 1);
    using store = await machine.store();
    assert.equal(store.get(first.ref.id)?.status, "canceled");
  });
});

const failed = answer([transition], "failed", { remote_ref: null, message: "No" });

Deno.test("an item that failed leaves the cached issue as it is", async () => {
  const { issues, outdated } = await pushed([transition], [reply(failed)]);
  assert.deepEqual(issues.get(first.ref.id), first);
  assert.equal(outdated, 0);
});

Deno.test("after a replay the state of the issue is not known, and said to be so", async () => {
  const replayed = reply(answer([transition], "transitioned"), { "idempotency-replayed": "true" });
  const lost: Reply = { fail: "connection reset" };
  const { issues, outdated } = await pushed(
    [transition],
    [{ ...replayed, reply: lost }, replayed],
    async ({ again }) => void await failing((await again()).push([transition]), "network_error"),
  );
  assert.deepEqual(issues.get(first.ref.id), first);
  assert.equal(outdated, 1);
});

Deno.test("a create that finds its issue made before says nothing of the issue's state", async () => {
  const item: PushItem = { ref: { ...first.ref, id: "mine" }, action: "create", patch: {} };
  const found = answer([item], "unchanged", { remote_ref: first.ref });
  const { issues, outdated } = await pushed([item], [reply(found)]);
  assert.deepEqual(issues.get(first.ref.id), first);
  assert.equal(outdated, 1);
});

Deno.test("an issue whose edits wait here keeps them", async () => {
  const edited = { ...first, title: "Edited" };
  const { issues, outdated } = await pushed(
    [transition],
    [reply(answer([transition], "transitioned"))],
    async ({ store }) => {
      using cached = await store();
      cached.issues.put({
        issue: edited,
        base: first,
        edits: { title: { at: TEST_START } },
        seenAt: null,
      });
    },
  );
  assert.deepEqual(issues.get(first.ref.id), edited);
  assert.equal(outdated, 1);
});

Deno.test("an issue that is not in the cache is not put there half", async () => {
  const item: PushItem = { ...transition, ref: { ...first.ref, id: "id-7" } };
  const { issues, outdated } = await pushed([item], [reply(answer([item], "transitioned"))]);
  assert.equal(issues.has("id-7"), false);
  assert.equal(outdated, 0);
});

Deno.test("after a push of changes to sets and custom fields the cache shows what they lead to", async () => {
  const link = { type: "blocks", ref: second.ref } as const;
  const patch = {
    labels_add: ["new"],
    assignees_add: ["ada"],
    links_add: [link],
    custom_fields: { estimate: 3 },
  };
  const items: PushItem[] = [{ ref: first.ref, action: "update", patch }];
  const { issues } = await pushed(items, [reply(answer(items, "updated"))]);
  const { labels, assignees, links, custom_fields } = issues.get(first.ref.id) ?? assert.fail();
  assert.deepEqual(labels, [...first.labels, "new"]);
  assert.deepEqual(assignees, [...first.assignees, "ada"]);
  assert.deepEqual(links, [...first.links, link]);
  assert.deepEqual(custom_fields, { ...first.custom_fields, estimate: 3 });
});

for (
  const [name, item, outcome, version] of [
    ["made on a version", { base_version: "1" }, "updated", "2"],
    ["made on no version", {}, "updated", undefined],
    ["that changed nothing", { base_version: "1" }, "unchanged", undefined],
  ] as const
) {
  Deno.test(`a push ${name} leaves the cached issue at version ${version ?? "it had"}`, async () => {
    const items: PushItem[] = [{
      ref: first.ref,
      action: "update",
      patch: { title: "New" },
      ...item,
    }];
    const { issues } = await pushed(items, [reply(answer(items, outcome))]);
    assert.equal(issues.get(first.ref.id)?.version, version);
  });
}
