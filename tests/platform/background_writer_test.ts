import assert from "node:assert/strict";
import { backgroundWriter } from "../../src/platform/background_writer.ts";

const atOnce = () => Promise.resolve();

Deno.test("lines are written whole and in their order, however little is taken at a time", async () => {
  let text = "";
  const writer = backgroundWriter((bytes) => {
    text += new TextDecoder().decode(bytes.subarray(0, 3));
    return Promise.resolve(Math.min(3, bytes.length));
  }, atOnce);
  writer.write("one\n");
  writer.write("two\n");
  await Promise.resolve();
  writer.write("three\n");
  await writer.flush();
  assert.equal(text, "one\ntwo\nthree\n");
  assert.equal(writer.dropped(), 0);
});

Deno.test("a reader that stalls holds up nobody: what is too much is dropped and counted", async () => {
  const taken = Promise.withResolvers<void>();
  const lengths: number[] = [];
  const writer = backgroundWriter(async (bytes) => {
    await taken.promise;
    lengths.push(bytes.length);
    return bytes.length;
  }, atOnce);
  const line = `${"x".repeat(1023)}\n`;
  for (let count = 0; count < 3_000; count++) writer.write(line);
  assert.equal(writer.dropped(), 3_000 - 1 - 1024);
  taken.resolve();
  await writer.flush();
  assert.deepEqual(lengths, [1024, 1024 * 1024]);
  writer.write(line);
  await writer.flush();
  assert.equal(lengths.length, 3);
});

Deno.test("a reader that has gone is written to no more, and that is no error", async () => {
  let calls = 0;
  const writer = backgroundWriter(() => {
    calls += 1;
    return Promise.reject(new Deno.errors.BrokenPipe("gone"));
  }, atOnce);
  writer.write("one\ntwo\n");
  await writer.flush();
  writer.write("three\n");
  await writer.flush();
  assert.equal(calls, 1);
  assert.equal(writer.dropped(), 3);
});

Deno.test("a full disk loses lines while it is full, and is tried again", async () => {
  const pauses: number[] = [];
  let isFull = true;
  let text = "";
  const writer = backgroundWriter((bytes) => {
    if (isFull) return Promise.reject(new Error("No space left on device"));
    text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }, (ms) => {
    pauses.push(ms);
    isFull = false;
    return Promise.resolve();
  });
  writer.write("lost\n");
  await writer.flush();
  writer.write("kept\n");
  await writer.flush();
  assert.equal(text, "kept\n");
  assert.deepEqual(pauses, [1_000]);
  assert.equal(writer.dropped(), 1);
});

Deno.test("a pipe that takes nothing for a moment loses nothing", async () => {
  let turns = 0;
  let text = "";
  const writer = backgroundWriter((bytes) => {
    turns += 1;
    if (turns < 3) return Promise.reject(new Deno.errors.WouldBlock("busy"));
    text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }, atOnce);
  writer.write("line\n");
  await writer.flush();
  assert.equal(text, "line\n");
  assert.equal(writer.dropped(), 0);
});
