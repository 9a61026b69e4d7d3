import assert from "node:assert/strict";
import { parseWith } from "../../../src/contract/parse.ts";
import { bodyToSend, issueFrom, refOf } from "../../../src/providers/gitlab/issues.ts";
import { withCommands, withoutCommands } from "../../../src/providers/gitlab/quick_actions.ts";
import { type GitLabIssue, IssueSchema } from "../../../src/providers/gitlab/schemas.ts";
import { statusIn, typeIn, writtenType } from "../../../src/providers/gitlab/words.ts";
import { commandsIn } from "../../standins/gitlab/commands.ts";
import fc from "../../support/properties.ts";
import { CLIENT_ID, WORDS } from "./support.ts";

const PLACE = {
  externalId: "42",
  workspace: "42",
  key: "acme/web",
  url: "https://gitlab.com/acme/web",
  workflow: "open",
} as const;

const NONE = { parent: null, links: [] };

function issue(changes: Readonly<Record<string, unknown>> = {}): GitLabIssue {
  const parsed = parseWith(IssueSchema, {
    id: 900,
    iid: 7,
    project_id: 42,
    web_url: "https://gitlab.com/acme/web/-/issues/7",
    state: "opened",
    title: "A title",
    description: "One\r\nTwo",
    author: { id: 1, username: "ada", name: "Ada" },
    labels: ["workflow::doing", "bug", "priority::high"],
    assignees: [{ id: 2, username: "bo", name: "Bo" }],
    milestone: { title: "1.0" },
    iteration: { title: "Sprint 3" },
    weight: 5,
    issue_type: "issue",
    confidential: true,
    created_at: "2026-01-01T09:00:00.000+09:00",
    updated_at: "2026-01-02T00:00:00.123Z",
    ...changes,
  });
  assert.ok(parsed.ok);
  return parsed.value;
}

Deno.test("an issue is read in the words of all providers, and what else it has is kept beside", () => {
  assert.deepEqual(issueFrom(PLACE, issue(), WORDS, NONE), {
    ref: {
      system: "gitlab",
      workspace: "42",
      id: "7",
      key: "#7",
      url: "https://gitlab.com/acme/web/-/issues/7",
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
    created_at: "2026-01-01T00:00:00.000Z",
    updated_at: "2026-01-02T00:00:00.123Z",
    provider_metadata: {
      id: 900,
      state: "opened",
      kind: "issue",
      confidential: true,
      author: "ada",
      assignees: [{ id: 2, username: "bo", name: "Bo" }],
      duplicate_of: null,
      closed_at: null,
      milestone: "1.0",
      iteration: "Sprint 3",
      epic: null,
      weight: 5,
      due_date: null,
      hidden_labels: ["workflow::doing", "priority::high"],
      marker: null,
    },
  });
  const bare = issueFrom(
    PLACE,
    issue({
      description: null,
      author: null,
      labels: [],
      assignees: null,
      milestone: null,
      iteration: { iid: 4 },
      weight: null,
      confidential: null,
      closed_at: "2026-01-03T00:00:00Z",
    }),
    {},
    NONE,
  );
  assert.deepEqual(
    [bare.body, bare.status, bare.priority, bare.issue_type, bare.provider_metadata["iteration"]],
    [null, "todo", 0, "task", 4],
  );
  assert.equal(refOf(PLACE, 7).url, "https://gitlab.com/acme/web/-/issues/7");
});

Deno.test("open and closed decide first, the labels of the connection within", () => {
  const cases = [
    ["opened", [], "todo"],
    ["opened", ["Workflow::Doing"], "in_progress"],
    ["opened", ["wontfix"], "todo"],
    ["closed", [], "done"],
    ["closed", ["workflow::doing"], "done"],
    ["closed", ["wontfix"], "canceled"],
  ] as const;
  for (const [state, labels, status] of cases) {
    assert.equal(statusIn({ state, labels: [...labels] }, WORDS), status, `${state} ${labels}`);
  }
});

Deno.test("what was closed as a duplicate is canceled, unless a label says another thing", () => {
  const _links = {
    closed_as_duplicate_of: "https://gitlab.com/api/v4/projects/9/issues/76",
  };
  const closed = issue({ state: "closed", labels: [], _links });
  assert.equal(statusIn(closed, WORDS), "canceled");
  assert.equal(statusIn(closed, {}), "canceled");
  const shown = issueFrom(PLACE, closed, {}, NONE);
  assert.deepEqual(shown.provider_metadata["duplicate_of"], { workspace: "9", id: "76" });
  const labelled = { ...closed, labels: ["delivered"] };
  assert.equal(statusIn(labelled, { done: ["delivered"] }), "done");
  assert.equal(statusIn({ ...closed, state: "opened" }, WORDS), "todo");
  for (const wrong of [null, "", "https://gitlab.com/acme/web/-/issues/7"]) {
    const links = { closed_as_duplicate_of: wrong };
    assert.equal(statusIn({ ...closed, _links: links }, WORDS), "done", String(wrong));
  }
});

Deno.test("tasks and incidents have types of their own, labels say that of an issue", () => {
  const cases = [
    ["task", ["bug"], "subtask"],
    ["incident", [], "bug"],
    ["ISSUE", ["type::bug"], "bug"],
    ["issue", ["feature"], "story"],
    ["issue", ["web"], "task"],
    ["epic", [], "epic"],
  ] as const;
  for (const [type, labels, expected] of cases) {
    assert.equal(typeIn({ type, labels: [...labels] }), expected, `${type} ${labels}`);
  }
  assert.deepEqual(writtenType("subtask", "issue"), { kind: "task", label: null });
  assert.deepEqual(writtenType("subtask", "task"), { kind: undefined, label: null });
  assert.deepEqual(writtenType("task", "incident"), { kind: "issue", label: null });
  assert.deepEqual(writtenType("story", "issue"), { kind: undefined, label: "story" });
});

Deno.test("no line of a text that is sent is a command to GitLab, and it is read as it was", () => {
  const text = "/close\n \n/assign @ada\nSee /close\n```js\n/close\n```\n\\/close\n//x\n/7";
  const sent = withoutCommands(text);
  assert.equal(
    sent,
    "\\/close\n \n\\/assign @ada\nSee /close\n```js\n/close\n```\n\\\\/close\n//x\n/7",
  );
  assert.deepEqual(commandsIn(sent).commands, []);
  assert.equal(withCommands(sent), text);
});

Deno.test("whatever a text is, nothing in it is carried out, and it comes back as it was", () => {
  const line = fc.constantFrom(
    ...["/close", "\\/close", "```", "````", "~~~", "```js", "  ```", "``` ", "", "x", "<p>"],
    ...["\r/close", "/\rclose", "``\r`", "```\r", "---", "+++", "...", "\uFEFF```", "coding: x"],
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.join("\n");
      const sent = withoutCommands(text);
      assert.deepEqual(commandsIn(sent).commands, [], JSON.stringify(sent));
      assert.equal(withCommands(sent), inLines(text));
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.string(), (text) => {
    assert.equal(withCommands(withoutCommands(text)), inLines(text));
  }));
});

