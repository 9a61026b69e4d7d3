import assert from "node:assert/strict";
import {
  ISSUE_TYPES,
  type NormalizedIssue,
  PRIORITIES,
  type Priority,
  STATUSES,
} from "../../src/contract/issue.ts";
import {
  type IssueFilter,
  type IssueSort,
  markedPosition,
  positionMark,
  restriction,
} from "../../src/store/issue_filter.ts";
import { SORT_FIELDS } from "../../src/store/sort_fields.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { testPlatform } from "../support/platform.ts";
import fc from "../support/properties.ts";
import { anIssue } from "./issue_fixture.ts";

const NAMES = ["ada", "Ada", "bo", "ÿ 日本"] as const;
const TIMES = ["2026-01-02T03:04:05Z", "2026-01-02T05:04:05+02:00", "2026-01-02T03:04:05.5Z"];
const PARENT = { system: "beads", workspace: "w", id: "0" };

const issues: fc.Arbitrary<NormalizedIssue[]> = fc.uniqueArray(
  fc.record({
    id: fc.nat({ max: 200 }),
    key: fc.constantFrom("WEB-", "web-", "API-", null),
    title: fc.constantFrom("a", "B", "b 100%", "under_score", "ÄÖ"),
    status: fc.constantFrom(...STATUSES),
    issue_type: fc.constantFrom(...ISSUE_TYPES),
    priority: fc.constantFrom(...PRIORITIES),
    assignees: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
    labels: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
    parent_ref: fc.constantFrom(null, PARENT),
    created_at: fc.constantFrom(...TIMES),
    updated_at: fc.constantFrom(...TIMES),
  }),
  { selector: ({ id }) => id, maxLength: 30 },
).map((drafts) =>
  drafts.map(({ id, key, ...more }) =>
    anIssue(String(id), {
      ...more,
      ref: { system: "beads", workspace: "w", id: String(id), key: key === null ? null : key + id },
    })
  )
);

const some = <T>(values: readonly T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { maxLength: 2 }), { nil: undefined });
const sorts: fc.Arbitrary<IssueSort> = fc.record({
  by: fc.constantFrom(...SORT_FIELDS),
  descending: fc.boolean(),
});
const filters: fc.Arbitrary<IssueFilter> = fc.record({
  status: some(STATUSES),
  issueType: some(ISSUE_TYPES),
  priority: some(PRIORITIES),
  assignees: some(["ADA", "bo", "ÿ 日本", ""]),
  labels: some(["ADA", "bo"]),
  parent: fc.option(fc.constantFrom("0", "1"), { nil: undefined }),
  updatedSince: fc.option(fc.constant(Date.parse("2026-01-02T03:04:05.2Z")), { nil: undefined }),
  text: fc.option(fc.constantFrom("b", "%", "_", " ", "WEB-1", "nothing"), { nil: undefined }),
}).map((filter) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
);

