import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { parseYamlFile } from "../../src/project/yaml_document.ts";
import { editYaml, type YamlEdit } from "../../src/project/yaml_edit.ts";

const FILE = "/p/.kittify/config.yaml";

function edited(text: string, ...edits: [string, YamlEdit["value"]][]): string {
  return editYaml(FILE, text, edits.map(([path, value]) => ({ path: path.split("."), value })));
}

const CASES: readonly {
  name: string;
  from: string;
  edits: [string, YamlEdit["value"]][];
  to: string;
}[] = [
  {
    name: "makes a section in an empty file",
    from: "",
    edits: [["tracker.provider", "linear"], ["tracker.binding_ref", "srm_1"]],
    to: "tracker:\n  provider: linear\n  binding_ref: srm_1\n",
  },
  {
    name: "adds a section after the last line, comments left where they are",
    from: "a: 1 # one\n# the end\n",
    edits: [["tracker.provider", "linear"]],
    to: "a: 1 # one\n# the end\ntracker:\n  provider: linear\n",
  },
  {
    name: "keeps a missing final newline missing",
    from: "a: 1",
    edits: [["tracker.provider", "linear"]],
    to: "a: 1\ntracker:\n  provider: linear",
  },
  {
    name: "writes the line endings and the indentation of the file",
    from: "a:\r\n    b: 'x'\r\n",
    edits: [["tracker.provider", "linear"], ["tracker.doctrine.mode", "split_ownership"]],
    to:
      "a:\r\n    b: 'x'\r\ntracker:\r\n    provider: linear\r\n    doctrine:\r\n        mode: split_ownership\r\n",
  },
  {
    name: "changes one value and keeps the comment behind it",
    from: 'tracker:\n   provider:   "jira"   # chosen\n   other: [1,  2]\n',
    edits: [["tracker.provider", "linear"]],
    to: "tracker:\n   provider: linear   # chosen\n   other: [1,  2]\n",
  },
  {
    name: "leaves a value alone that is the same already",
    from: "tracker: {provider: 'linear'}\n",
    edits: [["tracker.provider", "linear"]],
    to: "tracker: {provider: 'linear'}\n",
  },
  {
    name: "adds to a flow mapping with a trailing comma and a comment",
    from: "tracker: {\n  provider: linear, # x\n}\nz: 1\n",
    edits: [["tracker.binding_ref", "srm_1"]],
    to: "tracker: {\n  provider: linear, binding_ref: srm_1, # x\n}\nz: 1\n",
  },
  {
    name: "adds to a file that is one flow mapping",
    from: "{a: 1}\n",
    edits: [["tracker.provider", "linear"]],
    to: "{a: 1, tracker: {provider: linear}}\n",
  },
  {
    name: "removes from flow mappings, first, middle and last",
    from: "tracker: {a: 1, provider: x, b: 2, workspace: w}\n",
    edits: [["tracker.workspace", undefined], ["tracker.provider", undefined], [
      "tracker.a",
      undefined,
    ]],
    to: "tracker: {b: 2}\n",
  },
  {
    name: "fills an empty section and keeps its comment",
    from: "tracker: # none yet\nz: 1\n",
    edits: [["tracker.provider", "linear"]],
    to: "tracker: # none yet\n  provider: linear\nz: 1\n",
  },
  {
    name: "fills a section that says null",
    from: "tracker: ~ # none yet\nz: 1\n",
    edits: [["tracker.provider", "linear"]],
    to: "tracker: # none yet\n  provider: linear\nz: 1\n",
  },
  {
    name: "replaces a mapping written over several lines",
    from: "tracker:\n  provider_context:\n    team: A\n    more:\n    - 1\n  x: 1\n",
    edits: [["tracker.provider_context", { team_name: "Engineering", size: 2 }]],
    to: "tracker:\n  provider_context: {team_name: Engineering, size: 2}\n  x: 1\n",
  },
  {
    name: "removes a block text with all its lines",
    from: "tracker:\n  project_slug: |\n    one\n    two\n\n  x: 1\n",
    edits: [["tracker.project_slug", undefined]],
    to: "tracker:\n\n  x: 1\n",
  },
  {
    name: "removes a section with its last key",
    from: "a: 1\ntracker:\n  # why\n  provider: linear\n# z\nz: 1\n",
    edits: [["tracker.provider", undefined]],
    to: "a: 1\n# z\nz: 1\n",
  },
  {
    name: "removes nested keys up to the section that holds nothing else",
    from: "a: 1\ntracker:\n  doctrine:\n    mode: x\n",
    edits: [["tracker.doctrine.mode", undefined]],
    to: "a: 1\n",
  },
  {
    name: "keeps a byte order mark, directives and document marks",
    from: "\uFEFF%YAML 1.2\n---\na: 1\n... # end\n",
    edits: [["tracker.provider", "linear"]],
    to: "\uFEFF%YAML 1.2\n---\na: 1\ntracker:\n  provider: linear\n... # end\n",
  },
  {
    name: "writes a section of its own over an alias",
    from: "base: &b {provider: jira, x: 1}\ntracker: *b\n",
    edits: [["tracker.provider", "linear"]],
    to: "base: &b {provider: jira, x: 1}\ntracker: {x: 1, provider: linear}\n",
  },
  {
    name: "covers a merged key that is to go",
    from: "base: &b\n  workspace: w\ntracker:\n  <<: *b\n  provider: beads\n",
    edits: [["tracker.workspace", undefined]],
    to: "base: &b\n  workspace: w\ntracker:\n  <<: *b\n  provider: beads\n  workspace: null\n",
  },
  {
    name: "adds a key after the comments of a nested mapping",
    from: "tracker:\n  doctrine:\n    mode: x\n    # owners follow\nz: 1\n",
    edits: [["tracker.provider", "fp"]],
    to: "tracker:\n  doctrine:\n    mode: x\n    # owners follow\n  provider: fp\nz: 1\n",
  },
  {
    name: "adds to an indented top level",
    from: "  a: 1\n  tracker:\n     provider: x\n",
    edits: [["tracker.binding_ref", "r"], ["project.slug", "s"]],
    to: "  a: 1\n  tracker:\n     provider: x\n     binding_ref: r\n  project:\n     slug: s\n",
  },
  {
    name: "quotes what a reader could take for something else",
    from: "",
    edits: [["t.a", "no"], ["t.b", "123"], ["t.c", "x: y"], ["t.d", ""], ["t.e", " x"], [
      "t.f",
      'a"b\n\u0085',
    ], ["t.g", "My Project (LINEAR-123)"]],
    to:
      't:\n  a: "no"\n  b: "123"\n  c: "x: y"\n  d: ""\n  e: " x"\n  f: "a\\"b\\n\\u0085"\n  g: "My Project (LINEAR-123)"\n',
  },
];

