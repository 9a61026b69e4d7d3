import assert from "node:assert/strict";
import { ISSUE_TYPES, type Status } from "../../../src/contract/issue.ts";
import {
  labelsForType,
  type PlacedState,
  priorityIn,
  stateFor,
  statusIn,
  typeIn,
} from "../../../src/providers/linear/words.ts";

function state(name: string, type: string, position = 0): PlacedState {
  return { id: name.toLowerCase(), name, type, position };
}

const READ: readonly (readonly [string, string, Status])[] = [
  ["Triage", "triage", "todo"],
  ["Backlog", "backlog", "todo"],
  ["Todo", "unstarted", "todo"],
  ["In Progress", "started", "in_progress"],
  ["Code review", "started", "in_review"],
  ["Blocked by others", "started", "blocked"],
  ["Shipped", "completed", "done"],
  ["Won't do", "canceled", "canceled"],
  ["Duplicate", "duplicate", "canceled"],
  ["What comes next year", "a type of next year", "todo"],
];

for (const [name, type, status] of READ) {
  Deno.test(`a state "${name}" of the type "${type}" reads as ${status}`, () => {
    assert.equal(statusIn({ name, type }, {}), status);
  });
}

Deno.test("the connection's table goes before the type, whatever the case of its names", () => {
  const words = { blocked: ["on hold"], in_review: ["QA"] };
  assert.equal(statusIn({ name: "On Hold", type: "unstarted" }, words), "blocked");
  assert.equal(statusIn({ name: "qa", type: "started" }, words), "in_review");
});

const STATES = [
  state("Triage", "triage"),
  state("Backlog", "backlog"),
  state("Later", "unstarted", 9),
  state("Todo", "unstarted", 1),
  state("In Progress", "started", 2),
  state("In Review", "started", 3),
  state("Done", "completed", 4),
  state("Released", "completed", 8),
  state("Duplicate", "duplicate", 1),
  state("Canceled", "canceled", 5),
];

const WRITTEN: readonly (readonly [Status, string])[] = [
  ["todo", "Todo"],
  ["in_progress", "In Progress"],
  ["in_review", "In Review"],
  ["done", "Done"],
  ["canceled", "Canceled"],
];

for (const [status, name] of WRITTEN) {
  Deno.test(`${status} is written as the first state by position, "${name}"`, () => {
    assert.equal(stateFor(status, STATES, {})?.name, name);
  });
}

Deno.test("a status is written as the first state that the table names and the team has", () => {
  assert.equal(stateFor("done", STATES, { done: ["Gone", "released"] })?.name, "Released");
});

Deno.test("a status for which the team has no state is not written", () => {
  assert.equal(stateFor("blocked", STATES, {}), null);
  assert.equal(stateFor("canceled", [state("Duplicate", "duplicate")], {}), null);
});

Deno.test("a label says the type, and a task needs none", () => {
  assert.equal(typeIn(["ui", "Bug"]), "bug");
  assert.equal(typeIn(["Feature"]), "story");
  assert.equal(typeIn(["ui"]), "task");
});

for (const type of ISSUE_TYPES) {
  Deno.test(`labels for ${type} read as ${type}, and keep the rest`, () => {
    for (const labels of [["ui"], ["ui", "Bug"], ["Epic", "ui", "chore"]]) {
      const after = labelsForType(type, labels);
      assert.equal(typeIn(after), type);
      assert.ok(after.includes("ui"));
    }
  });
}

Deno.test("a priority that the contract does not have is none", () => {
  assert.deepEqual([0, 1, 4, 5, 2.5].map(priorityIn), [0, 1, 4, 0, 0]);
});
