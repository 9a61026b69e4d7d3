import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import type { Platform } from "../platform/platform.ts";
import { userPaths } from "../user/paths.ts";
import { askStop } from "./control_client.ts";
import { type DaemonState, MAX_STATE_BYTES } from "./state.ts";

/** What a daemon of version 0.1.0 says of itself: not whom it serves. */
const OldStateSchema: v.GenericSchema<unknown, DaemonState> = v.pipe(
  v.object({
    pid: v.number(),
    port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
    token: v.pipe(v.string(), v.minLength(16)),
    version: v.string(),
    started_at: v.string(),
    heartbeat: v.string(),
  }),
  v.transform((state) => ({ ...state, host: null, team: null, credential: null })),
);

/**
 * Reads the state file that an older version of this program kept under the name that spec-kitty uses too; `null` for
 * one in the other program's format.
 */
export async function readOldDaemonState(platform: Platform): Promise<DaemonState | null> {
  const text = await platform.files.readText(userPaths(platform).old.daemonState, {
    maxBytes: MAX_STATE_BYTES,
  });
  const state = parseWith(OldStateSchema, jsonOrNull(text));
  return state.ok ? state.value : null;
}

/**
 * Asks a daemon of an older version of this program to stop, and removes its state file. Returns its process, or `null`
 * when there was none. A file of another program is left alone, and so is the lock, which both programs use.
 *
 * @throws {NotCapableError} When it may not be asked: its state file stays.
 */
export async function endOldDaemon(platform: Platform): Promise<number | null> {
  const state = await readOldDaemonState(platform);
  if (state === null) return null;
  const reply = await askStop(platform, state);
  if (reply.kind === "denied") throw reply.denial;
  await platform.files.remove(userPaths(platform).old.daemonState);
  return reply.kind === "answered" ? state.pid : null;
}

function jsonOrNull(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
