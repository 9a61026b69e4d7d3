import { basename, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import { IssueStore } from "./issue_store.ts";
import { isOurs } from "./adopted.ts";
import { placeNote, placeOf, type SeenDatabase, seenNotes, type StorePlace } from "./places.ts";

/** What a cache holds. */
export interface KeptContent {
  readonly issues: number;
  /** Issues with edits, whatever becomes of these. */
  readonly edits: number;
  /** Issues of which a push sends something. */
  readonly pending: number;
  /** Conflicts that wait for a decision. */
  readonly held: number;
  /** Issues of which an edit was refused. */
  readonly refused: number;
  /** Issues with edits that the tracker cannot take. */
  readonly stay_here: number;
  readonly mappings: number;
  /** Requests that were sent and not answered. */
  readonly unanswered: number;
}

/**
 * Whether what a cache is of is still there: `gone` when its repository or its database is not, `replaced` when the
 * tool uses another database there now, `hosted` for a binding at a host, which no directory decides, `unknown` when
 * no note says what it is of, or it may not be seen.
 */
export type KeptStanding = "there" | "gone" | "replaced" | "hosted" | "unknown";

/** A cache of this machine, or one that was set aside as damaged. */
export interface KeptState {
  /** By which it is named: the name of its file without the end. */
  readonly id: string;
  readonly path: string;
  readonly kind: "cache" | "damaged";
  readonly place: StorePlace | null;
  readonly standing: KeptStanding;
  /** The repository, directory or database that is gone; `null` when none is. */
  readonly missing: string | null;
  /** `null` when it cannot be read. */
  readonly content: KeptContent | null;
  /** Why it cannot be read. */
  readonly fault: string | null;
  /** Bytes of its files. */
  readonly bytes: number;
  /** When it was last written (milliseconds since 1970). */
  readonly writtenAt: number;
}

/** Counts what waits in a cache of a place, as its status does; asked only where issues have edits. */
export type CountWaiting = (
  store: IssueStore,
  place: StorePlace | null,
) => Promise<Pick<KeptContent, "pending" | "refused" | "stay_here">>;

/** What looking at the caches needs of the machine. */
export type KeptPlatform = Pick<Platform, "openDatabase" | "files">;

/**
 * The caches below `trackers`, by name; those set aside as damaged, too. Those that versions before 0.2 kept below
 * `old`, beside files of other programs, come last. Changes nothing, and follows no link.
 */
export async function keptStates(
  platform: KeptPlatform,
  { trackers, old = null, countWaiting }: {
    readonly trackers: string;
    readonly old?: string | null;
    readonly countWaiting: CountWaiting;
  },
): Promise<readonly KeptState[]> {
  const entries = [
    ...await entriesOf(platform, trackers, ""),
    ...old === null ? [] : await entriesOf(platform, old, "old-"),
  ];
  const found: KeptState[] = [];
  for (const placed of await placedStates(platform, trackers, entries)) {
    if (placed.id.startsWith("old-") && !(await isOurs(platform, placed.path).catch(() => false))) {
      continue;
    }
    found.push(await readState(platform, placed, countWaiting));
  }
  return found;
}

/**
 * The caches below `trackers` that hold work which no sync will find by itself. Opens only those whose repository or
 * database is gone or another one, so that commands may ask each time.
 */
export async function orphanedStates(
  platform: KeptPlatform,
  { trackers, countWaiting }: { readonly trackers: string; readonly countWaiting: CountWaiting },
): Promise<readonly KeptState[]> {
  const entries = await entriesOf(platform, trackers, "");
  const lost = (await placedStates(platform, trackers, entries)).filter(isLost);
  return orphaned(
    await Promise.all(lost.map((placed) => readState(platform, placed, countWaiting))),
  );
}

/** What is known of a cache without opening it. */
type PlacedState = Pick<KeptState, "id" | "path" | "kind" | "place" | "standing" | "missing">;

async function placedStates(
  platform: KeptPlatform,
  trackers: string,
  entries: readonly { readonly id: string; readonly path: string }[],
): Promise<readonly PlacedState[]> {
  const seen = (await seenNotes(platform, trackers)).map((note) => note.seen);
  const found: PlacedState[] = [];
  for (const { id, path } of entries) {
    const isDamaged = !basename(path).endsWith(END);
    const place = await placeOf(platform, isDamaged ? originOf(path) : path);
    const kind = isDamaged ? "damaged" : "cache";
    found.push({ id, path, kind, place, ...await standingOf(platform, place, seen) });
  }
  return found;
}

async function readState(
  platform: KeptPlatform,
  placed: PlacedState,
  countWaiting: CountWaiting,
): Promise<KeptState> {
  return {
    ...placed,
    ...placed.kind === "damaged"
      ? { content: null, fault: "set aside as damaged" }
      : await contentOf(platform, placed, countWaiting),
    ...await sizeOf(platform, placed.path),
  };
}

function isLost({ kind, standing }: Pick<KeptState, "kind" | "standing">): boolean {
  return kind === "cache" && (standing === "gone" || standing === "replaced");
}

async function entriesOf(
  platform: KeptPlatform,
  directory: string,
  prefix: string,
): Promise<readonly { readonly id: string; readonly path: string }[]> {
  return (await platform.files.list(directory)).flatMap(({ name, kind }) => {
    const id = kind === "file" ? idOf(name) : null;
    return id === null ? [] : [{ id: `${prefix}${id}`, path: join(directory, name) }];
  });
}

/**
 * Removes a cache with all that is beside it, and the notes that lead to it.
 *
 * @throws {TrackerError} `locked` while a sync is at work on it.
 */
export async function removeState(
  platform: KeptPlatform,
  trackers: string,
  { path, kind, place }: KeptState,
): Promise<void> {
  const { files } = platform;
  const lock = kind === "damaged"
    ? null
    : await files.lock(`${path}.lock`, { purpose: "removing an issue cache", deadlineMs: 0 });
  try {
    for (const end of [...BESIDE, ""]) await files.remove(`${path}${end}`);
    if (kind === "damaged") return;
    await files.remove(placeNote(path));
    for (const { note, seen } of await seenNotes(platform, trackers)) {
      const leadsHere = seen.provider === place?.provider && seen.workspace === place.workspace &&
        seen.repository === place.repository && seen.database === place.database;
      if (leadsHere) await files.remove(note);
    }
  } finally {
    await lock?.release();
  }
  for (const end of [".lock", ".move.lock", ".recovery.lock"]) await files.remove(`${path}${end}`);
}

/** Whether a cache holds what exists nowhere else; one that cannot be read may. */
export function holdsWork({ content }: Pick<KeptState, "content">): boolean {
  return content === null ||
    content.edits + content.held + content.mappings + content.unanswered > 0;
}

/** The caches that hold work which no sync will find by itself. */
export function orphaned(states: readonly KeptState[]): readonly KeptState[] {
  return states.filter((state) => isLost(state) && state.content !== null && holdsWork(state));
}

/** The files of a cache that go with it, beside the cache itself. */
export const BESIDE: readonly string[] = ["-wal", "-shm"];

const END = ".db";
const ASIDE = /^(.+)\.db(\.damaged-\d+)$/;

function idOf(name: string): string | null {
  if (name.endsWith(END)) return name.slice(0, -END.length);
  const aside = ASIDE.exec(name);
  return aside === null ? null : `${aside[1]}${aside[2]}`;
}

function originOf(path: string): string {
  return path.replace(/\.damaged-\d+$/, "");
}

async function standingOf(
  platform: KeptPlatform,
  place: StorePlace | null,
  seen: readonly SeenDatabase[],
): Promise<Pick<KeptState, "standing" | "missing">> {
  if (place === null) return { standing: "unknown", missing: null };
  const { directory, repository, root, database } = place;
  if (directory === undefined) return { standing: "hosted", missing: null };
  try {
    const isThere = async (path: string) => await platform.files.stat(path) !== null;
    const needed = [
      repository ?? directory,
      ...(database === undefined ? [root ?? directory] : [directoryOf(database)]),
    ];
    for (const path of needed) {
      if (!(await isThere(path))) return { standing: "gone", missing: path };
    }
    const now = [];
    for (const one of seen) {
      const isOfThis = one.provider === place.provider && one.workspace === place.workspace &&
        one.repository === repository;
      if (isOfThis && await isThere(one.root)) now.push(one.database);
    }
    const isReplaced = database !== undefined && now.length > 0 && !now.includes(database);
    return { standing: isReplaced ? "replaced" : "there", missing: null };
  } catch {
    return { standing: "unknown", missing: null };
  }
}

/** A database is a directory, and the name of one of several in it. */
function directoryOf(database: string): string {
  return database.replace(/#[^/#]*$/, "");
}

async function contentOf(
  platform: KeptPlatform,
  { path, place }: Pick<PlacedState, "path" | "place">,
  countWaiting: CountWaiting,
): Promise<Pick<KeptState, "content" | "fault">> {
  try {
    const store = await IssueStore.openForReading(platform, path);
    if (store === null) return { content: null, fault: "gone meanwhile" };
    using open = store;
    const { total, pending: edits } = open.counts();
    const { pending, refused, stay_here } = edits === 0
      ? { pending: 0, refused: 0, stay_here: 0 }
      : await countWaiting(open, place);
    return {
      content: {
        issues: total,
        edits,
        pending,
        held: open.conflicts.open().length,
        refused,
        stay_here,
        mappings: open.mappings.list().length,
        unanswered: open.pushes.unanswered(),
      },
      fault: null,
    };
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
    return { content: null, fault: errorText(error) };
  }
}

async function sizeOf(
  platform: KeptPlatform,
  path: string,
): Promise<Pick<KeptState, "bytes" | "writtenAt">> {
  let [bytes, writtenAt] = [0, 0];
  for (const end of ["", ...BESIDE]) {
    const facts = await platform.files.stat(`${path}${end}`);
    bytes += facts?.size ?? 0;
    writtenAt = Math.max(writtenAt, facts?.modifiedAt ?? 0);
  }
  return { bytes, writtenAt };
}
