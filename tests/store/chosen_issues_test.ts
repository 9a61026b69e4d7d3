import assert from "node:assert/strict";
import {
  ISSUE_TYPES,
  type NormalizedIssue,
  PRIORITIES,
  type Priority,
  STATUSES,
} from "../../src/contract/issue.ts";
import { type Database, inTransaction } from "../../src/platform/database.ts";
import { ChosenIssues } from "../../src/store/chosen_issues.ts";
import { shownIssue } from "../../src/store/edits.ts";
import type { IssueFilter, IssueSort } from "../../src/store/issue_filter.ts";
import { IssueTable } from "../../src/store/issues.ts";
import { Statements } from "../../src/store/rows.ts";
import { STORE_MIGRATIONS } from "../../src/store/schema.ts";
import { SORT_FIELDS } from "../../src/store/sort_fields.ts";
import { WordIndex } from "../../src/store/word_index.ts";
import { testPlatform } from "../support/platform.ts";
import fc from "../support/properties.ts";
import { anIssue } from "./issue_fixture.ts";

/** Lists that read every issue. */
const SCAN = {
  words: { proposed: () => null, share: () => 1 },
  chosen: { choose: () => null, referenced: () => null },
};

/** A store whose segments are of so few issues, and the same one read without them. */
interface Chosen extends Disposable {
  readonly database: Database;
  readonly index: WordIndex;
  readonly issues: IssueTable;
  readonly scanned: IssueTable;
  /** How many lists were read by the columns. */
  readonly chosen: () => number;
}

async function chosenStore(fewest: number): Promise<Chosen> {
  const database = await testPlatform("/nowhere").openDatabase(":memory:", {
    migrations: STORE_MIGRATIONS,
  });
  const columns = new ChosenIssues(new Statements(database));
  let chosen = 0;
  return {
    database,
    index: new WordIndex(database, { fewest, first: fewest }),
    issues: new IssueTable(database, {
      chosen: {
        choose(filter) {
          const found = columns.choose(filter);
          if (found !== null) chosen++;
          return found;
        },
        referenced: (prefix) => columns.referenced(prefix),
      },
    }),
    scanned: new IssueTable(database, SCAN),
    chosen: () => chosen,
    [Symbol.dispose]: () => database.close(),
  };
}

/** Names that are compared in their own ways: case, accents, halves of characters, what comes after a NUL. */
const NAMES = [
  "ada",
  "Ada",
  "bo",
  "ÿ 日本",
  "É",
  "é",
  "\ud800",
  "\ufffd",
  "a\0b",
  "A\0c",
  "a\0bc",
  "",
];
const TITLES = [
  "a",
  "B",
  "b 100%",
  "ÄÖ",
  "ä",
  "Update the importer",
  "update the importer",
  "update the exporter",
  "update thé",
  "update the 😀",
  "update the\ud83d",
  "\uffff",
  "😀",
  "a\0b",
  "A\0c",
  "",
];
const TIMES = [
  "2026-01-02T03:04:05Z",
  "2026-01-02T05:04:05+02:00",
  "2026-01-02T03:04:05.5Z",
  "2026-01-02T03:04:05.4996Z",
  "2026-01-02T03:04:05.499999999+00:00",
  "2026-01-02T05:04:05+0200",
  "2026-01-02T20:04:05+15:00",
  "1970-01-01T00:00:00Z",
];
const KEYS = ["WEB-", "web-", "API-", "Ä😀-", "\uffff-", "9", "", null];
const PARENTS = [null, "0", "1", "é"];

