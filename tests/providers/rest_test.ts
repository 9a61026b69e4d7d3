import assert from "node:assert/strict";
import * as v from "valibot";
import { Budget } from "../../src/providers/budget.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { RestCaller } from "../../src/providers/rest.ts";
import type { Wire } from "../../src/providers/transport.ts";
import { testClock } from "../support/clock.ts";

/** A caller of an API that answers so, and how often it was asked. */
function callerOf(answer: (url: URL) => Response) {
  const clock = testClock();
  const told = { asked: 0 };
  const wire: Wire = {
    provider: "Example",
    baseUrl: "https://api.example",
    headers: {},
    fetch: (request) => {
      told.asked++;
      return Promise.resolve(answer(new URL(request.url)));
    },
    clock,
    signal: new AbortController().signal,
    budget: new Budget(clock, { writeGapMs: 0, read: () => [] }),
    secrets: [],
    judge: () => null,
  };
  return { caller: new RestCaller("Example", () => Promise.resolve(wire)), told };
}

/** Answers with entries, and with an address of the next page. */
function pageOf(entries: readonly unknown[], url: URL): Response {
  const next = new URL(url);
  next.searchParams.set("page", String(Number(url.searchParams.get("page") ?? 1) + 1));
  return Response.json(entries, { headers: { link: `<${next.href}>; rel="next"` } });
}

const LIST = { name: "list things", path: "/things" };

Deno.test("a list that is read as a whole and has no end is given up", async () => {
  const { caller, told } = callerOf((url) => pageOf([1], url));
  const failed = await caller.all(v.number(), "things", LIST).then(() => null, (error) => error);
  assert.ok(failed instanceof ProviderError);
  assert.equal(failed.fault.kind, "failing");
  assert.equal(failed.message, "Example lists more than 1000 pages of things");
  assert.equal(told.asked, 1_000);
});

Deno.test("a list ends with a page without entries, whatever address that names", async () => {
  const { caller, told } = callerOf((url) =>
    pageOf(url.searchParams.get("page") === "3" ? [] : [1], url)
  );
  assert.deepEqual(await caller.all(v.number(), "things", LIST), [1, 1]);
  assert.equal(told.asked, 3);
});
