import assert from "node:assert/strict";
import { judgeAnswer } from "../../../src/providers/jira/faults.ts";
import { atJira, atServer, CLIENT_ID, faultOf, TOKEN } from "./support.ts";

Deno.test("a credential that Jira does not take is refused", () =>
  atJira(async ({ jira, project, access, remote, place }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    const secret = JSON.stringify({ email: "ada@acme.test", token: "wrong" });
    const other = { ...access, credential: { kind: "token", secret } };
    assert.equal((await faultOf(remote.get(other, place, id))).fault.kind, "refused");
    const broken = { ...access, credential: { kind: "token", secret: "x" } };
    assert.equal((await faultOf(remote.get(broken, place, id))).fault.kind, "refused");
  }));

Deno.test("a credential that Jira ignores is refused as well", () =>
  atJira(async ({ jira, get }) => {
    for (const [reason, words] of [["FAILED", /does not take/], ["DENIED", /browser/]] as const) {
      jira.stepIn = ({ phase }) =>
        phase === "after"
          ? { status: 404, headers: { "x-seraph-loginreason": `AUTHENTICATED_FAILED ${reason}` } }
          : undefined;
      if (reason === "DENIED") {
        jira.stepIn = () => ({
          status: 403,
          headers: { "x-seraph-loginreason": "AUTHENTICATION_DENIED" },
        });
      }
      const { fault, message } = await faultOf(get("1"));
      assert.equal(fault.kind, "refused");
      assert.match(message, words);
    }
  }));

Deno.test("a limit is waited out for as long as Jira says", () =>
  atJira(async ({ jira, access, clock, get }) => {
    jira.left = 0;
    const { fault } = await faultOf(get("1"));
    assert.equal(fault.kind, "limited");
    assert.ok(fault.kind === "limited" && fault.until > clock.now() + 3_000_000);
    assert.equal(access.budget.tightest?.left, 0);
    jira.left = 10_000;
    jira.stepIn = () => ({ status: 429 });
    clock.advance(3_700_000);
    const { fault: burst } = await faultOf(get("1"));
    assert.equal(burst.kind, "limited");
  }));

Deno.test("what Jira says is told without what it was sent", () =>
  atJira(async ({ jira, project, change }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    const basic = new TextEncoder().encode(`ada@acme.test:${TOKEN}`).toBase64();
    jira.stepIn = ({ call, phase }) =>
      call.startsWith("PUT ") && phase === "before"
        ? {
          status: 400,
          body: { errorMessages: [`No ${TOKEN}`], errors: { summary: `for Basic ${basic}` } },
        }
        : undefined;
    const { message } = await faultOf(change(id, { title: "New" }));
    assert.match(message, /No \[secret\]; summary: for/);
    assert.ok(!message.includes(TOKEN) && !message.includes(basic));
  }));

Deno.test("a write that meets another one of the issue is no refusal: it is tried later", () =>
  atJira(async ({ jira, project, change }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    jira.stepIn = ({ call, phase }) =>
      call.startsWith("PUT ") && phase === "before"
        ? { status: 409, body: { errorMessages: ["A conflicting update."], errors: {} } }
        : undefined;
    const { fault, message } = await faultOf(change(id, { title: "New" }));
    assert.deepEqual(fault, { kind: "failing" });
    assert.match(message, /^Jira was changing what "change an issue" is for: A conflicting update/);
    jira.stepIn = () => {};
    await change(id, { title: "New" });
    assert.deepEqual(jira.writes, ["update WEB-1 summary"]);
  }));

const LACKING = [
  ["EDIT_ISSUES", { title: "New" }, "change issues (the permission Edit Issues)"],
  ["ASSIGN_ISSUES", { assignees: ["bo"] }, "assign issues (the permission Assign Issues)"],
  [
    "TRANSITION_ISSUES",
    { status: "done" },
    "move issues through the workflow (the permission Transition Issues)",
  ],
] as const;

