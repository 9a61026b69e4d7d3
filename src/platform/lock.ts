import type { Clock } from "./clock.ts";
import { dirname } from "./paths.ts";
import { TrackerError } from "./tracker_error.ts";

/** A held lock. */
export interface Lock {
  /** Gives the lock back; a second call does nothing. */
  release(): Promise<void>;
}

/** How to wait for a lock. */
export interface LockOptions {
  /** Milliseconds to wait before giving up; 10,000 by default, 0 tries once. */
  readonly deadlineMs?: number;
  /** What the holder is doing, told to those who wait in vain. */
  readonly purpose?: string;
}

/**
 * Takes an advisory lock between processes: an exclusive lock of the operating system on the file at
 * `path`, which goes with the process when it is killed. The file holds who has it, and stays.
 *
 * @throws {TrackerError} `locked` after the deadline, naming the holder.
 */
export async function acquireLock(
  clock: Clock,
  path: string,
  options: LockOptions = {},
): Promise<Lock> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  const until = clock.monotonic() + (options.deadlineMs ?? 10_000);
  try {
    for (let wait = 5; !(await file.tryLock(true)); wait = Math.min(wait * 2, 100)) {
      if (clock.monotonic() + wait > until) throw heldError(path, await holderOf(path));
      await clock.sleep(wait);
    }
    // A full disk has no room for the holder's name; what the lock guards is told of it by its own write.
    await writeHolder(file, clock, options.purpose).catch(() => {});
  } catch (error) {
    file.close();
    throw error;
  }
  let held = true;
  return {
    async release() {
      if (!held) return;
      held = false;
      await file.truncate(0);
      await file.unlock();
      file.close();
    },
  };
}

async function writeHolder(file: Deno.FsFile, clock: Clock, purpose?: string): Promise<void> {
  const holder = { pid: Deno.pid, purpose: purpose ?? null, since: new Date(clock.now()) };
  await file.truncate(0);
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode(JSON.stringify(holder)));
}

async function holderOf(path: string): Promise<string> {
  try {
    const holder: unknown = JSON.parse(await Deno.readTextFile(path));
    if (typeof holder !== "object" || holder === null || !("pid" in holder)) return "a process";
    const purpose = "purpose" in holder && typeof holder.purpose === "string"
      ? ` (${holder.purpose})`
      : "";
    return `process ${String(holder.pid)}${purpose}`;
  } catch {
    // The holder may be writing this very moment; its name is a courtesy, not a need.
    return "another process";
  }
}

function heldError(path: string, holder: string): TrackerError {
  return new TrackerError({
    code: "locked",
    message: `"${path}" is locked by ${holder}`,
    nextAction: "Wait for it to finish, then try again.",
    details: { path, holder },
  });
}
