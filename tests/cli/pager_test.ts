/** The pager of `issue show`: what it is given, and that nothing is lost without one. */
import assert from "node:assert/strict";
import type { AttachedOptions } from "../../src/platform/processes.ts";
import { systemProcesses } from "../../src/platform/processes.ts";
import { systemClock } from "../../src/platform/clock.ts";
import type { GlobalOptions } from "../../src/cli/command/context.ts";
import { withPager } from "../../src/cli/services/pager.ts";
import { bold, text } from "../../src/cli/terminal/text.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { testContext } from "../support/context.ts";
import { type TestPlatform, type TestPlatformOptions, withPlatform } from "../support/platform.ts";

interface Paging {
  readonly machine?: TestPlatformOptions;
  readonly globals?: Partial<GlobalOptions>;
  /** How many lines are shown; more than the screen has unless given. */
  readonly count?: number;
  /** What stands in for the pager; answers its exit code. */
  readonly pager?: (options: AttachedOptions, platform: TestPlatform) => number | null;
}

/** Shows lines on a terminal of 10 rows and 40 columns; answers what the pager was given and what was written. */
async function page(
  { machine = {}, globals = {}, count = 12, pager = () => 0 }: Paging,
): Promise<{ started: AttachedOptions[]; stdout: string; stderr: string }> {
  const started: AttachedOptions[] = [];
  let result = { started, stdout: "", stderr: "" };
  await withPlatform({ terminal: true, columns: 40, rows: 10, ...machine }, async (platform) => {
    const processes = {
      ...platform.processes,
      runAttached(options: AttachedOptions) {
        started.push(options);
        return Promise.resolve().then(() => pager(options, platform));
      },
    };
    const context = testContext(platform, globals);
    await withPager({ ...context, platform: { ...platform, processes } }, (output) => {
      for (let row = 1; row <= count; row++) output.result(text`${bold("line")} ${row}`);
      return Promise.resolve();
    });
    result = { started, stdout: platform.stdout(), stderr: platform.stderr() };
  });
  return result;
}

const linesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => `\u001b[1mline\u001b[22m ${at + 1}\n`).join("");

Deno.test("what does not fit the screen goes to less, coloured, with options that a person can change", async () => {
  const { started, stdout, stderr } = await page({});
  assert.deepEqual(started, [
    { command: "less", args: [], stdin: linesOf(12), env: { LESS: "FRX" } },
  ]);
  assert.deepEqual([stdout, stderr], ["", ""]);
  const own = await page({ machine: { env: { LESS: "-S" } } });
  assert.deepEqual(own.started.map(({ env }) => env), [{ LESS: "-S" }]);
});

Deno.test("PAGER names another one, with options", async () => {
  const { started } = await page({ machine: { env: { PAGER: `"my pager" -x '-p #'` } } });
  assert.deepEqual(started.map(({ command, args }) => [command, ...args]), [
    ["my pager", "-x", "-p #"],
  ]);
});

Deno.test("what fits the screen is written, with a line left for what is typed next", async () => {
  assert.equal((await page({ count: 10 })).started.length, 1);
  const { started, stdout } = await page({ count: 9 });
  assert.deepEqual([started, stdout], [[], linesOf(9)]);
});

Deno.test("lines that the terminal breaks take the room of several", async () => {
  const { started } = await page({ machine: { columns: 3 }, count: 5 });
  assert.equal(started.length, 1);
});

Deno.test("no pager is started where no person turns its pages, or wants one", async () => {
  const denied = { system: { permission: () => "prompt" as const } };
  for (
    const paging of [
      { machine: { terminal: false } },
      { machine: { env: { TERM: "dumb" } } },
      { machine: { env: { PAGER: "" } } },
      { machine: { env: { PAGER: " cat " } } },
      { machine: denied },
      { globals: { noInput: true } },
    ]
  ) {
    const { started, stdout, stderr } = await page(paging);
    assert.deepEqual([started, stderr], [[], ""], JSON.stringify(paging));
    assert.equal(stdout.split("\n").length, 13);
  }
});

Deno.test("a pager that is missing or fails loses nothing", async () => {
  const missing = () => {
    throw new TrackerError({ code: "command_missing", message: `Cannot find the command "more"` });
  };
  const machine = { env: { PAGER: "more" } };
  for (
    const [paging, words] of [
      [{ pager: missing }, ""],
      [
        { pager: missing, machine },
        `Cannot find the command "more"; the text follows without a pager.\n`,
      ],
      [
        { pager: () => 3, machine },
        `The pager "more" failed with exit code 3; the text follows.\n`,
      ],
      [{ pager: () => null }, `The pager "less" was ended by a signal; the text follows.\n`],
    ] as const
  ) {
    const { stdout, stderr } = await page(paging);
    assert.deepEqual([stdout, stderr], [linesOf(12), words]);
  }
});

Deno.test("a pager that ends with Ctrl-C was seen", async () => {
  const { stdout, stderr } = await page({
    pager(_, platform) {
      platform.raise("SIGINT");
      return null;
    },
  });
  assert.deepEqual([stdout, stderr], ["", ""]);
});

Deno.test("what was said before a failure is written, and the failure goes on", () =>
  withPlatform({ terminal: true, rows: 10 }, async (platform) => {
    await assert.rejects(
      withPager(testContext(platform), (paged) => {
        paged.result("said");
        return Promise.reject(new Error("failed"));
      }),
      /failed/,
    );
    assert.equal(platform.stdout(), "said\n");
  }));

Deno.test({
  name: "a real program gets the text on its input, and may end without reading it",
  ignore: Deno.build.os === "windows",
}, () =>
  withPlatform({}, async ({ home }) => {
    const processes = systemProcesses(systemClock());
    const run = (script: string, stdin: string) =>
      processes.runAttached({
        command: "sh",
        args: ["-c", script],
        stdin,
        env: { SEEN: `${home}/seen` },
      });
    assert.equal(await run('cat > "$SEEN"', "é one\ntwo\n"), 0);
    assert.equal(await Deno.readTextFile(`${home}/seen`), "é one\ntwo\n");
    assert.equal(await run("exit 4", "x".repeat(1_000_000)), 4);
  }));
