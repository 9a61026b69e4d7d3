import assert from "node:assert/strict";
import { canPick, pick } from "../../src/cli/terminal/picker.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

const LINES = ["WEB-1  Login times out", "WEB-2  Search finds nothing", "WEB-12  Login forgets"];
const CHOICES = { question: "Which ticket?", lines: LINES };

/** What is chosen by these keys, typed at once; and what the terminal showed. */
async function chosen(keys: string, choices = CHOICES) {
  let place: number | null = -1;
  let shown = "";
  await withPlatform({ terminal: true, stdin: keys, columns: 60 }, async (platform) => {
    place = await pick(testContext(platform), choices);
    shown = platform.stderr();
  });
  return { place, shown };
}

Deno.test("Enter takes the first line, arrows move, and stop at the ends", async () => {
  assert.equal((await chosen("\r")).place, 0);
  assert.equal((await chosen("\x1b[B\x1b[B\r")).place, 2);
  assert.equal((await chosen("\x1b[B\x1b[B\x1b[B\x1b[A\n")).place, 1);
  assert.equal((await chosen("\x1bOB\x10\x10\x0e\r")).place, 1);
});

Deno.test("what is typed narrows the lines, word by word, in any case; it can be taken back", async () => {
  assert.equal((await chosen("search\r")).place, 1);
  assert.equal((await chosen("LOGIN for\r")).place, 2);
  assert.equal((await chosen("login\x1b[B\r")).place, 2);
  assert.equal((await chosen("searchx\x7f\r")).place, 1);
  assert.equal((await chosen("search\x15\r")).place, 0);
  const { place, shown } = await chosen("nothing here\r\x1b");
  assert.equal(place, null, "Enter chooses nothing where nothing is found");
  assert.match(shown, /Which ticket\?/);
});

Deno.test("Escape, Ctrl-D and the end of the input leave without a choice", async () => {
  for (const keys of ["\x1b", "log\x04", ""]) assert.equal((await chosen(keys)).place, null);
});

Deno.test("what is drawn fits the terminal, is erased at the end, and holds nothing that drives it", async () => {
  const lines = Array.from({ length: 30 }, (_, i) => `WEB-${i} ${"long ".repeat(40)}\x1b[2J`);
  const { place, shown } = await chosen(`${"\x1b[B".repeat(14)}\r`, { question: "Which?", lines });
  assert.equal(place, 14);
  assert.ok(shown.endsWith("\r\x1b[11A\x1b[J"), JSON.stringify(shown.slice(-40)));
  assert.ok(!shown.includes("\x1b[2J"));
  assert.match(shown, /20 more; type to search/);
  for (const line of shown.split("\n")) {
    assert.ok(line.replace(/\p{Cc}\[\d*[A-Za-z]/gu, "").length <= 60, line);
  }
});

Deno.test("Ctrl-C ends the choice, whatever is read", async () => {
  await withPlatform({ terminal: true }, async (platform) => {
    const { terminal } = platform;
    const stdin = {
      ...terminal.stdin,
      withKeys: <T>(work: (read: () => Promise<string | null>) => Promise<T>) =>
        work(() => new Promise<null>(() => {})),
    };
    const context = testContext({ ...platform, terminal: { ...terminal, stdin } });
    const failed = assert.rejects(pick(context, CHOICES), { code: "interrupted", exitCode: 130 });
    await Promise.resolve();
    platform.raise("SIGINT");
    await failed;
  });
});

Deno.test("there is a picker on a terminal that is drawn again, and nowhere else", async () => {
  for (
    const [options, can] of [
      [{ terminal: true }, true],
      [{ terminal: false }, false],
      [{ terminal: true, env: { TERM: "dumb" } }, false],
    ] as const
  ) {
    await withPlatform(options, (platform) => {
      assert.equal(canPick(testContext(platform)), can);
    });
  }
});
