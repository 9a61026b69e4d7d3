import assert from "node:assert/strict";
import { TARGETS } from "./targets/mod.ts";

// A moment for each, always with the same inputs; `scripts/fuzz.ts` takes longer and other ones.
for (const target of TARGETS) {
  Deno.test(`no input brings down ${target.name}`, async () => {
    const { runs, failure } = await target.run({ seed: 20_260_301, runs: 60 });
    assert.equal(failure, null, failure ?? "");
    assert.equal(runs, 60);
  });
}
