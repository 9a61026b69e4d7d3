import assert from "node:assert/strict";
import { ISSUE_TYPES, PRIORITIES, STATUSES } from "../../src/contract/issue.ts";
import { BEADS_WORDS, FP_WORDS, issueTypeOf, priorityOf, statusOf } from "../../src/local/words.ts";

Deno.test("a word that is written means what it was written for", () => {
  for (const table of [BEADS_WORDS.status, FP_WORDS.status]) {
    for (const status of STATUSES) {
      const word = table.toForeign(status);
      if (word !== null) assert.equal(statusOf(table, word), status);
    }
  }
  for (const type of ISSUE_TYPES) {
    const word = BEADS_WORDS.issueType.toForeign(type);
    if (word !== null) assert.equal(issueTypeOf(BEADS_WORDS.issueType, word), type);
  }
  for (const table of [BEADS_WORDS.priority, FP_WORDS.priority]) {
    for (const priority of PRIORITIES) {
      const word = table.toForeign(priority);
      if (word !== null) assert.equal(priorityOf(table, word), priority);
    }
  }
});

for (
  const [word, status] of [
    ["open", "todo"],
    ["hooked", "in_progress"],
    ["pinned", "todo"],
    ["needs-review", "in_review"],
    ["Waiting", "blocked"],
    ["won't fix", "canceled"],
    ["shipped", "done"],
    ["WIP", "in_progress"],
    ["Selected for Development", "todo"],
    ["Not started", "todo"],
    ["Unstarted", "todo"],
    ["not done", "todo"],
    ["Unresolved", "todo"],
    ["incomplete", "todo"],
    ["Under review", "in_review"],
    ["unverified", "in_review"],
    ["Ready for review", "in_review"],
    ["weird", "todo"],
    ["constructor", "todo"],
    ["toString", "todo"],
  ] as const
) {
  Deno.test(`the status "${word}" comes nearest to ${status}`, () => {
    assert.equal(statusOf(BEADS_WORDS.status, word), status);
  });
}

for (
  const [word, type] of [
    ["feature", "story"],
    ["convoy", "epic"],
    ["sub-task", "subtask"],
    ["Security Incident", "bug"],
    ["refactoring", "chore"],
    ["weird", "task"],
  ] as const
) {
  Deno.test(`the type "${word}" comes nearest to ${type}`, () => {
    assert.equal(issueTypeOf(BEADS_WORDS.issueType, word), type);
  });
}

Deno.test("an unknown priority is an unset one", () => {
  assert.equal(priorityOf(BEADS_WORDS.priority, "9"), 0);
  assert.equal(priorityOf(FP_WORDS.priority, "urgent"), 0);
});
