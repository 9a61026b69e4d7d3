import assert from "node:assert/strict";
import { writeDaemonState } from "../../src/daemon/state.ts";
import { queueOwner } from "../../src/events/open.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { EMPTY_PAGE, EMPTY_RUN } from "../client/support.ts";
import { HOST_URL, issue, type Scene, SIGNED_IN, withScene } from "./support.ts";

/** What the other side of a test answers. */
export interface OtherSide {
  /** The host's answer to a full cycle; nothing to do unless given. */
  readonly run?: (request: Request) => Response | Promise<Response>;
  /** The host's answer to a pull; nothing new unless given. */
  readonly pull?: () => Response | Promise<Response>;
  /** The host's answer to a batch of events. */
  readonly events?: (request: Request) => Response | Promise<Response>;
  /** A round of the daemon: what it tells of it. */
  readonly cycle?: () => Promise<string> | string;
}

/** A full cycle in which nothing was done. */
export const NO_CYCLE: Readonly<Record<string, unknown>> = EMPTY_RUN;
/** A page without issues. */
export const NO_PAGE: Readonly<Record<string, unknown>> = EMPTY_PAGE;

/** A host and a daemon of the test's own, and a log of what they were asked. */
export function otherSideOf(platform: Platform, answers: OtherSide = {}) {
  const calls: string[] = [];
  let last: { last_cycle_at: string; last_outcome: string } | null = null;
  const state = {
    pid: 4711,
    port: 4801,
    token: "0123456789abcdef",
    version: "1.2.3",
    host: null,
    team: null,
    credential: null,
    started_at: "2026-01-01T00:00:00Z",
    heartbeat: "2026-01-01T00:00:00Z",
  };
  const daemon = async (pathname: string): Promise<Response> => {
    if (pathname === "/trigger") {
      const last_outcome = await answers.cycle?.() ?? "idle";
      last = { last_cycle_at: new Date(platform.clock.now()).toISOString(), last_outcome };
      return Response.json({ status: "triggered" }, { status: 202 });
    }
    const { pid, version, started_at } = state;
    const rest = last ?? { last_cycle_at: null, last_outcome: null };
    return Response.json({ status: "ok", pid, version, started_at, uploaded: 0, ...rest });
  };
  const host = async (request: Request, pathname: string): Promise<Response> => {
    if (request.method === "HEAD") return new Response(null);
    if (pathname.endsWith("/run/")) {
      return await answers.run?.(request) ?? Response.json(NO_CYCLE);
    }
    // A host without extensions: it takes no changes of custom fields.
    if (pathname.endsWith("/health/")) return Response.json({ status: "ok" });
    if (pathname.endsWith("/pull/")) return answers.pull?.() ?? Response.json(NO_PAGE);
    const events = answers.events;
    assert.ok(events !== undefined && pathname.includes("/events/"), pathname);
    return await events(request);
  };
  return {
    calls,
    platform: {
      ...platform,
      async fetch(request: Request) {
        const { pathname, origin } = new URL(request.url);
        if (origin === "http://127.0.0.1:4801") {
          if (pathname === "/trigger") calls.push("trigger");
          return await daemon(pathname);
        }
        assert.equal(origin, HOST_URL);
        if (request.method !== "HEAD") calls.push(pathname.split("/").at(-2) ?? "");
        return await host(request, pathname);
      },
    },
    startDaemon: async () => {
      calls.push("start");
      await writeDaemonState(platform, state);
      return { pid: state.pid };
    },
  };
}

/** Takes all events out of the queue, as an upload does. */
export async function takeFromQueue(platform: Platform): Promise<void> {
  await Deno.remove((await queueOwner(platform)).path);
}

/** Sets what background sync may do by itself. */
export async function setPolicy(home: string, policy: string): Promise<void> {
  await Deno.mkdir(`${home}/.spec-kitty`, { recursive: true });
  await Deno.writeTextFile(
    `${home}/.spec-kitty/config.toml`,
    `[sync]\nbackground_daemon = "${policy}"\n`,
  );
}

/** A binding to a host. */
export const HOSTED = { provider: "linear", bindingRef: "srm_1", displayLabel: "Website (WEB)" };
/** A daemon that must not be started. */
export const NOT_STARTED = (): Promise<never> =>
  Promise.reject(new Error("The daemon was started"));

/** A signed-in machine whose project is bound to a host. */
export function withHosted(test: (scene: Scene) => Promise<void>): Promise<void> {
  return withScene({ env: SIGNED_IN }, async (scene) => {
    await scene.bind(HOSTED);
    await test(scene);
  });
}

/** A cycle of the host that took in some issues and wrote some. */
export function cycleOf(pulled: number, pushed: number): Record<string, unknown> {
  const items = Array.from({ length: pulled }, (_, i) => issue(String(i)));
  const part = (count: number) => ({ total: count, succeeded: count, failed: 0, skipped: 0 });
  return {
    ...NO_CYCLE,
    summary: part(pulled + pushed),
    pull: { summary: part(pulled), items },
    push: { summary: part(pushed) },
  };
}
