import assert from "node:assert/strict";
import { formatMessage } from "@optique/core/message";
import { suggestSync } from "@optique/core/parser";
import { createKit } from "../../src/cli/command/options.ts";
import { parseWords } from "../../src/cli/command/parse.ts";
import { optionsOf } from "../../src/cli/help/manual_facts.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";

type Kit = ReturnType<typeof createKit>;

/** A grammar with an option for each class of providers, a value among them, and one for both. */
function grammarOf(kit: Kit) {
  return kit.object("Options", {
    since: kit.only("hosted", kit.textValue("--since", "TIME", "Only what changed after TIME.")),
    items: kit.only("hosted", kit.textValue("--items", "FILE", "JSON array of items.")),
    dryRun: kit.only("local", kit.flag(["--dry-run"], "Change nothing.")),
    search: kit.textValue("--search", "TEXT", "Only what has TEXT."),
  });
}

function parse(hosted: boolean, ...words: string[]) {
  return parseWords(grammarOf(createKit({ hosted })), words, undefined);
}

Deno.test("the help of an option says which class of providers it is for", () => {
  assert.deepEqual(optionsOf(grammarOf(createKit({ hosted: true }))), [
    ["--since TIME", "Hosted providers: only what changed after TIME."],
    ["--items FILE", "Hosted providers: JSON array of items."],
    ["--dry-run", "Local providers: change nothing."],
    ["--search TEXT", "Only what has TEXT."],
  ]);
});

Deno.test("the completion of an option says which class of providers it is for", () => {
  const found = suggestSync(grammarOf(createKit({ hosted: true })), ["--"]);
  const words = found.flatMap((one) =>
    one.kind === "literal" && one.description !== undefined
      ? [[one.text, formatMessage(one.description)]]
      : []
  );
  assert.deepEqual(words, [
    ["--since", "Hosted providers: only what changed after TIME."],
    ["--items", "Hosted providers: JSON array of items."],
    ["--dry-run", "Local providers: change nothing."],
    ["--search", "Only what has TEXT."],
  ]);
});

Deno.test("the completion of a value names no class of providers", () => {
  const kit = createKit({ hosted: true });
  const grammar = kit.only("hosted", kit.statusFilter());
  const texts = suggestSync(grammar, ["--status", "in_"]).map((one) => JSON.stringify(one));
  assert.ok(texts.length > 0);
  for (const one of texts) assert.doesNotMatch(one, /Hosted providers/);
});

Deno.test("with the gate off an option for hosted providers is in no help", () => {
  const terms = optionsOf(grammarOf(createKit({ hosted: false }))).map(([term]) => term);
  assert.deepEqual(terms, ["--dry-run", "--search TEXT"]);
});

Deno.test("with the gate off an option for hosted providers is unknown", () => {
  assert.equal(parse(false, "--since", "today").kind, "fault");
});

Deno.test("an option that is hidden has the value of one that is not given", () => {
  const outcome = parse(false, "--search", "x");
  assert.ok(outcome.kind === "parsed");
  assert.deepEqual(outcome.own, {
    since: undefined,
    items: undefined,
    dryRun: false,
    search: "x",
  });
});

Deno.test("a value that looks like an option for one class is no such option", () => {
  const outcome = parse(true, "--search", "--dry-run", "--since=today");
  assert.ok(outcome.kind === "parsed");
  assert.deepEqual(outcome.names, ["--search", "--since"]);
});

Deno.test("an option for hosted providers that a line needs is a mistake of its command", () => {
  const kit = createKit({ hosted: false });
  assert.throws(() => kit.only("hosted", kit.option("--ref", kit.named("REF"))), RangeError);
});

Deno.test("every option for one class of providers may be left out, whatever the gate", async () => {
  for (const hosted of [true, false]) {
    for (const command of await catalogue(hosted)) command.grammar(createKit({ hosted }));
  }
});
