/** Test files that share one module. */
export interface Group {
  /** What it is called in the report, such as `server_03`. */
  readonly name: string;
  readonly paths: readonly string[];
}

/** Files in one group: enough to spread what loading costs, and few enough to keep all processors busy to the end. */
const FILES = 12;

/**
 * Groups test files, each with others of its folder. Every file that Deno runs loads all that it imports into an isolate
 * of its own, which takes longer than most of the tests; a group loads it once.
 */
export function groupsOf(paths: readonly string[], files: number = FILES): Group[] {
  const folders = Map.groupBy(paths, (path) => path.slice(0, path.lastIndexOf("/")));
  return [...folders].flatMap(([folder, all]) => {
    const count = Math.ceil(all.length / files);
    // Of nearly the same size.
    const size = Math.ceil(all.length / count);
    return Array.from({ length: count }, (_, index) => ({
      name: nameOf(folder, count === 1 ? null : index + 1),
      paths: all.slice(index * size, (index + 1) * size),
    })).filter((group) => group.paths.length > 0);
  });
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
