import type { Providers } from "../jobs/at_provider.ts";
import type { Context } from "hono";
import type { Clock } from "../../platform/clock.ts";
import { type ReadyBytes, readyResponse } from "../../platform/http_response.ts";
import type { Platform, ServerFigures } from "../../platform/platform.ts";
import type { AddressRange } from "./client_address.ts";
import type { HostLimits } from "../accounts/host_limits.ts";
import type { CheckQueue } from "../accounts/password_queue.ts";
import type { Connectable, Remotes } from "../../providers/mod.ts";
import type { HostContext } from "../context/host_context.ts";
import type { HostKey } from "../context/host_key.ts";
import type { HostMemory } from "./host_memory.ts";
import type { KeyTurns } from "./key_turns.ts";
import type { Levers } from "./levers.ts";
import type { HostMetrics } from "../metrics/host_metrics.ts";
import type { PartedText } from "../../contract/parted_text.ts";
import type { BodyRooms } from "./body_room.ts";
import type { StoredCredential } from "../store/connections.ts";
import type { RequestLog } from "./request_log.ts";

/** All that the host's calls work with. */
export interface Host {
  readonly platform: Platform;
  /** What the services work in. */
  readonly context: HostContext;
  /** The program's version; `null` when it is unknown. */
  readonly version: string | null;
  /** Where people and programs reach this host, without a slash at its end; `null` when it was not told. */
  readonly publicUrl: string | null;
  /** Only in development: what tests and demos can pull. */
  readonly levers: Levers | null;
  readonly limits: HostLimits;
  /** What callers were and were answered, while nothing is written. */
  readonly remembered: HostMemory;
  /** Idempotency keys under work. */
  readonly keys: KeyTurns;
  /** Proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly AddressRange[];
  /** What the operator was told once. */
  readonly warnings: Set<string>;
  /** Passwords being checked. */
  readonly checks: CheckQueue;
  /** Large bodies that are in memory. */
  readonly rooms: BodyRooms;
  /** When it started, in milliseconds since 1970. */
  readonly started: number;
  /** What is counted. */
  readonly metrics: HostMetrics;
  readonly log: RequestLog;
  /** The providers that a team can connect. */
  readonly connectable: Connectable;
  /** The trackers that connections reach over the network. */
  readonly remotes: Remotes;
  /** The way to them that jobs and callers share. */
  readonly providers: Providers;
  /** Decrypts what is stored encrypted. */
  readonly secretOf: (stored: StoredCredential) => Promise<string>;
  /** Returns the key that credentials are encrypted under; it is made when there is none and a place for one. */
  readonly provideKey: () => Promise<HostKey>;
  /** What the host is doing. */
  readonly condition: HostCondition;
}

/** What a host is doing, as it changes. */
export interface HostCondition {
  /** Whether it takes no more work: others should send it none. */
  isStopping: boolean;
  /** Counts of the server that listens; `null` without one. */
  server: () => ServerFigures | null;
}

/** What a request brings along, in hono's terms. */
export interface HostEnv {
  /** From the connection and the machine; `isSecure` tells whether the client speaks TLS, with us or with a proxy. */
  Bindings: { remoteAddress: string; clock: Clock; rooms: BodyRooms; isSecure: boolean };
  /** Set on the way. */
  Variables: {
    requestId: string;
    body: PartedText;
    /** The state of the store when the call began. */
    version: number | null;
    /** Id of the signed-in user. */
    userId: string;
    /** The team it is for. */
    team: string;
    /** Give back the room of large bodies; `null` once the call is answered. */
    leaveRooms: (() => void)[] | null;
    /** Whether there was no room for its body. */
    hadNoRoom: boolean;
  };
}

/** One request under way. */
export type Call = Context<HostEnv>;

/** An answer whose JSON text is ready. */
export interface Answer {
  readonly status: 200 | 202;
  readonly json: string;
}

/** Sends an answer. */
export function send(answer: Answer, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(answer.json, {
    status: answer.status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** Sends JSON that is bytes already, in parts that nobody changes. */
export function sendBytes(json: ReadyBytes): Response {
  return readyResponse(json, { headers: { "content-type": "application/json; charset=utf-8" } });
}

/** Sends a value as JSON. */
export function sendJson(
  value: unknown,
  status: number = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** Returns a path of the contract as it is registered: hono ignores a request's trailing slash, not a route's. */
export function at(path: string): string {
  return path.replace(/\/+$/, "");
}
