import { join } from "../../src/platform/paths.ts";
import { type EditContext, editIssue } from "../../src/sync/edits.ts";
import { type EngineOptions, SyncEngine } from "../../src/local/engine.ts";
import { everyField } from "../../src/sync/ownership.ts";
import type { SyncEvent } from "../../src/sync/sync_report.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { type FakeOptions, type FakeTracker, fakeTracker } from "./fake_tracker.ts";

/** Milliseconds. */
export const MINUTE = 60_000;

/** What a test of the engine works with. */
export interface Scene {
  readonly platform: TestPlatform;
  readonly path: string;
  readonly store: IssueStore;
  readonly tracker: FakeTracker;
  readonly events: SyncEvent[];
  engine(options?: Partial<EngineOptions>): SyncEngine;
  edits(): EditContext;
}

/** A store and a tracker in memory; listings go by the checkpoint, however few issues there are. */
export function scene(
  name: string,
  test: (scene: Scene) => Promise<void>,
  fake: Partial<FakeOptions> = {},
): void {
  Deno.test(name, () =>
    withPlatform({}, async (platform) => {
      const path = join(platform.home, "engine.db");
      using store = await IssueStore.open(platform, path);
      const tracker = fakeTracker({ now: platform.clock.now, ...fake });
      const rules = { ownership: everyField("shared"), strategy: "newer_timestamp" } as const;
      const events: SyncEvent[] = [];
      await test({
        platform,
        path,
        store,
        tracker,
        events,
        engine: (options) =>
          new SyncEngine({
            store,
            rules,
            connector: tracker.connector,
            clock: platform.clock,
            smallCache: 0,
            onEvent: (event) => void events.push(event),
            ...options,
          }),
        edits: () => ({
          store,
          rules,
          side: tracker.connector,
          now: platform.clock.now(),
          random: platform.random,
        }),
      });
    }));
}

/** Pulls the issue `a`, edits its title here a minute later, and at the tracker a minute after that. */
export async function editBothTitles({ engine, tracker, platform, edits }: Scene): Promise<void> {
  tracker.add("a");
  await engine().pull();
  platform.clock.advance(MINUTE);
  editIssue(edits(), "a", { title: "Ours" });
  platform.clock.advance(MINUTE);
  tracker.edit("a", { title: "Theirs" });
}
