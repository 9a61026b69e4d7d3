import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { dashboardHandler, type HandlerOptions } from "../../src/dashboard/handler.ts";
import { TOKEN_HEADER } from "../../src/dashboard/guard.ts";
import type { SyncNowOptions } from "../../src/dashboard/sync_now.ts";
import { SyncRunner } from "../../src/dashboard/sync_runner.ts";
import { emitWpStatusChanged } from "../../src/events/emit.ts";
import { openEmitter } from "../../src/events/open.ts";
import { IssueCache } from "../../src/client/sync_cache.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { sha256Hex } from "../../src/platform/random.ts";
import type { Processes } from "../../src/platform/processes.ts";
import { type BindingChanges, loadBinding, saveBinding } from "../../src/project/config.ts";
import type { IssueStore } from "../../src/store/issue_store.ts";
import { GATE_ON } from "../support/cli.ts";
import { type TestPlatform, type TestPlatformOptions, withPlatform } from "../support/platform.ts";
import { anIssue } from "../support/issues.ts";

/** The secret word of the page under test. */
export const TOKEN = "0123456789abcdef0123456789abcdef";
/** Host and port of the page under test. */
export const HOST = "127.0.0.1:4600";
/** The control-plane host that is configured; nothing answers there. */
export const HOST_URL = "https://host.example";
/** A machine that has opted in and is signed in. */
export const SIGNED_IN = {
  ...GATE_ON,
  SPEC_KITTY_SAAS_URL: HOST_URL,
  TRACKER_TOKEN: "injected-token",
  TRACKER_TEAM: "acme",
} as const;

/** A dashboard without a socket, over a project of its own. */
export interface Scene {
  readonly platform: TestPlatform;
  /** The project's root. */
  readonly root: string;
  /** Sends a request to the page's server, below the secret word. */
  ask(path: string, init?: RequestInit, changes?: Partial<SyncNowOptions>): Promise<Response>;
  /** The document a path answers with. */
  json(path: string): Promise<ReturnType<typeof JSON.parse>>;
  /** Presses "Sync now" as the page does; answers what the page is told at its end. */
  press(changes?: Partial<SyncNowOptions>): Promise<ReturnType<typeof JSON.parse>>;
  /** Binds the project. */
  bind(changes: BindingChanges): Promise<void>;
  /** Changes the cache of a hosted binding. */
  cache(change: (store: IssueStore) => void): Promise<void>;
  /** Queues events. */
  queue(count: number): Promise<void>;
}

/** Runs a test on a scene. Starting a process or sending a request fails it. */
export async function withScene(
  options: TestPlatformOptions,
  test: (scene: Scene) => Promise<void>,
): Promise<void> {
  await withPlatform({ processes: NO_PROCESSES, ...options }, async (platform) => {
    const root = `${platform.home}/my-project`;
    await Deno.mkdir(`${root}/.kittify`, { recursive: true });
    const runnerOf = (changes: Partial<SyncNowOptions>) =>
      new SyncRunner({ platform, root, version: "1.2.3", ...changes });
    const handlerOf = (changes: Partial<SyncNowOptions>, runner = runnerOf(changes)) =>
      handlerFor({ platform, root, ...changes }, runner);
    const scene: Scene = {
      platform,
      root,
      ask: (path, init = {}, changes = {}) => handlerOf(changes)(request(path, init)),
      json: async (path) => await (await scene.ask(path)).json(),
      async press(changes = {}) {
        const runner = runnerOf(changes);
        const handler = handlerOf(changes, runner);
        assert.equal((await handler(request("sync-now", pressed()))).status, 202);
        await runner.ended();
        return (await (await handler(request("sync.json"))).json()).last;
      },
      bind: (changes) => saveBinding(platform, root, changes).then(() => {}),
      async cache(change) {
        const binding = await loadBinding(platform, root);
        const provider = binding.provider ?? "";
        const store = await new IssueCache({ platform, provider, baseUrl: HOST_URL }).open(binding);
        try {
          change(store);
        } finally {
          store.close();
        }
      },
      queue: (count) => queueEvents(platform, root, count),
    };
    await test(scene);
  });
}

/** The page's server, by its secret word. */
export function handlerFor(
  options: Pick<SyncNowOptions, "platform" | "root"> & Partial<Pick<HandlerOptions, "port">>,
  runner: SyncRunner = new SyncRunner({ ...options, version: "1.2.3" }),
): (request: Request) => Promise<Response> {
  return dashboardHandler({
    version: "1.2.3",
    token: TOKEN,
    port: () => 4600,
    ...options,
    runner,
  });
}

/** A request to the page's server, with the headers a browser sends. */
export function request(path: string, init: RequestInit = {}, token = TOKEN): Request {
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", HOST);
  return new Request(`http://${HOST}/${token}/${path}`, { ...init, headers });
}

/** What the page sends when "Sync now" is pressed. */
export function pressed(headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: {
      "origin": `http://${HOST}`,
      "sec-fetch-site": "same-origin",
      [TOKEN_HEADER]: TOKEN,
      ...headers,
    },
  };
}

/** An issue. */
export function issue(id: string, changes: Partial<NormalizedIssue> = {}): NormalizedIssue {
  return anIssue(id, {
    ref: { system: "linear", workspace: "acme", id, key: `ENG-${id}` },
    updated_at: "2026-03-01T00:00:00Z",
    ...changes,
  });
}

/** Every file and directory below a directory, with a digest of each file. */
export async function everythingBelow(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) {
      found[path] = "directory";
      Object.assign(found, await everythingBelow(path));
    } else found[path] = await sha256Hex(await Deno.readFile(path));
  }
  return found;
}

async function queueEvents(platform: Platform, root: string, count: number): Promise<void> {
  const emitter = openEmitter({ platform, root });
  try {
    for (let i = 0; i < count; i++) {
      const change = { wp_id: "WP01", from_lane: "planned", to_lane: "in_progress" } as const;
      await emitWpStatusChanged(emitter, change);
    }
  } finally {
    await emitter.close();
  }
}

const NO_PROCESSES: Processes = {
  run: ({ command }) => Promise.reject(new Error(`"${command}" was started`)),
  runAttached: ({ command }) => Promise.reject(new Error(`"${command}" was started`)),
  startDetached({ command }) {
    throw new Error(`"${command}" was started`);
  },
  kill(pid) {
    throw new Error(`Process ${pid} was sent a signal`);
  },
};