for (const [permission, fields, what] of LACKING) {
  for (const [edition, at] of [["the cloud", atJira], ["a server", atServer]] as const) {
    Deno.test(`a change in ${edition} without ${permission} is refused by its name, and nothing is written`, () =>
      at(async ({ jira, project, change }) => {
        const { id } = jira.add(project, { summary: "Issue" });
        for (const { permissions } of jira.state.credentials.values()) {
          permissions.delete(permission);
        }
        const { fault, message } = await faultOf(change(id, fields));
        assert.deepEqual(fault, { kind: "rejected", code: "permission_missing" });
        assert.equal(message, `The credential may not ${what} in "WEB" at Jira`);
        assert.deepEqual(jira.writes, []);
      }));
  }
}

Deno.test("links, comments and new issues are refused by the permission that they need", () =>
  atJira(async ({ jira, project, change, create, remote, access, place }) => {
    const [one, other] = ["One", "Other"].map((summary) => jira.add(project, { summary }));
    assert.ok(one !== undefined && other !== undefined);
    for (const { permissions } of jira.state.credentials.values()) {
      permissions.delete("ASSIGN_ISSUES");
    }
    const assigned = await faultOf(create({ title: "New", assignees: ["bo"] }));
    assert.match(assigned.message, /may not assign issues \(the permission Assign Issues\)/);
    for (const { permissions } of jira.state.credentials.values()) {
      for (const name of ["LINK_ISSUES", "ADD_COMMENTS", "CREATE_ISSUES"]) permissions.delete(name);
    }
    const ref = { system: "jira", workspace: place.workspace, id: other.id };
    const link = await faultOf(change(one.id, { links_add: [{ type: "blocks", ref }] }));
    assert.match(link.message, /may not link issues \(the permission Link Issues\) in "WEB"/);
    const comment = { clientId: CLIENT_ID, body: "Text" };
    const said = await faultOf(
      remote.comments?.add(access, place, one.id, comment) ?? Promise.resolve(),
    );
    assert.match(said.message, /may not write comments \(the permission Add Comments\)/);
    const made = await faultOf(create({ title: "New" }));
    assert.match(made.message, /may not create issues \(the permission Create Issues\)/);
    assert.deepEqual(jira.writes, []);
  }));

Deno.test("an answer that is not as expected is a failure of Jira's", () =>
  atJira(async ({ jira, project, get }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    jira.stepIn = ({ phase }) => phase === "after" ? { status: 200, body: { id: 7 } } : undefined;
    const wrong = await faultOf(get(id));
    assert.equal(wrong.fault.kind, "failing");
    jira.stepIn = () => {};
    Object.assign(jira.state.issues.get(id) ?? {}, { updatedAt: Date.UTC(2026, 0, 1) });
    jira.zoneMinutes = 99 * 60;
    const { message: words } = await faultOf(get(id));
    assert.match(words, /not as expected.*must be a time/);
  }));

Deno.test("a text that is too long is refused with the limit, in whatever words Jira says so", () => {
  const judged = (errors: unknown) =>
    judgeAnswer(
      {
        status: 400,
        headers: new Headers(),
        body: { errorMessages: [], errors },
        isUnchanged: false,
      },
      "change an issue",
      { now: 0, secrets: [] },
    );
  const long = (limit: string) =>
    `The entered text is too long. It exceeds the allowed limit of ${limit} characters.`;
  const cases = [
    [{ description: long("65,534") }, "A description has 65,534 characters"],
    [{ comment: long("32.767") }, "A comment has 32.767 characters"],
    [{ description: "CONTENT_LIMIT_EXCEEDED" }, "A description has 32,767 characters"],
  ] as const;
  for (const [errors, words] of cases) {
    const error = judged(errors);
    assert.deepEqual(error?.fault, { kind: "rejected", code: "body_too_long" });
    assert.equal(error?.message, `${words} at Jira at most, in Jira's own form`);
  }
  for (const errors of [{ labels: long("255") }, { description: "is required" }, null]) {
    assert.deepEqual(judged(errors)?.fault, { kind: "rejected", code: "not_taken" });
  }
});