for (
  const [name, text] of [
    ["a carriage return before it", "x\n\r/close"],
    ["a carriage return within it", "/\rclose"],
    ["a carriage return that hides the beginning of code", "``\r`\n```\n/close\n```"],
    ["front matter in which code seems to begin", "---\n```\n---\n/close\n```"],
    ["front matter after a line about the coding", "coding: x\n\n+++\n```\n+++\n/close\n```"],
    ["a byte order mark before code", "\uFEFF```\n```\n/close\n```"],
  ] as const
) {
  Deno.test(`a command is kept from being carried out with ${name}`, () => {
    assert.notDeepEqual(commandsIn(text).commands, [], "GitLab takes it as a command");
    const sent = withoutCommands(text);
    assert.deepEqual(commandsIn(sent).commands, []);
    assert.equal(withCommands(sent), inLines(text));
  });
}

/** Characters of a text: so many that what costs more with each of them would take hours. */
const MANY = 2 * 1_048_576;

for (const part of ["coding:", "\\", "\n", "```\n", "/a\n", "\r"]) {
  Deno.test(`a text of ${JSON.stringify(part)} alone takes no longer than its length asks for`, () => {
    const text = part.repeat(MANY / part.length);
    const started = performance.now();
    assert.equal(withCommands(withoutCommands(text)).length, inLines(text).length);
    const took = performance.now() - started;
    assert.ok(took < 300_000, `${took} ms`);
  });
}

/** GitLab drops carriage returns: lines end with a line feed alone. */
function inLines(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}

Deno.test("a body keeps the line that names a creation as long as there is room for it", () => {
  assert.equal(bodyToSend("Text", CLIENT_ID), `Text\n\n<!-- tracker:${CLIENT_ID} -->`);
  assert.equal(bodyToSend(null, CLIENT_ID), `<!-- tracker:${CLIENT_ID} -->`);
  assert.equal(bodyToSend(null, null), "");
  const long = "x".repeat(1_048_576);
  assert.equal(bodyToSend(long, CLIENT_ID), long);
});
