/** Choosing an issue with the keys of a real terminal, which tmux keeps. */
import assert from "node:assert/strict";
import { inProject } from "../acceptance/local_setup.ts";
import { bdIssue } from "../support/issues.ts";
import { until } from "../support/until.ts";
import { programUnderTest, runIn, type World } from "../support/world.ts";

/** A terminal in which a command runs. */
interface Pane {
  readonly keys: (...keys: string[]) => Promise<void>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** What is on the screen once all of these are, and none of `without`. */
  readonly shows: (words: readonly string[], without?: readonly string[]) => Promise<string>;
}

const hasTmux = await new Deno.Command("tmux", { args: ["-V"] }).output().then(
  ({ success }) => success,
  () => false,
);

/** Issues of which two are called alike, with titles that do harm to a terminal or are wide. */
const ISSUES = [
  ...Array.from({ length: 60 }, (_, i) => bdIssue(`bd-a${i + 10}x`, { title: `Task ${i}` })),
  bdIssue("bd-b1", { title: "Log in \u001b[2J\u001b]0;gone\u0007 after 漢字 and 👩‍👩‍👧" }),
  bdIssue("bd-b2", { title: `Log out ${"and on ".repeat(60)}` }),
];

function inTmux(
  name: string,
  line: string,
  test: (pane: Pane, world: World) => Promise<void>,
  env: Record<string, string> = {},
) {
  Deno.test(name, async () => {
    if (!hasTmux) return console.log("skipped: there is no tmux on this machine");
    await inProject("bd", async ({ world, tool, bind }) => {
      tool.setIssues(ISSUES);
      await bind();
      await world.ok("sync", "pull");
      const place = {
        project: world.project,
        env: { ...world.env, ...env, LC_ALL: "C.UTF-8", TMUX_TMPDIR: world.home },
      };
      const tmux = async (...args: string[]) => {
        const { code, stdout, stderr } = await runIn(place, ["tmux", "-f", "/dev/null", ...args]);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const program = programUnderTest().map((word) => `'${word}'`).join(" ");
      const term = env["TERM"] === undefined ? "" : `TERM=${env["TERM"]} `;
      const script = `echo before; ${term}${program} ${line}; ` +
        `echo "exit $?" $(stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(icanon|echo|isig)' | sort); ` +
        `exec cat`;
      await tmux("new-session", "-d", "-x", "80", "-y", "24", "sh", "-c", script);
      try {
        await test({
          keys: async (...keys) => void await tmux("send-keys", ...keys),
          resize: async (columns, rows) =>
            void await tmux("resize-window", "-x", String(columns), "-y", String(rows)),
          shows: (words, without = []) =>
            until(async () => {
              const screen = await tmux("capture-pane", "-p");
              const isThere = words.every((word) => screen.includes(word)) &&
                !without.some((word) => screen.includes(word));
              return isThere ? screen : null;
            }),
        }, world);
      } finally {
        await tmux("kill-server");
      }
    });
  });
}

const DONE = "exit 0 echo icanon isig";

inTmux(
  "typing narrows, keys move, Enter chooses, and the terminal is as before",
  "issue show bd-",
  async ({ keys, shows }) => {
    await shows(["Which issue of", "62 of 62", "Enter to choose"], ["before"]);
    await keys("PageDown");
    await shows(["> bd-a31x"]);
    await keys("End");
    await shows(["> bd-b2"]);
    await keys("Home");
    await shows(["> bd-a10x"]);
    await keys("-l", "log");
    await shows(["Search: log", "2 of 62", "> bd-b1", "漢字"], ["bd-a10x"]);
    await keys("Down");
    await shows(["> bd-b2"]);
    await keys("BSpace", "BSpace", "BSpace", "Up");
    await shows(["62 of 62", "> bd-a10x"]);
    await keys("-l", "log in");
    await shows(["1 of 62"]);
    await keys("Enter");
    const screen = await shows([DONE, "before", "bd-b1  Log in"]);
    assert.ok(!screen.includes("Search:"), screen);
  },
);

inTmux(
  "Escape leaves, and nothing is done",
  "issue close",
  async ({ keys, shows }, world) => {
    await shows(["Which issue?"]);
    await keys("Escape");
    await shows([DONE, "before", "No issue was chosen, and nothing was done."], ["Search:"]);
    assert.equal((await world.json("issue", "list", "--status", "done")).total, 0);
  },
);

inTmux("Ctrl-C ends the command with the terminal as before", "issue close", async (pane) => {
  await pane.shows(["Which issue?"]);
  await pane.keys("C-z");
  await pane.keys("C-c");
  const screen = await pane.shows(["exit 130 echo icanon isig", "before", "Interrupted"]);
  assert.ok(!screen.includes("Search:"), screen);
});

inTmux("the screen follows the size of the terminal", "issue show bd-", async (pane) => {
  await pane.shows(["62 of 62"]);
  // The last has room for the issue, which would go through a pager otherwise.
  const sizes = [[40, 12], [200, 50], [40, 24], [80, 6], [80, 24]] as const;
  for (const [columns, rows] of sizes) {
    await pane.resize(columns, rows);
    const hint = columns < 65 ? "Enter to choose, Escape to leave" : "Type to search";
    const last = await until(async () => {
      const screen = await pane.shows(["Which issue of", hint]);
      const lines = screen.trimEnd().split("\n");
      return lines.length === rows && (lines.at(-1) ?? "").startsWith(hint) ? lines : null;
    });
    assert.equal(last.filter((line) => line.startsWith("> ")).length, 1);
    assert.ok(last[1]?.startsWith("Search:"), last.join("\n"));
  }
  await pane.keys("-l", "bd-b2");
  await pane.shows(["1 of 62"]);
  await pane.keys("Enter");
  await pane.shows([DONE]);
});

inTmux(
  "a terminal that cannot be drawn again gets numbers",
  "issue show bd-b",
  async ({ keys, shows }) => {
    await shows(["1  bd-b1", "2  bd-b2", "(1-2)"]);
    await keys("2", "Enter");
    await shows([DONE, "bd-b2  Log out"]);
  },
  { TERM: "dumb" },
);
