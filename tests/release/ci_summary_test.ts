import assert from "node:assert/strict";

/** What a run of tests prints. */
const OUTPUT = `
./tests/one_test.ts => an issue "a => b" is read ... FAILED (7s)
./tests/one_test.ts => another one is written ... ok (1s)
../../tmp/tracker-tests-1/server_01_test.ts => a page is stored ... FAILED (7s)
../../tmp/tracker-tests-1/server_01_test.ts => a page is stored ... FAILED (9s)
Uncaught error from ./tests/two_test.ts FAILED
Ended, because this test does not end: a worker waits
  fault: cli is covered to less than 90 % of its lines

7 passed, 4 failed
`;

const SCRIPT = await Deno.readTextFile(new URL("../../.ci/run", import.meta.url));

/** Prints the faults, as the script does at its end. */
const TELL = `for fault in \${faults[@]+"\${faults[@]}"}; do echo "$fault"; done`;

/** Returns what the script tells at its end of a step that has printed something. */
async function toldAfter(output: string): Promise<string[]> {
  return await linesOf(["name_tests"], `faults=()\nname_tests\n${TELL}`, output);
}

/** Runs lines of a shell with functions of the script, and returns what they print. */
async function linesOf(
  functions: readonly string[],
  lines: string,
  output = "",
): Promise<string[]> {
  const defined = functions.map((name) => {
    const [found] = new RegExp(`^${name}\\(\\) \\{$[\\s\\S]*?^\\}$`, "m").exec(SCRIPT) ?? [];
    assert.ok(found !== undefined, name);
    return found;
  });
  const scratch = await Deno.makeTempDir({ prefix: "tracker-test-" });
  try {
    await Deno.writeTextFile(`${scratch}/output`, output);
    const { stdout, success } = await new Deno.Command("bash", {
      args: ["-uo", "pipefail", "-c", [...defined, lines].join("\n")],
      env: { SCRATCH: scratch, LC_ALL: "C" },
    }).output();
    assert.ok(success);
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

Deno.test("the checks name at their end each test that failed or did not end, once", async () => {
  assert.deepEqual((await toldAfter(OUTPUT)).sort(), [
    "./tests/two_test.ts has an error outside of its tests",
    "cli is covered to less than 90 % of its lines",
    'the test "a page is stored" failed',
    'the test "an issue "a => b" is read" failed',
    "this test does not end: a worker waits",
  ]);
});

Deno.test("the checks name no test when all passed", async () => {
  assert.deepEqual(await toldAfter("./tests/one_test.ts => it works ... ok (1s)\n"), []);
});

Deno.test("a step that ran beside others is told whole and counted, and so is one that did not run", async () => {
  const lines = [
    "passed=0 failed=0 faults=()",
    'says() { echo "$1"; echo "$1 again" >&2; return "$2"; }',
    '{ kept "the first" says one 0; kept second says two 3; } &',
    "wait $!",
    'step "live" says three 0',
    'told second "the first" third',
    'echo "$passed passed, $failed failed"',
    TELL,
  ];
  const told = await linesOf(["step", "ended", "kept", "told"], lines.join("\n"));
  assert.deepEqual(told.map((line) => line.replace(/\(\d+ s\)/, "(n s)")), [
    "==> live",
    "three",
    "three again",
    "    ok: live (n s)",
    "==> second",
    "two",
    "two again",
    "    FAILED: second (n s)",
    "==> the first",
    "one",
    "one again",
    "    ok: the first (n s)",
    "==> third",
    "    FAILED: third (n s)",
    "2 passed, 2 failed",
    "second",
    "third",
  ]);
});
