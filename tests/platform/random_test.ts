import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  equalInConstantTime,
  hex,
  randomHex,
  sha256Hex,
  systemRandom,
} from "../../src/platform/random.ts";

const random = systemRandom();

Deno.test("Identifiers are version 4 UUIDs and differ", () => {
  const ids = new Set(Array.from({ length: 100 }, () => random.uuid()));
  assert.equal(ids.size, 100);
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  }
});

Deno.test("Fractions lie between nothing and one", () => {
  for (let i = 0; i < 100; i++) {
    const fraction = random.fraction();
    assert.ok(fraction >= 0 && fraction < 1);
  }
});

Deno.test("Bytes come in the number asked for, and differ", () => {
  assert.equal(random.bytes(0).length, 0);
  assert.notDeepEqual(random.bytes(32), random.bytes(32));
  assert.match(randomHex(random, 8), /^[0-9a-f]{16}$/);
});

Deno.test("Bytes are written as two digits each", () => {
  assert.equal(hex(new Uint8Array([0, 1, 15, 16, 255])), "00010f10ff");
});

Deno.test("The digest of a text is that of its bytes", async () => {
  const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(await sha256Hex("abc"), known);
  assert.equal(await sha256Hex(new Uint8Array([97, 98, 99])), known);
});

Deno.test("Comparing in constant time says what comparing says", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
      assert.equal(equalInConstantTime(a, b), a === b);
      assert.equal(equalInConstantTime(a, a), true);
      assert.equal(equalInConstantTime(a, `${a}x`), false);
      assert.equal(equalInConstantTime(`${a}x`, a), false);
    }),
  );
});

Deno.test("A text is not equal to a longer one that ends in zero bytes", () => {
  assert.equal(equalInConstantTime("a", "a\0"), false);
  assert.equal(equalInConstantTime("a\0", "a"), false);
  assert.equal(equalInConstantTime("", ""), true);
});
