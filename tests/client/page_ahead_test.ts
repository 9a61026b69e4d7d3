import assert from "node:assert/strict";
import type { PullResult } from "../../src/contract/results.ts";
import { interrupted } from "../../src/platform/tracker_error.ts";
import { hostedRules, hostedSide } from "../../src/client/hosted_side.ts";
import { PullReader } from "../../src/contract/reading/sync.ts";
import { Reading } from "../../src/contract/reading/reading.ts";
import { Router } from "../../src/client/routing.ts";
import { type PullChoice, type PullDeps, pullIssues } from "../../src/client/sync_pull.ts";
import { failing } from "./support.ts";
import { BOUND, page, withService } from "./service_support.ts";

/** A pull of a bound project at a host that answers as `answer` does, and the steps that it takes. */
async function withSteps(
  answer: (cursor: string | null, signal: AbortSignal | undefined) => Promise<PullResult>,
  test: (pull: (choice?: PullChoice) => ReturnType<typeof pullIssues>, steps: string[]) => unknown,
): Promise<void> {
  await withService(BOUND, [], async ({ service, platform, cache }) => {
    const steps: string[] = [];
    const { binding } = service;
    const router = new Router({ platform, root: platform.home, provider: "linear", binding });
    const deps: PullDeps = {
      provider: "linear",
      client: {
        pull(_provider, _routing, { cursor = null, signal } = {}) {
          steps.push(`ask ${cursor}`);
          return answer(cursor, signal);
        },
      },
      router,
      cache,
      clock: platform.clock,
      merging: {
        side: hostedSide("linear", "acme"),
        rules: hostedRules(binding),
        clock: platform.clock,
        hostClock() {
          steps.push("clock");
          return null;
        },
      },
    };
    const onPage = ({ pages }: { pages: number }) => void steps.push(`stored ${pages}`);
    await test((choice) => pullIssues(deps, { limit: "all", onPage, ...choice }), steps);
  });
}

const PAGES: Readonly<Record<string, PullResult>> = {
  "null": pageOf(1, 2, "c1"),
  c1: pageOf(3, 4, "c2"),
  c2: pageOf(5, 5, null),
};

function pageOf(from: number, to: number, next: string | null): PullResult {
  return PullReader.read(page(from, to, next), new Reading("linear"));
}

function pageAt(cursor: string | null): Promise<PullResult> {
  const found = PAGES[String(cursor)];
  return found === undefined ? Promise.reject(new Error("no such page")) : Promise.resolve(found);
}

/** What becomes of a request that its signal gives up. */
function untilGivenUp(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) =>
    signal?.addEventListener("abort", () => reject(interrupted(signal.reason)))
  );
}

Deno.test("the next page is asked for while a page is stored, and no page after that", async () => {
  await withSteps(pageAt, async (pull, steps) => {
    assert.equal((await pull()).created, 5);
    assert.deepEqual(steps, [
      ...["ask null", "clock", "ask c1", "stored 1"],
      ...["clock", "ask c2", "stored 2", "clock", "stored 3"],
    ]);
  });
});

Deno.test("no page is asked for beyond the limit of a pull", async () => {
  await withSteps(pageAt, async (pull, steps) => {
    await pull({ limit: 2 });
    assert.deepEqual(steps, ["ask null", "clock", "stored 1"]);
  });
});

Deno.test("the fault of a page that came early is told after the page before it is stored", async () => {
  await withSteps(
    (cursor) => cursor === null ? pageAt(cursor) : Promise.reject(new Error("no answer")),
    async (pull, steps) => {
      await assert.rejects(pull(), /no answer/);
      assert.deepEqual(steps, ["ask null", "clock", "ask c1", "stored 1"]);
    },
  );
});

Deno.test("a page that cannot be stored gives up the request for the next one", async () => {
  await withSteps(
    (cursor, signal) => cursor === null ? pageAt(cursor) : untilGivenUp(signal),
    async (pull) => {
      const { signal } = new AbortController();
      const onPage = () => {
        throw new Error("the disk is full");
      };
      await assert.rejects(pull({ signal, onPage }), /the disk is full/);
    },
  );
});

Deno.test("without a signal a page that cannot be stored leaves no request behind", async () => {
  const failed = Promise.withResolvers<void>();
  await withSteps(
    async (cursor) => {
      if (cursor === null) return await pageAt(cursor);
      await failed.promise;
      return await pageAt(cursor);
    },
    async (pull, steps) => {
      const onPage = () => {
        // All that follows at once comes before the answer.
        setTimeout(() => {
          steps.push("answered");
          failed.resolve();
        });
        throw new Error("the disk is full");
      };
      await assert.rejects(pull({ onPage }), /the disk is full/);
      assert.deepEqual(steps, ["ask null", "clock", "ask c1", "answered"]);
    },
  );
});

Deno.test("a pull that is interrupted gives up the request for the next page", async () => {
  await withSteps(
    (cursor, signal) => cursor === null ? pageAt(cursor) : untilGivenUp(signal),
    async (pull) => {
      const stop = new AbortController();
      const onPage = () => stop.abort(new Error("Ctrl-C"));
      await failing(pull({ signal: stop.signal, onPage }), "interrupted");
    },
  );
});
