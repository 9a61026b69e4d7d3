import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { systemFiles } from "../../src/platform/files.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { exclusively } from "../../src/sync/exclusive.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("syncs of one cache run one after the other, and of two at once", () =>
  withPlatform({}, async (platform) => {
    const machine = { ...platform, files: systemFiles(systemClock(), systemRandom()) };
    const steps: string[] = [];
    const begun = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    const sync = (lock: string, name: string, until: Promise<void>) =>
      exclusively(machine, `${platform.home}/${lock}`, { purpose: "sync pull" }, async () => {
        steps.push(`${name} begins`);
        if (name === "first") begun.resolve();
        await until;
        steps.push(`${name} ends`);
        return name;
      });
    const running = sync("a.lock", "first", first.promise);
    await begun.promise;
    assert.equal(await sync("b.lock", "other", Promise.resolve()), "other");
    const waiting = sync("a.lock", "second", Promise.resolve());
    first.resolve();
    assert.deepEqual(await Promise.all([running, waiting]), ["first", "second"]);
    assert.deepEqual(steps.filter((step) => !step.startsWith("other")), [
      "first begins",
      "first ends",
      "second begins",
      "second ends",
    ]);
  }));

Deno.test("a sync that fails gives the lock back", () =>
  withPlatform({}, async (platform) => {
    const sync = (work: () => Promise<number>) =>
      exclusively(platform, `${platform.home}/a.lock`, { purpose: "sync pull" }, work);
    await assert.rejects(sync(() => Promise.reject(new Error("no"))), /no/);
    assert.equal(await sync(() => Promise.resolve(1)), 1);
  }));

Deno.test("where no lock can be kept a sync runs without", () =>
  withPlatform({
    files: (real) => ({ ...real, lock: () => Promise.reject(new Error("read-only file system")) }),
  }, async (platform) => {
    const work = () => Promise.resolve(1);
    assert.equal(await exclusively(platform, "/a.lock", { purpose: "sync pull" }, work), 1);
  }));
