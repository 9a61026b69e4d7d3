import type { Platform } from "../platform/platform.ts";
import { userPaths } from "../user/paths.ts";

/**
 * Leaves a request to stop for a daemon that has left its state, or is about to: hosted sync has been turned off, so it must not
 * upload any more. Opens no socket, and never fails: where the user directory cannot be reached, there is no daemon
 * of this process either. Returns whether a daemon has left its state.
 */
export async function requestStop(platform: Platform): Promise<boolean> {
  try {
    const { daemonState, daemonStart, daemonStopRequest, old } = userPaths(platform);
    const isThere = async (path: string) => await platform.files.stat(path) !== null;
    if (
      !await isThere(daemonState) && !(await isThere(daemonStart) && await isBeginning(platform))
    ) {
      // One of an older version looks for no request, but can be stopped by a command.
      return await platform.files.stat(old.daemonState) !== null &&
        await (await import("./old_daemon.ts")).readOldDaemonState(platform) !== null;
    }
    await platform.files.writeAtomic(daemonStopRequest, "hosted sync is off\n", { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
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
