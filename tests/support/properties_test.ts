import assert from "node:assert/strict";
import { modulesUnder } from "../../scripts/coverage.ts";
import { ROOT, text } from "../module_graph.ts";
import fc from "./properties.ts";

Deno.test("properties try the same inputs in every run", () => {
  const tried = () => fc.sample(fc.string(), 20);
  assert.deepEqual(tried(), tried());
});

Deno.test("a property that fails tells the seed that shows it again", () => {
  const { seed } = fc.readConfigureGlobal();
  const failing = fc.property(fc.integer(), (n) => n < 100);
  assert.throws(() => fc.assert(failing), new RegExp(`\\bseed: ${seed}\\b`));
});

Deno.test("no other module takes fast-check, whose seed would be another in each run", async () => {
  const folders = await Promise.all(["tests/", "scripts/"].map((at) => modulesUnder(ROOT, at)));
  const takesIt = /(from|import)\s*\(?\s*["'](npm:)?fast-check\b/;
  const found: string[] = [];
  for (const path of folders.flat()) {
    if (takesIt.test(await text(path))) found.push(path);
  }
  assert.deepEqual(found, ["tests/support/properties.ts"]);
});
