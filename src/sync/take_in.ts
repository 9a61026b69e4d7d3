import { basename } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { adoptStore } from "../store/adopted.ts";
import { IssueStore } from "../store/issue_store.ts";
import { placeNote } from "../store/places.ts";
import { takeOver } from "./take_over.ts";

/**
 * Makes the cache at `from`, if any, that of `to`, and returns which of the two is used now. Where both are there, what
 * only the first holds is merged into the second. A kill at any moment loses nothing: the next call continues. A cache
 * that another process has open is left for the next call. `isHeld`: the caller holds the lock of its syncs.
 *
 * @throws {TrackerError} `locked` while a sync of an older version holds the cache.
 */
export async function takeIn(
  platform: Platform,
  from: string,
  to: string,
  { isHeld = false }: { readonly isHeld?: boolean } = {},
): Promise<string> {
  const { files } = platform;
  const isThere = async (path: string) => await files.stat(path) !== null;
  // Out of reach of a process that still writes to it, and found again after a kill.
  const aside = `${to}.from-${basename(from)}`;
  const isLeft = await isThere(aside);
  if (!isLeft && !(await isThere(from))) return to;
  if (!isLeft && !(await isThere(to))) {
    const adopted = await adoptStore(platform, from, to);
    if (adopted === to && !(await isThere(from))) await removeBeside(platform, from);
    return adopted;
  }
  const move = await files.lock(`${to}.move.lock`, { purpose: PURPOSE });
  try {
    if (!(await isThere(aside))) {
      await forgetFormer(platform, aside, to);
      if (!(await setAside(platform, { from, aside, isHeld }))) return to;
    }
    await mergeInto(platform, aside, to);
  } finally {
    await move.release();
  }
  return to;
}

const PURPOSE = "moving an issue cache";

/** Renames the cache; false while another process has it open, or when it is gone meanwhile. */
async function setAside(
  platform: Platform,
  { from, aside, isHeld }: {
    readonly from: string;
    readonly aside: string;
    readonly isHeld: boolean;
  },
): Promise<boolean> {
  const { files } = platform;
  const busy = isHeld ? null : await files.lock(`${from}.lock`, { purpose: PURPOSE });
  try {
    if (await files.stat(from) === null) return false;
    // Opening and closing merges the log that a killed process may have left.
    (await IssueStore.open(platform, from)).close();
    if (await files.stat(`${from}-wal`) !== null) return false;
    await files.rename(from, aside);
    return true;
  } finally {
    await busy?.release();
  }
}

/** A kill may have left the note about a former cache of this name: this one has not been taken over. */
async function forgetFormer(platform: Platform, aside: string, to: string): Promise<void> {
  using target = await IssueStore.open(platform, to);
  target.checkpoints.forgetTakenOver(basename(aside));
}

async function mergeInto(platform: Platform, aside: string, to: string): Promise<void> {
  const { files, clock, terminal } = platform;
  using target = await IssueStore.open(platform, to);
  const name = basename(aside);
  if (!target.checkpoints.isTakenOver(name)) {
    using source = await IssueStore.open(platform, aside);
    const { refusedMappings } = takeOver(source, target, aside, clock.now());
    for (const mapping of refusedMappings) {
      terminal.stderr.write(
        `Warning: the mapping ${mapping} of another worktree contradicts one that is there; it is left out.\n`,
      );
    }
  }
  for (const end of ["-wal", "-shm", ""]) await files.remove(`${aside}${end}`);
  await removeBeside(platform, aside.slice(0, -name.length) + name.replace(/^.*\.from-/, ""));
  target.checkpoints.forgetTakenOver(name);
}

async function removeBeside({ files }: Platform, storePath: string): Promise<void> {
  for (const path of [placeNote(storePath), `${storePath}.lock`, `${storePath}.move.lock`]) {
    await files.remove(path);
  }
}
