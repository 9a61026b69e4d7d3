import type { PartedText } from "../../contract/parted_text.ts";
import { pausesOf } from "../../platform/pauses.ts";
import type { HostContext } from "../context/host_context.ts";
import { insertSnapshotPart, removeSnapshotParts } from "../store/snapshots.ts";

/** Characters of a text that one statement stores: some milliseconds. */
const PART = 512 * 1024;

/** A text that is stored: its first part, and how many others are in the store already. */
export interface StoredText {
  readonly first: string;
  readonly parts: number;
}

/**
 * Stores a large text but for its first part, each part in a transaction of its own: others write between them. The
 * parts count once the snapshot itself is stored. Until then {@link dropParts} takes them back, or time does.
 */
export async function storeParts(
  { store, now, platform }: HostContext,
  receiptId: string,
  text: PartedText,
  characters: number = PART,
): Promise<StoredText> {
  const pause = pausesOf(platform.clock);
  const end = endOfPart(text, 0, characters);
  let parts = 0;
  for (let at = end; at < text.length;) {
    const next = endOfPart(text, at, characters);
    await insertSnapshotPart(store, {
      receiptId,
      part: ++parts,
      json: text.slice(at, next),
      receivedAt: now(),
    });
    at = next;
    await pause();
  }
  return { first: text.slice(0, end), parts };
}

/** Removes the parts of a snapshot that is not stored itself. */
export async function dropParts({ store }: HostContext, receiptId: string): Promise<void> {
  await removeSnapshotParts(store, receiptId);
}

/** Returns where a part ends that begins at `start`: not between two halves of a character. */
function endOfPart(text: PartedText, start: number, characters: number): number {
  const end = Math.min(text.length, start + characters);
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
