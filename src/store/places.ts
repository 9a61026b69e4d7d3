import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { IssueStore } from "./issue_store.ts";

/** What a local cache is of, which the name of its file does not tell. */
export interface StorePlace {
  readonly provider: string;
  readonly workspace: string;
  /** The directory the tool runs in, absolute. */
  readonly directory: string;
}

/** A cache whose directory is gone, with work that exists nowhere else. */
export interface StrandedStore extends StorePlace {
  /** The cache. */
  readonly path: string;
  /** Issues with edits that were not pushed. */
  readonly edits: number;
  readonly mappings: number;
}

const PlaceSchema: v.GenericSchema<unknown, StorePlace> = v.looseObject({
  provider: v.string(),
  workspace: v.string(),
  directory: v.string(),
});

const MAX_PLACE_BYTES = 65_536;

/** Keeps beside a cache what it is of; a note that says the same already stays. */
export async function rememberPlace(
  platform: Pick<Platform, "files">,
  storePath: string,
  place: StorePlace,
): Promise<void> {
  const path = notePath(storePath);
  const { provider, workspace, directory } = place;
  const text = `${JSON.stringify({ provider, workspace, directory })}\n`;
  try {
    if (await platform.files.readText(path, { maxBytes: MAX_PLACE_BYTES }) === text) return;
    await platform.files.writeAtomic(path, text, { mode: 0o600 });
  } catch {
    // The note only helps to find the cache later; the work itself tells what is wrong here.
  }
}

/** The caches below `trackers` whose directories are gone and that hold edits or mappings. Changes nothing. */
export async function strandedStores(
  platform: Pick<Platform, "openDatabase" | "files">,
  trackers: string,
): Promise<StrandedStore[]> {
  const found: StrandedStore[] = [];
  for (const { name } of await platform.files.list(trackers)) {
    if (!name.endsWith(NOTE)) continue;
    const path = join(trackers, name.slice(0, -NOTE.length));
    const stranded = await strandedAt(platform, path).catch(() => null);
    if (stranded !== null) found.push(stranded);
  }
  return found;
}

async function strandedAt(
  platform: Pick<Platform, "openDatabase" | "files">,
  path: string,
): Promise<StrandedStore | null> {
  const text = await platform.files.readText(notePath(path), { maxBytes: MAX_PLACE_BYTES });
  const parsed = parseWith(PlaceSchema, JSON.parse(text ?? "null"));
  if (!parsed.ok || await platform.files.stat(parsed.value.directory) !== null) return null;
  const store = await IssueStore.openForReading(platform, path);
  if (store === null) return null;
  try {
    const edits = store.counts().pending;
    const mappings = store.mappings.list().length;
    return edits + mappings === 0 ? null : { ...parsed.value, path, edits, mappings };
  } finally {
    store.close();
  }
}

const NOTE = ".place.json";

function notePath(storePath: string): string {
  return `${storePath}${NOTE}`;
}
