import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { isJsonObject } from "../../src/contract/field.ts";
import { NormalizedIssueSchema } from "../../src/contract/issue.ts";
import { parseWith } from "../../src/contract/parse.ts";
import { readIssue, readTolerantly } from "../../src/contract/reading/issue.ts";
import { Reading, Unreadable } from "../../src/contract/reading/reading.ts";
import { changed, placesIn } from "./changed_values.ts";
import { anIssue } from "./samples.ts";

function read(change: Record<string, unknown>) {
  const reading = new Reading("jira");
  return { issue: readIssue({ ...anIssue(), ...change }, reading), words: reading.words };
}

function field(change: Record<string, unknown>): string {
  try {
    read(change);
  } catch (error) {
    assert.ok(error instanceof Unreadable, String(error));
    return error.message;
  }
  assert.fail("it was read");
}

Deno.test("an issue as the page has it is read as it came, to the order of its members", () => {
  const issue = { ...anIssue(), extra: { deep: [1] } };
  const reading = new Reading("jira");
  assert.equal(JSON.stringify(readIssue(issue, reading)), JSON.stringify(issue));
  assert.deepEqual(reading.words, []);
});

Deno.test("an issue as the page has it is taken as a whole, not copied field by field", () => {
  const issue = { ...anIssue(), extra: { deep: [1] } };
  assert.equal(readIssue(issue, new Reading("jira")), issue);
});

/** What comes of reading an issue: its text, or the fault, and what was told of it. */
function outcomeOf(read: typeof readIssue, json: string) {
  const value: unknown = JSON.parse(json);
  assert.ok(isJsonObject(value));
  const reading = new Reading("jira");
  try {
    return { text: JSON.stringify(read(value, reading)), words: reading.words };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { fault: error.message, words: reading.words };
  }
}

/** What stands in the place of any part of an issue. */
const PARTS: readonly unknown[] = [
  ...[undefined, null, 0, 3, 1.5, -1, true, "", " ", "a", "\ud800", " padded ", [], {}, ["a", ""]],
  ...["todo", "Done", "bug", "blocks", { name: "High" }, { id: "1" }, [{ name: "a" }], [null]],
  ...["2026-02-28T23:59:59Z", "2026-02-30T00:00:00Z", "2026-02-28T24:00:00.000Z", "20260228"],
  ...["2026-13-01T00:00:00Z", "2026-02-28T09:30:00.000z", "2026-02-28T09:30:00+0100"],
  { url: "u", key: "K-1", id: "1", workspace: "w", system: "s" },
  { key: "K-1", system: "s", workspace: "w", id: "1", url: "u" },
  { id: "1", system: "s", workspace: "w", key: null, url: null, more: 1 },
  { id: "1", workspace: "w", system: "s", more: 1, key: "", url: "u" },
  [{ ref: { system: "s", workspace: "w", id: "2" }, type: "blocks" }],
];

Deno.test("an issue taken as a whole is the same as one read field by field, whatever stands in it", () => {
  const whole = {
    ...anIssue(),
    parent_ref: anIssue().ref,
    links: [{ type: "blocks", ref: anIssue().ref }],
    version: "3",
  };
  const check = (value: unknown) => {
    const json = JSON.stringify(value);
    assert.deepEqual(outcomeOf(readIssue, json), outcomeOf(readTolerantly, json), json);
  };
  for (const place of placesIn(whole)) {
    for (const part of PARTS) check(changed(whole, place, part));
  }
  const anyPart = fc.oneof(fc.constantFrom(...PARTS), fc.jsonValue());
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.constantFrom(...placesIn(whole)), anyPart), { maxLength: 3 }),
    (changes) => {
      const places = changes.map(([place]) => place.join(".")).toSorted();
      // A part of what was replaced is not there any more.
      fc.pre(
        places.every((place, at) => !places.slice(at + 1).some((one) => one.startsWith(place))),
      );
      check(changes.reduce<unknown>((value, [place, part]) => changed(value, place, part), whole));
    },
  ));
  check(JSON.parse(`{"__proto__":{"title":"no"},${JSON.stringify(whole).slice(1)}`));
});

Deno.test("an issue that has an id alone is an issue", () => {
  const issue = readIssue({ ref: { id: 4711 } }, new Reading("jira"));
  assert.deepEqual(issue, {
    ref: { system: "jira", workspace: "unknown", id: "4711" },
    title: "",
    body: null,
    status: "todo",
    issue_type: "task",
    priority: 0,
    assignees: [],
    labels: [],
    parent_ref: null,
    links: [],
    custom_fields: {},
    created_at: "1970-01-01T00:00:00.000Z",
    updated_at: "1970-01-01T00:00:00.000Z",
    provider_metadata: {},
  });
});

const NEAREST: readonly (readonly [Record<string, unknown>, Record<string, unknown>, string])[] = [
  [{ status: "Triage" }, { status: "todo" }, 'status "Triage" as todo'],
  [{ status: { id: 3, name: "Triage" } }, { status: "todo" }, 'status "Triage" as todo'],
  [{ issue_type: "Spike" }, { issue_type: "task" }, 'issue type "Spike" as task'],
  [{ priority: 7 }, { priority: 0 }, 'priority "7" as 0 (unset)'],
  [{ priority: "P1" }, { priority: 0 }, 'priority "P1" as 0 (unset)'],
];

