import assert from "node:assert/strict";
import { IssueCache } from "../../src/client/sync_cache.ts";
import { SyncRunner } from "../../src/dashboard/sync_runner.ts";
import { loadBinding } from "../../src/project/config.ts";
import { meta, packageFile, plant } from "../missions/packages/support.ts";
import { TEST_START } from "../support/clock.ts";
import type { TestPlatformOptions } from "../support/platform.ts";
import {
  handlerFor,
  HOST_URL,
  issue,
  request,
  type Scene,
  SIGNED_IN,
  withScene,
} from "./support.ts";

const BOUND = { provider: "linear", bindingRef: "srm_1", displayLabel: "Website (WEB)" };
/** Before the clock of the tests begins. */
export const LONG_AGO = Date.UTC(2026, 1, 1) / 1000;
/** What the state file of the daemon says at first. */
export const DAEMON = {
  pid: 4711,
  port: 4801,
  token: "secret-token-of-the-daemon",
  version: "1.2.3",
  host: null,
  team: null,
  credential: null,
  started_at: "2026-03-01T11:00:00Z",
  heartbeat: new Date(TEST_START).toISOString(),
};

/** A page that is looked at again and again. */
export interface Watched extends Scene {
  /** Asks for the state as the page does; `null` when nothing is new. */
  look(): Promise<ReturnType<typeof JSON.parse>>;
  /** The listed issues. */
  issues(): Promise<ReturnType<typeof JSON.parse>>;
  /** Lets all that was written be as old as if nothing was written for long, and looks until it is known. */
  settle(): Promise<void>;
  /** Which processes are alive. */
  readonly alive: Set<number>;
}

/** Runs a test on a page over issues, a conflict, events, a daemon and a work package. */
export async function watched(
  test: (scene: Watched) => Promise<void>,
  options: TestPlatformOptions = {},
): Promise<void> {
  const alive = new Set([4711]);
  const system = { isAlive: (pid: number) => alive.has(pid) };
  await withScene({ env: SIGNED_IN, system, ...options }, async (scene) => {
    const { platform, root } = scene;
    await scene.bind(BOUND);
    await scene.cache((store) => {
      store.putPage([issue("1"), issue("2", { status: "done" })]);
      const values = { base: "a", ours: "b", theirs: "c", taken: null };
      store.conflicts.record(
        { issueId: "1", field: "title", reason: "both_changed", ...values },
        1,
      );
    });
    await scene.queue(2);
    await Deno.writeTextFile(daemonFile(scene), JSON.stringify(DAEMON));
    await plant(root, {
      "kitty-specs/001-login/meta.json": meta("login", null),
      "kitty-specs/001-login/tasks/WP01.md": packageFile("WP01", "Form", "lane: doing\n"),
    });
    const runner = new SyncRunner({ platform, root, version: "1.2.3" });
    const handler = handlerFor({ platform, root }, runner);
    let tag: string | null = null;
    const look = async () => {
      const headers: Record<string, string> = tag === null ? {} : { "if-none-match": tag };
      const answer = await handler(request("state.json", { headers }));
      if (answer.status === 304) {
        assert.equal(await answer.text(), "");
        return null;
      }
      assert.equal(answer.status, 200);
      tag = answer.headers.get("etag");
      return await answer.json();
    };
    await test({
      ...scene,
      alive,
      look,
      issues: async () => (await (await handler(request("issues.json"))).json()).issues,
      async settle() {
        await age(platform.home);
        await look();
        assert.equal(await look(), null, "nothing is new");
      },
    });
  });
}

/** Lets every file below a directory be as old as if nothing was written for long. */
export async function age(directory: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) await age(path);
    else await Deno.utime(path, LONG_AGO, LONG_AGO);
  }
}

/** The state file of the daemon. */
export const daemonFile = ({ platform }: Pick<Scene, "platform">) =>
  `${platform.home}/.spec-kitty/tracker/daemon.json`;

/** The file of the cache. */
export async function cachePath(
  { platform, root }: Pick<Scene, "platform" | "root">,
): Promise<string> {
  const cache = new IssueCache({ platform, provider: "linear", baseUrl: HOST_URL });
  return await cache.path(await loadBinding(platform, root));
}
