import assert from "node:assert/strict";
import { failing } from "./support.ts";
import {
  answered,
  atHost,
  created,
  done,
  health,
  pulled,
  remoteOf,
  sending,
  type Sent,
  type SentItem,
  withIssues,
} from "./push_edits_support.ts";

Deno.test("a create whose answer was lost is repeated as it was sent, before anything newer of the issue", () => {
  const sent: Sent[] = [];
  return withIssues([
    health(),
    sending(sent, null),
    health(),
    sending(sent, done, { "Idempotency-Replayed": "true" }),
    sending(sent),
  ], async (machine) => {
    const { service, again } = machine;
    const id = await created(machine, { title: "New" });
    await failing(service.pushEdits(), "network_error");
    const next = await again();
    await next.issueEdit(id, { title: "Newer", body: "Text" });
    const { created: count, updated, alreadySent, conflicts } = await next.pushEdits();
    assert.deepEqual([count, updated, alreadySent, conflicts], [1, 0, 1, 0]);
    assert.deepEqual([sent[1]?.key, sent[1]?.text], [sent[0]?.key, sent[0]?.text]);
    assert.notEqual(sent[2]?.key, sent[0]?.key);
    assert.deepEqual(sent[2]?.items.map(({ action, patch }) => [action, patch]), [
      ["update", { title: "Newer", body: "Text" }],
    ]);
    const { issue, pending } = await next.issueShow(id);
    assert.deepEqual([issue.title, issue.ref.id, pending], ["Newer", "made-New", []]);
  });
});

Deno.test("a push of items in between does not make a lost create forgotten", () => {
  const sent: Sent[] = [];
  return withIssues([
    health(),
    sending(sent, null),
    sending(sent),
    health(),
    sending(sent, done, { "Idempotency-Replayed": "true" }),
  ], async (machine) => {
    await created(machine, { title: "New" });
    await failing(machine.service.pushEdits(), "network_error");
    const { ref } = atHost(2);
    await machine.service.push([{ ref, action: "update", patch: { title: "Items" } }]);
    assert.equal((await machine.service.pushEdits()).created, 1);
    assert.deepEqual([sent[2]?.key, sent[2]?.text], [sent[0]?.key, sent[0]?.text]);
    assert.notEqual(sent[1]?.key, sent[0]?.key);
  });
});

Deno.test("a lost create that a pull brings meanwhile is one issue, with the edits of both", () => {
  const sent: Sent[] = [];
  const made = { system: "linear", workspace: "acme", id: "made-New", key: "NEW-New" };
  const theirs = atHost(9, { ref: made, title: "New", labels: ["theirs"], version: "3" });
  return withIssues([
    health(),
    sending(sent, null),
    pulled([theirs]),
    health(),
    sending(sent, done, { "Idempotency-Replayed": "true" }),
    sending(sent),
  ], async (machine) => {
    const { service } = machine;
    const id = await created(machine, { title: "New" });
    await failing(service.pushEdits(), "network_error");
    await service.issueEdit(id, { body: "Draft" });
    await service.pull();
    await service.issueEdit("NEW-New", { priority: 1 });
    await service.pushEdits();
    assert.deepEqual(sent[2]?.items.map(({ patch, base_version }) => [patch, base_version]), [
      [{ body: "Draft", priority: 1 }, "3"],
    ]);
    const all = (await service.issueList()).filter(({ title }) => title === "New");
    assert.equal(all.length, 1);
    assert.deepEqual([all[0]?.labels, all[0]?.body], [["theirs"], "Draft"]);
  });
});

Deno.test("a field that was edited in a lost create and in what a pull brought of it has the later value, and a record of the other", () => {
  const sent: Sent[] = [];
  const ref = { system: "linear", workspace: "acme", id: "made-New", key: "NEW-New" };
  return withIssues([
    health(),
    sending(sent, null),
    pulled([atHost(9, { ref, title: "New", labels: ["a", "b"], version: "1" })]),
    health(),
    sending(sent, done, { "Idempotency-Replayed": "true" }),
    sending(sent),
  ], async (machine) => {
    const { service, platform: { clock } } = machine;
    const id = await created(machine, { title: "New", labels: ["a", "b"] });
    await failing(service.pushEdits(), "network_error");
    await service.pull();
    await service.issueEdit("NEW-New", { title: "Pulled", body: "Pulled", labels: ["b", "c"] });
    clock.advance(1_000);
    await service.issueEdit(id, { title: "Draft", labels: ["a", "b", "d"] });
    clock.advance(1_000);
    await service.issueEdit(id, { body: "Draft" });
    clock.advance(1_000);
    await service.issueEdit("NEW-New", { body: "Pulled last" });
    assert.equal((await service.pushEdits()).conflicts, 2);
    const { issue } = await service.issueShow("made-New");
    assert.deepEqual([issue.title, issue.body], ["Draft", "Pulled last"]);
    assert.deepEqual([...issue.labels].sort(), ["b", "c", "d"]);
    const kept = (await service.conflicts()).map(({ field, ours, theirs, taken }) => [
      field,
      ours,
      theirs,
      taken,
    ]);
    assert.deepEqual(kept.sort(), [
      ["body", "Draft", "Pulled last", "theirs"],
      ["title", "Draft", "Pulled", "ours"],
    ]);
  });
});

