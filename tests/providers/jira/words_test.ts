import assert from "node:assert/strict";
import { sidesOf } from "../../../src/providers/jira/link_words.ts";
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
  const translated = ["Epos", "エピック", "Fehler", "Ошибка", "Récit", "ストーリー", "Aufgabe"];
  assert.deepEqual(translated.map((name) => typeIn({ id: name, name, subtask: false })), [
    "epic",
    "epic",
    "bug",
    "bug",
    "story",
    "story",
    "task",
  ]);
  assert.equal(typeFor("story", types)?.name, "Story");
  assert.equal(typeFor("epic", types)?.name, "Epic");
  assert.equal(typeFor("subtask", types)?.name, "Sub-task");
  assert.equal(typeFor("bug", []), null);
  assert.equal(typeFor("epic", types.slice(0, 1))?.name, "Initiative");
});

Deno.test("priorities go by their names, and a name that means nothing says nothing", () => {
  assert.equal(priorityIn("Highest"), 1);
  assert.equal(priorityIn("lowest"), 4);
  assert.equal(priorityIn("Frobnicated"), null);
  assert.equal(priorityIn("Not set"), 0);
  const names = ["Blocker", "Major", "Minor", "Trivial"];
  assert.equal(priorityFor(1, names), "Blocker");
  assert.equal(priorityFor(4, names), "Minor");
  assert.equal(priorityFor(3, names), null);
});

const sides = (name: string, outward: string, inward = "") => {
  const said = sidesOf({ name, inward, outward });
  return [said.outward, said.inward];
};

Deno.test("a kind of link is read by its words, and one that says no direction is none", () => {
  assert.deepEqual(sides("Blocks", "blocks"), ["blocks", "blocked_by"]);
  assert.deepEqual(sides("Dependency", "is blocking"), ["blocks", "blocked_by"]);
  assert.deepEqual(sides("Impediment", "is blocked by"), ["blocked_by", "blocks"]);
  assert.deepEqual(sides("Impediment", "hinders", "is blocked by"), ["blocks", "blocked_by"]);
  assert.deepEqual(sides("Duplicate", "duplicates"), ["duplicates", null]);
  assert.deepEqual(sides("Duplicate", "is duplicated by"), [null, "duplicates"]);
  assert.deepEqual(sides("Relates", "relates to"), ["relates_to", "relates_to"]);
  assert.deepEqual(sides("Reference", "is related to"), ["relates_to", "relates_to"]);
  assert.deepEqual(sides("Related", "see also", "see also"), ["relates_to", "relates_to"]);
  const without = [
    ["Blocked", "Blocked", "Blocked"],
    ["Blocks", "blocks", "blocks"],
    ["Blocks", "blocks", "duplicates"],
    ["Cloners", "clones", "is cloned by"],
    ["Blockiert", "steht im Weg", "Weg ist frei"],
  ] as const;
  for (const [name, outward, inward] of without) {
    assert.deepEqual(sides(name, outward, inward), [null, null], `${outward}, ${inward}`);
  }
});

type Pair = readonly [outward: string, inward: string];

const LANGUAGES: readonly (readonly [string, Pair, Pair | null, string])[] = [
  ["German", ["blockiert", "wird blockiert durch"], [
    "dupliziert",
    "wird dupliziert von",
  ], "bezieht sich auf"],
  ["French", ["bloque", "est bloqué(e) par"], ["duplique", "est dupliqué par"], "est lié à"],
  ["Spanish", ["bloquea", "está bloqueada por"], [
    "duplica",
    "está duplicada por",
  ], "se relaciona con"],
  ["Portuguese", ["bloqueia", "é bloqueado por"], [
    "duplica",
    "é duplicado por",
  ], "relaciona-se com"],
  ["Polish", ["blokuje", "jest blokowane przez"], [
    "duplikuje",
    "jest duplikowane przez",
  ], "dotyczy"],
  ["Russian", ["блокирует", "блокируется"], ["дублирует", "дублируется"], "связан с"],
  ["Japanese", ["ブロックする", "ブロックされている"], null, "関連している"],
  ["Chinese", ["阻塞", "被阻塞"], ["重复", "被重复"], "相关"],
];

for (const [language, [blocks, blocked], duplicates, relates] of LANGUAGES) {
  Deno.test(`the words of a site that was set up in ${language} are understood`, () => {
    assert.deepEqual(sides("?", blocks, blocked), ["blocks", "blocked_by"]);
    assert.deepEqual(sides("?", blocked, blocks), ["blocked_by", "blocks"]);
    assert.deepEqual(sides("?", ` ${blocks.toUpperCase()}`, blocked), ["blocks", "blocked_by"]);
    assert.deepEqual(sides("?", relates, relates), ["relates_to", "relates_to"]);
    if (duplicates === null) return;
    assert.deepEqual(sides("?", duplicates[0], duplicates[1]), ["duplicates", null]);
  });
}
