import assert from "node:assert/strict";
import { harmless } from "../../src/cli/commands/mcp/harmless.ts";
import { ANSWER_BYTES, bytesOf, pageOf } from "../../src/cli/commands/mcp/page.ts";
import { isJsonObject, type JsonObject } from "../../src/contract/field.ts";

const ALL = { from: 0, limit: 100 };
const LIST = { ...ALL, paged: { member: "issues", kind: "list" } } as const;
const BODY = { ...ALL, paged: { member: "body", kind: "text" } } as const;

function listIn(page: JsonObject): readonly Record<string, unknown>[] {
  const { issues } = page;
  assert.ok(Array.isArray(issues));
  return issues.filter(isJsonObject);
}

Deno.test("A document that fits stays as it is", () => {
  const document = { issues: [{ title: "One" }], has_more: false };
  assert.deepEqual(pageOf(document, LIST), document);
});

Deno.test("A list ends where the bytes do, and `next` is where the following page starts", () => {
  const document = {
    issues: Array.from({ length: 100 }, (_, n) => ({ n, text: "x".repeat(500) })),
  };
  const seen: unknown[] = [];
  for (let from: unknown = 0; typeof from === "number";) {
    const page = pageOf(document, { ...LIST, from });
    assert.ok(bytesOf(page) <= ANSWER_BYTES);
    seen.push(...listIn(page).map(({ n }) => n));
    from = page["next"];
  }
  assert.deepEqual(seen, document.issues.map(({ n }) => n));
});

Deno.test("An item too long for a page is shortened, and `cut` names what was", () => {
  const document = { issues: [{ title: "One", body: "x".repeat(50_000) }, { title: "Two" }] };
  const page = pageOf(document, LIST);
  assert.ok(bytesOf(page) <= ANSWER_BYTES);
  assert.deepEqual(listIn(page).map(({ title }) => title), ["One", "Two"]);
  assert.match(String(listIn(page)[0]?.["body"]), /^x{1000,}…$/);
  assert.deepEqual(page["cut"], ["issues[].body"]);
});

const HOSTILE: readonly (readonly [what: string, document: JsonObject])[] = [
  ["a text", { text: '\u0001"\\'.repeat(100_000) }],
  ["letters of four bytes", { text: "😀".repeat(100_000) }],
  ["a list", { list: Array.from({ length: 100_000 }, (_, n) => n) }],
  ["names", { fields: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`n${n}`, n])) }],
  ["a name", { fields: { ["n".repeat(100_000)]: 1 } }],
  ["lists in lists", {
    list: Array.from({ length: 90 }, () => Array.from({ length: 90 }, () => "abc")),
  }],
  [
    "many names",
    Object.fromEntries(
      Array.from({ length: 29 }, (_, n) => [`"ü${n}`.repeat(20), "x".repeat(9_000)]),
    ),
  ],
  ["depth", { deep: Array.from({ length: 5_000 }).reduce((inner: unknown) => [inner], "x") }],
];

for (const [what, document] of HOSTILE) {
  Deno.test(`However long ${what} is, a document stays below the limit, and says that it is cut`, () => {
    const page = pageOf(document, { ...ALL, paged: null });
    assert.ok(bytesOf(page) <= ANSWER_BYTES, String(bytesOf(page)));
    assert.ok(Array.isArray(page["cut"]) && page["cut"].length > 0, what);
    const inList = pageOf({ issues: [document, document] }, LIST);
    assert.ok(bytesOf(inList) <= ANSWER_BYTES);
    const beside = pageOf({ ...document, issues: [] }, LIST);
    assert.ok(bytesOf(beside) <= ANSWER_BYTES);
  });
}

Deno.test("The parts of a text make up the whole, and none ends in half a letter", () => {
  const body = 'a😀"\n'.repeat(10_000);
  let whole = "";
  for (let from: unknown = 0; typeof from === "number";) {
    const page = pageOf({ title: "One", body }, { ...BODY, from });
    assert.ok(bytesOf(page) <= ANSWER_BYTES);
    const part = String(page["body"]);
    assert.ok(part.length > 0 && part.isWellFormed());
    whole += part;
    from = page["next"];
  }
  assert.equal(whole, body);
});

Deno.test("The members that a list leaves out are left out of each item", () => {
  const page = pageOf({ issues: [{ title: "One", body: "Long" }] }, {
    ...ALL,
    paged: { ...LIST.paged, without: ["body"] },
  });
  assert.deepEqual(page["issues"], [{ title: "One" }]);
});

Deno.test("A list whose command names the following page keeps that name", () => {
  const marked = { ...ALL, paged: { ...LIST.paged, marked: true } };
  const document = { issues: [{ title: "One" }], has_more: true, next: "bWFyaw" };
  assert.deepEqual(pageOf(document, marked), document);
});

Deno.test("What a reader does not see is left out, in names as in texts", () => {
  const tags = [..."ignore"].map((letter) =>
    String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0))
  ).join("");
  const hidden = `A\u200b${tags}\u202eB\u001b[31mC\u0007`;
  assert.deepEqual(harmless({ [hidden]: [hidden, 1, null, true], plain: "x\ty\nz" }), {
    ABC: ["ABC", 1, null, true],
    plain: "x\ty\nz",
  });
  const own = harmless(JSON.parse('{"__proto__": {"polluted": true}}'));
  assert.equal(Reflect.get(Object(own), "polluted"), undefined);
});
