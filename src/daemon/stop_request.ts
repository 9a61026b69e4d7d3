import type { Platform } from "../platform/platform.ts";
import { userPaths } from "../user/paths.ts";

/**
 * Leaves a request to stop for a daemon that has left its state, or is about to: hosted sync has been turned off, so it must not
 * upload any more. Opens no socket, and never fails: where the user directory may not be looked at, the command does
 * without, and where no request may be left there, the daemon is still found. Returns whether a daemon has left its
 * state.
 */
export async function requestStop(platform: Platform): Promise<boolean> {
  const found = await foundDaemon(platform).catch(() => null);
  if (found === "listening") {
    await platform.files.writeAtomic(
      userPaths(platform).daemonStopRequest,
      "hosted sync is off\n",
      { mode: 0o600 },
    ).catch(() => {
      // `daemon stop` says what is wrong there; the next command that may write leaves the request.
    });
  }
  return found !== null;
}

/** The daemon that has left its state or is about to; one of an older version looks for no request. */
async function foundDaemon(platform: Platform): Promise<"listening" | "older" | null> {
  const { daemonState, daemonStart, old } = userPaths(platform);
  const isThere = async (path: string) => await platform.files.stat(path) !== null;
  if (await isThere(daemonState) || await isThere(daemonStart) && await isBeginning(platform)) {
    return "listening";
  }
  if (!await isThere(old.daemonState)) return null;
  const { readOldDaemonState } = await import("./old_daemon.ts");
  return await readOldDaemonState(platform) === null ? null : "older";
}

/** Whether a daemon is about to run: it has a note of its start, and no state yet. */
async function isBeginning(platform: Platform): Promise<boolean> {
  const { failureOf, readStartNote } = await import("./start_note.ts");
  const note = await readStartNote(platform);
  return note !== null && failureOf(platform, note) === null;
}

/** Whether somebody has asked the daemon to stop. */
export async function isStopRequested(platform: Platform): Promise<boolean> {
  return await platform.files.stat(userPaths(platform).daemonStopRequest) !== null;
}

/** Takes a request away, at a start that comes after it and at the end that it asked for. */
export async function clearStopRequest(platform: Platform): Promise<void> {
  await platform.files.remove(userPaths(platform).daemonStopRequest);
}