/** What is done to the store. */
interface Step {
  readonly kind: "put" | "page" | "edit" | "refuse" | "remove" | "index";
  readonly id: number;
  /** Whether the first issue of a page comes again as its second. */
  readonly repeats: boolean;
  readonly key: string | null;
  readonly parent: string | null;
  readonly issue: Omit<
    NormalizedIssue,
    "ref" | "parent_ref" | "body" | "links" | "custom_fields" | "provider_metadata"
  >;
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    // Most are stored: what is removed most often is nothing.
    kind: fc.constantFrom("put", "page", "page", "page", "edit", "refuse", "remove", "index"),
    id: fc.nat({ max: 40 }),
    repeats: fc.boolean(),
    key: fc.constantFrom(...KEYS),
    parent: fc.constantFrom(...PARENTS),
    issue: fc.record({
      title: fc.constantFrom(...TITLES),
      status: fc.constantFrom(...STATUSES),
      issue_type: fc.constantFrom(...ISSUE_TYPES),
      priority: fc.constantFrom(...PRIORITIES),
      assignees: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
      labels: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }),
      created_at: fc.constantFrom(...TIMES),
      updated_at: fc.constantFrom(...TIMES),
    }),
  }),
  { maxLength: 40 },
);

const some = <T>(values: readonly T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }), {
    nil: undefined,
    freq: 2,
  });
const sorts: fc.Arbitrary<IssueSort> = fc.record({
  by: fc.constantFrom(...SORT_FIELDS),
  descending: fc.boolean(),
});
const filters: fc.Arbitrary<IssueFilter> = fc.record({
  status: some(STATUSES),
  issueType: some(ISSUE_TYPES),
  priority: some(PRIORITIES),
  assignees: some([...NAMES, "ADA"]),
  labels: some([...NAMES, "ADA"]),
  parent: fc.option(fc.constantFrom("0", "1", "é"), { nil: undefined }),
  updatedSince: fc.option(fc.constant(Date.parse("2026-01-02T03:04:05.2Z")), { nil: undefined }),
  sort: fc.option(sorts, { nil: undefined }),
}).map((filter) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
);

function made({ id, key, parent, issue }: Step, number = id): NormalizedIssue {
  const ref = { system: "beads", workspace: "w", id: `iss-${number % 40}` };
  return anIssue(ref.id, {
    ...issue,
    ref: { ...ref, key: key === null ? null : `${key}${number}` },
    parent_ref: parent === null ? null : { ...ref, id: parent },
    provider_metadata: number % 3 === 0 ? { external_ref: `wp:${number}` } : {},
  });
}

const FAULT = { code: "forbidden", message: "No", at: 2 };

function apply({ database, issues, index }: Chosen, step: Step): void {
  if (step.kind === "index") return index.catchUp();
  const base = made(step);
  if (step.kind === "remove") return issues.remove(base.ref.id);
  const put = (issue: NormalizedIssue) =>
    issues.put({ issue, base: issue, edits: {}, seenAt: null });
  if (step.kind === "put") return void put(base);
  if (step.kind === "page") {
    return inTransaction(
      database,
      () =>
        index.addPage(
          Array.from({ length: 7 }, (_, at) => {
            const isAgain = step.repeats && at === 1;
            const issue: NormalizedIssue = {
              ...made(step, step.id + (isAgain ? 0 : at)),
              priority: at === 0 ? 1 : 2,
            };
            return { row: put(issue), issue, texts: [issue.title] };
          }),
        ),
    );
  }
  const priority: Priority = 3;
  const issue = {
    ...base,
    title: "ours",
    labels: ["ours"],
    priority,
    assignees: [],
    parent_ref: null,
  };
  const fault = step.kind === "refuse" ? { fault: FAULT } : {};
  const edit = { at: 1, ...fault };
  issues.put({
    issue,
    base,
    edits: { title: edit, labels: edit, priority: edit, assignees: edit, parent: { at: 1 } },
    seenAt: null,
  });
}

function idsOf(found: readonly NormalizedIssue[]): string[] {
  return found.map(({ ref }) => ref.id);
}

