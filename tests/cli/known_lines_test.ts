import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { flagAlone } from "../../src/cli/command/command_line.ts";
import { createKit } from "../../src/cli/command/options.ts";
import { parseWords } from "../../src/cli/command/parse.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";

for (const hosted of [true, false]) {
  Deno.test(`what a line without a grammar gives is what the grammar gives, the gate ${hosted ? "on" : "off"}`, async () => {
    let tried = 0;
    for (const command of await catalogue(hosted)) {
      for (const [flag, options] of command.known) {
        tried++;
        const kit = createKit({ hosted });
        const parsed = parseWords(
          command.grammar(kit),
          flag === null ? [] : [flag],
          undefined,
        );
        const line = `${command.path} ${flag ?? ""}`;
        assert.ok(parsed.kind === "parsed", line);
        assert.deepEqual(parsed.own, options, line);
        assert.equal(flag !== null && kit.classed.has(flag), false, line);
      }
    }
    assert.ok(tried > 15, `such lines were found: ${tried}`);
  });
}

Deno.test("a pull of everything needs no grammar, whatever global options there are", async () => {
  const pull = (await catalogue(true)).find(({ path }) => path === "sync pull");
  assert.deepEqual([...pull?.known.keys() ?? []].toSorted(), ["--all", null].toSorted());
  const words = fc.constantFrom(
    ...["--all", "--json", "-q", "--repo", "--repo=here", "--color", "never", "--", "-x", "word"],
    ...["--all=x", "--limit", "3"],
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 4 }), (line) => {
      const alone = flagAlone(line, ["--all"]);
      if (alone === null || pull === undefined) return;
      const parsed = parseWords(pull.grammar(createKit({ hosted: true })), line, undefined);
      assert.ok(parsed.kind === "parsed", line.join(" "));
      assert.deepEqual(parsed.globals, alone.globals, line.join(" "));
      assert.deepEqual(parsed.own, pull.known.get(alone.flag), line.join(" "));
    }),
    { numRuns: 1_000 },
  );
});
