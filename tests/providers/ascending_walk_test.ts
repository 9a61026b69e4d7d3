import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { ProviderError } from "../../src/providers/remote.ts";
import { beginWalk, continueWalk, readWalk } from "../../src/providers/ascending_walk.ts";
import { walkText } from "../../src/providers/stored.ts";

/** Longer than the overlap of two walks, so that the overlap hides nothing. */
const STEP_MS = 3 * 60_000;

const AT = (step: number) => new Date(Date.UTC(2026, 0, 1) + step * STEP_MS).toISOString();

const PAGE = 4;

Deno.test("a walk begins two minutes before the latest change that was shown, in whole seconds", () => {
  assert.deepEqual(beginWalk(null), { since: null, page: 1, newest: null });
  assert.deepEqual(beginWalk("2026-01-01T00:10:00.900Z"), {
    since: "2026-01-01T00:08:00Z",
    page: 1,
    newest: "2026-01-01T00:10:00.900Z",
  });
  assert.equal(beginWalk("no time").since, null);
});

Deno.test("a stored place is read as it was, and a broken one has the walk begin again", () => {
  const walk = { since: AT(1), page: 3, newest: AT(2) };
  assert.deepEqual(readWalk(walkText(walk)), walk);
  assert.deepEqual(readWalk(walkText({ ...walk, then: null })), { ...walk, then: null });
  for (const text of ["", "{", "{}", '{"since":null,"page":0,"newest":null}']) {
    assert.throws(
      () => readWalk(text),
      (error) => error instanceof ProviderError && error.fault.kind === "rejected",
    );
  }
});

Deno.test("a walk misses nothing, whatever changes meanwhile and however many change in one second", () => {
  const change = fc.record({ issue: fc.nat(29), afterPage: fc.nat(6) });
  fc.assert(
    fc.property(
      fc.array(fc.nat(12), { minLength: 1, maxLength: 30 }),
      fc.array(change, { maxLength: 8 }),
      (seconds, changes) => {
        const updated = seconds.map((second) => second);
        const seen = new Map<number, number>();
        let clock = 100;
        let walk = beginWalk(null);
        for (let pages = 0; pages < 200; pages++) {
          const since = walk.since === null
            ? -1
            : (Date.parse(walk.since) - Date.UTC(2026, 0, 1)) / STEP_MS;
          const all = updated.map((at, id) => ({ id, at })).filter(({ at }) => at >= since)
            .toSorted((a, b) => a.at - b.at || a.id - b.id);
          const page = all.slice((walk.page - 1) * PAGE, walk.page * PAGE);
          for (const { id, at } of page) seen.set(id, at);
          const shown = page.map(({ at }) => AT(at));
          const { next, highWater } = continueWalk(walk, shown, all.length <= walk.page * PAGE);
          if (next === null) {
            // What was not shown in its latest state is younger than where the next walk begins.
            const begin = Date.parse(beginWalk(highWater).since ?? AT(-1));
            for (const [id, at] of updated.entries()) {
              if (seen.get(id) !== at) assert.ok(Date.parse(AT(at)) >= begin, `issue ${id}`);
            }
            return;
          }
          walk = next;
          for (const { issue, afterPage } of changes) {
            if (afterPage === pages && issue < updated.length) updated[issue] = clock++;
          }
        }
        assert.fail("the walk does not end");
      },
    ),
    { verbose: true, numRuns: 2_000 },
  );
});
