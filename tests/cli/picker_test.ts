import assert from "node:assert/strict";
import { choose } from "../../src/cli/terminal/choose.ts";
import { type Choices, pick } from "../../src/cli/terminal/picker.ts";
import { displayWidth } from "../../src/cli/terminal/table.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { testContext } from "../support/context.ts";
import { type TestPlatform, type TestPlatformOptions, withPlatform } from "../support/platform.ts";

const ROWS = [
  ["WEB-1", "todo", "Login times out"],
  ["WEB-2", "done", "Search finds nothing"],
  ["WEB-12", "todo", "Login forgets"],
];
const CHOICES = { question: "Which ticket?", rows: ROWS };
const MANY = Array.from({ length: 100 }, (_, i) => [`WEB-${i}`, "todo", `Title ${i}`]);

/** What is chosen by these keys, typed at once; and what the terminal was sent. */
async function chosen(
  keys: string,
  choices: Choices = CHOICES,
  options: TestPlatformOptions = {},
) {
  let place: number | null = -1;
  let sent = "";
  await withPlatform({ terminal: true, stdin: keys, columns: 60, ...options }, async (platform) => {
    place = await pick(testContext(platform), choices);
    sent = platform.stderr();
  });
  return { place, sent };
}

/** A platform on which these texts are typed one after the other, and then nothing. */
function typing(platform: TestPlatform, texts: readonly string[], onWait: () => void = () => {}) {
  const left = [...texts];
  const read = () => {
    const next = left.shift();
    if (next !== undefined) return Promise.resolve(next);
    onWait();
    return new Promise<null>(() => {});
  };
  const { terminal } = platform;
  const stdin: typeof terminal.stdin = { ...terminal.stdin, withKeys: (work) => work(read) };
  return testContext({ ...platform, terminal: { ...terminal, stdin } });
}

const ESCAPES = new RegExp(`${String.fromCharCode(0x1b)}\\[[\\d;?]*[A-Za-z]`, "g");

/** The lines of each screen that was drawn. */
function screens(sent: string): readonly (readonly string[])[] {
  return sent.split("\x1b[H").slice(1)
    .map((one) => one.replace("\x1b[J", "\r\n").replace(ESCAPES, "").split("\r\n"));
}

Deno.test("Enter takes the first row, arrows move, and stop at the ends", async () => {
  assert.equal((await chosen("\r")).place, 0);
  assert.equal((await chosen("\x1b[B\x1b[B\r")).place, 2);
  assert.equal((await chosen("\x1b[B\x1b[B\x1b[B\x1b[A\n")).place, 1);
  assert.equal((await chosen("\x1bOB\x10\x10\x0e\r")).place, 1);
});

Deno.test("page keys move by a screen, Home and End to the ends", async () => {
  const many = { question: "Which?", rows: MANY };
  const at = async (keys: string) => (await chosen(`${keys}\r`, many, { rows: 13 })).place;
  assert.equal(await at("\x1b[6~"), 10);
  assert.equal(await at("\x1b[6~\x1b[6~\x1b[5~"), 10);
  for (const end of ["\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"]) assert.equal(await at(end), 99);
  for (const home of ["\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~"]) {
    assert.equal(await at(`\x1b[F${home}`), 0);
  }
  assert.equal(await at("\x1b[F\x1b[5~"), 89);
  assert.equal(await at("\x1b[1;5C\x1b[Z\x01\t"), 0, "other keys do nothing");
});

Deno.test("what is typed narrows the rows, word by word, in any case; it can be taken back", async () => {
  assert.equal((await chosen("search\r")).place, 1);
  assert.equal((await chosen("LOGIN for\r")).place, 2);
  assert.equal((await chosen("login\x1b[B\r")).place, 2);
  assert.equal((await chosen("searchx\x7f\r")).place, 1);
  assert.equal((await chosen("login xyz\x17for\r")).place, 2);
  assert.equal((await chosen("search\x15\r")).place, 0);
  assert.equal((await chosen("search👩‍👩‍👧\x7f\r")).place, 1, "Backspace takes what is seen as one");
  const { place, sent } = await chosen("nothing here\r\x1b");
  assert.equal(place, null, "Enter chooses nothing where nothing is found");
  assert.match(sent, /Nothing matches/);
});

Deno.test("what is pasted is searched for, and the ends of its lines choose nothing", async () => {
  const paste = (words: string) => `\x1b[200~${words}\x1b[201~`;
  const { place, sent } = await chosen(`${paste("login\r\nforgets\r\x04\x1b[A")}\x1b`);
  assert.equal(place, null);
  assert.match(sent, /Search: login {2}forgets /);
  assert.equal((await chosen(`${paste("login\nforgets\n")}\r`)).place, 2);
  assert.ok(sent.startsWith("\x1b[?1049h\x1b[?2004h"));
  assert.ok(sent.endsWith("\x1b[?2004l\x1b[?1049l"));
  await assert.rejects(chosen("\x1b[200~log\x03"), { code: "interrupted" });
});

Deno.test("Escape, Ctrl-D and the end of the input leave without a choice", async () => {
  for (const keys of ["\x1b", "log\x04", ""]) assert.equal((await chosen(keys)).place, null);
});

Deno.test("a sequence that comes in pieces is one key", async () => {
  await withPlatform({ terminal: true }, async (platform) => {
    const context = typing(platform, ["\x1b", "[", "B", "\r"]);
    assert.equal(await pick(context, CHOICES), 1);
  });
});

