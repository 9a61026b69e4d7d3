import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { isNotCapable, NotCapableError } from "../platform/not_capable.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import type { DaemonHealth } from "./control.ts";
import type { DaemonState } from "./state.ts";

/** Where every daemon listens. */
export const LOOPBACK = "127.0.0.1";

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

/** What came of a question to the daemon. */
export type DaemonReply<T> =
  | { readonly kind: "answered"; readonly value: T }
  /** Nothing listens there, or another program does: the state file is stale. */
  | { readonly kind: "absent" }
  /** No answer came in time: a daemon may be there. */
  | { readonly kind: "late" }
  /** This process may not ask: a daemon may be there. */
  | { readonly kind: "denied"; readonly denial: NotCapableError };

/** Asks the daemon that a state file describes how it is; another one that answers is `absent`. */
export async function askHealth(
  platform: Platform,
  state: DaemonState,
): Promise<DaemonReply<DaemonHealth>> {
  const reply = await call(platform, state, "GET", "/health");
  if (reply.kind !== "answered") return reply;
  const health = parseWith(HealthSchema, reply.value);
  if (!health.ok || health.value.pid !== state.pid) return { kind: "absent" };
  return { kind: "answered", value: health.value };
}

/** Asks the daemon to upload now. */
export async function askTrigger(
  platform: Platform,
  state: DaemonState,
): Promise<DaemonReply<unknown>> {
  return await call(platform, state, "POST", "/trigger");
}

/** Asks the daemon to stop. */
export async function askStop(
  platform: Platform,
  state: ControlAddress,
): Promise<DaemonReply<unknown>> {
  return await call(platform, state, "POST", "/stop");
}

/** Says why it is not known whether a daemon runs, without a final period. */
export function unknownWords(
  reply: Extract<DaemonReply<unknown>, { readonly kind: "late" | "denied" }>,
): string {
  return reply.kind === "denied"
    ? `it cannot be asked (${errorText(reply.denial)})`
    : `it did not answer within ${CONTROL_TIMEOUT_MS / 1000} s`;
}

async function call(
  platform: Platform,
  state: ControlAddress,
  method: "GET" | "POST",
  path: string,
): Promise<DaemonReply<unknown>> {
  const deadline = platform.clock.deadline(CONTROL_TIMEOUT_MS);
  try {
    const response = await platform.fetch(
      new Request(`http://${LOOPBACK}:${state.port}${path}`, {
        method,
        headers: { authorization: `Bearer ${state.token}`, accept: "application/json" },
        redirect: "manual",
        signal: deadline.signal,
      }),
    );
    const value: unknown = await response.json();
    return response.ok ? { kind: "answered", value } : { kind: "absent" };
  } catch (error) {
    // The next daemon listens at another port: its address is what has to be allowed.
    if (isNotCapable(error)) {
      return { kind: "denied", denial: new NotCapableError("net", LOOPBACK) };
    }
    return deadline.signal.aborted ? { kind: "late" } : { kind: "absent" };
  } finally {
    deadline.clear();
  }
}
