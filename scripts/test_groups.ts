/** Test files that share one module. */
export interface Group {
  /** What it is called in the report, such as `server_03`. */
  readonly name: string;
  readonly paths: readonly string[];
}

/** Files in one group: enough to spread what loading costs, and few enough to keep all processors busy to the end. */
const FILES = 12;

/**
 * Folders whose tests take long, for they start many programs, and how many files of each make a group. Their groups
 * run first, so that the last ones of a run are short.
 */
const SLOW: ReadonlyMap<string, number> = new Map([
  ["tests/permissions", 1],
  ["tests/counterparts", 3],
  ["tests/faults", 3],
  ["tests/acceptance", 6],
  ["tests/browser", 3],
  ["tests/release", 6],
  ["tests/client", 6],
]);

/**
 * Groups test files, each with others of its folder. Every file that Deno runs loads all that it imports into an isolate
 * of its own, which takes longer than most of the tests; a group loads it once. `files` is the most that a
 * group has, of every folder that has no number of its own in `slow`.
 */
export function groupsOf(
  paths: readonly string[],
  files: number = FILES,
  slow: ReadonlyMap<string, number> = SLOW,
): Group[] {
  const folders = Map.groupBy(paths, (path) => path.slice(0, path.lastIndexOf("/")));
  const known = [...slow.keys()].filter((folder) => folders.has(folder));
  const others = [...folders.keys()].filter((folder) => !slow.has(folder));
  return [...known, ...others].flatMap((folder) => {
    const all = folders.get(folder) ?? [];
    const count = Math.ceil(all.length / (slow.get(folder) ?? files));
    // Of nearly the same size.
    const size = Math.ceil(all.length / count);
    return Array.from({ length: count }, (_, index) => ({
      name: nameOf(folder, count === 1 ? null : index + 1),
      paths: all.slice(index * size, (index + 1) * size),
    })).filter((group) => group.paths.length > 0);
  });
}

/** What a machine has for its tests. */
export interface Machine {
  readonly processors: number;
  /** Bytes that programs may still take. */
  readonly memory: number;
}

/** What a group takes with the programs that its tests start, bytes. */
const GROUP_MEMORY = 1_000_000_000;

/**
 * How many groups run at once: two for each processor, for most tests wait at times for a program that they have started,
 * for a disk or for a moment to come; fewer where they would fill the memory.
 */
export function groupsAtOnce(
  { processors, memory }: Machine = {
    processors: navigator.hardwareConcurrency,
    memory: Deno.systemMemoryInfo().available,
  },
): number {
  return Math.max(processors, Math.min(2 * processors, Math.floor(memory / GROUP_MEMORY)));
}

/** Writes a module for each group into a folder and returns their paths. `root` is what the paths are seen from. */
export async function writeGroups(
  groups: readonly Group[],
  { root, folder }: { readonly root: URL; readonly folder: string },
): Promise<string[]> {
  return await Promise.all(groups.map(async ({ name, paths }) => {
    const module = `${folder}/${name}_test.ts`;
    const lines = paths.map((path) => `import ${JSON.stringify(new URL(path, root).href)};\n`);
    await Deno.writeTextFile(module, lines.join(""));
    return module;
  }));
}

/** `tests/server/console` and 2 give `server_console_02`. */
function nameOf(folder: string, number: number | null): string {
  const words = folder.split("/").slice(1);
  if (words.length === 0) words.push("top");
  if (number !== null) words.push(String(number).padStart(2, "0"));
  return words.join("_");
}