for (const { name, from, edits, to } of CASES) {
  Deno.test(`editing YAML ${name}`, () => {
    assert.equal(edited(from, ...edits), to);
  });
}

Deno.test("editing YAML refuses what it cannot change in place and names the line", () => {
  assert.throws(() => edited("a: 1\ntracker: [1, 2]\n", ["tracker.provider", "x"]), {
    code: "config_invalid",
    message:
      `"${FILE}" cannot be used, line 2: "tracker.provider" is written in a way that cannot be changed in place`,
  });
});

Deno.test("editing YAML refuses to take an anchor away that others use", () => {
  const text = "tracker:\n  provider: &p jira\nother: *p\n";
  assert.throws(() => edited(text, ["tracker.provider", undefined]), { code: "config_invalid" });
});

const merges = (count: number) =>
  Array.from({ length: count }, (_, i) => `k${i}: {<<: *a}`).join("\n");

Deno.test("a star in a text is no alias", () => {
  const text = `a: |\n${"  *a\n".repeat(200)}b: [${"'*a', x *a, ".repeat(100)}]\n`;
  assert.equal(edited(text, ["c", "1"]), `${text}c: "1"\n`);
});

Deno.test("a mapping may merge several others", () => {
  const text = "a: &a {k: 1}\nb: &b {l: 2}\nc: {<<: *a, m: 1}\nd: {<<: *a, <<: *b}\n";
  assert.equal(edited(text, ["e", "x"]), `${text}e: x\n`);
});

const FAULTS: readonly [string, string, number, RegExp][] = [
  ["a broken list", "a: 1\nb: [1\nc: 2\n", 3, /Flow sequence/],
  ["two documents", "a: 1\n---\nb: 2\n", 2, /more than one document/],
  ["a key twice", "a: 1\nb: 1\na: 2\n", 3, /unique/],
  ["a list at the top", "# x\n- 1\n", 2, /must be a mapping/],
  ["a text at the top", "hello\n", 1, /must be a mapping/],
  ["an alias without an anchor", "a: 1\nb: *nowhere\n", 2, /[Uu]nresolved/],
  ["aliases by the hundred", `a: &a 1\nb:\n${"  - *a\n".repeat(101)}`, 1, /more than 100 aliases/],
  ["merges by the hundred", `a: &a {k: 1}\n${merges(101)}`, 1, /more than 100 aliases/],
  ["aliases of much", `a: &a [${"1,".repeat(9000)}]\n${merges(99)}`, 1, /stand for too much/],
  ["more words than a person writes", `a:\n${"- 1\n".repeat(30_000)}`, 1, /more than 100000 words/],
  ["lists in lists without end", `a: ${"[".repeat(20_000)}`, 1, /nested too deep/],
  ["a key twice in a mapping below", "a:\n  - {b: 1, b: 2}\n", 2, /unique/],
  ["a tab for indentation", "a:\n\tb: 1\n", 2, /[Tt]ab/],
];

for (const [name, text, line, reason] of FAULTS) {
  Deno.test(`a config with ${name} is refused with its line and reason`, () => {
    assert.throws(() => parseYamlFile(FILE, text), (error: unknown) => {
      assert.ok(error instanceof Error && "details" in error);
      assert.match(error.message, new RegExp(`^"${FILE}" cannot be used, line ${line}: `));
      assert.match(error.message, reason);
      return true;
    });
  });
}

Deno.test("any text written into YAML is read back as it was", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), (value) => {
    fc.pre(value.isWellFormed());
    const text = edited("a: 1\n", ["tracker.x", value], ["tracker.y", { k: [value, null, 1.5] }]);
    const { data } = parseYamlFile(FILE, text);
    assert.deepEqual(data, { a: 1, tracker: { x: value, y: { k: [value, null, 1.5] } } });
  }));
});

for (const head of ["", "\uFEFF", "# a comment\n", "\uFEFF# a comment\n"]) {
  Deno.test(`a key goes before the end marker of a file that begins with ${JSON.stringify(head)}`, () => {
    const edits = [{ path: ["tracker", "provider"], value: "linear" }];
    assert.equal(
      editYaml(FILE, `${head}...\n`, edits),
      `${head}tracker:\n  provider: linear\n...\n`,
    );
  });
}
