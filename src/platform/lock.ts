import type { Clock } from "./clock.ts";
import { notAFile, readBounded } from "./bounded_read.ts";
import { containedPath } from "./contained.ts";
import { basename, dirname, join } from "./paths.ts";
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
  /** Told once, with who holds the lock, when the wait has lasted a second. */
  readonly onWait?: (holder: string) => void;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** The root of the project the file belongs to; see `PlaceOptions` of the files. */
  readonly within?: string;
}

/** Milliseconds of waiting after which it is told. */
const TOLD_AFTER_MS = 1000;

/** A holder's name is never longer; a larger file is not a lock of tracker. */
const MAX_HOLDER_BYTES = 4096;

/**
 * Takes an advisory lock between processes: an exclusive lock of the operating system on the file at
 * `path`, which goes with the process when it is killed. The file holds who has it, and stays. A link is not followed,
 * and a file that something else was written into, or that has a second name, is locked but never written to.
 *
 * @throws {TrackerError} `locked` after the deadline, naming the holder; `not_a_file`; `leaves_project`.
 */
export async function acquireLock(
  clock: Clock,
  path: string,
  options: LockOptions = {},
): Promise<Lock> {
  const file = await openLockFile(path, options.within);
  let isOurs = false;
  const began = clock.monotonic();
  const until = began + (options.deadlineMs ?? 10_000);
  const { signal } = options;
  let isTold = false;
  try {
    for (let wait = 5; !(await file.tryLock(true)); wait = Math.min(wait * 2, 100)) {
      if (clock.monotonic() + wait > until) throw heldError(path, holderOf(path));
      if (!isTold && clock.monotonic() - began >= TOLD_AFTER_MS) {
        isTold = true;
        options.onWait?.(holderOf(path));
      }
      await clock.sleep(wait, signal === undefined ? {} : { signal });
    }
    // A full disk has no room for the holder's name; what the lock guards is told of it by its own write.
    isOurs = await holdsNames(file);
    if (isOurs) await writeHolder(file, clock, options.purpose).catch(() => {});
  } catch (error) {
    file.close();
    throw error;
  }
  let held = true;
  return {
    async release() {
      if (!held) return;
      held = false;
      if (isOurs) await file.truncate(0);
      await file.unlock();
      file.close();
    },
  };
}

/** Opens the file as it stands in its directory, made where missing; what a link points to is not touched. */
async function openLockFile(path: string, within: string | undefined): Promise<Deno.FsFile> {
  const directory = within === undefined
    ? dirname(path)
    : await containedPath(within, dirname(path));
  await Deno.mkdir(directory, { recursive: true });
  const place = join(directory, basename(path));
  // In a project the umask decides who may take the lock; what is the user's is private.
  const mode = within === undefined ? 0o600 : 0o666;
  for (;;) {
    const seen = await unless(Deno.errors.NotFound, () => Deno.lstat(place));
    if (seen === null) {
      // A new file is never made through a link.
      const made = await unless(
        Deno.errors.AlreadyExists,
        () => Deno.open(place, { read: true, write: true, createNew: true, mode }),
      );
      if (made !== null) return made;
      continue;
    }
    if (seen.isSymlink) throw lockIsLink(path);
    if (!seen.isFile) throw notAFile(path, seen.isDirectory);
    const file = await unless(
      Deno.errors.NotFound,
      () => Deno.open(place, { read: true, write: true }),
    );
    if (file === null) continue;
    if (isSameFile(seen, await file.stat())) return file;
    // Replaced since the look: look again.
    file.close();
  }
}

function isSameFile(a: Deno.FileInfo, b: Deno.FileInfo): boolean {
  // Windows tells neither number by a path.
  return Deno.build.os === "windows" || (a.ino === b.ino && a.dev === b.dev);
}

async function unless<T>(
  fault: new (...args: never[]) => Error,
  act: () => Promise<T>,
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof fault) return null;
    throw error;
  }
}

async function writeHolder(file: Deno.FsFile, clock: Clock, purpose?: string): Promise<void> {
  const holder = { pid: Deno.pid, purpose: purpose ?? null, since: new Date(clock.now()) };
  await file.truncate(0);
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode(JSON.stringify(holder)));
}

/** Returns whether the file is there for the names of holders: empty, or with one that was killed. */
async function holdsNames(file: Deno.FsFile): Promise<boolean> {
  const { size, nlink } = await file.stat();
  if (size > MAX_HOLDER_BYTES || (nlink ?? 1) > 1) return false;
  if (size === 0) return true;
  const start = new Uint8Array(7);
  const length = await file.read(start);
  return new TextDecoder().decode(start.subarray(0, length ?? 0)) === '{"pid":';
}

function holderOf(path: string): string {
  try {
    const bytes = readBounded(path, MAX_HOLDER_BYTES);
    const holder: unknown = JSON.parse(new TextDecoder().decode(bytes));
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

function lockIsLink(path: string): TrackerError {
  return new TrackerError({
    code: "lock_is_link",
    message: `Cannot lock "${path}": it is a link`,
    nextAction: "Remove the link, then try again.",
    details: { path },
  });
}

function heldError(path: string, holder: string): TrackerError {
  return new TrackerError({
    code: "locked",
    message: `"${path}" is locked by ${holder}`,
    nextAction: "Wait for it to finish, then try again.",
    details: { path, holder },
  });
}
