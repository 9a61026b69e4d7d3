import assert from "node:assert/strict";
import { Kept } from "../../src/server/context/kept.ts";

/** Keeps up to ten characters of values, whose keys have one character each. */
function keepingTen(): { readonly kept: Kept<string>; read(key: string): boolean } {
  const kept = new Kept<string>({ most: 10, weigh: ({ length }) => length });
  return {
    kept,
    read(key) {
      const found = kept.find(key);
      // With its key a value weighs two.
      if (found === undefined) kept.offer(key, key);
      assert.ok(kept.weight <= 10);
      return found !== undefined;
    },
  };
}

function hits(read: (key: string) => boolean, keys: string): number {
  return [...keys].filter((key) => read(key)).length;
}

Deno.test("what is asked for a second time is kept, what is asked for once is not", () => {
  const { kept, read } = keepingTen();
  assert.equal(hits(read, "abc"), 0);
  assert.equal(kept.weight, 0);
  assert.equal(hits(read, "a"), 0);
  assert.equal(hits(read, "aab"), 2);
});

Deno.test("a reader of more than fits drives nothing out", () => {
  const { read } = keepingTen();
  hits(read, "abcabc");
  assert.equal(hits(read, "123456789"), 0);
  assert.equal(hits(read, "abc"), 3);
});

Deno.test("of what all go through again and again, as much is kept as fits", () => {
  const { read } = keepingTen();
  const all = "123456789abcdef";
  hits(read, all + all);
  assert.equal(hits(read, all), 5);
  assert.equal(hits(read, all), 5);
});

Deno.test("what is no longer asked for gives way to what is", () => {
  const { read } = keepingTen();
  hits(read, "12345".repeat(3));
  hits(read, "abcdeabcde");
  assert.equal(hits(read, "abcde"), 5);
  assert.equal(hits(read, "1"), 0);
});

Deno.test("a value takes the place of its former one, and one that is too large is not kept", () => {
  const { kept, read } = keepingTen();
  hits(read, "aabb");
  assert.equal(kept.weight, 4);
  kept.offer("a", "new");
  assert.equal(kept.find("a"), "new");
  assert.equal(kept.weight, 6);
  kept.offer("a", "x".repeat(10));
  assert.equal(kept.find("a"), undefined);
  assert.equal(kept.find("b"), "b");
  kept.forget();
  assert.equal(kept.weight, 0);
  assert.equal(kept.find("b"), undefined);
});
