import assert from "node:assert/strict";
import { PushRequestSchema } from "../../src/contract/requests.ts";
import { parseRequest } from "../../src/server/http/http_error.ts";
import { readPush } from "../../src/server/http/push_request.ts";
import { testClock } from "../support/clock.ts";

function push(count: number): { provider: string; binding_ref: string; items: object[] } {
  const items = Array.from({ length: count }, (_, index) => ({
    ref: { system: "linear", workspace: "acme", id: `N${index}` },
    action: "create",
    patch: { title: `Issue ${index}` },
  }));
  return { provider: "linear", binding_ref: "srm_1", items };
}

Deno.test("a large push is read as at once, in parts between which others get their turn", async () => {
  const clock = testClock();
  const value = push(2_100);
  const request = (await readPush(clock, value))();
  assert.deepEqual(request, parseRequest(PushRequestSchema, value));
  assert.deepEqual(clock.sleeps, [0, 0, 0, 0]);
});

Deno.test("a fault of a large push is named by its place among all items", async () => {
  const value = push(1_700);
  value.items[1_234] = { ...value.items[1_234], action: "destroy" };
  const request = await readPush(testClock(), value);
  assert.throws(request, (error: Error) => {
    const whole = () => parseRequest(PushRequestSchema, value);
    assert.throws(whole, { message: error.message });
    assert.match(error.message, /^"items\[1234\]\.action" /);
    return true;
  });
});

Deno.test("what is no push is refused as ever", async () => {
  for (const value of [null, 7, [], { items: 3 }, { ...push(600), provider: "none" }, push(0)]) {
    const request = await readPush(testClock(), value);
    const read = (work: () => unknown) => {
      try {
        return work();
      } catch (error) {
        return error instanceof Error ? error.message : error;
      }
    };
    assert.deepEqual(read(request), read(() => parseRequest(PushRequestSchema, value)));
  }
});
