import type { Platform } from "../platform/platform.ts";
import { isNotCapable } from "../platform/not_capable.ts";
import { userPaths } from "../user/paths.ts";

/** Returns the process that the daemon's lock file names; `null` when there is none or it is just being written. */
export async function lockHolder(platform: Platform): Promise<number | null> {
  try {
    const text = await platform.files.readText(userPaths(platform).daemonLock);
    const holder: unknown = JSON.parse(text ?? "null");
    if (typeof holder !== "object" || holder === null || !("pid" in holder)) return null;
    return typeof holder.pid === "number" ? holder.pid : null;
  } catch (error) {
    if (isNotCapable(error)) throw error;
    // Being written this very moment.
    return null;
  }
}

/**
 * Whether a daemon still has the lock file it locked: one in a directory that was removed, or removed and made again by
 * another daemon, does not guard anything any more. A file without a name is ours, on a full disk.
 */
export async function holdsLockFile(platform: Platform): Promise<boolean> {
  if (await platform.files.stat(userPaths(platform).daemonLock) === null) return false;
  const holder = await lockHolder(platform);
  return holder === null || holder === platform.system.pid;
}
