import assert from "node:assert/strict";
import { difference, stepsOf } from "../../scripts/docs_steps.ts";

const FENCE = "```";

Deno.test("a console block is one step for each command, with what it prints", () => {
  const { steps, faults } = stepsOf(page(
    `${FENCE}console`,
    "$ first",
    "one",
    "two",
    "$ second",
    FENCE,
  ));
  assert.deepEqual(faults, []);
  assert.deepEqual(
    steps.map(({ line, kind, command, expected }) => [line, kind, command, expected]),
    [
      [2, "console", "first", ["one", "two"]],
      [5, "console", "second", []],
    ],
  );
});

Deno.test("a command continues over several lines", () => {
  const [step] =
    stepsOf(page(`${FENCE}console`, "$ cat <<'END'", "> text", "> END", "text", FENCE)).steps;
  assert.equal(step?.command, "cat <<'END'\ntext\nEND");
  assert.deepEqual(step?.expected, ["text"]);
});

Deno.test("every command must succeed, unless the page says or shows its exit code", () => {
  const codes = (info: string, ...lines: string[]) =>
    stepsOf(page(`${FENCE}console${info}`, ...lines, FENCE)).steps.map(({ exitCode }) => exitCode);
  assert.deepEqual(codes("", "$ a", "$ b"), [0, 0]);
  assert.deepEqual(codes(" exit=2", "$ a", "$ b"), [0, 2]);
  assert.deepEqual(codes("", "$ a", "$ echo $?", "1"), [null, 0]);
});

Deno.test("only the last command of a background block keeps running", () => {
  const { steps } = stepsOf(page(`${FENCE}console background`, "$ a", "$ b", "up", FENCE));
  assert.deepEqual(steps.map(({ kind }) => kind), ["console", "background"]);
});

Deno.test("a page asks for PostgreSQL by a line of its own", () => {
  assert.equal(
    stepsOf(page("text", "<!-- docs needs: postgresql -->")).needs.has("postgresql"),
    true,
  );
  assert.equal(stepsOf(page("`<!-- docs needs: postgresql -->`")).needs.has("postgresql"), false);
});

Deno.test("a page asks for the stand-in of a tracker by a line of its own", () => {
  const { needs } = stepsOf(page("text", "<!-- docs needs: linear -->"));
  assert.deepEqual([...needs], ["linear"]);
});

Deno.test("scripts, shown and hidden, are steps; one that is not to be run needs a reason", () => {
  const { steps, faults } = stepsOf(page(
    `${FENCE}sh`,
    "shown",
    FENCE,
    "<!-- docs: one line -->",
    "<!-- docs:",
    "several",
    "lines",
    "-->",
    `${FENCE}sh no-run: needs a person`,
    "asked",
    FENCE,
    `${FENCE}sh no-run`,
    "silent",
    FENCE,
    `${FENCE}bash`,
    "other",
    FENCE,
    `${FENCE}json`,
    "{}",
    FENCE,
  ));
  assert.deepEqual(steps.map(({ line, kind, command }) => [line, kind, command]), [
    [2, "script", "shown"],
    [4, "hidden", "one line"],
    [6, "hidden", "several\nlines"],
  ]);
  assert.deepEqual(faults.map((fault) => fault.split(":")[0]), ["13", "16"]);
});

Deno.test("a block after which a file is named is written to it", () => {
  const { steps, faults } = stepsOf(page(
    `${FENCE}ts pull.ts`,
    "const a = `$b`;",
    FENCE,
    `${FENCE}json wording`,
    "{}",
    FENCE,
  ));
  assert.deepEqual(faults, []);
  assert.deepEqual(steps.map(({ line, kind }) => [line, kind]), [[2, "file"]]);
  assert.equal(
    steps[0]?.command,
    "cat >pull.ts <<'END OF pull.ts'\nconst a = `$b`;\nEND OF pull.ts",
  );
});

Deno.test("an ellipsis stands for anything within a line, three points for any lines", () => {
  assert.equal(difference(["a … c"], ["a b c", ""]), null);
  assert.equal(difference(["a", "...", "z"], ["a", "b", "c", "z"]), null);
  assert.equal(difference(["a", "...", "z"], ["a", "z"]), null);
  assert.equal(difference(["..."], []), null);
  assert.equal(difference(["1 + 1 = (2)"], ["1 + 1 = (2)"]), null);
});

Deno.test("a difference names the first line that does not fit", () => {
  assert.match(difference(["a", "b"], ["a", "c"]) ?? "", /says "b", it printed "c"/);
  assert.match(difference(["a"], ["a", "c"]) ?? "", /says the end, it printed "c"/);
  assert.match(difference(["a", "b"], ["a"]) ?? "", /says "b", it printed the end/);
  assert.match(difference(["a", "...", "z"], ["a", "b"]) ?? "", /it printed/);
});

function page(...lines: string[]): string {
  return lines.join("\n");
}
