import assert from "node:assert/strict";
import { failing } from "./support.ts";
import {
  atHost,
  created,
  done,
  health,
  pulled,
  sending,
  type Sent,
  withIssues,
} from "./push_edits_support.ts";

Deno.test("a conflict of an issue that is here twice stays held when its lost create is answered", () => {
  const sent: Sent[] = [];
  const ref = { system: "linear", workspace: "acme", id: "made-New", key: "NEW-New" };
  const at = (title: string, version: string) =>
    atHost(9, { ref, title, version, updated_at: `2026-02-0${version}T00:00:00Z` });
  return withIssues([
    health(),
    sending(sent, null),
    pulled([at("New", "2")]),
    pulled([at("Theirs", "3")]),
    health(),
    sending(sent, done, { "Idempotency-Replayed": "true" }),
  ], async (machine) => {
    const { service } = machine;
    await created(machine, { title: "New" });
    await failing(service.pushEdits(), "network_error");
    await service.pull();
    await service.issueEdit("NEW-New", { title: "Mine" });
    assert.equal((await service.pull()).held, 1);
    const { held, counts } = await service.pushEdits();
    assert.deepEqual([held, counts.held], [1, 1]);
    assert.deepEqual(sent.slice(2).map(({ items }) => items), []);
    const open = (await service.conflicts()).filter(({ taken }) => taken === null);
    assert.deepEqual(open.map(({ issueId, ours, theirs }) => [issueId, ours, theirs]), [
      ["made-New", "Mine", "Theirs"],
    ]);
  });
});
