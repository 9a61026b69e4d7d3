import assert from "node:assert/strict";
import { readLimited, SMALL_BYTES } from "../../src/server/http/body.ts";

/** A stream of pieces of one size. */
function pieces(count: number, size: number): ReadableStream<Uint8Array> {
  return ReadableStream.from(
    (function* () {
      for (let made = 0; made < count; made++) yield new Uint8Array(size).fill(made);
    })(),
  );
}

Deno.test("others have their turn between the pieces of a stream, and room is taken once for a large one", async () => {
  let pauses = 0;
  let large = 0;
  const bytes = await readLimited(pieces(5, SMALL_BYTES), 5 * SMALL_BYTES, {
    onLarge: () => {
      large++;
      return Promise.resolve();
    },
    pause: () => {
      pauses++;
      return Promise.resolve();
    },
  });
  assert.deepEqual([bytes?.length, pauses, large], [5 * SMALL_BYTES, 5, 1]);
});

Deno.test("a stream that is longer than its limit is none, and one that is not there is empty", async () => {
  assert.equal(await readLimited(pieces(3, 10), 29), null);
  assert.equal((await readLimited(pieces(3, 10), 30))?.length, 30);
  assert.equal((await readLimited(null, 10))?.length, 0);
});
