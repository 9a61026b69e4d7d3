import fc from "../support/properties.ts";

/** One change of some bytes; places are fractions of their length, so that any change fits any bytes. */
export type Mutation =
  | { readonly kind: "flip"; readonly at: number; readonly bits: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "delete"; readonly at: number; readonly length: number }
  | { readonly kind: "truncate"; readonly at: number }
  | {
    readonly kind: "repeat";
    readonly at: number;
    readonly length: number;
    readonly times: number;
  }
  | { readonly kind: "splice"; readonly at: number; readonly seed: number };

const ENCODER = new TextEncoder();

/** Bytes of any of the seeds, changed in a few places. */
export function mutated(seeds: readonly (string | Uint8Array)[]): fc.Arbitrary<Uint8Array> {
  const all = seeds.map((seed) => typeof seed === "string" ? ENCODER.encode(seed) : seed);
  return fc.tuple(fc.nat(all.length - 1), fc.array(mutation(all.length), { maxLength: 6 }))
    .map(([index, changes]) =>
      changes.reduce((bytes, change) => applied(bytes, change, all), all[index] ?? new Uint8Array())
    );
}

/** Text of any of the seeds, changed in a few places; what is no UTF-8 is replaced. */
export function mutatedText(seeds: readonly string[]): fc.Arbitrary<string> {
  return mutated(seeds).map((bytes) => new TextDecoder().decode(bytes));
}

/** JSON of any of the values, with values inside replaced, doubled, renamed or left out. */
export function mutatedJson(seeds: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.nat(10_000), ODD_VALUE), { maxLength: 3 }),
  ).map(([seed, changes]) =>
    changes.reduce((value, [place, odd]) => withOddity(value, place, odd), seed)
  );
}

/** Values that programs trip over. */
export const ODD_VALUE: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    " ",
    0,
    -1,
    1e999,
    1.5,
    9007199254740993,
    [],
    {},
    [null],
    "\u0000",
    "\ud800",
    "../..",
    "..",
    "\r\nX-Evil: 1",
    "\u001b]0;owned\u0007",
    "\u202egpj.exe",
    "x".repeat(5000),
    "--help",
    "9999-99-99T99:99:99Z",
    "+275760-09-13T00:00:00.001Z",
    "__proto__",
    JSON.parse('{"__proto__": {"polluted": true}, "constructor": null, "toString": 1}'),
  ),
  fc.constantFrom(100, 20_000).map((depth) => nested(depth)),
  fc.jsonValue({ maxDepth: 2 }),
);

const TOKENS: readonly string[] = [
  '"',
  "'",
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "=",
  "#",
  "&a ",
  "*a",
  "<<: *a\n",
  "!!binary ",
  "!!set",
  "!<tag:x>",
  "? ",
  "- ",
  "|\n",
  ">-\n",
  "---\n",
  "...\n",
  "%YAML 9.9\n",
  "\t",
  "\r",
  "\r\n",
  "\n",
  "\0",
  '"""',
  "'''",
  "[[a]]\n",
  "[a.b]\n",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "true",
  "1e999",
  "-0",
  "0x",
  "9007199254740993",
  "2026-13-45",
  "1979-05-27T07:32:00Z",
  "\\ud800",
  "\\u0000",
  "\u001b[31m",
  "\u009b31m",
  "\u202e",
  "\ufeff",
  "../../",
  "%00",
  "\u{1F600}",
  " ".repeat(200),
  "a".repeat(1000),
  "[".repeat(3000),
  '{"a":'.repeat(3000),
  "- ".repeat(500),
];

const TOKEN_BYTES: readonly Uint8Array[] = [
  ...TOKENS.map((token) => ENCODER.encode(token)),
  new Uint8Array([0xff]),
  new Uint8Array([0xc3]),
  new Uint8Array([0xed, 0xa0, 0x80]),
  new Uint8Array([0xff, 0xfe, 0x7b, 0x00]),
];

function mutation(seeds: number): fc.Arbitrary<Mutation> {
  const at = fc.integer({ min: 0, max: 10_000 });
  return fc.oneof(
    fc.record({ kind: fc.constant("flip" as const), at, bits: fc.integer({ min: 1, max: 255 }) }),
    fc.record({
      kind: fc.constant("insert" as const),
      at,
      bytes: fc.oneof(
        fc.constantFrom(...TOKEN_BYTES),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
      ),
    }),
    fc.record({
      kind: fc.constant("delete" as const),
      at,
      length: fc.integer({ min: 1, max: 40 }),
    }),
    fc.record({ kind: fc.constant("truncate" as const), at }),
    fc.record({
      kind: fc.constant("repeat" as const),
      at,
      length: fc.integer({ min: 1, max: 60 }),
      times: fc.integer({ min: 2, max: 20 }),
    }),
    fc.record({
      kind: fc.constant("splice" as const),
      at,
      seed: fc.nat(Math.max(0, seeds - 1)),
    }),
  );
}

function applied(bytes: Uint8Array, change: Mutation, seeds: readonly Uint8Array[]): Uint8Array {
  const at = Math.floor(change.at / 10_000 * bytes.length);
  switch (change.kind) {
    case "flip":
      return bytes.map((byte, index) => index === at ? byte ^ change.bits : byte);
    case "insert":
      return joined(bytes.subarray(0, at), change.bytes, bytes.subarray(at));
    case "delete":
      return joined(bytes.subarray(0, at), bytes.subarray(at + change.length));
    case "truncate":
      return bytes.subarray(0, at);
    case "repeat": {
      const part = bytes.subarray(at, at + change.length);
      const parts = Array.from({ length: change.times }, () => part);
      return joined(bytes.subarray(0, at), ...parts, bytes.subarray(at));
    }
    case "splice":
      return joined(bytes.subarray(0, at), (seeds[change.seed] ?? bytes).subarray(at));
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The value with one of the values inside it, counted in reading order, replaced. */
function withOddity(value: unknown, place: number, odd: unknown): unknown {
  let left = place % Math.max(1, countValues(value));
  // What is deeper comes from an earlier oddity, and is odd enough.
  const walk = (inner: unknown, depth: number): unknown => {
    if (left-- === 0) return odd;
    if (typeof inner !== "object" || inner === null || depth > 40) return inner;
    if (Array.isArray(inner)) return inner.map((item) => walk(item, depth + 1));
    return Object.fromEntries(
      Object.entries(inner).map(([key, item]) => [key, walk(item, depth + 1)]),
    );
  };
  return walk(value, 0);
}

function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  let count = 0;
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    count++;
    if (typeof next === "object" && next !== null && count < 10_000) {
      for (const item of Object.values(next)) open.push(item ?? null);
    }
  }
  return count;
}

function nested(depth: number): unknown {
  let value: unknown = "deep";
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}
