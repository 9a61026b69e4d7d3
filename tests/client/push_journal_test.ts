import assert from "node:assert/strict";
import { cachedPushJournal } from "../../src/client/push_journal.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("a cache that cannot be read stops no plan, as it stops no push", () =>
  withPlatform({}, async (platform) => {
    const debugged: string[] = [];
    const open = () =>
      Promise.reject(new TrackerError({ code: "database_newer", message: "Made by a newer one" }));
    const journal = cachedPushJournal({
      platform,
      debug: (message) => void debugged.push(message),
      open,
      openForReading: open,
    });
    assert.equal(await journal.look("push", 1), null);
    const { resumed, batches } = await journal.open("push", 2);
    assert.equal(resumed, false);
    assert.equal(new Set(batches.map(({ key }) => key)).size, 2);
    assert.deepEqual(
      debugged,
      Array(2).fill("The journal of pushes cannot be used: Made by a newer one"),
    );
  }));
