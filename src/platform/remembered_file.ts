import type { FileFacts, Files } from "./files.ts";
import type { Platform } from "./platform.ts";

/** The content of a file, and whether it was read just now. */
export interface RememberedFile {
  /** The content, the same object for as long as the file looks the same; `null` when there is no such file. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** False for what an earlier call has read. */
  readonly isNew: boolean;
}

interface Kept {
  readonly facts: FileFacts;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What was read, by the files it was read through: a command has its own. */
const kept = new WeakMap<Files, Map<string, Kept>>();

/**
 * Reads a regular file of at most `maxBytes`, and opens it no second time while its facts stay as they were. A file that
 * was changed less than two seconds before is read again: a second change might leave the same facts.
 *
 * @throws {TrackerError} `not_a_file`, `file_too_large`; what the system threw otherwise.
 */
export async function readRemembered(
  { files, clock }: Pick<Platform, "files" | "clock">,
  path: string,
  options: { readonly maxBytes: number },
): Promise<RememberedFile> {
  const known = kept.get(files) ?? new Map<string, Kept>();
  kept.set(files, known);
  const facts = await files.stat(path);
  const before = known.get(path);
  if (before !== undefined && facts !== null && isSame(before.facts, facts)) {
    return { bytes: before.bytes, isNew: false };
  }
  known.delete(path);
  const bytes = await files.readBytes(path, options);
  // The facts are those from before the reading: a change in between shows as one the next time.
  if (bytes !== null && facts !== null && clock.now() - facts.modifiedAt >= SETTLED_AFTER_MS) {
    known.set(path, { facts, bytes });
  }
  return { bytes, isNew: true };
}

/** Some file systems keep times of whole seconds, or of two. */
const SETTLED_AFTER_MS = 2_000;

function isSame(one: FileFacts, other: FileFacts): boolean {
  return one.modifiedAt === other.modifiedAt && one.size === other.size &&
    one.identity === other.identity && one.mode === other.mode && one.kind === other.kind &&
    one.owner === other.owner;
}

/** Returns a function that derives a value from the content of a file once for each content. */
export function oncePerContent<T>(
  derive: (path: string, bytes: Uint8Array<ArrayBuffer>) => T,
): (path: string, bytes: Uint8Array<ArrayBuffer>) => T {
  const derived = new WeakMap<Uint8Array<ArrayBuffer>, T>();
  return (path, bytes) => {
    const known = derived.get(bytes);
    if (known !== undefined) return known;
    const value = derive(path, bytes);
    derived.set(bytes, value);
    return value;
  };
}
