import * as v from "valibot";
import { CountSchema, FilledSchema } from "../contract/field.ts";
import { parseWith } from "../contract/parse.ts";
import type { Lock } from "../platform/lock.ts";
import { dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { randomHex, sha256Hex } from "../platform/random.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type OriginTicket, OriginTicketSchema } from "../project/mission_meta.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import type { WorkBranch } from "./branches.ts";
import { NO_COMMIT_REASONS, type NoCommitReason } from "./commit.ts";

/** A mission that is being made. */
export type OwedCreation = {
  readonly missionId: string;
  readonly slug: string;
  readonly friendlyName: string;
  /** `null` in the identified form. */
  readonly number: number | null;
  readonly targetBranch: string;
  /** ISO 8601 with an offset. */
  readonly createdAt: string;
  /** The branch that it is made on; `null` where it is made on the one that was checked out. */
  readonly branch: WorkBranch | null;
  /** The directory that it is written in before it has its name. */
  readonly aside: string;
  /** What was to be done about committing. */
  readonly plan: "commit" | NoCommitReason;
  /** Whether its files, and the commit of them, are done with. */
  readonly settled: boolean;
  /** The id of its FeatureCreated, so that the event is one however often it is emitted. */
  readonly eventId: string;
  readonly emitted: boolean;
};

/** A ticket that a mission is being bound to. */
export type OwedOrigin = {
  readonly ticket: OriginTicket;
  /** The id of its MissionOriginBound. */
  readonly eventId: string;
  readonly emitted: boolean;
};

/** What a command was about to do with one mission, for the next one when it is killed. */
export type JournalEntry = {
  /** The name of the mission's directory. */
  readonly directory: string;
  /** `null` for a mission that was there before. */
  readonly creation: OwedCreation | null;
  /** `null` without a ticket. */
  readonly origin: OwedOrigin | null;
};

/** An entry that this process alone works on. */
export interface HeldEntry {
  /** As it is now. */
  readonly entry: JournalEntry;
  /** Changes parts of it. */
  change(changes: Partial<JournalEntry>): Promise<void>;
  /** Lets go of it; it stays where something of it is owed. */
  close(): Promise<void>;
  /** Takes it away and lets go of it. */
  drop(): Promise<void>;
}

/** The entries of one project and user. */
export interface Journal {
  /** Writes a new entry and holds it. */
  begin(entry: JournalEntry): Promise<HeldEntry>;
  /** The entries that are wanted and that no running process holds; all of them are held from now on. */
  take(isWanted: (entry: JournalEntry) => boolean): Promise<HeldEntry[]>;
}

const WorkBranchSchema: v.GenericSchema<unknown, WorkBranch> = v.object({
  name: FilledSchema,
  from: v.nullable(FilledSchema),
  isNew: v.boolean(),
});

const EntrySchema: v.GenericSchema<unknown, JournalEntry> = v.object({
  directory: FilledSchema,
  creation: v.nullable(v.object({
    missionId: FilledSchema,
    slug: FilledSchema,
    friendlyName: v.string(),
    number: v.nullable(CountSchema),
    targetBranch: v.string(),
    createdAt: v.string(),
    // Entries of versions before there were branches have none.
    branch: v.optional(v.nullable(WorkBranchSchema), null),
    aside: FilledSchema,
    plan: v.picklist(["commit", ...NO_COMMIT_REASONS]),
    settled: v.boolean(),
    eventId: FilledSchema,
    emitted: v.boolean(),
  })),
  origin: v.nullable(v.object({
    ticket: OriginTicketSchema,
    eventId: FilledSchema,
    emitted: v.boolean(),
  })),
});

/**
 * The journal of the project at `root`. Where the user's directory cannot be written it keeps nothing; neither can the
 * events be queued there.
 */
export async function openJournal(platform: Platform, root: string): Promise<Journal> {
  const real = await platform.files.realPath(root) ?? root;
  const project = (await sha256Hex(real)).slice(0, 16);
  const directory = await quietly(() => join(userPaths(platform).own, "missions", project));
  return {
    async begin(entry) {
      const path = directory === null
        ? null
        : join(directory, `${randomHex(platform.random, 16)}.json`);
      const lock = path === null ? null : await quietly(async () => {
        await ensureUserDirectory(platform);
        // A mode given to a recursive call would not hold for the parents under every umask.
        await platform.files.makeDirectory(dirname(dirname(path)), 0o700);
        await platform.files.makeDirectory(dirname(path), 0o700);
        return await platform.files.lock(lockOf(path), { purpose: "starting a mission" });
      });
      const held = holding(platform, path, lock, entry);
      await held.change({});
      return held;
    },
    async take(isWanted) {
      const taken: HeldEntry[] = [];
      if (directory === null) return taken;
      for (const { name } of await quietly(() => platform.files.list(directory)) ?? []) {
        const path = join(directory, name);
        if (!name.endsWith(".json") || !isWantedBy(isWanted, await read(platform, path))) continue;
        const lock = await unlessHeld(platform, path);
        if (lock === null) continue;
        // Its holder may have finished it since.
        const entry = await read(platform, path);
        if (entry === null) await lock.release();
        else taken.push(holding(platform, path, lock, entry));
      }
      return taken;
    },
  };
}

function isWantedBy(
  isWanted: (entry: JournalEntry) => boolean,
  entry: JournalEntry | null,
): boolean {
  return entry !== null && isWanted(entry);
}

function holding(
  platform: Platform,
  path: string | null,
  lock: Lock | null,
  first: JournalEntry,
): HeldEntry {
  let entry = first;
  const drop = async () => {
    if (path !== null) await quietly(() => platform.files.remove(path));
    await lock?.release();
    if (path !== null) await quietly(() => platform.files.remove(lockOf(path)));
  };
  return {
    get entry() {
      return entry;
    },
    async change(changes) {
      entry = { ...entry, ...changes };
      if (path === null || lock === null) return;
      const text = JSON.stringify(entry);
      await quietly(() => platform.files.writeAtomic(path, text, { mode: 0o600, exclusive: true }));
    },
    async close() {
      if (isOwed(entry)) await lock?.release();
      else await drop();
    },
    drop,
  };
}

function isOwed({ creation, origin }: JournalEntry): boolean {
  return (creation !== null && !(creation.settled && creation.emitted)) ||
    (origin !== null && !origin.emitted);
}

function lockOf(path: string): string {
  return path.replace(/json$/, "lock");
}

async function unlessHeld(platform: Platform, path: string): Promise<Lock | null> {
  try {
    return await platform.files.lock(lockOf(path), {
      deadlineMs: 0,
      purpose: "starting a mission",
    });
  } catch (error) {
    if (error instanceof TrackerError) return null;
    throw error;
  }
}

/** An entry that cannot be read says nothing of what is owed. */
async function read(platform: Platform, path: string): Promise<JournalEntry | null> {
  return await quietly(async () => {
    const text = await platform.files.readText(path);
    const parsed = text === null ? null : parseWith(EntrySchema, JSON.parse(text));
    return parsed?.ok ? parsed.value : null;
  });
}

async function quietly<T>(act: () => T | Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch {
    // A mission does not fail for want of a journal.
    return null;
  }
}
