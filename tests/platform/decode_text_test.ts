import assert from "node:assert/strict";
import { decodeText, givenText } from "../../src/platform/decode_text.ts";

function noPause(): Promise<void> {
  return Promise.resolve();
}

Deno.test("A text of several steps is what it was, wherever a step ends within a character", async () => {
  for (const lead of ["", "a", "aa", "aaa"]) {
    const text = lead + "漢字 and 👍🏽 ".repeat(150_000);
    let pauses = 0;
    const decoded = await decodeText(new TextEncoder().encode(text), () => {
      pauses++;
      return Promise.resolve();
    });
    assert.ok(decoded === text, `led by ${lead.length}`);
    assert.ok(pauses >= 3);
  }
});

Deno.test("Bytes that are no UTF-8 are refused at any length, or replaced where that is asked for", async () => {
  for (const length of [10, 3_000_000]) {
    const bytes = new Uint8Array(length).fill(0x61);
    bytes[length - 1] = 0xe6;
    await assert.rejects(decodeText(bytes, noPause), TypeError);
    const text = await decodeText(bytes, noPause, { lossy: true });
    assert.ok(text === `${"a".repeat(length - 1)}\ufffd`);
  }
});

Deno.test("A byte order mark is left out at any length", async () => {
  for (const length of [3, 2_000_000]) {
    const bytes = new TextEncoder().encode(`\ufeff${"a".repeat(length)}`);
    assert.equal((await decodeText(bytes, noPause)).length, length);
  }
});

Deno.test("A text that a person gave in another encoding is refused by its name, and loses a mark of byte order", () => {
  const latin = new Uint8Array([0x47, 0x72, 0xf6, 0xdf, 0x65]);
  assert.throws(() => givenText(latin, '"a.md"'), {
    code: "not_utf8",
    message: '"a.md" is not UTF-8 text',
  });
  assert.equal(givenText(new TextEncoder().encode("\ufeffGröße"), "it"), "Größe");
});
