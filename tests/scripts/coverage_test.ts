import assert from "node:assert/strict";
import { coverageByRoom, neverLoaded, parseLcov } from "../../scripts/coverage.ts";
import { plain } from "../../scripts/run.ts";
import { closingCounts, countsSoFar, isOfClient } from "../../scripts/test.ts";
import { anchorsOf, codeBlocks, linksOf } from "../../scripts/docs.ts";

const LCOV = `SF:/x/src/a/one.ts
DA:1,1
LF:10
LH:9
end_of_record
SF:/x/src/a/two.ts
LF:30
LH:21
end_of_record
SF:/x/main.ts
LF:2
LH:2
end_of_record
SF:/y/src/a/other.ts
LF:1
LH:0
end_of_record
`;

Deno.test("Coverage is summed by room, without the files of others", () => {
  assert.deepEqual(coverageByRoom(parseLcov(LCOV, "/x/")), [
    { room: "a", lines: 40, hit: 30 },
    { room: "edges", lines: 2, hit: 2 },
  ]);
});

Deno.test("A module with code that no test loads is found, one of types alone is not", async () => {
  const root = new URL("../../", import.meta.url);
  const unseen = await neverLoaded([], root);
  assert.ok(unseen.includes("src/platform/clock.ts"));
  assert.ok(!unseen.includes("src/platform/platform.ts"));
  const seen = { path: "src/platform/clock.ts", room: "platform", lines: 1, hit: 1 };
  assert.ok(!(await neverLoaded([seen], root)).includes("src/platform/clock.ts"));
});

Deno.test("The counts of Deno's closing lines are added up", () => {
  const output = [
    "ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)",
    "a test says: ok | 9 passed | 9 failed",
    "FAILED | 4 passed | 2 failed (1s)",
  ].join("\n");
  assert.deepEqual(closingCounts(output), { passed: 16, failed: 2 });
});

Deno.test("Acceptance tests of sign-in, bindings and syncs run behind a balancer, too", () => {
  const of = (name: string) => isOfClient(`tests/acceptance/${name}.ts`);
  for (const name of ["auth_test", "binding_scenarios_test", "sync_push_test", "two_people_test"]) {
    assert.ok(of(name), name);
  }
  for (const name of ["binding_setup", "host_test", "local_sync_test", "jira_connect_test"]) {
    assert.ok(!of(name), name);
  }
});

Deno.test("Colours are taken out of a text", () => {
  assert.equal(plain("\x1b[0m\x1b[32mok\x1b[0m | 1"), "ok | 1");
});

Deno.test("Links, anchors and code of a page are found", () => {
  const page = "# One two: `three`\n\n[a](b.md#c) and [d]( no) `[e](f)`\n\n```sh\n[g](h)\n```\n";
  assert.deepEqual(linksOf(page), ["b.md#c"]);
  assert.deepEqual(anchorsOf(page), ["one-two-three"]);
  assert.deepEqual(codeBlocks(page), ["[g](h)\n"]);
});

Deno.test("what ran before a run was ended counts, and the test that did not end has failed", () => {
  const output = "./a_test.ts => one ... ok (5ms)\n./a_test.ts => two ... FAILED (1s)\n";
  assert.deepEqual(countsSoFar(output), { passed: 1, failed: 2 });
});
