import assert from "node:assert/strict";
import { contentOf, foldLanes, parseLaneLog } from "../../../src/missions/packages/lane_log.ts";
import fc from "../../support/properties.ts";
import { step, ulidAt } from "./support.ts";

const LANES = ["planned", "claimed", "in_progress", "for_review", "done", "on_ice"] as const;

/** A step as a log may hold it: its time in several spellings, with an id or without. */
const aStep = fc.record({
  wpId: fc.constantFrom("WP01", "WP02"),
  to: fc.constantFrom(...LANES),
  minute: fc.integer({ min: 0, max: 5 }),
  micros: fc.integer({ min: 0, max: 3 }),
  spelling: fc.constantFrom("Z", "+00:00"),
  id: fc.option(fc.integer({ min: 0, max: 9 })),
}).map(({ wpId, to, minute, micros, spelling, id }) => ({
  wpId,
  to,
  order: [minute, micros, id === null ? "" : ulidAt("2026-03-01T10:00:00Z", `${id}`)] as const,
  line: step(wpId, "planned", to, `2026-03-01T10:0${minute}:00.00000${micros}${spelling}`, {
    event_id: id === null ? undefined : ulidAt("2026-03-01T10:00:00Z", `${id}`),
  }),
}));

const DAMAGE = [
  '{"wp_id": "WP01", "to_lane"',
  "[]",
  "null",
  '{"to_lane":"done","wp_id":"x","at":"?"}',
];
const OTHER = ['{"event_type":"MissionCreated"}', '{"kind":"annotation","wp_id":"WP01"}', "", "  "];

Deno.test("the lane is that of the last step, whatever the order of the lines", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(aStep, { selector: ({ order }) => order.join(), maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 1000 })),
      (steps, places) => {
        // One id stands for one step.
        const known = new Set<string>();
        const unique = steps.filter(({ order: [, , id] }) => {
          const isNew = id === "" || !known.has(id);
          if (id !== "") known.add(id);
          return isNew;
        });
        const expected = new Map<string, string>();
        const sorted = [...unique].sort((a, b) => compare(a.order, b.order));
        for (const { wpId, to } of sorted) expected.set(wpId, to);
        const shuffled = unique.map(({ line }) => ({ line, place: places.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place).map(({ line }) => line);
        const { steps: read, damagedLines } = parseLaneLog(shuffled.join("\n"));
        assert.equal(damagedLines, 0);
        assert.deepEqual(read.map(contentOf), parseLaneLog(lines(sorted)).steps.map(contentOf));
        assert.deepEqual(new Map([...foldLanes(read)].sort()), new Map([...expected].sort()));
      },
    ),
  );
});

Deno.test("lines that cannot be read are counted, and change nothing; repeated ones neither", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(
        aStep.map(({ line }) => ({ line, kind: "step" })),
        fc.constantFrom(...DAMAGE).map((line) => ({ line, kind: "damage" })),
        fc.constantFrom(...OTHER).map((line) => ({ line, kind: "other" })),
      )),
      (all) => {
        const read = parseLaneLog(lines(all));
        const sound = all.filter(({ kind }) => kind === "step");
        assert.equal(read.damagedLines, all.filter(({ kind }) => kind === "damage").length);
        assert.deepEqual(read.steps, parseLaneLog(lines(sound)).steps);
        assert.deepEqual(read.steps, parseLaneLog(lines([...sound, ...sound])).steps);
      },
    ),
  );
});

Deno.test("a step tells who took it, whether by force, and why", () => {
  const agent = { role: "reviewer", profile: null, tool: "codex", model: null };
  const text = [
    step("WP01", "done", "planned", "2026-03-01T10:00:00Z", { force: true, reason: "again" }),
    step("WP02", "", "done", "2026-03-01T10:00:00Z", { actor: agent, from_lane: undefined }),
    step("WP03", "planned", "done", "2026-03-01T10:00:00Z", { actor: 7, event_id: "" }),
  ].join("\r\n");
  assert.deepEqual(
    parseLaneLog(text).steps.map(({ wpId, from, actor, forced, reason, eventId }) => [
      wpId,
      from,
      actor,
      forced,
      reason,
      eventId === null,
    ]).sort(),
    [
      ["WP01", "done", "claude", true, "again", false],
      ["WP02", null, "codex", false, null, false],
      ["WP03", "planned", null, false, null, true],
    ],
  );
});

Deno.test("a time with a million digits is no time, and costs no look at each of them", () => {
  const at = `2026-03-01T10:00:00.${"0".repeat(1_000_000)}1Z`;
  const { steps, damagedLines } = parseLaneLog(step("WP01", "planned", "done", at));
  assert.deepEqual([steps.length, damagedLines], [0, 1]);
});

function lines(all: readonly { readonly line: string }[]): string {
  return all.map(({ line }) => line).join("\n");
}

function compare(
  [a1, a2, a3]: readonly [number, number, string],
  [b1, b2, b3]: readonly [number, number, string],
): number {
  return a1 - b1 || a2 - b2 || (a3 < b3 ? -1 : a3 > b3 ? 1 : 0);
}