Deno.test("the screen of before comes back, whatever ends the choice", async () => {
  for (const keys of ["\r", "\x1b", "\x03", ""]) {
    await withPlatform({ terminal: true, stdin: keys }, async (platform) => {
      const end = pick(testContext(platform), CHOICES);
      if (keys === "\x03") await assert.rejects(end, { code: "interrupted", exitCode: 130 });
      else await end;
      assert.ok(platform.stderr().startsWith("\x1b[?1049h"));
      assert.ok(platform.stderr().endsWith("\x1b[?1049l"));
    });
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    await withPlatform({ terminal: true }, async (platform) => {
      const context = typing(platform, [], () => platform.raise(signal));
      await assert.rejects(pick(context, CHOICES), { code: "interrupted", exitCode: 130 });
      assert.ok(platform.stderr().endsWith("\x1b[?1049l"), signal);
    });
  }
  await withPlatform({ terminal: true }, async (platform) => {
    const broken = new Error("read failed");
    const { terminal } = platform;
    const stdin: typeof terminal.stdin = {
      ...terminal.stdin,
      withKeys: (work) => work(() => Promise.reject(broken)),
    };
    const context = testContext({ ...platform, terminal: { ...terminal, stdin } });
    await assert.rejects(pick(context, CHOICES), broken);
    assert.ok(platform.stderr().endsWith("\x1b[?1049l"));
  });
});

Deno.test("another size of the terminal draws the screen again, and loses no key", async () => {
  await withPlatform({ terminal: true }, async (platform) => {
    const { terminal } = platform;
    const keys = Promise.withResolvers<string>();
    const drawn = Promise.withResolvers<void>();
    let columns = 60;
    const stderr = {
      ...terminal.stderr,
      columns: () => columns,
      write(words: string) {
        terminal.stderr.write(words);
        if (columns === 30 && words.includes("Search: ")) drawn.resolve();
      },
    };
    const stdin: typeof terminal.stdin = {
      ...terminal.stdin,
      withKeys: (work) =>
        work(() => {
          columns = 30;
          platform.raise("SIGWINCH");
          return keys.promise;
        }),
    };
    const context = testContext({ ...platform, terminal: { ...terminal, stdin, stderr } });
    const end = pick(context, CHOICES);
    await drawn.promise;
    keys.resolve("\x1b[B\r");
    assert.equal(await end, 1);
  });
});

Deno.test("every line fits the terminal at any size, and holds nothing that drives it", async () => {
  const title = `漢字カナ 👩‍👩‍👧 e\u0301 ${"long ".repeat(40)}\x1b[2J\u202e\r\nnext`;
  const rows = Array.from({ length: 30 }, (_, i) => [`WEB-${i}`, "in progress", "mei", title]);
  for (const columns of [1, 10, 40, 80, 200]) {
    for (const height of [1, 2, 3, 4, 24]) {
      const { sent, place } = await chosen(
        `漢${"字".repeat(50)}\x15${"\x1b[B".repeat(14)}\r`,
        { question: "Which of these issues is it?", rows },
        { columns, rows: height },
      );
      assert.equal(place, 14);
      assert.ok(!sent.includes("\x1b[2J") && !sent.includes("\u202e"));
      for (const lines of screens(sent)) {
        assert.ok(lines.length <= Math.max(2, height) + 1, JSON.stringify(lines));
        for (const line of lines) {
          assert.ok(displayWidth(line) <= Math.max(columns, 9), `${columns}: ${line}`);
        }
      }
    }
  }
});

Deno.test("the title is shown as far as it goes, and what stands between gives way to it", async () => {
  const rows = [["WEB-12", "in progress", "mei", "Login times out after a minute"]];
  const line = async (columns: number) =>
    screens((await chosen("\x1b", { question: "Which?", rows }, { columns })).sent)[0]?.[2];
  assert.equal(await line(80), "> WEB-12  in progress  mei  Login times out after a minute");
  assert.equal(await line(40), "> WEB-12  Login times out after a minu…");
});

Deno.test("the row that is marked is on the screen, wherever it is", async () => {
  const { sent } = await chosen(`${"\x1b[6~".repeat(4)}\x1b`, { question: "Which?", rows: MANY }, {
    rows: 13,
  });
  const last = screens(sent).at(-1) ?? [];
  assert.ok(last.includes("> WEB-40  todo  Title 40"), JSON.stringify(last));
});

const FAILED = new TrackerError({ code: "no_answer", message: "Nobody there", nextAction: "Say." });
const ASKED = { ...CHOICES, unanswered: () => FAILED };

Deno.test("without a person at a terminal the choice fails, and nothing is drawn", async () => {
  for (
    const [options, globals] of [
      [{ terminal: false }, {}],
      [{ terminal: true }, { json: true }],
      [{ terminal: true }, { noInput: true }],
    ] as const
  ) {
    await withPlatform({ ...options, stdin: "\r" }, async (platform) => {
      await assert.rejects(choose(testContext(platform, globals), ASKED), FAILED);
      assert.equal(platform.stderr(), "");
    });
  }
});

Deno.test("on a terminal that is not drawn again the rows have numbers", async () => {
  const options = { terminal: true, env: { TERM: "dumb" }, stdin: "7\n3\n", columns: 24 };
  await withPlatform(options, async (platform) => {
    assert.equal(await choose(testContext(platform), ASKED), 2);
    assert.ok(!platform.stderr().includes("\x1b"));
    assert.match(platform.stderr(), /^1 {2}WEB-1 {3}todo {2}Login …\n/);
    assert.match(platform.stderr(), /Which ticket\? \(1-3\) /);
  });
});

Deno.test("by number the first rows are listed, and how many more there are", async () => {
  const options = { terminal: true, env: { TERM: "dumb" }, stdin: "50\n" };
  await withPlatform(options, async (platform) => {
    assert.equal(await choose(testContext(platform), { ...ASKED, rows: MANY }), 49);
    assert.match(platform.stderr(), /\n50 more are not listed: name one by its key\n/);
  });
});