for (const [came, is, told] of NEAREST) {
  Deno.test(`${JSON.stringify(came)} is read as the nearest, told, and kept as it came`, () => {
    const { issue, words } = read(came);
    for (const [name, value] of Object.entries(is)) assert.equal(at(issue, name), value);
    for (const [name, value] of Object.entries(came)) {
      assert.deepEqual(issue.provider_metadata[`raw_${name}`], value);
    }
    assert.deepEqual(words, [told]);
  });
}

const UNDERSTOOD: readonly (readonly [Record<string, unknown>, Record<string, unknown>])[] = [
  [{ status: "In Progress" }, { status: "in_progress" }],
  [{ status: "cancelled" }, { status: "canceled" }],
  [{ status: null }, { status: "todo" }],
  [{ issue_type: " Bug " }, { issue_type: "bug" }],
  [{ priority: null }, { priority: 0 }],
  [{ priority: "2" }, { priority: 2 }],
  [{ priority: "High" }, { priority: 2 }],
  [{ title: null }, { title: "" }],
  [{ title: 12 }, { title: "12" }],
  [{ body: undefined }, { body: null }],
  [{ assignees: null }, { assignees: [] }],
  [{ assignees: ["ada", null, ""] }, { assignees: ["ada"] }],
  [{ assignees: "ada" }, { assignees: ["ada"] }],
  [{ labels: null }, { labels: [] }],
  [{ links: null }, { links: [] }],
  [{ custom_fields: null }, { custom_fields: {} }],
  [{ updated_at: 1_772_616_600 }, { updated_at: "2026-03-04T09:30:00.000Z" }],
];

for (const [came, is] of UNDERSTOOD) {
  Deno.test(`${JSON.stringify(came)} is understood without a word`, () => {
    const { issue, words } = read(came);
    for (const [name, value] of Object.entries(is)) assert.deepEqual(at(issue, name), value);
    assert.deepEqual(words, []);
  });
}

Deno.test("people and labels that come as objects are read by their names, and kept", () => {
  const assignees = [{ id: 1, display_name: "Ada" }, "bob"];
  const labels = [{ name: "urgent", color: "red" }];
  const { issue } = read({ assignees, labels });
  assert.deepEqual(issue.assignees, ["Ada", "bob"]);
  assert.deepEqual(issue.labels, ["urgent"]);
  assert.deepEqual(issue.provider_metadata["raw_assignees"], assignees);
  assert.deepEqual(issue.provider_metadata["raw_labels"], labels);
});

Deno.test("a rich text is read as its text, block by block, and kept; one without text is none", () => {
  const body = {
    type: "doc",
    content: [
      {
        type: "paragraph",
        content: [{ type: "text", text: "One " }, { type: "text", text: "two" }],
      },
      { type: "bulletList", content: [{ type: "listItem", content: [{ text: "three" }] }] },
    ],
  };
  const { issue, words } = read({ body });
  assert.equal(issue.body, "One two\nthree");
  assert.deepEqual(issue.provider_metadata["raw_body"], body);
  assert.deepEqual(words, ["body in a form of its own as plain text"]);
  assert.equal(read({ body: { raw: "*x*", html: "<b>x</b>" } }).issue.body, "*x*");
  assert.equal(read({ body: { type: "doc", content: [] } }).issue.body, null);
});

Deno.test("an unknown link is read as related, one that leads nowhere is left out, and both are kept", () => {
  const links = [
    { type: "clones", ref: { id: "B" } },
    { type: "blocks", ref: { key: "no id" } },
    { type: "blocks", ref: "C" },
  ];
  const { issue, words } = read({ links });
  assert.deepEqual(issue.links.map(({ type, ref }) => [type, ref.id]), [
    ["relates_to", "B"],
    ["blocks", "C"],
  ]);
  assert.equal(issue.links[0]?.ref.workspace, issue.ref.workspace);
  assert.deepEqual(issue.provider_metadata["raw_links"], links);
  assert.equal(words.length, 2);
});

Deno.test("a parent without an id is none, and is kept", () => {
  const { issue } = read({ parent_ref: { key: "A" } });
  assert.equal(issue.parent_ref, null);
  assert.deepEqual(issue.provider_metadata["raw_parent_ref"], { key: "A" });
});

Deno.test("what cannot be understood names its field", () => {
  assert.equal(field({ ref: null }), "`ref` is missing");
  assert.equal(field({ ref: { key: "WEB-1" } }), "`ref.id` is missing");
  assert.equal(field({ ref: { id: " " } }), "`ref.id` must not be blank");
  assert.equal(field({ title: [] }), "`title` must be a string, not a list");
  assert.equal(field({ assignees: [true] }), "`assignees` must hold names, not true");
  assert.equal(
    field({ updated_at: "yesterday" }),
    '`updated_at` must be a time that names one instant, not "yesterday"',
  );
});

Deno.test("whatever an issue holds, it is read as one that can be stored, or names a field", () => {
  const names = Object.keys(anIssue());
  const change = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  fc.assert(fc.property(change, (change) => {
    try {
      const { issue } = read(change);
      const stored: unknown = JSON.parse(JSON.stringify(issue));
      const parsed = parseWith(NormalizedIssueSchema, stored);
      assert.ok(parsed.ok, parsed.ok ? "" : `${parsed.path} ${parsed.message}`);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      assert.ok(names.includes(error.field.split(".")[0] ?? ""), error.field);
    }
  }));
});

function at(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}