/** The letters of ASCII in lower case, as SQLite folds them. */
function folded(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function passes(issue: NormalizedIssue, filter: IssueFilter): boolean {
  const among = <T>(value: T, wanted: readonly T[] | undefined) =>
    wanted === undefined || wanted.length === 0 || wanted.includes(value);
  const has = (values: readonly string[], name: string) =>
    values.some((value) => folded(value) === folded(name));
  const { assignees = [], labels = [], text = "" } = filter;
  const texts = [issue.title, issue.ref.id, issue.ref.key ?? "", issue.body ?? ""];
  return among(issue.status, filter.status) && among(issue.issue_type, filter.issueType) &&
    among(issue.priority, filter.priority) &&
    (assignees.length === 0 ||
      assignees.some((name) =>
        name === "" ? issue.assignees.length === 0 : has(issue.assignees, name)
      )) &&
    labels.every((label) => has(issue.labels, label)) &&
    (filter.parent === undefined || issue.parent_ref?.id === filter.parent) &&
    Date.parse(issue.updated_at) >= (filter.updatedSince ?? 0) &&
    texts.some((one) => folded(one).includes(folded(text.trim())));
}

function rank(issue: NormalizedIssue, by: IssueSort["by"]): readonly (string | number)[] {
  switch (by) {
    case "key": {
      const name = issue.ref.key ?? issue.ref.id;
      const prefix = name.replace(/\d*$/, "");
      return [folded(prefix), Number(name.slice(prefix.length))];
    }
    case "title":
      return [folded(issue.title)];
    case "status":
      return [STATUSES.indexOf(issue.status)];
    case "priority":
      return [issue.priority === 0 ? 5 : issue.priority];
    case "updated":
      return [Date.parse(issue.updated_at)];
    case "created":
      return [Date.parse(issue.created_at)];
  }
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? "";
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

Deno.test("a list has the issues that pass its filter, in its order, page by page", () =>
  fc.assert(
    fc.asyncProperty(
      issues,
      filters,
      sorts,
      fc.integer({ min: 1, max: 7 }),
      async (given, filter, sort, limit) => {
        using store = await IssueStore.openEmpty(testPlatform("/nowhere"));
        store.putPage(given);
        const wanted = given.filter((issue) => passes(issue, filter)).toSorted((a, b) =>
          compare(rank(a, sort.by), rank(b, sort.by)) * (sort.descending ? -1 : 1) ||
          compare([a.ref.id], [b.ref.id])
        ).map(({ ref }) => ref.id);
        const idsOf = (found: readonly NormalizedIssue[]) => found.map(({ ref }) => ref.id);
        assert.deepEqual(idsOf(store.list({ ...filter, sort })), wanted);
        const read: string[] = [];
        for (let page = store.issues.page({ ...filter, sort, limit });;) {
          assert.equal(page.total, wanted.length);
          read.push(...idsOf(page.issues));
          if (page.next === null) break;
          assert.equal(page.issues.length, limit);
          const after = markedPosition(positionMark(page.next, sort), sort);
          assert.ok(after !== null);
          page = store.issues.page({ ...filter, sort, limit, after });
        }
        assert.deepEqual(read, wanted);
      },
    ),
    { numRuns: 300 },
  ));

Deno.test("a field of which the edit was refused counts as it is at the tracker", async () => {
  using store = await IssueStore.openEmpty(testPlatform("/nowhere"));
  const base = anIssue("a", { labels: ["old"], priority: 3, assignees: ["ada"] });
  const priority: Priority = 1;
  const fault = { code: "forbidden", message: "No", at: 2 };
  store.issues.put({
    issue: { ...base, labels: ["new"], priority, assignees: [] },
    base,
    edits: { labels: { at: 1, fault }, priority: { at: 1, fault }, assignees: { at: 1 } },
    seenAt: null,
  });
  const found = (filter: IssueFilter) => store.list(filter).length;
  assert.equal(found({ labels: ["old"], priority: [3], assignees: [""] }), 1);
  assert.equal(found({ labels: ["new"] }), 0);
  assert.equal(found({ priority: [1] }), 0);
  assert.equal(found({ assignees: ["ada"] }), 0);
});

Deno.test("a mark of another order, or no mark, names no position", () => {
  const sort: IssueSort = { by: "title", descending: false };
  const mark = positionMark(["ÿ", "id"], sort);
  assert.match(mark, /^[\w-]+$/);
  assert.deepEqual(markedPosition(mark, sort), ["ÿ", "id"]);
  assert.equal(markedPosition(mark, { ...sort, descending: true }), null);
  assert.equal(markedPosition(mark), null);
  for (const word of ["", "!", "bnVsbA", "W10", positionMark([1], sort), `${mark}x`]) {
    assert.equal(markedPosition(word, sort), null, word);
  }
  const nested = btoa(JSON.stringify(["title", false, ["a"], "b"])).replaceAll("=", "");
  assert.equal(markedPosition(nested, sort), null);
});

Deno.test("a body is read for two letters only where the JSON has them, and none that has them is missed", async () => {
  const ruledOut = (text: string) => restriction({ text }).where.includes("(json LIKE ");
  // Letters of the names that every issue has, and what stands in JSON in another way, rule nothing out.
  assert.deepEqual(["zq", "Z", "as", '"', "\\", "é", "\u007f", "zqx"].map(ruledOut), [
    ...[true, true, false, false, false, false, false, false],
  ]);
  using store = await IssueStore.openEmpty(testPlatform("/nowhere"));
  const characters = [..."zqZQ%_'/~ \"\\", "\n", "\0", "\u007f", "é", "\u212a", "\ud800", "😀"];
  const texts = fc.array(fc.constantFrom(...characters), { minLength: 1, maxLength: 5 })
    .map((all) => all.join(""));
  fc.assert(fc.property(texts, texts, (body, text) => {
    const [one, two] = [
      anIssue("1", { title: "A", body }),
      anIssue("2", { title: body, body: "" }),
    ];
    store.putPage([one, two]);
    // What is found of a title, which is no JSON, is found of a body.
    const found = store.list({ text: text.slice(0, 2) }).map(({ ref }) => ref.id);
    assert.equal(found.includes("1"), found.includes("2"), JSON.stringify([body, text]));
  }));
});
