import assert from "node:assert/strict";
import { COUNTERPARTS, withCounterpart } from "./support.ts";

for (const counterpart of COUNTERPARTS) {
  Deno.test(`${counterpart.name} answers what its script says, in turn, and tells what it was asked`, async () => {
    const script = {
      "GET /a/?b=c": [{ status: 200, json: { first: true } }, { status: 503, json: null }],
      "POST /a/": [{ status: 201, text: "made", type: "text/plain" }],
    };
    await withCounterpart(counterpart, script, async ({ url, seen }) => {
      const first = await fetch(`${url}/a/?b=c`);
      assert.deepEqual(await first.json(), { first: true });
      const second = await fetch(`${url}/a/?b=c`);
      assert.deepEqual([second.status, await second.json()], [503, null]);
      const made = await fetch(`${url}/a/`, { method: "POST", body: "x", headers: { "x-y": "z" } });
      assert.deepEqual([made.status, await made.text()], [201, "made"]);
      const unknown = await fetch(`${url}/nothing/`);
      assert.equal(unknown.status, 404);
      await unknown.body?.cancel();
      const lines = (await seen()).map(({ method, body }) => `${method} ${body}`);
      assert.deepEqual(lines, ["GET ", "GET ", "POST x", "GET "]);
      assert.equal((await seen())[2]?.headers["x-y"], "z");
    });
  });
}
