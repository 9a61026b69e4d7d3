import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { ProviderError } from "../../../src/providers/mod.ts";
import {
  beginWalk,
  continueWalk,
  readWalk,
  type Walk,
} from "../../../src/providers/linear/walk.ts";
import { walkText } from "../../../src/providers/stored.ts";

const AT = (second: number) => new Date(Date.UTC(2026, 0, 1, 12) + second * 1_000).toISOString();

/** Further apart than two walks overlap, so that the overlap hides nothing. */
const STEP = (step: number) => AT(step * 120);

const PAGE = 4;

Deno.test("a walk begins a minute before the newest that was shown", () => {
  assert.deepEqual(beginWalk(null), { since: null, until: null, after: null, newest: null });
  assert.equal(beginWalk(AT(60)).since, AT(0));
  assert.equal(beginWalk(AT(60)).newest, AT(60));
  assert.equal(beginWalk("no time").since, null);
});

Deno.test("a walk continues at the time of the last entry, and keeps the newest of the first page", () => {
  const first = continueWalk(beginWalk(null), {
    times: [AT(9), AT(8)],
    endCursor: "b",
    hasNextPage: true,
  });
  assert.deepEqual(first, {
    next: { since: null, until: AT(8), after: null, newest: AT(9) },
    highWater: AT(9),
  });
  assert.ok(first.next !== null);
  const last = continueWalk(first.next, { times: [AT(8)], endCursor: "c", hasNextPage: false });
  assert.deepEqual(last, { next: null, highWater: AT(9) });
});

Deno.test("where a whole page has one time, the walk continues after its last entry", () => {
  const walk = { since: null, until: AT(8), after: null, newest: AT(9) };
  const { next } = continueWalk(walk, {
    times: [AT(8), AT(8)],
    endCursor: "d",
    hasNextPage: true,
  });
  assert.deepEqual(next, { ...walk, after: "d" });
});

Deno.test("a round that shows nothing leaves the high water where it was", () => {
  const nothing = { times: [], endCursor: null, hasNextPage: false };
  assert.equal(continueWalk(beginWalk(AT(5)), nothing).highWater, AT(5));
  assert.equal(continueWalk(beginWalk(null), nothing).highWater, null);
});

Deno.test("a list that begins with the oldest is refused, as the walk would miss the rest", () => {
  const wrong = { times: [AT(1), AT(2)], endCursor: null, hasNextPage: true };
  assert.throws(() => continueWalk(beginWalk(null), wrong), /oldest first/);
});

Deno.test("a stored place is read as it was, and a broken one has the walk begin again", () => {
  const walk: Walk = { since: AT(1), until: AT(3), after: "x", newest: AT(4) };
  assert.deepEqual(readWalk(walkText(walk)), walk);
  for (const text of ["", "{", "{}", '{"since":1,"until":null,"after":null,"newest":null}']) {
    assert.throws(
      () => readWalk(text),
      (error) => error instanceof ProviderError && error.fault.kind === "rejected",
    );
  }
});

interface Listed {
  readonly id: number;
  at: number;
}

Deno.test("a walk and the next one miss nothing, whatever changes and goes meanwhile", () => {
  const change = fc.record({ issue: fc.nat(29), afterPage: fc.nat(8), isGone: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }),
      fc.array(change, { maxLength: 10 }),
      (seconds, changes) => {
        let time = 100;
        const issues = new Map(seconds.map((at, id): [number, Listed] => [id, { id, at }]));
        const seen = new Map<number, number>();
        const page = (walk: Walk) => {
          const from = walk.since === null ? 0 : Date.parse(walk.since);
          const to = walk.until === null ? Infinity : Date.parse(walk.until);
          const listed = [...issues.values()].filter(({ at }) => {
            const ms = Date.parse(STEP(at));
            return ms >= from && ms <= to;
          }).sort((a, b) => b.at - a.at || a.id - b.id);
          const start = walk.after === null
            ? 0
            : listed.findIndex(({ id }) => String(id) === walk.after) + 1;
          // An entry that is gone ends the walk: the host begins again.
          if (walk.after !== null && start === 0) return null;
          return { entries: listed.slice(start, start + PAGE), all: listed.length - start };
        };
        let highWater: string | null = null;
        let pages = 0;
        const round = () => {
          for (let walk: Walk | null = beginWalk(highWater); walk !== null;) {
            const shown = page(walk);
            if (shown === null) {
              walk = beginWalk(highWater);
              continue;
            }
            for (const { id, at } of shown.entries) seen.set(id, at);
            const continued = continueWalk(walk, {
              times: shown.entries.map(({ at }) => STEP(at)),
              endCursor: String(shown.entries.at(-1)?.id ?? ""),
              hasNextPage: shown.all > PAGE,
            });
            for (const { issue, afterPage, isGone } of changes) {
              if (afterPage !== pages || !issues.has(issue)) continue;
              if (isGone) issues.delete(issue);
              else issues.set(issue, { id: issue, at: ++time });
            }
            pages++;
            if (continued.next === null) highWater = continued.highWater;
            walk = continued.next;
          }
        };
        round();
        pages = 100;
        round();
        for (const { id, at } of issues.values()) assert.equal(seen.get(id), at, `issue ${id}`);
      },
    ),
  );
});
