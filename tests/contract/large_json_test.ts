import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { parseLargeJson } from "../../src/contract/large_json.ts";

/** What a parse gives: the value, or that the text is not JSON. */
async function outcome(parse: () => unknown): Promise<unknown> {
  try {
    return { value: await parse() };
  } catch (error) {
    assert.ok(error instanceof SyntaxError, String(error));
    return "not JSON";
  }
}

function noPause(): Promise<void> {
  return Promise.resolve();
}

async function assertSame(text: string, piece: number): Promise<void> {
  const parsed = await outcome(() => parseLargeJson(text, noPause, piece));
  const expected = await outcome(() => JSON.parse(text));
  assert.deepEqual(parsed, expected, `${JSON.stringify(text)} in pieces of ${piece}`);
  if (parsed !== "not JSON") {
    assert.equal(JSON.stringify(parsed), JSON.stringify(expected), "the order of members");
  }
}

const PIECES = fc.integer({ min: 0, max: 12 });

Deno.test("A document in pieces is what JSON.parse makes of it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.json({ maxDepth: 5, noUnicodeString: false }),
      fc.constantFrom("", " ", "\n\t"),
      PIECES,
      async (text, blank, piece) => {
        const spaced = JSON.stringify(JSON.parse(text), null, blank);
        await assertSame(`${blank}${spaced}${blank}`, piece);
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("A document with a character too many, too few or wrong is refused where JSON.parse refuses it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom(
        "",
        ",",
        "[",
        "]",
        "{",
        "}",
        '"',
        ":",
        "0",
        "-",
        "\\",
        " ",
        "\u00a0",
        "\ufeff",
        "e",
      ),
      fc.boolean(),
      PIECES,
      async (text, place, put, isReplaced, piece) => {
        const at = place % (text.length + 1);
        await assertSame(text.slice(0, at) + put + text.slice(at + (isReplaced ? 1 : 0)), piece);
      },
    ),
    { numRuns: 3_000 },
  );
});

Deno.test("Structure alone, in any order, is refused where JSON.parse refuses it", async () => {
  const part = fc.constantFrom("[", "]", "{", "}", ",", '"a":', '"b"', "1", " ", '"\\""', '"\\\\"');
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), PIECES, async (parts, piece) => {
      await assertSame(parts.join(""), piece);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("Members of one name, and one called __proto__, are kept as JSON.parse keeps them", async () => {
  const text = '{"b":[1,2,3],"a":1,"__proto__":{"x":[1,2,3]},"b":[4,5,6],"1":{"y":[7,8,9]}}';
  for (const piece of [0, 1, 3, 8, 100]) await assertSame(text, piece);
  const parsed = await parseLargeJson(text, noPause, 1);
  assert.ok(parsed instanceof Object && Object.hasOwn(parsed, "__proto__"));
});

Deno.test("A large document is parsed with pauses, a small one at once", async () => {
  let pauses = 0;
  const pause = () => {
    pauses++;
    return Promise.resolve();
  };
  const issues = Array.from({ length: 4_000 }, (_, id) => ({ id, body: "x".repeat(1_000) }));
  const text = JSON.stringify({ issues });
  assert.deepEqual(await parseLargeJson(text, pause), { issues });
  assert.ok(pauses >= 7, `${pauses} pauses`);
  pauses = 0;
  await parseLargeJson(JSON.stringify(issues.slice(0, 100)), pause);
  assert.equal(pauses, 0);
});

Deno.test("JSON Lines are refused after the first line", async () => {
  const lines = '{"a":[1,2,3]}\n'.repeat(1_000);
  assert.equal(await outcome(() => parseLargeJson(lines, noPause, 100)), "not JSON");
});
