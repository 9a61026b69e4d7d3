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

/** Returns what the script tells at its end of a step that has printed something. */
async function toldAfter(output: string): Promise<string[]> {
  const script = await Deno.readTextFile(new URL("../../.ci/run", import.meta.url));
  const [named] = /^name_tests\(\) \{$[\s\S]*?^\}$/m.exec(script) ?? [];
  assert.ok(named !== undefined);
  const scratch = await Deno.makeTempDir({ prefix: "tracker-test-" });
  try {
    await Deno.writeTextFile(`${scratch}/output`, output);
    const tell = `for fault in \${faults[@]+"\${faults[@]}"}; do echo "$fault"; done`;
    const { stdout, success } = await new Deno.Command("bash", {
      args: ["-uc", `faults=()\n${named}\nname_tests\n${tell}`],
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
