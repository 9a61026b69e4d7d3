import assert from "node:assert/strict";
import { lookedUpHistory } from "../../src/hosted/push_history.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";

Deno.test("a cache that cannot be read stops no plan, as it stops no push", async () => {
  const debugged: string[] = [];
  const history = lookedUpHistory({
    debug: (message) => void debugged.push(message),
    open: () =>
      Promise.reject(new TrackerError({ code: "database_newer", message: "Made by a newer one" })),
  });
  assert.deepEqual(await history.times(["key"]), new Map());
  assert.deepEqual(debugged, ["What was pushed before is not known: Made by a newer one"]);
});
