import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { STATUSES } from "../../../src/contract/issue.ts";
import { parseWith } from "../../../src/contract/parse.ts";
import { bodyToSend, issueFrom, refOf } from "../../../src/providers/github/issues.ts";
import { type GitHubIssue, IssueSchema } from "../../../src/providers/github/schemas.ts";
import { statusIn, writtenStatus } from "../../../src/providers/github/words.ts";
import { isClosed, priorityWord, typeWord } from "../../../src/providers/label_words.ts";
import { markedBody, markerIn } from "../../../src/providers/marker.ts";

const PLACE = {
  externalId: "42",
  workspace: "42",
  key: "acme/web",
  url: "https://github.com/acme/web",
  workflow: "open",
} as const;

const WORDS = {
  in_progress: ["doing", "wip"],
  in_review: ["review"],
  blocked: ["on hold"],
  canceled: ["wontfix"],
} as const;

const NONE = { parent: null, links: [] };

const ID = "01234567-89ab-4def-8123-456789abcdef";

function issue(changes: Readonly<Record<string, unknown>> = {}): GitHubIssue {
  const parsed = parseWith(IssueSchema, {
    id: 9,
    number: 7,
    html_url: "https://github.com/acme/web/issues/7",
    state: "open",
    title: "A title",
    body: "One\r\nTwo",
    user: { login: "ada", id: 1 },
    labels: [{ name: "Doing" }, "bug", { name: "priority: high" }, { name: null }],
    assignees: [{ login: "bo", id: 2 }],
    milestone: { number: 1, title: "1.0" },
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-02T00:00:00Z",
    ...changes,
  });
  assert.ok(parsed.ok);
  return parsed.value;
}

Deno.test("an issue is read in the words of all providers", () => {
  assert.deepEqual(issueFrom(PLACE, issue(), WORDS, NONE), {
    ref: {
      system: "github",
      workspace: "42",
      id: "7",
      key: "#7",
      url: "https://github.com/acme/web/issues/7",
    },
    title: "A title",
    body: "One\nTwo",
    status: "in_progress",
    issue_type: "bug",
    priority: 2,
    assignees: ["bo"],
    labels: ["bug"],
    parent_ref: null,
    links: [],
    custom_fields: {},
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-02T00:00:00Z",
    provider_metadata: {
      id: 9,
      state: "open",
      state_reason: null,
      author: "ada",
      closed_at: null,
      milestone: "1.0",
      type: null,
      hidden_labels: ["Doing", "priority: high"],
      marker: null,
    },
  });
  const bare = issueFrom(
    PLACE,
    issue({ body: null, user: null, labels: [], assignees: null, milestone: null }),
    {},
    NONE,
  );
  assert.deepEqual([bare.body, bare.status, bare.priority, bare.issue_type], [
    null,
    "todo",
    0,
    "task",
  ]);
  assert.equal(
    issueFrom(PLACE, issue({ type: { name: "Feature" } }), {}, NONE).issue_type,
    "story",
  );
  assert.equal(issueFrom(PLACE, issue({ type: { name: "Idea" } }), {}, NONE).issue_type, "bug");
  assert.equal(refOf(PLACE, 7).url, "https://github.com/acme/web/issues/7");
});

Deno.test("open and closed decide first, the labels of the connection within", () => {
  const cases = [
    ["open", null, [], "todo"],
    ["open", "reopened", ["WIP"], "in_progress"],
    ["open", null, ["review", "doing"], "in_progress"],
    ["open", null, ["wontfix"], "todo"],
    ["closed", "completed", [], "done"],
    ["closed", null, ["doing"], "done"],
    ["closed", "not_planned", [], "canceled"],
    ["closed", "duplicate", [], "canceled"],
    ["closed", "completed", ["wontfix"], "canceled"],
  ] as const;
  for (const [state, state_reason, labels, status] of cases) {
    assert.equal(statusIn({ state, state_reason }, labels, WORDS), status, `${state} ${labels}`);
  }
});

Deno.test("a status that no label says is not written; open and closed need none", () => {
  assert.equal(writtenStatus("in_review", [], {}), null);
  assert.deepEqual(writtenStatus("done", ["Doing", "ui"], WORDS), {
    state: "closed",
    state_reason: "completed",
    labels: ["ui"],
  });
  assert.deepEqual(writtenStatus("canceled", ["ui"], WORDS), {
    state: "closed",
    state_reason: "not_planned",
    labels: ["ui", "wontfix"],
  });
  // The second word of a status says it as well as the first: nothing is to be written.
  assert.deepEqual(writtenStatus("in_progress", ["WIP"], WORDS)?.labels, ["WIP"]);
});

Deno.test("what is written of a status is read as that status, and other labels stay", () => {
  const label = fc.oneof(
    fc.constantFrom("doing", "wip", "review", "on hold", "wontfix", "Doing"),
    fc.string({ minLength: 1, maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...STATUSES), fc.uniqueArray(label), (status, labels) => {
      const written = writtenStatus(status, labels, WORDS);
      assert.ok(written !== null);
      assert.equal(written.state === "closed", isClosed(status));
      assert.equal(statusIn(written, written.labels, WORDS), status);
      const others = (some: readonly string[]) =>
        some.filter((one) =>
          !Object.values(WORDS).flat().some((word) => word === one.toLowerCase())
        );
      assert.deepEqual(others(written.labels), others(labels));
    }),
    { verbose: true },
  );
});

Deno.test("words for priorities and types are taken, others are left alone", () => {
  const priorities = ["priority: urgent", "Priority/Critical", "prio-high", "priority medium"];
  assert.deepEqual(priorities.map(priorityWord), [1, 1, 2, 3]);
  for (const label of ["high", "priority", "priority: p1", "my priority: low"]) {
    assert.equal(priorityWord(label), null, label);
  }
  assert.deepEqual(["Bug", "EPIC", "enhancement", "constructor", "question"].map(typeWord), [
    "bug",
    "epic",
    "story",
    null,
    null,
  ]);
});

Deno.test("the line that names an issue is neither shown nor lost", () => {
  fc.assert(
    fc.property(fc.option(fc.string()), (written) => {
      const text = written?.replaceAll("\r\n", "\n").trimEnd() ?? null;
      const marked = markedBody(text, ID);
      assert.equal(markerIn(marked), ID);
      const shown = issueFrom(PLACE, issue({ body: marked }), {}, NONE).body;
      assert.equal(shown, text === "" ? null : text);
      assert.equal(markerIn(bodyToSend("new", markerIn(marked))), ID);
    }),
    { verbose: true },
  );
  assert.equal(bodyToSend(null, markerIn("x")), "");
  assert.equal(markerIn("<!-- tracker:no -->"), null);
});
