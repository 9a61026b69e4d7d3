import assert from "node:assert/strict";
import { unpackStream } from "../../src/platform/unpack.ts";

Deno.test("a packed body is unpacked in small parts, so that a limit on its size comes in time", async () => {
  const zeros = new Blob([new Uint8Array(50_000_000)]).stream();
  const packed = new Blob([
    await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  ]);
  let largest = 0;
  let length = 0;
  for await (const part of unpackStream(packed.stream(), "gzip")) {
    largest = Math.max(largest, part.length);
    length += part.length;
  }
  assert.equal(length, 50_000_000);
  assert.ok(largest < 5_000_000, `${largest} bytes came at once`);
});
