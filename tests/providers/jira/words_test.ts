import assert from "node:assert/strict";
import { outwardType } from "../../../src/providers/jira/issues.ts";
import {
  priorityFor,
  priorityIn,
  statusIn,
  typeFor,
  typeIn,
} from "../../../src/providers/jira/words.ts";

const status = (name: string, key: string) => ({ name, statusCategory: { key } });

Deno.test("a status is read by the table, then by its category, then by its name", () => {
  assert.equal(statusIn(status("Backlog", "new"), {}), "todo");
  assert.equal(statusIn(status("Selected", "undefined"), {}), "todo");
  assert.equal(statusIn(status("Building", "indeterminate"), {}), "in_progress");
  assert.equal(statusIn(status("Code Review", "indeterminate"), {}), "in_review");
  assert.equal(statusIn(status("On hold", "indeterminate"), {}), "blocked");
  assert.equal(statusIn(status("Closed", "done"), {}), "done");
  assert.equal(statusIn(status("Won’t do", "done"), {}), "canceled");
  assert.equal(statusIn(status("Building", "indeterminate"), { done: ["building"] }), "done");
});

const type = (name: string, hierarchyLevel: number, subtask = false) => ({
  id: name,
  name,
  subtask,
  hierarchyLevel,
});

Deno.test("a type is read by its level and its name, and written as the one of just its name", () => {
  const types = [
    type("Initiative", 2),
    type("Epic", 1),
    type("New Feature", 0),
    type("Story", 0),
    type("Task", 0),
    type("Maintenance", 0),
    type("Bug", 0),
    type("Sub-task", -1, true),
  ];
  assert.deepEqual(types.map(typeIn), [
    "epic",
    "epic",
    "story",
    "story",
    "task",
    "chore",
    "bug",
    "subtask",
  ]);
  assert.equal(typeFor("story", types)?.name, "Story");
  assert.equal(typeFor("epic", types)?.name, "Epic");
  assert.equal(typeFor("subtask", types)?.name, "Sub-task");
  assert.equal(typeFor("bug", []), null);
  assert.equal(typeFor("epic", types.slice(0, 1))?.name, "Initiative");
});

Deno.test("priorities go by their names, and a name that means nothing is none", () => {
  assert.equal(priorityIn("Highest"), 1);
  assert.equal(priorityIn("lowest"), 4);
  assert.equal(priorityIn("Frobnicated"), 0);
  assert.equal(priorityIn(null), 0);
  const names = ["Blocker", "Major", "Minor", "Trivial"];
  assert.equal(priorityFor(1, names), "Blocker");
  assert.equal(priorityFor(4, names), "Minor");
  assert.equal(priorityFor(3, names), null);
});

Deno.test("a kind of link is read by its outward words, and one that says no direction is none", () => {
  const typeOf = (name: string, outward: string) => outwardType({ name, inward: "", outward });
  assert.equal(typeOf("Blocks", "blocks"), "blocks");
  assert.equal(typeOf("Dependency", "is blocking"), "blocks");
  assert.equal(typeOf("Impediment", "is blocked by"), "blocked_by");
  assert.equal(typeOf("Blocked", "Blocked"), null);
  assert.equal(typeOf("Duplicate", "duplicates"), "duplicates");
  assert.equal(typeOf("Duplicate", "is duplicated by"), null);
  assert.equal(typeOf("Relates", "relates to"), "relates_to");
  assert.equal(typeOf("Reference", "is related to"), "relates_to");
  assert.equal(typeOf("Cloners", "clones"), null);
});
