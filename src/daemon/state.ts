import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import type { Platform } from "../platform/platform.ts";
import { userPaths } from "../user/paths.ts";

/** What the state file says of the running daemon. */
export interface DaemonState {
  readonly pid: number;
  /** Port of the control endpoint on 127.0.0.1. */
  readonly port: number;
  /** Bearer token of the control endpoint; secret. */
  readonly token: string;
  readonly version: string;
  /** Whom it serves; see `Serving`. */
  readonly host: string | null;
  readonly team: string | null;
  readonly credential: string | null;
  /** ISO 8601. */
  readonly started_at: string;
  /** ISO 8601; renewed at least every 30 s or so. */
  readonly heartbeat: string;
}

const StateSchema: v.GenericSchema<unknown, DaemonState> = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
  token: v.pipe(v.string(), v.minLength(16)),
  version: v.string(),
  host: v.nullable(v.string()),
  team: v.nullable(v.string()),
  credential: v.nullable(v.string()),
  started_at: v.string(),
  heartbeat: v.string(),
});

/** A larger file is not a state file of the daemon. */
export const MAX_STATE_BYTES = 65_536;

/** Reads the state file only; returns `null` when there is none or it is invalid. */
export async function readDaemonState(platform: Platform): Promise<DaemonState | null> {
  const text = await platform.files.readText(userPaths(platform).daemonState, {
    maxBytes: MAX_STATE_BYTES,
  });
  if (text === null) return null;
  try {
    const parsed = parseWith(StateSchema, JSON.parse(text));
    return parsed.ok ? parsed.value : null;
  } catch {
    // A file that is no JSON describes no daemon.
    return null;
  }
}

/** A heartbeat is renewed every 30 s or so; a daemon that has missed some is gone. */
const HEARTBEAT_GOOD_FOR_MS = 150_000;

/** Returns whether the state file shows that its daemon is alive. Sends no request and needs no permission. */
export function givesSignsOfLife(
  platform: {
    readonly clock: Pick<Platform["clock"], "now">;
    readonly system: Pick<Platform["system"], "isAlive">;
  },
  state: DaemonState,
): boolean {
  const age = platform.clock.now() - Date.parse(state.heartbeat);
  return age < HEARTBEAT_GOOD_FOR_MS && platform.system.isAlive(state.pid) !== false;
}

/** Writes the state file, readable by its owner alone. */
export async function writeDaemonState(platform: Platform, state: DaemonState): Promise<void> {
  await platform.files.writeAtomic(
    userPaths(platform).daemonState,
    `${JSON.stringify(state, null, 2)}\n`,
    { mode: 0o600, forceMode: true },
  );
}

/** Removes the state file if it is still the one of this daemon. */
export async function removeDaemonState(platform: Platform, token: string): Promise<void> {
  const state = await readDaemonState(platform);
  if (state?.token === token) await platform.files.remove(userPaths(platform).daemonState);
}
