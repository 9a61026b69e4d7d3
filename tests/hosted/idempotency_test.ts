import assert from "node:assert/strict";
import fc from "fast-check";
import { contentIdempotencyKey } from "../../src/hosted/client.ts";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

Deno.test("equal content gives an equal key in the shape of a UUID v4, whatever the order of its keys", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (a, b) => {
      const key = await contentIdempotencyKey({ a, b });
      assert.match(key, UUID_V4);
      assert.equal(await contentIdempotencyKey({ b, a }), key);
    }),
    { numRuns: 100 },
  );
});

Deno.test("other content gives another key", async () => {
  const keys = await Promise.all(
    [[], {}, [1], [2], ["1"], { a: 1 }, { a: 2 }, null].map((value) =>
      contentIdempotencyKey(value)
    ),
  );
  assert.equal(new Set(keys).size, keys.length);
});
