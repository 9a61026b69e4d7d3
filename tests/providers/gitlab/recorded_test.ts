/** What GitLab answers and sends, as it was recorded: the fake answers so, and it is read here. */
import assert from "node:assert/strict";
import { parseWith } from "../../../src/contract/parse.ts";
import { gitLabRemote } from "../../../src/providers/gitlab/remote.ts";
import { AccountSchema, IssueSchema } from "../../../src/providers/gitlab/schemas.ts";
import { Answers } from "../../standins/gitlab/answers.ts";
import { atGitLab, ORIGIN } from "./support.ts";

const RECORDED = new URL("../../../../shared/data/providers/gitlab/", import.meta.url);

/** Returns a recorded body; `null`, and a word about it, where it is not on this machine. */
async function recorded(name: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL(name, RECORDED)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`    GitLab's recorded ${name} is not there`);
    return null;
  }
}

/** Returns the members of a value that another one lacks, or has as another kind of value. */
function lacking(recorded: unknown, given: unknown, at = ""): readonly string[] {
  if (recorded === null || given === null) return [];
  if (Array.isArray(recorded)) {
    if (!Array.isArray(given)) return [at];
    return recorded.length === 0 || given.length === 0 ? [] : lacking(recorded[0], given[0], at);
  }
  if (typeof recorded !== "object") return typeof recorded === typeof given ? [] : [at];
  if (typeof given !== "object") return [at];
  const there = new Map(Object.entries(given));
  return Object.entries(recorded).flatMap(([name, value]) =>
    there.has(name) ? lacking(value, there.get(name), `${at}.${name}`) : [`${at}.${name}`]
  );
}

Deno.test("the fake's issues have what GitLab's have, and both are read", () =>
  atGitLab(async ({ gitlab, project }) => {
    const fields = { title: "One", assignees: ["ada"], milestone: "1.0" };
    const issue = gitlab.state.addIssue(project, fields, 0);
    const answers = new Answers(gitlab.state, ORIGIN);
    const given = JSON.parse(JSON.stringify(answers.issue(project, issue)));
    assert.ok(parseWith(IssueSchema, given).ok);
    const moved = await recorded("answers/issue_move.json");
    if (moved === null) return;
    assert.deepEqual(lacking(moved, given), []);
    const parsed = parseWith(IssueSchema, moved);
    assert.ok(parsed.ok, JSON.stringify(parsed));
    assert.equal(parsed.value.iid, 11);
  }));

Deno.test("the fake's people have what GitLab's lists of people have", () =>
  atGitLab(async ({ gitlab }) => {
    const given = new Answers(gitlab.state, ORIGIN).user(gitlab.state.user("ada"));
    const people = await recorded("answers/search_users.json");
    if (people === null || !Array.isArray(people)) return;
    assert.deepEqual(lacking(people[0], given), []);
    assert.ok(parseWith(AccountSchema, people[0]).ok);
  }));

for (
  const [name, hints] of [
    ["issue-event", [{ placeId: "14", issueId: "23" }]],
    ["confidential-issue-event", [{ placeId: "14", issueId: "23" }]],
    ["client-go-issue", [{ placeId: "1", issueId: "23" }]],
    ["comment-issue-event", [{ placeId: "5", issueId: "17" }]],
    ["client-go-note-issue", [{ placeId: "5", issueId: "17" }]],
  ] as const
) {
  Deno.test(`a webhook as GitLab sent it names the issue to read: ${name}`, async () => {
    const body = await recorded(`webhooks/${name}.json`);
    if (body === null) return;
    const { webhooks } = gitLabRemote();
    assert.ok(webhooks !== null);
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const read = webhooks.read(new Headers({ "idempotency-key": "d-1" }), bytes);
    assert.deepEqual(read, { deliveryId: "d-1", hints });
  });
}

Deno.test("the fake's webhooks have what GitLab's have of an issue", async () => {
  await atGitLab(async ({ gitlab, project }) => {
    const issue = gitlab.state.addIssue(project, { title: "One" }, 0);
    const given = new Answers(gitlab.state, ORIGIN).event(project, issue, "update");
    const sent = await recorded("webhooks/client-go-issue.json");
    if (sent === null) return;
    const told = { ...given, object_attributes: { ...given.object_attributes } };
    const missing = lacking(told, sent);
    assert.deepEqual(missing, [], "the fake sends nothing that GitLab does not");
  });
});
