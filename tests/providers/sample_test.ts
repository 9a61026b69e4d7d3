import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { type Status, STATUSES } from "../../src/contract/issue.ts";
import { HOSTED_PROVIDERS } from "../../src/contract/providers.ts";
import { type Place, providerOf } from "../../src/providers/mod.ts";
import { anIssue } from "../support/issues.ts";

const AT = Date.parse("2026-03-01T12:00:00Z");

function place(key: string, changes: Partial<Place> = {}): Place {
  return { workspace: "acme", key, url: "https://x.example/acme", workflow: "open", ...changes };
}

for (const name of HOSTED_PROVIDERS) {
  Deno.test(`${name} is found under its name, with a word for every status`, () => {
    const provider = providerOf(name);
    assert.equal(provider.name, name);
    assert.deepEqual(Object.keys(provider.capabilities.statuses).sort(), STATUSES.toSorted());
  });
}

Deno.test("a team's issues have keys, a repository's have numbers", () => {
  const team = providerOf("linear").refOf(place("ENG"), 7, "iss_1");
  assert.equal(team.key, "ENG-7");
  assert.equal(team.url, "https://x.example/acme/issues/ENG-7");
  const repository = providerOf("github").refOf(place("acme/web"), 7, "iss_1");
  assert.equal(repository.key, "#7");
  assert.equal(repository.url, "https://x.example/acme/issues/7");
});

Deno.test("an issue of Jira is a page below the place where issues are browsed", () => {
  const browse = place("WEB", { url: "https://x.example/browse" });
  assert.equal(providerOf("jira").refOf(browse, 7, "1").url, "https://x.example/browse/WEB-7");
});

Deno.test("issues of a file come into a place named after the file", () => {
  const made = providerOf("jira").importedPlace("Old tracker", "Größe 2");
  assert.equal(made.key, "OLDTRACKER");
  assert.equal(made.url, "https://jira.invalid/Gr%C3%B6%C3%9Fe%202");
  assert.deepEqual(made.context, { workspace_name: "Größe 2", imported_from: "Old tracker" });
});

Deno.test("files whose names differ in other scripts alone come into different places", () => {
  const { importedPlace } = providerOf("linear");
  assert.notEqual(importedPlace("課題", "w").externalId, importedPlace("票券", "w").externalId);
});

Deno.test("a new issue waits to be done, unless it is created in another status", () => {
  const { create } = providerOf("linear");
  const { ref } = anIssue("a");
  assert.equal(create(ref, { title: "T" }, AT).status, "todo");
  assert.equal(create(ref, { title: "T", status: "done" }, AT).status, "done");
  assert.equal(create(ref, { title: "T" }, AT).created_at, "2026-03-01T12:00:00.000Z");
});

Deno.test("a field that is not named stays, one that is named changes", () => {
  const issue = anIssue("a", { body: "B", labels: ["x"] });
  const outcome = providerOf("linear").change(place("ENG"), issue, { body: null }, AT);
  assert.equal(outcome.kind, "changed");
  assert.ok(outcome.kind === "changed");
  assert.equal(outcome.issue.body, null);
  assert.deepEqual(outcome.issue.labels, ["x"]);
  assert.equal(outcome.issue.updated_at, "2026-03-01T12:00:00.000Z");
});

Deno.test("the provider's own word for a status goes with the status", () => {
  const issue = anIssue("a", { provider_metadata: { status_name: "Todo", board: 1 } });
  const outcome = providerOf("linear").change(place("ENG"), issue, { status: "done" }, AT);
  assert.ok(outcome.kind === "changed");
  assert.deepEqual(outcome.issue.provider_metadata, { board: 1 });
});

Deno.test("a change to what is so already is none", () => {
  const issue = anIssue("a");
  const fields = { title: issue.title, status: issue.status };
  assert.equal(providerOf("linear").change(place("ENG"), issue, fields, AT).kind, "unchanged");
});

Deno.test("a guided workflow refuses to finish what was never started, and names the ways there are", () => {
  const guided = place("PAY", { workflow: "guided" });
  const outcome = providerOf("jira").change(guided, anIssue("a"), { status: "done" }, AT);
  assert.deepEqual(outcome, { kind: "refused", allowed: ["in_progress", "blocked", "canceled"] });
});

Deno.test("whatever is changed, an issue keeps who it is and its time never goes back", () => {
  const statuses = fc.constantFrom<Status>(...STATUSES);
  fc.assert(fc.property(
    fc.constantFrom(...HOSTED_PROVIDERS),
    fc.constantFrom<Place["workflow"]>("open", "guided"),
    fc.record({ title: fc.string(), body: fc.string(), status: statuses }, { requiredKeys: [] }),
    statuses,
    fc.integer({ min: 0, max: 4e12 }),
    (name, workflow, fields, status, at) => {
      const issue = anIssue("a", { status });
      const outcome = providerOf(name).change(place("ENG", { workflow }), issue, fields, at);
      if (outcome.kind !== "changed") return;
      assert.deepEqual(outcome.issue.ref, issue.ref);
      assert.ok(outcome.issue.updated_at >= new Date(issue.updated_at).toISOString());
    },
  ));
});
