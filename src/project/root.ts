import { dirname, join, normalize, resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/**
 * Returns the project that `start` (an absolute directory) is in: the nearest ancestor with a `.kittify` directory, else
 * the nearest with `.git`; `null` when there is neither.
 */
export async function findProjectRoot(
  platform: Pick<Platform, "files">,
  start: string,
): Promise<string | null> {
  let repository: string | null = null;
  let denied: unknown = null;
  for (const directory of ancestors(start)) {
    try {
      const kittify = await platform.files.stat(join(directory, ".kittify"));
      if (kittify?.kind === "directory") return directory;
      if (repository === null && await platform.files.stat(join(directory, ".git")) !== null) {
        repository = directory;
      }
    } catch (error) {
      // A directory above that may not be read matters only when nothing is found below it.
      denied ??= error;
    }
  }
  if (repository === null && denied !== null) throw denied;
  return repository;
}

/**
 * Returns the root of the project to work on: from `repo` (what `--repo` says) or the working directory.
 *
 * @throws {TrackerError} `not_a_project` when there is none.
 */
export async function requireProjectRoot(
  platform: Pick<Platform, "files" | "system">,
  repo?: string | null,
): Promise<string> {
  const start = resolveFrom(platform.system.cwd(), repo ?? ".");
  if ((await platform.files.stat(start))?.kind !== "directory") {
    throw notAProject(`"${start}" is not a directory`, start);
  }
  const root = await findProjectRoot(platform, start);
  if (root === null) throw notAProject(`"${start}" is not in a project`, start);
  return root;
}

function ancestors(start: string): string[] {
  const found: string[] = [];
  for (let directory = normalize(start);; directory = dirname(directory)) {
    if (found.at(-1) === directory) return found;
    found.push(directory);
  }
}

function notAProject(message: string, start: string): TrackerError {
  return new TrackerError({
    code: "not_a_project",
    message,
    nextAction: "Run this in a directory with `.kittify` or `.git`, or name one with `--repo`.",
    details: { path: start },
  });
}
