import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { uploadCycle } from "../../src/daemon/background_upload.ts";
import { runLoop } from "../../src/daemon/loop.ts";
import { Wake } from "../../src/daemon/wake.ts";
import { queueOwner } from "../../src/events/open.ts";
import { emitterOn } from "../events/event_support.ts";
import { withPlatform } from "../support/platform.ts";

const NOTE = { wp_id: "WP01", entry_type: "note", entry_content: "hello" } as const;
const MB = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

Deno.test("1,000 cycles that upload an event each, in virtual time, leave the daemon's memory flat", () =>
  withPlatform({
    env: {
      SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
      SPEC_KITTY_SAAS_URL: "https://host.example",
      TRACKER_TOKEN: "token",
    },
  }, async (platform) => {
    const { path } = await queueOwner(platform);
    const { emitter } = emitterOn(platform, path);
    const wake = new Wake();
    const start = platform.clock.now();
    const heap: number[] = [];
    let count = 0;
    const sink = {
      send: () =>
        Promise.resolve({
          status: 200,
          body: { results: [{ event_id: last, status: "success" }] },
        }),
    };
    let last = "";
    await runLoop({
      clock: platform.clock,
      random: platform.random,
      wake,
      async cycle(signal) {
        const emitted = await emitter.emit("HistoryAdded", NOTE);
        last = emitted.kind === "queued" ? emitted.eventId : "";
        const outcome = await uploadCycle({ platform, version: "1", signal, sink });
        assert.deepEqual(outcome, { kind: "worked", count: 1 });
        if (++count === 1000) wake.stop("asked");
        if (count % 100 === 0) {
          // Only what is still held counts, not what the collector has not got to yet.
          collect();
          heap.push(Deno.memoryUsage().heapUsed);
        }
        return outcome;
      },
    });
    await emitter.close();
    assert.equal(platform.clock.now() - start >= 999 * 30_000, true);
    // The first hundred cycles load modules and fill caches.
    const grown = (heap.at(-1) ?? 0) - (heap.at(0) ?? 0);
    assert.ok(grown < MB, `${(grown / MB).toFixed(2)} MB more after 900 cycles`);
  }));
