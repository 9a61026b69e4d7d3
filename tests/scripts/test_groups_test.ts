import assert from "node:assert/strict";
import { closingCounts } from "../../scripts/test.ts";
import { run } from "../../scripts/run.ts";
import { groupsAtOnce, groupsOf, writeGroups } from "../../scripts/test_groups.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("Test files are grouped by folder, each in one group, groups of nearly the same size", () => {
  const many = Array.from({ length: 5 }, (_, index) => `tests/server/console/t${index}_test.ts`);
  assert.deepEqual(groupsOf(["tests/a_test.ts", "tests/cli/b_test.ts", ...many], 4), [
    { name: "top", paths: ["tests/a_test.ts"] },
    { name: "cli", paths: ["tests/cli/b_test.ts"] },
    { name: "server_console_01", paths: many.slice(0, 3) },
    { name: "server_console_02", paths: many.slice(3) },
  ]);
});

Deno.test("No test file is lost or in two groups, however many there are", () => {
  for (let count = 1; count < 50; count++) {
    const paths = Array.from({ length: count }, (_, index) => `tests/cli/t${index}_test.ts`);
    const groups = groupsOf(paths);
    assert.deepEqual(groups.flatMap((group) => group.paths), paths);
    assert.equal(new Set(groups.map(({ name }) => name)).size, groups.length);
  }
});

Deno.test("Folders of slow tests come first, in smaller groups", () => {
  const slow = new Map([["tests/z", 1], ["tests/y", 2], ["tests/none", 1]]);
  const paths = [
    "tests/a/a_test.ts",
    "tests/y/b_test.ts",
    "tests/z/c_test.ts",
    "tests/z/d_test.ts",
  ];
  assert.deepEqual(groupsOf(paths, 4, slow), [
    { name: "z_01", paths: ["tests/z/c_test.ts"] },
    { name: "z_02", paths: ["tests/z/d_test.ts"] },
    { name: "y", paths: ["tests/y/b_test.ts"] },
    { name: "a", paths: ["tests/a/a_test.ts"] },
  ]);
});

Deno.test("Twice as many groups run as there are processors, and fewer where memory is short", () => {
  assert.equal(groupsAtOnce({ processors: 2, memory: 8e9 }), 4);
  assert.equal(groupsAtOnce({ processors: 16, memory: 20e9 }), 20);
  assert.equal(groupsAtOnce({ processors: 4, memory: 1e9 }), 4);
});

Deno.test("A group runs the tests of all its files, and one that fails fails the run", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tracker-groups-" });
  try {
    const files = { "a_test.ts": "0", "b_test.ts": "1", "c_test.ts": "0" };
    for (const [name, failing] of Object.entries(files)) {
      const body = `Deno.test("${name}", () => { if (${failing}) throw new Error("no"); });\n`;
      await Deno.writeTextFile(`${folder}/${name}`, body);
    }
    const root = new URL(`file://${folder}/`);
    const groups = [{ name: "some", paths: Object.keys(files) }];
    const modules = await writeGroups(groups, { root, folder });
    const { output, code } = await run(
      [
        "test",
        "--no-check",
        "--config",
        decodeURIComponent(new URL("deno.json", ROOT).pathname),
        ...modules,
      ],
      {},
      "captured",
    );
    assert.deepEqual(closingCounts(output), { passed: 2, failed: 1 });
    assert.equal(code, 1);
    assert.match(output, /b_test\.ts => file:.*b_test\.ts|b_test\.ts => \S*b_test\.ts:1/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
