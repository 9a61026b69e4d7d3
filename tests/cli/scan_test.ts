import assert from "node:assert/strict";
import { object } from "@optique/core/constructs";
import { parseSync } from "@optique/core/parser";
import fc from "../support/properties.ts";
import { globalsAlone, lineOptions, scan, wordsOf } from "../../src/cli/command/command_line.ts";
import { globalOptions } from "../../src/cli/command/global_grammar.ts";
import { GLOBAL_OPTION_LIST } from "../../src/cli/command/global_options.ts";
import { locate, strayOption } from "../../src/cli/command/locate.ts";

const PATHS = ["status", "sync pull", "sync push", "completion", "help"];

Deno.test("a global option with a value takes the next word or what follows its equals sign", () => {
  for (const line of [["--repo", "a=b", "status"], ["--repo=a=b", "status"]]) {
    assert.equal(lineOptions(scan(line)).repo, "a=b");
    assert.deepEqual(locate(PATHS, scan(line)), {
      kind: "command",
      path: "status",
      rest: line.slice(0, -1),
    });
  }
});

Deno.test("the value of a global option is never read as an option or as a command", () => {
  const { json, repo } = lineOptions(scan(["--repo", "--json", "status"]));
  assert.deepEqual({ json, repo }, { json: false, repo: "--json" });
  assert.equal(locate(PATHS, scan(["--repo", "sync"])).kind, "none");
});

Deno.test("short flags in one word are each read", () => {
  const { quiet, verbose, help } = lineOptions(scan(["sync", "-qvh"]));
  assert.deepEqual({ quiet, verbose, help }, { quiet: true, verbose: true, help: true });
});

Deno.test("a word of short flags with an unknown one is one unknown option", () => {
  assert.equal(lineOptions(scan(["-qx"])).quiet, false);
  assert.equal(strayOption(scan(["-qx", "sync"]))?.given, "-qx");
});

Deno.test("a flag with a value is left to the grammar, which refuses it", () => {
  for (const word of ["--help=no", "--version=2", "--json=true"]) {
    const { help, version, json } = lineOptions(scan(["status", word]));
    assert.deepEqual({ help, version, json }, { help: false, version: false, json: false }, word);
  }
});

Deno.test("words after -- are no options and no part of a command's name", () => {
  const line = scan(["sync", "--", "pull", "--json"]);
  assert.equal(lineOptions(line).json, false);
  assert.deepEqual(locate(PATHS, line), { kind: "group", name: "sync" });
});

Deno.test("a lone dash is an argument", () => {
  assert.deepEqual(scan(["-"]), [{ kind: "word", words: ["-"] }]);
});

Deno.test("the words that a shell wants completed are data, with and without --", () => {
  for (const end of [[], ["--"]]) {
    const line = scan(["completion", "bash", ...end, "status", "--json"]);
    assert.equal(lineOptions(line).json, false);
    assert.deepEqual(wordsOf(line), ["completion", "bash", "--", "status", "--json"]);
  }
});

Deno.test("global options alone after completion SHELL are meant for the command itself", () => {
  assert.equal(lineOptions(scan(["completion", "bash", "--json"])).json, true);
});

Deno.test("the nearest global option is named by its long name", () => {
  assert.deepEqual(strayOption(scan(["--jsn"])), { given: "--jsn", nearest: "--json" });
});

Deno.test("property: scanning loses no word, in whatever order they stand", () => {
  const names = GLOBAL_OPTION_LIST.flatMap(({ names }) => [...names]);
  const word = fc.oneof(
    fc.constantFrom<string>(...names, "--", "-", "--repo=x", "-qv", "sync", "--limit=3", ""),
    fc.string(),
  );
  fc.assert(fc.property(fc.array(word), (line) => {
    assert.deepEqual(wordsOf(scan(["sync", ...line])), ["sync", ...line]);
  }));
});

Deno.test("property: global options alone are read as the grammar reads them, or left to it", () => {
  const grammar = object({ globals: globalOptions() });
  const word = fc.constantFrom(
    ...["--json", "-y", "-qv", "-q", "--no-input", "--color", "never", "--color=always"],
    ...["--color=blue", "--repo", "--repo=here", "--json=x", "--", "word", "-x", "-qx", "--yes"],
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (line) => {
      const alone = globalsAlone(line);
      if (alone === null) return;
      const parsed = parseSync(grammar, line);
      assert.ok(parsed.success, line.join(" "));
      assert.deepEqual(alone, parsed.value.globals);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("global options alone need no grammar", () => {
  assert.deepEqual(globalsAlone(["--json", "--repo", "here", "-qy", "--color=never"]), {
    repo: "here",
    json: true,
    noInput: false,
    yes: true,
    color: "never",
    quiet: true,
    verbose: false,
  });
});
