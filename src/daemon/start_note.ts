import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import type { Platform } from "../platform/platform.ts";
import { userPaths } from "../user/paths.ts";
import type { Serving } from "./serving.ts";
import { MAX_STATE_BYTES } from "./state.ts";

/** What is known of a start that no command waits for. It is there until the daemon is ready. */
export type StartNote = NoteFacts & (BegunStart | RefusedStart);

interface NoteFacts extends Serving {
  readonly version: string;
  /** When it was started, milliseconds since 1970. */
  readonly asked_at: number;
  /** Whether a command has told of the failure. */
  readonly told: boolean;
}

/** A process was started. */
interface BegunStart {
  readonly pid: number;
  /** Why it failed, without a final period; `null` while that is not known. */
  readonly failure: string | null;
}

/** No process was started. */
interface RefusedStart {
  readonly pid: null;
  /** Why, without a final period. */
  readonly failure: string;
}

const NoteSchema: v.GenericSchema<unknown, StartNote> = v.intersect([
  v.object({
    version: v.string(),
    host: v.nullable(v.string()),
    team: v.nullable(v.string()),
    credential: v.nullable(v.string()),
    asked_at: v.number(),
    told: v.boolean(),
  }),
  v.union([
    v.object({
      pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
      failure: v.nullable(v.string()),
    }),
    v.object({ pid: v.null(), failure: v.string() }),
  ]),
]);

/** Milliseconds after which a daemon that does not answer counts as failed. */
export const READY_WITHIN_MS = 15_000;

/** Reads the note; `null` when there is none or it is invalid. */
export async function readStartNote(platform: Platform): Promise<StartNote | null> {
  const path = userPaths(platform).daemonStart;
  if (await platform.files.stat(path) === null) return null;
  const text = await platform.files.readText(path, { maxBytes: MAX_STATE_BYTES });
  try {
    const parsed = parseWith(NoteSchema, JSON.parse(text ?? "null"));
    return parsed.ok ? parsed.value : null;
  } catch {
    // What is no JSON notes no start.
    return null;
  }
}

/** Writes the note. Only in {@link whileStarting}. */
export async function writeStartNote(platform: Platform, note: StartNote): Promise<void> {
  await platform.files.writeAtomic(
    userPaths(platform).daemonStart,
    `${JSON.stringify(note, null, 2)}\n`,
    { mode: 0o600, forceMode: true },
  );
}

/** Removes the note. Only in {@link whileStarting}. */
export async function removeStartNote(platform: Platform): Promise<void> {
  await platform.files.remove(userPaths(platform).daemonStart);
}

/** Removes the note of a start that has failed: a stop that finds no daemon ends the talk of it. */
export async function forgetFailedStart(platform: Platform): Promise<void> {
  if (await readStartNote(platform) === null) return;
  await whileStarting(platform, async () => {
    const note = await readStartNote(platform);
    if (note !== null && failureOf(platform, note) !== null) await removeStartNote(platform);
  });
}

/**
 * Runs `work` while nobody else starts a daemon or notes how a start has ended.
 *
 * @throws {TrackerError} `locked`.
 */
export async function whileStarting<T>(platform: Platform, work: () => Promise<T>): Promise<T> {
  const lock = await platform.files.lock(startLock(platform), {
    deadlineMs: 2 * READY_WITHIN_MS,
    purpose: "starting the background daemon",
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** How a start without a state file stands. */
export type StartStanding =
  | { readonly kind: "starting"; readonly pid: number }
  /** `pid` is `null` where no process was started; `reason` has no final period. */
  | { readonly kind: "failed"; readonly pid: number | null; readonly reason: string };

interface Machine {
  readonly clock: Pick<Platform["clock"], "now">;
  readonly system: Pick<Platform["system"], "isAlive">;
}

/** Returns how a start without a state file stands. */
export function standingOf({ clock, system }: Machine, note: StartNote): StartStanding {
  if (note.pid === null) return { kind: "failed", pid: null, reason: note.failure };
  const { pid, asked_at, failure } = note;
  if (failure !== null) return { kind: "failed", pid, reason: failure };
  if (system.isAlive(pid) === false) {
    return { kind: "failed", pid, reason: `Process ${pid} ended before it was ready` };
  }
  const age = clock.now() - asked_at;
  if (age >= 0 && age < READY_WITHIN_MS) return { kind: "starting", pid };
  return { kind: "failed", pid, reason: silentFor(pid) };
}

/** Returns why a start without a state file has failed, without a final period; `null` while it may still succeed. */
export function failureOf(machine: Machine, note: StartNote): string | null {
  const standing = standingOf(machine, note);
  return standing.kind === "failed" ? standing.reason : null;
}

/** Returns the failure of a process that does not answer, without a final period. */
export function silentFor(pid: number): string {
  return `Process ${pid} did not answer within ${READY_WITHIN_MS / 1000} s`;
}

/**
 * Tells, in a process that is or wants to be the daemon, how its start has ended: `failure` is `null` when it runs, or another
 * does. One that runs ends the talk of an earlier failure, too.
 */
export async function settleStart(platform: Platform, failure: string | null): Promise<void> {
  if (!await mayBeAwaited(platform)) return;
  await whileStarting(platform, async () => {
    const note = await readStartNote(platform);
    if (note === null) return;
    const isOurs = note.pid === platform.system.pid;
    if (failure === null) {
      if (isOurs || failureOf(platform, note) !== null) await removeStartNote(platform);
    } else if (isOurs) await writeStartNote(platform, { ...note, failure });
  });
}

/** Whether this process was started as a daemon by another one that did not wait. Waits until that one has noted it. */
export async function isAwaited(platform: Platform): Promise<boolean> {
  if (!await mayBeAwaited(platform)) return false;
  return await whileStarting(
    platform,
    async () => (await readStartNote(platform))?.pid === platform.system.pid,
  );
}

/** A process that starts this one holds the lock, in a file that stays. */
async function mayBeAwaited(platform: Platform): Promise<boolean> {
  return await platform.files.stat(startLock(platform)) !== null;
}

function startLock(platform: Platform): string {
  return `${userPaths(platform).daemonState}.start.lock`;
}

/**
 * Returns the failure of the last start that no command has told of yet, and notes that it is told now; `null` when there
 * is none. Never fails: what may not be looked at is none of the command's business.
 */
export async function untoldFailure(platform: Platform): Promise<string | null> {
  try {
    const note = await readStartNote(platform);
    if (note === null || note.told) return null;
    const failure = failureOf(platform, note);
    if (failure === null || await platform.files.stat(userPaths(platform).daemonState) !== null) {
      return null;
    }
    await whileStarting(platform, async () => {
      const now = await readStartNote(platform);
      if (now?.pid === note.pid) await writeStartNote(platform, { ...now, failure, told: true });
    }).catch(() => {
      // Where nothing may be written the next command tells of it, too.
    });
    return failure;
  } catch {
    return null;
  }
}
