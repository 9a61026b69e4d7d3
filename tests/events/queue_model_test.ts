import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { withPlatform } from "../support/platform.ts";
import { event, fill, idsIn, queuePath } from "./event_support.ts";

type Step =
  | { readonly kind: "append"; readonly hasProject: boolean }
  | { readonly kind: "wait" }
  | { readonly kind: "reopen" }
  | { readonly kind: "retry" }
  | { readonly kind: "upload"; readonly size: number; readonly verdicts: readonly boolean[] };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant("append" as const), hasProject: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "wait" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "retry" as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("upload" as const),
        size: fc.integer({ min: 1, max: 4 }),
        verdicts: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      }),
    },
  ),
  { maxLength: 60 },
);

interface ModelEvent {
  readonly id: string;
  readonly hasProject: boolean;
  rejections: number;
}

Deno.test("whatever is done to a queue, it holds what a plain list would hold, in the same order", () =>
  withPlatform({}, async (platform) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const path = queuePath(platform, `model-${run++}.db`);
        let queue = await EventQueue.open(platform, path);
        let model: ModelEvent[] = [];
        let number = 0;
        for (const step of script) {
          switch (step.kind) {
            case "append": {
              const made = event(++number, step.hasProject ? {} : { project_uuid: null });
              queue.append("a1b2c3d4e5f6", () => made);
              model.push({ id: made.event_id, hasProject: step.hasProject, rejections: 0 });
              break;
            }
            case "wait":
              platform.clock.advance(1500);
              break;
            case "reopen":
              queue.close();
              queue = await EventQueue.open(platform, path);
              break;
            case "retry":
              queue.retryParked();
              for (const entry of model) if (entry.rejections >= 10) entry.rejections = 0;
              break;
            case "upload": {
              const limits = { events: step.size, bytes: 1_000_000 };
              const batch = queue.readBatch(null, queue.newest(), limits);
              const expected = model.filter((entry) => entry.hasProject && entry.rejections < 10)
                .slice(0, step.size);
              assert.deepEqual(batch.map((entry) => entry.eventId), expected.map(({ id }) => id));
              // A verdict against an event counts ten times, so that parking comes up.
              const refused = expected.filter((_, place) => step.verdicts[place] === false);
              const taken = expected.filter((entry) => !refused.includes(entry));
              for (let time = 0; time < 10; time++) {
                queue.settle({
                  accepted: taken.map(({ id }) => id),
                  rejected: refused.map(({ id }) => ({ eventId: id, reason: "no" })),
                });
              }
              for (const entry of refused) entry.rejections += 10;
              model = model.filter((entry) => !taken.includes(entry));
              break;
            }
          }
          assert.deepEqual(idsIn(queue), model.map(({ id }) => id));
        }
        const { total, pending, parked } = queue.counts();
        assert.equal(total, model.length);
        assert.equal(parked, model.filter((entry) => entry.rejections >= 10).length);
        assert.equal(
          pending,
          model.filter((entry) => entry.hasProject && entry.rejections < 10).length,
        );
        queue.close();
      }),
      { numRuns: 25 },
    );
  }));

Deno.test("any number of connections taking turns give clocks without gap or repetition", () =>
  withPlatform({}, async (platform) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }),
        async (turns) => {
          const path = queuePath(platform, `turns-${run++}.db`);
          const queues = await Promise.all([0, 1, 2, 3].map(() => EventQueue.open(platform, path)));
          turns.forEach((turn, number) => {
            const queue = queues[turn];
            if (queue !== undefined) fill(queue, [number]);
          });
          const clocks = [...(queues[0]?.list() ?? [])].map((entry) =>
            JSON.parse(entry.data).lamport_clock
          );
          assert.deepEqual(clocks, turns.map((_, place) => place + 1));
          for (const queue of queues) queue.close();
        },
      ),
      { numRuns: 20 },
    );
  }));
