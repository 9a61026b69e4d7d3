import { type TestPlatform, testPlatform, type TestPlatformOptions } from "../support/platform.ts";
import { installStandIn, type StandIn } from "../standins/stand_in.ts";
import type { LocalBindOptions } from "../../src/local/binding.ts";
import { LocalTrackerService } from "../../src/local/service.ts";
import type { SyncEvent } from "../../src/sync/sync_report.ts";

/** A project on a machine of its own, with a stand-in for its tool. Any request to a host fails. */
export interface LocalProject {
  readonly platform: TestPlatform;
  readonly root: string;
  readonly tool: StandIn;
  readonly service: LocalTrackerService;
  /** Steps of all syncs so far that were told to `onEvent`. */
  readonly events: SyncEvent[];
  readonly onEvent: (event: SyncEvent) => void;
  /** Binds the project to the stand-in; every field shared unless said otherwise. */
  bind(options?: Partial<LocalBindOptions>): Promise<void>;
}

/** Runs a test in a project with a stand-in for `bd` or `fp`, not bound yet; in a directory of its own below `dir`. */
export async function withProject(
  tool: "bd" | "fp",
  test: (project: LocalProject) => Promise<void>,
  options: TestPlatformOptions = {},
  dir?: string,
): Promise<void> {
  const home = await Deno.makeTempDir({
    prefix: "tracker-local-",
    ...(dir === undefined ? {} : { dir }),
  });
  try {
    const platform = testPlatform(home, options);
    const root = `${home}/project`;
    await Deno.mkdir(`${root}/.kittify`, { recursive: true });
    const standIn = installStandIn(home, tool);
    standIn.behave({ now: platform.clock.now() });
    const service = new LocalTrackerService({ platform, root });
    const events: SyncEvent[] = [];
    await test({
      platform,
      root,
      tool: standIn,
      service,
      events,
      onEvent: (event) => void events.push(event),
      async bind(changes = {}) {
        await service.bind({
          provider: tool === "bd" ? "beads" : "fp",
          workspace: "main",
          credentials: { command: standIn.command, cwd: standIn.cwd },
          doctrineMode: "split_ownership",
          ...changes,
        });
      },
    });
    // No test names a request: one that was made has failed by now, and this says so.
    platform.network.assertUsed();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
