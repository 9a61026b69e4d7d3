import assert from "node:assert/strict";
import { systemRandom } from "../../src/platform/random.ts";
import { DEMO, openHost } from "../../src/server/mod.ts";
import { testPlatform } from "../support/platform.ts";
import { emptyDatabase, withDatabase } from "../support/postgres.ts";
import { signedIn } from "./support.ts";

Deno.test("development hosts that start at once on one new database all start, with one demo", () =>
  withDatabase(emptyDatabase, async (databaseUrl) => {
    const opened = await Promise.allSettled([1, 2, 3].map(async () => {
      const platform = { ...testPlatform("/nowhere"), random: systemRandom() };
      return {
        platform,
        host: await openHost({ platform, dev: true, databaseUrl }),
      };
    }));
    try {
      const counts = [];
      for (const one of opened) {
        if (one.status === "rejected") throw one.reason;
        const { platform, host } = one.value;
        const user = await signedIn(platform, host, DEMO.username, DEMO.password, DEMO.team);
        const listed = await user.call("GET", "/api/v1/tracker/resources/?provider=linear");
        const { store } = host.context;
        counts.push([
          listed.list("resources").length,
          (await store.one("SELECT COUNT(*) AS n FROM users"))?.["n"],
          (await store.one("SELECT COUNT(*) AS n FROM installations"))?.["n"],
        ]);
      }
      assert.deepEqual(counts, [[2, 1, 4], [2, 1, 4], [2, 1, 4]]);
    } finally {
      for (const one of opened) if (one.status === "fulfilled") await one.value.host.close();
    }
  }));
