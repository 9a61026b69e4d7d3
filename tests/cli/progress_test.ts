import assert from "node:assert/strict";
import type { GlobalOptions } from "../../src/cli/command/context.ts";
import { createProgress, type Progress, whileWaiting } from "../../src/cli/terminal/progress.ts";
import { testContext } from "../support/context.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const OPERATION = { kind: "waiting", operationId: "op_1", elapsedMs: 0 } as const;

/** What is written to standard error by a piece of work. */
async function written(
  work: (progress: Progress, platform: TestPlatform) => void,
  options: { readonly terminal?: boolean; readonly columns?: number } = {},
  globals: Partial<GlobalOptions> = {},
): Promise<string> {
  let text = "";
  await withPlatform(options, (platform) => {
    const progress = createProgress(testContext(platform, globals), "Pulling \u001b[31mWebsite");
    work(progress, platform);
    progress.end();
    assert.equal(platform.stdout(), "");
    text = platform.stderr();
  });
  return text;
}

/** The lines drawn one over another, the last removal left out. */
function drawn(text: string): string[] {
  assert.ok(text.endsWith("\r\u001b[2K"), "the line is removed in the end");
  return text.split("\r\u001b[2K").slice(1, -1);
}

function twoPages(progress: Progress, platform: TestPlatform): void {
  progress.page(1_000, 1, 2_000);
  platform.clock.advance(900);
  progress.page(2_000, 2, 2_000);
}

Deno.test("into a pipe: a line for each page and batch, one for an operation", async () => {
  assert.equal(
    await written((progress, platform) => {
      twoPages(progress, platform);
      progress.sync({ kind: "batch", sent: 100, total: 250 });
      progress.sync({ ...OPERATION, status: "pending" });
      progress.sync({ ...OPERATION, status: "running" });
    }),
    [
      "Pulling Website: 1,000 issues, page 1",
      "Pulling Website: 2,000 issues, page 2",
      "Pulling Website: 100 of 250 items sent",
      "Pulling Website … operation op_1",
      "",
    ].join("\n"),
  );
});

Deno.test("--quiet shows nothing, on a terminal or not; --json nothing into a pipe", async () => {
  assert.equal(await written(twoPages, { terminal: true }, { quiet: true }), "");
  assert.equal(await written(twoPages, {}, { quiet: true }), "");
  assert.equal(await written(twoPages, {}, { json: true }), "");
  assert.notEqual(await written(twoPages, { terminal: true }, { json: true }), "");
});

Deno.test("on a terminal: one line with a bar, counts and the time", async () => {
  const [first, second] = drawn(await written(twoPages, { terminal: true, columns: 100 }));
  assert.equal(
    first,
    `Pulling Website  ${"█".repeat(13)}${"░".repeat(13)}  1,000 issues  1 page  0:00`,
  );
  assert.equal(second, `Pulling Website  ${"█".repeat(26)}  2,000 issues  2 pages  0:00`);
  const [unknown] = drawn(await written((p) => p.page(7, 1, null), { terminal: true }));
  assert.equal(unknown, "Pulling Website  7 issues  1 page  0:00");
});

Deno.test("the time counts on every second while nothing else happens", async () => {
  const lines = drawn(
    await written((progress, platform) => {
      progress.sync({ ...OPERATION, status: "running" });
      for (let second = 0; second < 3; second++) platform.clock.advance(1_000);
    }, { terminal: true, columns: 100 }),
  );
  assert.deepEqual(
    lines.map((line) => /running (\d:\d\d) /.exec(line)?.[1]),
    ["0:00", "0:01", "0:02", "0:03"],
  );
  assert.equal(
    lines[0],
    "Pulling Website … running 0:00 (operation op_1, Ctrl-C stops waiting only)",
  );
});

Deno.test("before the first news it says that it works, and how long", async () => {
  const lines = drawn(
    await written((_, platform) => platform.clock.advance(1_000), { terminal: true }),
  );
  assert.deepEqual(lines, ["Pulling Website … 0:01"]);
});

Deno.test("after its end it draws nothing more", () =>
  withPlatform({ terminal: true }, (platform) => {
    const progress = createProgress(testContext(platform), "Pulling");
    progress.page(1, 1, null);
    progress.end();
    const before = platform.stderr();
    platform.clock.advance(5_000);
    assert.equal(platform.stderr(), before);
  }));

Deno.test("a narrow terminal loses the hint first, never the operation", async () => {
  const at = async (columns: number) =>
    drawn(
      await written((p) => p.sync({ ...OPERATION, status: "running" }), {
        terminal: true,
        columns,
      }),
    )[0];
  assert.equal(await at(60), "Pulling Website … running 0:00 (operation op_1)");
  assert.equal(await at(40), "running 0:00 (operation op_1)");
  assert.equal(await at(20), "running 0:00 (oper…");
});

Deno.test("a wait says after a second what it waits for, and nothing is left of it", () =>
  withPlatform({ terminal: true }, async (platform) => {
    const answer = await whileWaiting(testContext(platform), "Asking the host", () => {
      platform.clock.advance(999);
      assert.equal(platform.stderr(), "");
      platform.clock.advance(2);
      assert.match(platform.stderr(), /Asking the host … 0:01$/);
      return Promise.resolve("answer");
    });
    assert.equal(answer, "answer");
    assert.ok(platform.stderr().endsWith("\r\u001b[2K"));
    const failing = whileWaiting(testContext(platform), "Asking", () => {
      platform.clock.advance(1_500);
      return Promise.reject(new Error("no answer"));
    });
    await assert.rejects(failing, /no answer/);
    assert.ok(platform.stderr().endsWith("\r\u001b[2K"));
  }));
