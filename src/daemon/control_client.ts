import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import type { Platform } from "../platform/platform.ts";
import type { DaemonHealth } from "./control.ts";
import type { DaemonState } from "./state.ts";

const CONTROL_TIMEOUT_MS = 2_000;

/** Where a daemon listens, and what it knows a caller by. */
type ControlAddress = Pick<DaemonState, "port" | "token">;

const HealthSchema: v.GenericSchema<unknown, DaemonHealth> = v.object({
  status: v.literal("ok"),
  pid: v.number(),
  version: v.string(),
  started_at: v.string(),
  last_cycle_at: v.nullable(v.string()),
  last_outcome: v.nullable(v.string()),
  uploaded: v.number(),
});

/** Asks the daemon that a state file describes how it is; `null` when it does not answer as that one. */
export async function askHealth(
  platform: Platform,
  state: DaemonState,
): Promise<DaemonHealth | null> {
  const body = await call(platform, state, "GET", "/health");
  const health = parseWith(HealthSchema, body);
  return health.ok && health.value.pid === state.pid ? health.value : null;
}

/** Asks the daemon to upload now; false when it does not answer. */
export async function askTrigger(platform: Platform, state: DaemonState): Promise<boolean> {
  return await call(platform, state, "POST", "/trigger") !== null;
}

/** Asks the daemon to stop; false when it does not answer. */
export async function askStop(platform: Platform, state: ControlAddress): Promise<boolean> {
  return await call(platform, state, "POST", "/stop") !== null;
}

async function call(
  platform: Platform,
  state: ControlAddress,
  method: "GET" | "POST",
  path: string,
): Promise<unknown> {
  const deadline = platform.clock.deadline(CONTROL_TIMEOUT_MS);
  try {
    const response = await platform.fetch(
      new Request(`http://127.0.0.1:${state.port}${path}`, {
        method,
        headers: { authorization: `Bearer ${state.token}`, accept: "application/json" },
        redirect: "manual",
        signal: deadline.signal,
      }),
    );
    const body: unknown = await response.json();
    return response.ok ? body : null;
  } catch {
    // No answer, or that of another program: the state file is stale.
    return null;
  } finally {
    deadline.clear();
  }
}
