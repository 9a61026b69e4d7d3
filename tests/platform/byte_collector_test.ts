import assert from "node:assert/strict";
import { collectBytes } from "../../src/platform/byte_collector.ts";

const PIECES = [[1], [2, 3], [], Array<number>(5000).fill(4)].map((piece) => new Uint8Array(piece));

Deno.test("collected bytes are what arrived, whatever was announced", () => {
  for (const announced of [undefined, 0, 1, 5003, 1e9, Infinity, Number.NaN, -1]) {
    const collector = collectBytes(10_000, announced);
    for (const piece of PIECES) assert.ok(collector.add(piece));
    assert.deepEqual([...collector.bytes()], PIECES.flatMap((piece) => [...piece]));
  }
});

Deno.test("what exceeds the limit is refused, and what came before stays", () => {
  const collector = collectBytes(3);
  assert.ok(collector.add(new Uint8Array([1, 2])));
  assert.ok(!collector.add(new Uint8Array([3, 4])));
  assert.ok(collector.add(new Uint8Array([5])));
  assert.deepEqual([...collector.bytes()], [1, 2, 5]);
});

Deno.test("bytes that arrive one by one take no more memory than in one piece", () => {
  const collector = collectBytes(1024 * 1024);
  const piece = new Uint8Array([7]);
  const before = Deno.memoryUsage();
  for (let i = 0; i < 1024 * 1024; i++) collector.add(piece);
  const after = Deno.memoryUsage();
  assert.equal(collector.bytes().length, 1024 * 1024);
  assert.ok(collector.bytes().buffer.byteLength <= 1024 * 1024);
  assert.ok(after.external - before.external <= 4 * 1024 * 1024);
});
