import assert from "node:assert/strict";
import {
  type FrontMatter,
  partFrontMatter,
  readFrontMatter,
  readParsed,
  readPlain,
} from "../../../src/missions/packages/front_matter.ts";
import { TrackerError } from "../../../src/platform/tracker_error.ts";
import fc from "../../support/properties.ts";

/** What programs write into front matters, and what they rarely do. */
const LINES = [
  "work_package_id: WP01",
  'work_package_id: "WP02"',
  "title: Plain words",
  "title: 'Quoted words'",
  "title: It has: a colon",
  "title: true",
  "title: 12",
  "title: null",
  "title: >-",
  "title: One # two",
  "title: |",
  "title:",
  'title: "with \\u0041"',
  "title: &a Anchor",
  "title: *a",
  "lane: doing",
  "lane: doing  # now",
  'lane: "for_review"',
  "lane: ~",
  "dependencies: []",
  "dependencies: [WP01, WP02]",
  'dependencies: ["WP01", WP02]',
  "dependencies: [[WP01]]",
  "dependencies:",
  "dependencies: WP01, WP02",
  "subtasks:",
  "tracker_refs: {id: A-1}",
  "tracker_refs:",
  "- WP03",
  "  - WP04",
  "  - 'T101'",
  "  - id: T102",
  "    title: deeper",
  "    - deepest",
  "- [a]",
  "-",
  "phase: Phase 1 - Setup",
  "phase: 'it''s",
  '  goes on"',
  "agent: claude:opus:x",
  'agent: "claude:opus"',
  "history:",
  "- at: '2026-02-08T12:00:00+00:00'",
  "  action: |",
  "    title: not this one",
  "notes: >-",
  "  title: nor this one",
  "owned_files: [a.ts, 'b.ts']",
  "owned_files: [a.ts,",
  "  b.ts]",
  "created_at: 2026-02-08T12:00:00Z",
  "shell_pid: 12345",
  "<<: *a",
  "# a comment",
  "",
  "  indented",
  "\ttab: x",
  "? complex",
  "...",
  "%TAG",
  "---",
];

Deno.test("what is read line by line is what the library reads", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...LINES), { maxLength: 9 }), async (lines) => {
      const yaml = `${lines.join("\n")}\n`;
      const plain = readPlain(yaml);
      if (plain === null) return;
      const parsed = await orNull(readParsed("WP01.md", yaml));
      if (parsed === null) return;
      compared++;
      assert.deepEqual(plain, parsed, yaml);
    }),
    { numRuns: 3000 },
  );
  assert.ok(compared > 300, `${compared} were compared`);
});

async function orNull(reading: Promise<FrontMatter>): Promise<FrontMatter | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TrackerError) return null;
    throw error;
  }
}

Deno.test("what spec-kitty writes needs no library", () => {
  const yaml = [
    "work_package_id: WP01",
    "title: Read the form",
    "dependencies:",
    "- WP02",
    "requirement_refs: [R-001, R-002]",
    "planning_base_branch: main  # when it was generated",
    "branch_strategy: 'Planned on main: merged into main.'",
    "subtasks:",
    "- T101",
    "- T102",
    "assignee: ''",
    'agent: "claude:opus:implementer"',
    "history:",
    "- at: '2026-02-08T12:00:00+00:00'",
    "  actor: system",
    "tracker_refs: []",
    "",
  ].join("\n");
  assert.deepEqual(readPlain(yaml), {
    work_package_id: "WP01",
    title: "Read the form",
    lane: null,
    dependencies: ["WP02"],
    subtasks: ["T101", "T102"],
    tracker_refs: [],
  });
});

Deno.test("lists may be texts and mappings, and a front matter may have any form of YAML", async () => {
  const yaml = "title: >-\n  Two\n  lines\nsubtasks:\n- {id: T101, title: x}\n- T102\n- [3]\n" +
    "tracker_refs: A-1, B-2\ndependencies: {WP01: x}\n";
  assert.deepEqual(await readFrontMatter("WP01.md", yaml), {
    work_package_id: null,
    title: "Two lines",
    lane: null,
    dependencies: [],
    subtasks: ["T101", "T102"],
    tracker_refs: ["A-1", "B-2"],
  });
  await assert.rejects(readFrontMatter("WP01.md", "title: [\n"), { code: "config_invalid" });
});

Deno.test("a front matter stands between its lines at the top alone", () => {
  const part = (text: string) => Object.values(partFrontMatter(text));
  assert.deepEqual(part("---\na: b\n---\nbody"), ["a: b\n", "body"]);
  assert.deepEqual(part("\uFEFF---\r\na: b\r\n---\r\nbody"), ["a: b\r\n", "body"]);
  assert.deepEqual(part("---\n---"), ["", ""]);
  assert.deepEqual(part("# x\n---\na: b\n---\n"), [null, "# x\n---\na: b\n---\n"]);
  assert.deepEqual(part("---\na: b\n"), [null, "---\na: b\n"]);
});

Deno.test("A million blanks in a line take one look each", () => {
  const blanks = " ".repeat(1_000_000);
  assert.deepEqual(readPlain(`note: a${blanks}b\nlane: doing\n`)?.lane, "doing");
  assert.deepEqual(readPlain(`note:${blanks}\u2028a\nlane: doing\n`), null);
});
