import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { runFaults } from "../../scripts/docs_run.ts";

const FENCE = "```";
// The pages' commands are those of a POSIX shell.
const shell = Deno.build.os !== "windows";
if (!shell) console.log("The commands of the pages are not run on Windows.");

Deno.test("a page that tells the truth has no faults, and its shell keeps what was set", async () => {
  if (!shell) return;
  const text = [
    `${FENCE}sh`,
    "export GREETING=hello",
    FENCE,
    `${FENCE}console`,
    "$ echo $GREETING",
    "hello",
    "$ tracker bnid -p beads",
    '✗ Unknown command "bnid"',
    "  Did you mean `tracker bind`?",
    "$ echo $?",
    "2",
    "$ bd --version",
    "bd version …",
    FENCE,
  ].join("\n");
  assert.deepEqual(await faultsOf(text), []);
});

Deno.test("another output, another exit code and a script that fails are faults, each with its line", async () => {
  if (!shell) return;
  const text = [
    `${FENCE}console`,
    "$ echo one",
    "two",
    FENCE,
    `${FENCE}console`,
    "$ false",
    FENCE,
    `${FENCE}sh`,
    "false",
    "true",
    FENCE,
  ].join("\n");
  assert.deepEqual(await faultsOf(text), [
    'page.md:2: `echo one`: the page says "two", it printed "one"',
    "page.md:6: `false`: it ended with exit code 1, not 0",
    "page.md:9: `false`: it ended with exit code 1, not 0: ",
  ]);
});

Deno.test("a page that is written gets what its commands print, with what varies left open, and a command that fails stays a fault", async () => {
  if (!shell) return;
  const directory = await Deno.makeTempDir();
  try {
    const command = "$ echo 550e8400-e29b-41d4-a716-446655440000; echo end";
    await Deno.writeTextFile(
      `${directory}/page.md`,
      [`${FENCE}console`, command, "old", "$ false", FENCE, "prose"].join("\n"),
    );
    const { faults, written } = await runFaults(
      ["page.md"],
      pathToFileURL(`${directory}/`),
      true,
    );
    assert.deepEqual(written, ["page.md"]);
    assert.deepEqual(faults, ["page.md:4: `false`: it ended with exit code 1, not 0"]);
    assert.equal(
      await Deno.readTextFile(`${directory}/page.md`),
      [`${FENCE}console`, command, "…", "end", "$ false", FENCE, "prose"].join("\n"),
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

async function faultsOf(text: string): Promise<readonly string[]> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/page.md`, text);
    return (await runFaults(["page.md"], pathToFileURL(`${directory}/`), false)).faults;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
