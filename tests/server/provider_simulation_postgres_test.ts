/** The same as on SQLite, by two replicas of a host, each with connections of its own. */
import type { HostStore } from "../../src/server/store/store.ts";
import { keepingTime } from "../support/database_time.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";
import { guardChanges } from "./change_guard.ts";
import { openStore } from "./postgres_support.ts";
import { testProviders } from "./simulation/episodes.ts";

testProviders(
  "PostgreSQL",
  (platform, _seed, work) =>
    withDatabase(migratedDatabase, async (url) => {
      const stores: HostStore[] = [];
      try {
        for (let replica = 0; replica < 2; replica++) {
          stores.push(keepingTime(await openStore(url), platform.clock));
        }
        const [first] = stores;
        if (first !== undefined) await guardChanges(first);
        await work(stores);
      } finally {
        for (const store of stores) await store.close();
      }
    }),
  { episodes: 1 },
);
