import assert from "node:assert/strict";
import {
  fileUrl,
  objectiveOf,
  ticketBody,
  ticketTitle,
} from "../../../src/missions/packages/ticket_text.ts";

Deno.test("A ticket is called by the id of its package and its title", () => {
  assert.equal(ticketTitle({ wpId: "WP01", title: "Index  words\n" }), "WP01 Index words");
  assert.equal(ticketTitle({ wpId: "WP01", title: "WP01" }), "WP01");
});

Deno.test("A title is cut to what every tracker takes, between two characters", () => {
  const title = ticketTitle({ wpId: "WP01", title: "𝒳".repeat(400) });
  assert.equal([...title].length, 200);
  assert.ok(title.endsWith("𝒳…"));
});

Deno.test("The objective is what stands below its heading, up to the next one of its level", () => {
  const text = [
    "---",
    "title: T",
    "---",
    "# WP01",
    "> Read this first",
    "## Objectives & Success Criteria",
    "- one",
    "### More",
    "- two",
    "## Steps",
    "- three",
  ].join("\n");
  assert.equal(objectiveOf(text), "- one\n### More\n- two");
});

Deno.test("Without such a heading the first paragraph is the objective, without comments", () => {
  assert.equal(
    objectiveOf("# WP01\n\n<!-- hidden -->\n\nFirst.\r\nSecond.\n\nThird."),
    "First.\nSecond.",
  );
});

Deno.test("A body without an objective names the file and the mission alone", () => {
  const parts = { text: "# WP01\n", path: "tasks/WP01.md", url: null, mission: "001-x" };
  assert.equal(ticketBody(parts), "Work package of the mission `001-x`: `tasks/WP01.md`");
});

Deno.test("A text of a million comments without an end, or of blank lines, takes one look each", () => {
  assert.equal(objectiveOf(`Why.\n\n${"<!--".repeat(1_000_000)}`), "Why.");
  assert.equal(
    objectiveOf(`# Goal\n\nWhy.${"\n".repeat(1_000_000)}more\n\n---\n`).slice(0, 4),
    "Why.",
  );
  assert.equal(objectiveOf("# Goal\n\n<!-- a -->Why.<!-- b -->\n\n---\n\n"), "Why.");
});

Deno.test("A body links the file where the server shows files", () => {
  const url = "https://github.com/acme/web/blob/HEAD/tasks/WP01.md";
  const body = ticketBody({ text: "Why.", path: "tasks/WP01.md", url, mission: "001-x" });
  assert.equal(
    body,
    `Why.\n\n---\n\nWork package of the mission \`001-x\`: [tasks/WP01.md](${url})`,
  );
});

for (
  const [origin, expected] of [
    ["https://github.com/acme/web.git", "https://github.com/acme/web/blob/HEAD/a%20b.md"],
    ["git@github.com:acme/web.git", "https://github.com/acme/web/blob/HEAD/a%20b.md"],
    [
      "ssh://git@gitlab.acme.example:2222/a/b/c",
      "https://gitlab.acme.example/a/b/c/-/blob/HEAD/a%20b.md",
    ],
    ["https://ann:secret@github.com/acme/web", "https://github.com/acme/web/blob/HEAD/a%20b.md"],
    ["https://git.acme.example/acme/web", null],
    ["/srv/git/web.git", null],
    [null, null],
  ] as const
) {
  Deno.test(`A file of the repository ${origin} has the address ${expected}`, () => {
    assert.equal(fileUrl(origin, "a b.md"), expected);
  });
}
