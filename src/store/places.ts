import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";

/** What a cache is of, which the name of its file does not tell. */
export interface StorePlace {
  readonly provider: string;
  /** The workspace of a local tool; the reference of a hosted binding. */
  readonly workspace: string;
  /** The directory a local tool runs in, absolute. */
  readonly directory?: string | undefined;
  /** The git directory of the repository, else the root of the project; older notes do not say it. */
  readonly repository?: string | undefined;
  /** The root of the project that used the cache last. */
  readonly root?: string | undefined;
  /** The local tool's own database. */
  readonly database?: string | undefined;
  /** Of a hosted binding: the host, and whose it is there. */
  readonly host?: string | undefined;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
}

/** A cache, and what it is of; `null` for one without a note that can be read. */
export interface PlacedStore {
  /** The cache. */
  readonly path: string;
  readonly place: StorePlace | null;
}

const MAX_NOTE_BYTES = 65_536;

const text = v.optional(v.string());

const PlaceSchema: v.GenericSchema<unknown, StorePlace> = v.looseObject({
  provider: v.string(),
  workspace: v.string(),
  directory: text,
  repository: text,
  root: text,
  database: text,
  host: text,
  user: text,
  team: text,
});

/** Keeps beside a cache what it is of; a note that says the same already stays. */
export async function rememberPlace(
  platform: Pick<Platform, "files">,
  storePath: string,
  place: StorePlace,
): Promise<void> {
  await keepNote(platform, placeNote(storePath), place);
}

/** Returns what the note beside a cache says; `null` without one that can be read. */
export async function placeOf(
  platform: Pick<Platform, "files">,
  storePath: string,
): Promise<StorePlace | null> {
  return await readNote(platform, placeNote(storePath), PlaceSchema);
}

/** The path of the note beside a cache. */
export function placeNote(storePath: string): string {
  return `${storePath}${NOTE}`;
}

/** The caches below `trackers`, with their notes. Opens none of them, and follows no link. */
export async function placedStores(
  platform: Pick<Platform, "files">,
  trackers: string,
): Promise<readonly PlacedStore[]> {
  const found: PlacedStore[] = [];
  for (const { name, kind } of await platform.files.list(trackers)) {
    if (kind !== "file" || !name.endsWith(".db")) continue;
    const path = join(trackers, name);
    found.push({ path, place: await placeOf(platform, path) });
  }
  return found;
}

/** Returns the database of the cache of a repository that was written to last; `null` without one. */
export async function latestDatabase(
  platform: Pick<Platform, "files">,
  trackers: string,
  scope: { readonly provider: string; readonly workspace: string; readonly repository: string },
): Promise<string | null> {
  let latest: { readonly database: string; readonly at: number } | null = null;
  for (const { path, place } of await placedStores(platform, trackers)) {
    if (place?.database === undefined) continue;
    if (place.provider !== scope.provider || place.workspace !== scope.workspace) continue;
    if (place.repository !== scope.repository) continue;
    const at = (await platform.files.stat(path))?.modifiedAt ?? 0;
    if (latest === null || at > latest.at) latest = { database: place.database, at };
  }
  return latest?.database ?? null;
}

/** Which database a local tool was seen to use from a project's root. */
export interface SeenDatabase {
  readonly provider: string;
  readonly workspace: string;
  /** The real root of the project. */
  readonly root: string;
  readonly repository: string;
  /** The directory the tool ran in. */
  readonly cwd: string;
  readonly database: string;
  /** What it was told from; `null` when the tool has to be asked again. */
  readonly evidence: string | null;
}

const SeenSchema: v.GenericSchema<unknown, SeenDatabase> = v.looseObject({
  provider: v.string(),
  workspace: v.string(),
  root: v.string(),
  repository: v.string(),
  cwd: v.string(),
  database: v.string(),
  evidence: v.nullable(v.string()),
});

/** Keeps which database was seen last, in the note at `path`. */
export async function rememberSeen(
  platform: Pick<Platform, "files">,
  path: string,
  seen: SeenDatabase,
): Promise<void> {
  await keepNote(platform, path, seen);
}

/** Returns which database was seen last, by the note at `path`; `null` without one that can be read. */
export async function readSeen(
  platform: Pick<Platform, "files">,
  path: string,
): Promise<SeenDatabase | null> {
  return await readNote(platform, path, SeenSchema);
}

/** All notes below `trackers` of databases that were seen. */
export async function seenNotes(
  platform: Pick<Platform, "files">,
  trackers: string,
): Promise<readonly { readonly note: string; readonly seen: SeenDatabase }[]> {
  const found: { readonly note: string; readonly seen: SeenDatabase }[] = [];
  for (const { name, kind } of await platform.files.list(trackers)) {
    if (kind !== "file" || !name.endsWith(SEEN)) continue;
    const note = join(trackers, name);
    const seen = await readSeen(platform, note);
    if (seen !== null) found.push({ note, seen });
  }
  return found;
}

const NOTE = ".place.json";
const SEEN = ".seen.json";

async function keepNote(
  platform: Pick<Platform, "files">,
  path: string,
  content: object,
): Promise<void> {
  const text = `${JSON.stringify(content)}\n`;
  try {
    // One that cannot be read is replaced.
    const kept = await platform.files.readText(path, { maxBytes: MAX_NOTE_BYTES })
      .catch(() => null);
    if (kept !== text) await platform.files.writeAtomic(path, text, { mode: 0o600 });
  } catch {
    // The note only helps to find the cache later; the work itself tells what is wrong here.
  }
}

async function readNote<T>(
  platform: Pick<Platform, "files">,
  path: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<T | null> {
  try {
    const text = await platform.files.readText(path, { maxBytes: MAX_NOTE_BYTES });
    const parsed = parseWith(schema, JSON.parse(text ?? "null"));
    return parsed.ok ? parsed.value : null;
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
    return null;
  }
}
