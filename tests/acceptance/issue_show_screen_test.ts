/** `issue show` on real terminals: what fits is written, what does not goes through `less`. */
import assert from "node:assert/strict";
import { displayWidth } from "../../src/cli/terminal/table.ts";
import { bdIssue } from "../support/issues.ts";
import { ends, withBoundWorld } from "../support/bound.ts";
import { areThere, onScreen } from "../support/tmux.ts";
import { inProject } from "./local_setup.ts";

const ESC = "\u001b";

/** Longer than a screen, with what would act on a terminal that is shown it as it is. */
const LONG = [
  "# Steps",
  `Open **the page** and wait for the redirect that comes after the session has ended. ${ESC}]0;owned\u0007${ESC}[2J\u202e`,
  "- [x] seen by a person who was signed in on two machines at the same time",
  "- [ ] fixed",
  "",
  "| step | took |\n| --- | ---: |\n| log in | 3 s |",
  ...Array.from({ length: 40 }, (_, at) => `\nParagraph ${at + 1}`),
  "\nThe end",
].join("\n");

/** The screen of an issue that is longer than it, from its beginning to its end. */
async function readLong(screen: Parameters<Parameters<typeof onScreen>[3]>[0], columns: number) {
  const first = await screen.showing(/^:/m);
  assert.match(first, /^# Steps$/m);
  assert.match(first, /^\[x\] seen by/m);
  assert.match(first, /^\[ \] fixed$/m);
  assert.doesNotMatch(first, /The end|\*\*|\[2J|owned/);
  const lines = first.split("\n");
  assert.ok(lines.every((line) => displayWidth(line) <= columns), first);
  // A word is parted nowhere.
  assert.match(
    first.replaceAll(/\s+/g, " "),
    /the redirect that comes after the session has ended\./,
  );
  assert.notEqual(await screen.title(), "owned");
  await screen.press("G");
  await screen.showing(/^The end$/m);
  await screen.press("q");
  assert.equal(await screen.ended(), 0);
}

for (const columns of [40, 80, 200]) {
  Deno.test(`a long issue of a tool is read in a pager, ${columns} columns wide`, async () => {
    if (!areThere("tmux", "less")) return;
    await inProject("bd", async ({ world, tool, bind }) => {
      tool.setIssues([
        bdIssue("bd-1", {
          title: "A title of some length that names what is wrong",
          description: LONG,
        }),
      ]);
      await bind();
      await world.ok("sync", "pull");
      await onScreen(
        world,
        ["issue", "show", "bd-1"],
        { columns },
        (screen) => readLong(screen, columns),
      );
    });
  });
}

Deno.test("a long issue of a host is read in a pager, and is there without one", async () => {
  if (!areThere("tmux", "less")) return;
  await withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    await ends(world, 0, ["issue", "edit", "ENG-2", "--body", LONG]);
    const line = ["issue", "show", "ENG-2"];
    await onScreen(world, line, { columns: 80 }, (screen) => readLong(screen, 80));
    for (const env of [{ PAGER: "no-such-pager" }, { PAGER: "" }, { TERM: "dumb" }]) {
      await onScreen(world, line, { columns: 80, env }, async (screen) => {
        assert.equal(await screen.ended(), 0);
        await screen.showing(/^The end$/m);
      });
    }
  });
});

Deno.test("an issue that fits the screen is written without a pager", async () => {
  if (!areThere("tmux")) return;
  await withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    await ends(world, 0, ["issue", "edit", "ENG-2", "--body", "Only *this*"]);
    await onScreen(world, ["issue", "show", "ENG-2"], { columns: 80 }, async (screen) => {
      assert.equal(await screen.ended(), 0);
      const shown = await screen.showing(/^Only this$/m);
      assert.match(shown, /^ {2}priority {3}(urgent|high|medium|low|none)$/m);
    });
  });
});
