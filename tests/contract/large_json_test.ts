import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { PartedText } from "../../src/contract/parted_text.ts";
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

/** Cuts a text into parts, empty ones among them. */
function cut(text: string, places: readonly number[]): PartedText {
  const ends = places.map((place) => place % (text.length + 1)).sort((one, other) => one - other);
  return new PartedText(
    [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end)),
  );
}

Deno.test("A document whose text is in parts is what JSON.parse makes of the whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.json({ maxDepth: 4, noUnicodeString: false }),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.integer({ min: 0, max: 12 }),
      fc.option(fc.constantFrom(",", "]", "}", '"', "\\", " "), { nil: "" }),
      async (text, places, piece, put) => {
        const place = (places[0] ?? 0) % (text.length + 1);
        const changed = text.slice(0, place) + put + text.slice(place);
        const parted = cut(changed, places);
        assert.equal(parted.toString(), changed);
        assert.deepEqual(
          await outcome(() => parseLargeJson(parted, noPause, piece)),
          await outcome(() => JSON.parse(changed)),
          JSON.stringify([changed, places, piece]),
        );
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("A text in parts is read as the whole is, forwards and backwards", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.array(fc.tuple(fc.nat({ max: 25 }), fc.nat({ max: 25 })), { maxLength: 10 }),
      (text, places, reads) => {
        const parted = cut(text, places);
        assert.equal(parted.length, text.length);
        for (const [at, to] of reads) {
          assert.equal(parted.charCodeAt(at), text.charCodeAt(at));
          assert.equal(parted.slice(at, to), at < to ? text.slice(at, to) : "");
          const character = text[at % Math.max(1, text.length)] ?? "a";
          assert.equal(parted.indexOf(character, to), text.indexOf(character, to));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

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
