import type { DaemonState } from "../../src/daemon/state.ts";

/** What a daemon leaves on the disk about itself; `changes` are what the test is about. */
export function daemonState(changes: Partial<DaemonState> = {}): DaemonState {
  return {
    pid: 7,
    port: 4000,
    token: "f".repeat(64),
    version: "1",
    host: null,
    team: null,
    credential: null,
    started_at: "2026-03-01T12:00:00.000Z",
    heartbeat: "2026-03-01T12:00:00.000Z",
    ...changes,
  };
}
