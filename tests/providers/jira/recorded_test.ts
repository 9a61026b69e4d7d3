/** What the real Jira has answered is read as expected. Skips, and says so, where the answers are not on this machine. */
import assert from "node:assert/strict";
import * as v from "valibot";
import {
  FieldsOfSiteSchema,
  IssueSchema,
  LinkTypeSchema,
  PersonSchema,
  ServerSchema,
  TransitionsSchema,
} from "../../../src/providers/jira/schemas.ts";
import { placeIdIn } from "../../../src/providers/jira/issues.ts";
import { sidesOf } from "../../../src/providers/jira/link_words.ts";
import { timeOf } from "../../../src/providers/jira/times.ts";
import { priorityIn, statusIn } from "../../../src/providers/jira/words.ts";

const ANSWERS = new URL("../../../../shared/data/providers/jira/", import.meta.url);

function recorded(name: string, file: string, test: (answer: unknown) => void): void {
  const url = new URL(file, ANSWERS);
  let text: string | null = null;
  try {
    text = Deno.readTextFileSync(url);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const reason = text === null ? `${name} (no recorded answers on this machine)` : name;
  Deno.test({ name: reason, ignore: text === null, fn: () => test(JSON.parse(text ?? "null")) });
}

recorded("the people of a site are read", "cloud-answers/users.json", (answer) => {
  const people = v.parse(v.array(PersonSchema), answer);
  assert.deepEqual(people.map(({ active }) => active), [true, false]);
});

recorded("what a site says of itself is read", "cloud-answers/serverinfo.json", (answer) => {
  assert.equal(v.parse(ServerSchema, answer).deploymentType, "Cloud");
});

recorded("the fields of a site are read", "cloud-answers/fields.json", (answer) => {
  assert.equal(v.parse(FieldsOfSiteSchema, answer).length, 3);
});

recorded(
  "the steps of a server are read, with a category that is its own",
  "datacenter-answers/transitions.json",
  (answer) => {
    const { transitions } = v.parse(TransitionsSchema, answer);
    assert.deepEqual(transitions.map(({ to }) => statusIn(to, {})), ["todo", "todo"]);
    assert.ok(transitions.every(({ isAvailable }) => isAvailable));
  },
);

recorded(
  "the kinds of link of a server are read",
  "datacenter-answers/all_issuelinktypes.json",
  (answer) => {
    const types = new Set(
      v.parse(v.array(LinkTypeSchema), answer).map((kind) => sidesOf(kind).outward),
    );
    for (const type of ["blocks", "duplicates"] as const) assert.ok(types.has(type), type);
  },
);

recorded(
  "the usual priorities of a server have a meaning",
  "datacenter-answers/all_priorities.json",
  (answer) => {
    const priorities = v.parse(v.array(v.looseObject({ name: v.string() })), answer);
    assert.ok(priorities.length > 0);
    for (const { name } of priorities) assert.notEqual(priorityIn(name), 0, name);
  },
);

recorded(
  "an issue of a server is read, whatever else it holds",
  "datacenter-answers/issues_in_sprint.json",
  (answer) => {
    const { issues } = v.parse(v.object({ issues: v.array(IssueSchema) }), answer);
    assert.ok(issues.length > 0);
    for (const issue of issues) {
      assert.equal(placeIdIn(issue), "example.atlassian.net/10302");
      assert.match(timeOf(issue.fields.updated), /^20\d\d-.*Z$/);
    }
    assert.equal(issues[0]?.fields.status.statusCategory?.key, "new");
  },
);
