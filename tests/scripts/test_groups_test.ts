import assert from "node:assert/strict";
import { closingCounts } from "../../scripts/test.ts";
import { run } from "../../scripts/run.ts";
import { groupsOf, writeGroups } from "../../scripts/test_groups.ts";

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
