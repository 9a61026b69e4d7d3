import assert from "node:assert/strict";
import type { DatabaseOpener } from "../../src/platform/database.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { orphanedStates } from "../../src/store/kept_state.ts";
import { rememberPlace } from "../../src/store/places.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("a look for what no sync finds opens the caches alone whose place is gone", () =>
  withPlatform({}, async (platform) => {
    const trackers = `${platform.home}/trackers`;
    for (const [name, directory] of [["here", platform.home], ["lost", "/no/such/place"]]) {
      const path = `${trackers}/${name}.db`;
      using store = await IssueStore.open(platform, path);
      const base = anIssue("A");
      const issue = { ...base, title: "Only here" };
      store.issues.put({ issue, base, edits: { title: { at: 1 } }, seenAt: null });
      const place = { provider: "beads", workspace: "main", directory: directory ?? "" };
      await rememberPlace(platform, path, place);
    }
    const opened: string[] = [];
    const watched = {
      ...platform,
      openDatabase: ((path, options) => {
        opened.push(path);
        return platform.openDatabase(path, options);
      }) satisfies DatabaseOpener,
    };
    const nothing = { pending: 0, refused: 0, stay_here: 0 };
    const countWaiting = () => Promise.resolve(nothing);
    const found = await orphanedStates(watched, { trackers, countWaiting });
    assert.deepEqual(found.map(({ id, missing }) => [id, missing]), [["lost", "/no/such/place"]]);
    assert.deepEqual(opened, [`${trackers}/lost.db`]);
  }));
