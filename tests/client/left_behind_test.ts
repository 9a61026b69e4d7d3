import assert from "node:assert/strict";
import type { Files } from "../../src/platform/files.ts";
import { ok } from "../support/answers.ts";
import { issue, LEGACY, page, withService } from "./service_support.ts";

const pulls = (extra: Record<string, unknown> = {}) => ({
  request: "POST /api/v1/tracker/pull/",
  reply: ok(page(1, 1, null, extra)),
});
const upgrading = pulls({ binding_ref: "srm_new" });

Deno.test("a legacy cache that is open elsewhere when its binding gets a reference gives its edits to the next sync", () =>
  withService(LEGACY, [upgrading, pulls()], async ({ service, cache, store, again, config }) => {
    {
      using legacy = await cache.open(service.binding);
      legacy.putPage([issue(1)]);
    }
    await service.issueEdit("WEB-1", { title: "Mine" });
    {
      using _elsewhere = await cache.open(service.binding);
      await service.pull();
    }
    assert.equal(await config(), `${LEGACY}  binding_ref: srm_new\n`);
    const next = await again();
    await next.pull();
    const { issue: shown, pending } = await next.issueShow("WEB-1");
    assert.deepEqual([shown.title, pending.map(({ field }) => field)], ["Mine", ["title"]]);
    using kept = await store();
    assert.equal(kept.counts().pending, 1);
  }));

Deno.test("a legacy cache keeps to itself when the project was bound to something else", () =>
  withService(LEGACY, [pulls()], async ({ service, cache, platform, again }) => {
    {
      using legacy = await cache.open(service.binding);
      legacy.putPage([issue(7)]);
    }
    await service.issueEdit("WEB-7", { title: "Mine" });
    await Deno.writeTextFile(
      `${platform.home}/.kittify/config.yaml`,
      `${LEGACY}  binding_ref: srm_other\n`,
    );
    const next = await again();
    await next.pull();
    await assert.rejects(next.issueShow("WEB-7"), { code: "issue_not_found" });
    assert.equal((await service.issueShow("WEB-7")).issue.title, "Mine");
  }));

/** Files of a process that is killed when it looks for the cache to move. */
function killedAt(state: { isKilled: boolean }): (real: Files) => Files {
  return (real) => ({
    ...real,
    rename: (from, to) => {
      if (state.isKilled && from.endsWith(".db")) return Promise.reject(new Error("killed"));
      return real.rename(from, to);
    },
  });
}

Deno.test("a legacy cache of which the move broke off gives its edits to the next sync", () => {
  const state = { isKilled: true };
  return withService(
    LEGACY,
    [upgrading, pulls()],
    async ({ service, cache, again }) => {
      {
        using legacy = await cache.open(service.binding);
        legacy.putPage([issue(1)]);
      }
      await service.issueEdit("WEB-1", { title: "Mine" });
      await service.pull();
      state.isKilled = false;
      const next = await again();
      await next.pull();
      assert.equal((await next.issueShow("WEB-1")).issue.title, "Mine");
    },
    { files: killedAt(state) },
  );
});
