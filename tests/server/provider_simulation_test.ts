/**
 * Clients of a host and people at a provider work on the same issues, while calls fail before and after their effect,
 * webhooks are lost, doubled and mixed up, and processes of the host are killed. Once nobody edits any more, both sides
 * agree; nothing is lost or created twice, and the host has written only what it was asked for, once. A failure tells the
 * seed of its episode and what happened; the variable in the test's name, set to that seed, plays the episode again.
 */
import { openSqliteStore } from "../../src/server/store/sqlite.ts";
import { guardChanges } from "./change_guard.ts";
import { testProviders } from "./simulation/episodes.ts";

testProviders("SQLite", async (platform, seed, work) => {
  const store = await openSqliteStore(platform, `${platform.home}/host.db`);
  try {
    await guardChanges(store);
    // Two processes on one file would wait for each other within this one thread: they share a connection to it.
    await work(seed % 2 === 0 ? [store, store] : [store]);
  } finally {
    await store.close();
  }
}, { episodes: 2 });
