/** Both stores that the engine runs on: a file of the program, and plain data. */
import { IssueStore } from "../../src/store/issue_store.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import { memoryStore } from "../support/memory_store.ts";
import { withPlatform } from "../support/platform.ts";

/** Registers a test that holds for an empty store of either kind. */
export function onEveryStore(name: string, test: (store: SyncStore) => void): void {
  Deno.test(`${name}, in memory`, () => test(memoryStore()));
  Deno.test(`${name}, in a database`, () =>
    withPlatform({}, async (platform) => {
      using store = await IssueStore.openEmpty(platform);
      test(store);
    }));
}
