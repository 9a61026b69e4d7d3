/** What is read every day, in real terminals of several widths, which tmux keeps. */
import assert from "node:assert/strict";
import { ends, withBoundWorld } from "../support/bound.ts";
import { until } from "../support/until.ts";
import { programUnderTest, runIn, type World } from "../support/world.ts";

/** Columns of the terminals: a pane beside others, the usual one, a wide screen. */
const WIDTHS = [40, 80, 200];

/** What a person reads, and what of it must be there at any width. */
const COMMANDS: readonly (readonly [args: readonly string[], words: RegExp])[] = [
  [["issue", "list", "--all"], /^ KEY +STATUS +TITLE|^ KEY +STATUS +HERE .*TITLE/m],
  [["issue", "list", "--mine", "--sort", "priority"], /^ ENG-12 +todo .*Render/m],
  [["sync", "status"], /^ ENG-12 +to push +priori/m],
  [["state", "list"], /unpush/],
  [["status"], /^ {2}to push +2 issues/m],
];

const hasTmux = await new Deno.Command("tmux", { args: ["-V"] }).output().then(
  ({ success }) => success,
  () => false,
);

/** Runs a command in a terminal so wide; answers the lines of the screen, those that the terminal has broken joined. */
async function screenOf(world: World, columns: number, args: readonly string[]) {
  const place = {
    project: world.project,
    env: { ...world.env, LC_ALL: "C.UTF-8", TMUX_TMPDIR: world.home },
  };
  // A server of its own: one that ends may still be in the way of the next.
  const own = `widths-${columns}-${args.join("-")}`;
  const tmux = async (...words: string[]) => {
    const { code, stdout, stderr } = await runIn(place, [
      ...["tmux", "-L", own, "-f", "/dev/null", ...words],
    ]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const program = programUnderTest().map((word) => `'${word}'`).join(" ");
  const script = `${program} ${args.join(" ")}; echo "exit $?"; exec cat`;
  await tmux("new-session", "-d", "-x", String(columns), "-y", "150", "sh", "-c", script);
  try {
    const screen = await until(async () => {
      const text = await tmux("capture-pane", "-p", "-J");
      return /^exit \d+ *$/m.test(text) ? text : null;
    });
    const lines = screen.trimEnd().split("\n").map((line) => line.trimEnd());
    assert.equal(lines.at(-1), "exit 0", screen);
    return lines.slice(0, -1);
  } finally {
    await tmux("kill-server");
  }
}

Deno.test("no table is broken by the end of a terminal's line, and no column is cut to nothing", async () => {
  if (!hasTmux) return console.log("skipped: there is no tmux on this machine");
  await withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull", "--all"]);
    await ends(world, 0, ["config", "set", "mission.assignee", "mei.tanaka"]);
    await ends(world, 0, ["issue", "create", "--title", `Long ${"and longer ".repeat(20)}`]);
    await ends(world, 0, ["issue", "edit", "ENG-12", "--priority", "high", "--label", "slow"]);
    for (const columns of WIDTHS) {
      for (const [args, words] of COMMANDS) {
        const lines = await screenOf(world, columns, args);
        const told = `${args.join(" ")} at ${columns} columns:\n${lines.join("\n")}`;
        assert.match(lines.join("\n"), words, told);
        const table = lines.filter((line) => line.startsWith(" ") && !line.startsWith("  "));
        for (const line of table) {
          assert.ok(line.length <= columns, told);
          assert.ok(!/(^| {2})…( {2}|$)/.test(line), told);
        }
      }
    }
  });
});
