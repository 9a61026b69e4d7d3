import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";

/** Where Linux keeps files in memory. */
const IN_MEMORY = "/dev/shm";
/** Many times as much as is there at once, bytes. */
const ROOM = 1_000_000_000;

/** A folder of raw coverage, which stays small while programs write to it. */
export interface CoverageProfile {
  readonly folder: string;
  /**
   * Removes files that are of other modules, and those that tell what one seen before tells. A file
   * that is not written to its end is left, and removed once `isOver`: its program was killed.
   */
  sweep(isOver?: boolean): void;
  remove(): Promise<void>;
}

/**
 * Makes the folder for the coverage of modules whose URL `isWanted`. Every program writes a file for
 * each module that it loads, so tests that start thousands of programs write some hundred thousand files.
 */
export async function makeCoverageProfile(
  isWanted: (url: string) => boolean,
): Promise<CoverageProfile> {
  const folder = await Deno.makeTempDir({ prefix: "tracker-coverage-", ...await inMemory() });
  const kept = new Set<string>();
  const seen = new Set<string>();
  return {
    folder,
    sweep(isOver = false) {
      for (const { name } of Deno.readDirSync(folder)) {
        if (kept.has(name)) continue;
        const text = Deno.readTextFileSync(`${folder}/${name}`);
        const url = isComplete(text) ? urlOf(text) : null;
        if (url === null && !isOver) continue;
        const told = whatItTells(text);
        if (url === null || !isWanted(url) || seen.has(told)) {
          Deno.removeSync(`${folder}/${name}`);
        } else {
          seen.add(told);
          kept.add(name);
        }
      }
    },
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Files in memory are read and removed many times as fast as those of a busy disk. */
async function inMemory(): Promise<{ readonly dir?: string }> {
  const { bavail, bsize } = await statfs(IN_MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > ROOM ? { dir: IN_MEMORY } : {};
}

function isComplete(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function urlOf(text: string): string | null {
  return /"url": ?"([^"]*)"/.exec(text)?.[1] ?? null;
}

/** A digest of which parts of a module have run, without how often and in which program. */
function whatItTells(text: string): string {
  const told = text.replace(/"scriptId": ?"\d+"/, "")
    .replaceAll(/"count": ?[1-9]\d*/g, '"count":1');
  return createHash("sha256").update(told).digest("base64");
}
