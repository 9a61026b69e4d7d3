import assert from "node:assert/strict";
import { BOUND, issue, withService } from "./service_support.ts";
import {
  answered,
  created,
  health,
  pulled,
  refusing,
  sending,
  type Sent,
  type SentItem,
  withIssues,
} from "./push_edits_support.ts";

Deno.test("an issue that was made here is created under its local id, and is one like any other then", () => {
  const sent: Sent[] = [];
  return withIssues([health(), sending(sent)], async (machine) => {
    const { service, store } = machine;
    const id = await created(machine, {
      title: "New",
      body: "Text",
      status: "in_progress",
      labels: ["a"],
      parent: "WEB-1",
      links: [{ type: "blocks", id: "WEB-2" }],
      customFields: { points: 3 },
    });
    const { created: count, counts } = await service.pushEdits();
    assert.deepEqual([count, counts.sent, counts.left], [1, 1, 0]);
    assert.deepEqual(sent[0]?.items, [{
      ref: { system: "linear", workspace: "acme", id },
      action: "create",
      patch: {
        title: "New",
        body: "Text",
        labels: ["a"],
        parent_ref: { system: "linear", workspace: "acme", id: "id-1", key: "WEB-1" },
        links_add: [{
          type: "blocks",
          ref: { system: "linear", workspace: "acme", id: "id-2", key: "WEB-2" },
        }],
        custom_fields: { points: 3 },
      },
      target_status: "in_progress",
    }]);
    const { issue, isNew, pending } = await service.issueShow(id);
    assert.deepEqual([issue.ref.key, issue.version, isNew, pending], ["NEW-New", "1", false, []]);
    assert.deepEqual([issue.title, issue.status, issue.labels], ["New", "in_progress", ["a"]]);
    using cached = await store();
    assert.equal(cached.issues.load(id), null);
    assert.deepEqual(cached.pushes.openCreates(), []);
  });
});

Deno.test("parents are created before their children, which name them by what the host calls them", () => {
  const sent: Sent[] = [];
  return withIssues([health(), sending(sent), sending(sent), sending(sent)], async (machine) => {
    const parent = await created(machine, { title: "Parent" });
    const child = await created(machine, { title: "Child", parent });
    await created(machine, { title: "Grandchild", parent: child });
    await created(machine, { title: "Other" });
    await machine.service.pushEdits();
    assert.deepEqual(sent.map(({ items }) => items.map(({ patch }) => patch?.["title"])), [
      ["Parent", "Other"],
      ["Child"],
      ["Grandchild"],
    ]);
    assert.deepEqual(sent[1]?.items[0]?.patch?.["parent_ref"], {
      system: "linear",
      workspace: "acme",
      id: "made-Parent",
      key: "NEW-Parent",
    });
  });
});

Deno.test("links between new issues follow once both are there", () => {
  const sent: Sent[] = [];
  return withIssues([health(), sending(sent), sending(sent)], async (machine) => {
    const first = await created(machine, { title: "A" });
    await created(machine, { title: "B", links: [{ type: "blocks", id: first }] });
    const { created: count, updated, counts } = await machine.service.pushEdits();
    assert.deepEqual([count, updated, counts.left], [2, 0, 0]);
    assert.equal(sent[0]?.items[1]?.patch?.["links_add"], undefined);
    assert.deepEqual(
      sent[1]?.items.map(({ action, patch, base_version }) => ({
        action,
        patch,
        base_version,
      })),
      [{
        action: "update",
        patch: {
          links_add: [{
            type: "blocks",
            ref: { system: "linear", workspace: "acme", id: "made-A", key: "NEW-A" },
          }],
        },
        base_version: "1",
      }],
    );
  });
});

Deno.test("what is below an issue that was refused is refused too, and tried again with it", () => {
  const sent: Sent[] = [];
  const no = (items: readonly SentItem[]) =>
    refusing(Object.fromEntries(items.map(({ ref }) => [ref.id, { code: "no_more_issues" }])))(
      items,
    );
  return withIssues(
    [health(), sending(sent, no), health(), sending(sent), sending(sent)],
    async (machine) => {
      const parent = await created(machine, { title: "Parent" });
      await created(machine, { title: "Child", parent });
      const first = await machine.service.pushEdits();
      assert.deepEqual(first.failures.map(({ code }) => code), [
        "no_more_issues",
        "parent_not_pushed",
      ]);
      assert.deepEqual([first.counts.refused, first.counts.left], [2, 0]);
      const second = await machine.service.pushEdits();
      assert.deepEqual([second.failures, second.refused], [[], 2]);
      const third = await machine.service.pushEdits({ retry: true });
      assert.deepEqual([third.created, third.counts.refused], [2, 0]);
    },
  );
});

Deno.test("a host that does not say which issue it made is not asked to make it again", () => {
  const sent: Sent[] = [];
  const silent = (items: readonly SentItem[]) =>
    answered(items, () => ({ outcome: "created", remote_ref: null }));
  return withIssues([health(), sending(sent, silent)], async (machine) => {
    await created(machine, { title: "New" });
    const { failures } = await machine.service.pushEdits();
    assert.deepEqual(failures.map(({ code }) => code), ["create_not_told"]);
    assert.equal((await machine.service.pushEdits()).refused, 1);
  });
});

Deno.test("in a resource that nothing is known of, the workspace is that of the binding", () => {
  const sent: Sent[] = [];
  const config = `${BOUND}  provider_context:\n    workspace: acme\n`;
  return withService(config, [health(), sending(sent)], async ({ service }) => {
    await service.issueCreate({ title: "New" });
    assert.equal((await service.pushEdits()).created, 1);
    assert.equal(sent[0]?.items[0]?.ref.workspace, "acme");
  });
});

Deno.test("where no workspace is known, a new issue waits for a pull, and says so", () => {
  const sent: Sent[] = [];
  return withService(BOUND, [
    health(),
    pulled([issue(1)]),
    health(),
    sending(sent),
  ], async ({ service }) => {
    const { issue: draft } = await service.issueCreate({ title: "New" });
    assert.equal((await service.issueShow(draft.ref.id)).issue.title, "New");
    const { failures, counts } = await service.pushEdits();
    assert.deepEqual(failures.map(({ code }) => code), ["workspace_unknown"]);
    assert.equal(counts.left, 1);
    await service.pull();
    assert.equal((await service.pushEdits()).created, 1);
    assert.equal(sent[0]?.items[0]?.ref.workspace, "acme");
  });
});