Deno.test("a list by the columns has what reading every issue finds, in the same order, page by page", async () => {
  let chosen = 0;
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.array(filters, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 7 }),
      async (made, wanted, fewest, limit) => {
        using store = await chosenStore(fewest);
        const { issues, scanned, database, index } = store;
        for (const step of made) apply(store, step);
        for (const filter of wanted) {
          assert.deepEqual(
            idsOf(issues.list({ ...filter, limit })),
            idsOf(scanned.list({ ...filter, limit })),
          );
          for (let page = issues.page({ ...filter, limit }), pages = 0;; pages++) {
            const { after, ...rest }: IssueFilter = filter;
            assert.equal(after, undefined);
            assert.equal(page.total, scanned.page({ ...rest, limit }).total);
            if (page.next === null) break;
            assert.ok(pages < 50, JSON.stringify(page.next));
            const next = { ...rest, limit, after: page.next };
            const found = issues.page(next);
            assert.deepEqual(found, scanned.page(next));
            page = found;
          }
          assert.deepEqual(issues.page({ ...filter, limit }), scanned.page({ ...filter, limit }));
        }
        const { indexed } = database.prepare("SELECT indexed FROM issue_words_place").get() ?? {};
        index.checkUp();
        assert.equal(
          database.prepare("SELECT indexed FROM issue_words_place").get()?.["indexed"],
          indexed,
          "what the segments know can always be relied on",
        );
        chosen += store.chosen();
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(chosen > 500, `${chosen} lists were read by the columns`);
});

Deno.test("references are found by the columns as by reading every issue", () =>
  fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (made, fewest) => {
      using store = await chosenStore(fewest);
      for (const step of made) apply(store, step);
      for (const prefix of ["wp:", "wp:1", "nothing"]) {
        const wanted = store.scanned.all().map(({ issue }) => issue)
          .flatMap(({ ref, created_at, provider_metadata: { external_ref } }) =>
            typeof external_ref === "string" && external_ref.startsWith(prefix)
              ? [{ id: ref.id, rest: external_ref.slice(prefix.length), created_at }]
              : []
          ).toSorted((a, b) =>
            a.created_at < b.created_at
              ? -1
              : a.created_at > b.created_at
              ? 1
              : a.id < b.id
              ? -1
              : 1
          ).map(({ id, rest }) => ({ id, rest }));
        assert.deepEqual(store.issues.referenced(prefix), wanted);
      }
    }),
    { numRuns: 100 },
  ));

Deno.test("the columns have an issue as it is at the tracker where an edit was refused", async () => {
  using store = await chosenStore(1);
  const base = anIssue("a", { labels: ["old"] });
  const stored = {
    issue: { ...base, labels: ["new"] },
    base,
    edits: { labels: { at: 1, fault: FAULT } },
    seenAt: null,
  };
  store.issues.put(stored);
  for (const id of ["b", "c"]) {
    store.issues.put({ issue: anIssue(id), base: anIssue(id), edits: {}, seenAt: null });
  }
  store.index.catchUp();
  assert.deepEqual(shownIssue(stored).labels, ["old"]);
  assert.equal(store.issues.page({ labels: ["OLD"], limit: 1 }).total, 1);
  assert.equal(store.issues.page({ labels: ["new"], limit: 1 }).total, 0);
  assert.equal(store.chosen(), 2);
});

Deno.test("a list comes to its end where titles and keys have a NUL", async () => {
  using store = await chosenStore(1);
  for (const [id, title] of [["x", "a\0b"], ["y", "a\0c"], ["z", "\ufeffa\0"]] as const) {
    const ref = { system: "beads", workspace: "w", id, key: title };
    const issue = anIssue(id, { title, ref });
    store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
  }
  for (const by of ["title", "key"] as const) {
    for (const descending of [false, true]) {
      const filter = { sort: { by, descending }, limit: 1 };
      const found: string[] = [];
      let page = store.issues.page(filter);
      for (
        ;
        page.next !== null && found.length < 3;
        page = store.issues.page({ ...filter, after: page.next })
      ) {
        found.push(...idsOf(page.issues));
      }
      assert.deepEqual(
        [...found, ...idsOf(page.issues)],
        descending ? ["z", "y", "x"] : ["x", "y", "z"],
      );
    }
  }
});
