import assert from "node:assert/strict";
import { cut, withBrackets } from "../../scripts/bundle_parts.ts";
import { statementsOf } from "../../scripts/bundle_text.ts";

const HELPERS = [
  "var __esm = (fn, res) => () => (fn && (res = fn.m(fn = 0)), res);",
  "var __export = (to, all) => {",
  "  for (const name in all)",
  "    Object.defineProperty(to, name, { get: all[name] });",
  "};",
  "",
].join("\n");

/** What the bundler writes above a module. */
const above = (module: string) => `// ${module}`;

/** A program of three modules: one imports another when it needs it, and both import the third. */
const PROGRAM = `${HELPERS}
${above("src/near.ts")}
function twice(text) {
  return text + text;
}
var near;
var init_near = __esm({
  m() {
    near = twice("n");
  }
});

${above("src/far.ts")}
var far_exports = {};
__export(far_exports, {
  far: () => far
});
var far;
var init_far = __esm({
  m() {
    init_near();
    far = near + twice("f");
  }
});

${above("src/main.ts")}
init_near();
async function run() {
  const { far: far2 } = await Promise.resolve().then(() => (init_far(), far_exports));
  return { near, far: far2 };
}

export {
  run
};
`;

Deno.test("Statements are found by module, with what they declare and use", () => {
  const statements = statementsOf(PROGRAM);
  const of = (name: string) => statements.find(({ declares }) => declares.includes(name));
  assert.equal(of("twice")?.module, "src/near.ts");
  assert.equal(of("__esm")?.module, "");
  assert.deepEqual([...of("init_far")?.uses ?? []].filter((name) => !name.startsWith("_")), [
    "var",
    "init_far",
    "m",
    "init_near",
    "far",
    "near",
    "twice",
  ]);
  assert.deepEqual(of("run")?.later, [["init_far", "far_exports"]]);
  assert.ok(!of("run")?.uses.has("init_far"));
});

Deno.test("What looks like a statement in a text, a template or a comment is none", () => {
  const text = [
    above("src/a.ts"),
    "var page = `",
    "function inPage() {",
    '  return "${list.map((one) => `',
    above("src/b.ts"),
    'var inner = ${one};`)}";',
    "}",
    "`;",
    "/*",
    "var commented = 1;",
    "*/",
    "var quoted = /[`'\"/]/.test(\"`\") ? a / b / c : '`', second = { first: 1, quoted };",
    "function last() {",
    "}",
    "",
  ].join("\n");
  const statements = statementsOf(text);
  assert.deepEqual(statements.flatMap(({ declares }) => declares), [
    "page",
    "quoted",
    "second",
    "last",
  ]);
  assert.deepEqual(new Set(statements.map(({ module }) => module)), new Set(["src/a.ts"]));
  const used = new Set(statements.flatMap(({ uses }) => [...uses]));
  for (const name of ["list", "one", "a", "c"]) assert.ok(used.has(name), name);
  for (const name of ["inPage", "inner", "commented", "map", "first"]) {
    assert.ok(!used.has(name), name);
  }
});

Deno.test("A comment for the minifier does not come to stand above another function", () => {
  const text = [
    above("src/a.ts"),
    "// @__NO_SIDE_EFFECTS__",
    "function warm() {",
    "}",
    "/* @__NO_SIDE_EFFECTS__ */",
    "function cold() {",
    "}",
    "/*! License */",
    "",
  ].join("\n");
  const cold = cut(text, "main.js", [], {
    isWarm: (_, name) => name === "warm",
    isUsed: () => true,
  }).get("main.js") ?? "";
  assert.match(cold, /warm[^]*cold/);
  assert.match(cold, /License/);
  assert.doesNotMatch(cold, /SIDE_EFFECTS/);
});

Deno.test("Text that does not end is refused", () => {
  assert.throws(() => statementsOf("var a = {\n"), /ends within {/);
  assert.throws(() => statementsOf("var a = `\n"), /template has no end/);
});

const CUTS = [
  { what: "a part is made for", modules: /far/, isUsed: () => true },
  { what: "is seldom loaded", modules: /^none$/, isUsed: (module: string) => !/far/.test(module) },
];
for (const { what, modules, isUsed } of CUTS) {
  Deno.test(`A program that was cut does the same, and loads later what ${what}`, () =>
    doesTheSame(modules, isUsed));
}

async function doesTheSame(modules: RegExp, isUsed: (module: string) => boolean): Promise<void> {
  const parts = [{ name: "rest.js", modules }];
  const isWarm = (module: string) => module === "src/near.ts";
  const files = cut(PROGRAM, "main.js", parts, { isWarm, isUsed });
  assert.deepEqual([...files.keys()], ["main.js", "rest.js"]);
  assert.doesNotMatch(files.get("main.js") ?? "", /var far\b|from "/);
  const directory = await Deno.makeTempDir({ prefix: "tracker-test-" });
  try {
    for (const [name, text] of files) {
      await Deno.writeTextFile(`${directory}/${name}`, withBrackets(text));
    }
    const main = withBrackets(files.get("main.js") ?? "");
    assert.match(main, /^var twice = \(function\(text\) {/m);
    assert.match(main, /^ {2}m: \(function\(\) {/m);
    const { run } = await import(`file://${directory}/main.js`);
    assert.deepEqual(await run(), { near: "nn", far: "nnff" });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