Deno.test("an issue that the host finds made before is not taken for one that is as it was sent", () => {
  const sent: Sent[] = [];
  const found = (items: readonly SentItem[]) =>
    answered(items, (item) => ({ outcome: "unchanged", remote_ref: remoteOf(item), version: "5" }));
  return withIssues([
    health(),
    sending(sent, found),
    health(),
    pulled([
      atHost(9, {
        ref: { system: "linear", workspace: "acme", id: "made-New", key: "NEW-New" },
        title: "Theirs",
        version: "5",
      }),
    ]),
    sending(sent),
  ], async (machine) => {
    const { service } = machine;
    const id = await created(machine, { title: "New" });
    assert.equal((await service.pushEdits()).alreadySent, 1);
    await service.issueEdit(id, { body: "B" });
    await service.pushEdits();
    assert.equal(sent[1]?.items[0]?.base_version, "5");
    assert.equal((await service.issueShow(id)).issue.title, "Theirs");
  });
});

Deno.test("a lost create whose issue was discarded is forgotten", () => {
  const sent: Sent[] = [];
  return withIssues([health(), sending(sent, null), health(), sending(sent)], async (machine) => {
    const { service } = machine;
    const id = await created(machine, { title: "New" });
    await failing(service.pushEdits(), "network_error");
    await service.issueDiscard(id);
    await created(machine, { title: "Other" });
    await service.pushEdits();
    assert.deepEqual(sent[1]?.items.map(({ patch }) => patch?.["title"]), ["Other"]);
  });
});

Deno.test("changes whose answer was lost go out again under their key, as long as nothing else was sent", () => {
  const sent: Sent[] = [];
  return withIssues([
    health(),
    sending(sent, null),
    health(),
    sending(sent, done, { "Idempotency-Replayed": "true" }),
  ], async ({ service, again }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await failing(service.pushEdits(), "network_error");
    const next = await again();
    const { updated, alreadySent } = await next.pushEdits();
    assert.deepEqual([updated, alreadySent], [1, 1]);
    assert.deepEqual([sent[1]?.key, sent[1]?.text], [sent[0]?.key, sent[0]?.text]);
    const { issue: now, pending } = await next.issueShow("WEB-1");
    assert.deepEqual([now.title, now.version, pending], ["A", "2", []]);
  });
});

Deno.test("what was sent without an answer and has arrived is no conflict with what is wanted since", () => {
  const sent: Sent[] = [];
  return withIssues([
    health(),
    sending(sent, null),
    health(),
    pulled([atHost(1, { title: "A", version: "2" })]),
    sending(sent),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await failing(service.pushEdits(), "network_error");
    await service.issueEdit("WEB-1", { title: "B" });
    const { updated, conflicts } = await service.pushEdits();
    assert.deepEqual([updated, conflicts], [1, 0]);
    assert.deepEqual(sent[1]?.items.map(({ patch, base_version }) => [patch, base_version]), [
      [{ title: "B" }, "2"],
    ]);
    assert.notEqual(sent[1]?.key, sent[0]?.key);
  });
});

Deno.test("an edit that was taken back after it was sent without an answer is sent as it was before", () => {
  const sent: Sent[] = [];
  return withIssues(
    [health(), sending(sent, null), health(), pulled([]), sending(sent)],
    async ({ service }) => {
      await service.issueEdit("WEB-1", { title: "A", labels: ["x"] });
      await failing(service.pushEdits(), "network_error");
      await service.issueEdit("WEB-1", { title: "Issue 1", labels: [] });
      await service.pushEdits();
      assert.deepEqual(sent[1]?.items.map(({ patch }) => patch), [
        { title: "Issue 1", labels_remove: ["x"] },
      ]);
      assert.deepEqual((await service.pushEdits()).counts.left, 0);
    },
  );
});
