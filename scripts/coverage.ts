/** How much of a room, or of one file, the tests have run. */
export interface Coverage {
  /** `src/<room>`'s room, or `edges` for `main.ts` and `mod.ts`. */
  readonly room: string;
  readonly lines: number;
  readonly hit: number;
}

/** The coverage of one file; its path is seen from the root. */
export interface FileCoverage extends Coverage {
  readonly path: string;
}

/** Reads an lcov report; files outside of `root` (a path with a final slash) are left out. */
export function parseLcov(text: string, root: string): FileCoverage[] {
  const files: FileCoverage[] = [];
  for (const record of text.split("end_of_record")) {
    const path = field(record, "SF")?.replaceAll("\\", "/");
    const at = path?.indexOf(root.replace(/^\/(?=[A-Za-z]:)/, "")) ?? -1;
    if (path === undefined || at < 0) continue;
    const inside = path.slice(at + root.replace(/^\/(?=[A-Za-z]:)/, "").length);
    files.push({
      path: inside,
      room: roomOf(inside),
      lines: Number(field(record, "LF") ?? 0),
      hit: Number(field(record, "LH") ?? 0),
    });
  }
  return files;
}

/** Sums files to rooms, by name. */
export function coverageByRoom(files: readonly FileCoverage[]): Coverage[] {
  const rooms = new Map<string, Coverage>();
  for (const file of files) {
    const sum = rooms.get(file.room) ?? { room: file.room, lines: 0, hit: 0 };
    rooms.set(file.room, {
      room: file.room,
      lines: sum.lines + file.lines,
      hit: sum.hit + file.hit,
    });
  }
  return [...rooms.values()].sort((a, b) => a.room < b.room ? -1 : 1);
}

/** The modules of `src` that have code of their own and yet are not in the report. */
export async function neverLoaded(files: readonly FileCoverage[], root: URL): Promise<string[]> {
  const seen = new Set(files.map((file) => file.path));
  const unseen: string[] = [];
  for (const path of await modulesUnder(root, "src/")) {
    if (seen.has(path)) continue;
    if (hasCode(await Deno.readTextFile(new URL(path, root)))) unseen.push(path);
  }
  return unseen;
}

/** The paths of all TypeScript files under `folder`, seen from `root`, sorted. */
export async function modulesUnder(root: URL, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) paths.push(...await modulesUnder(root, `${path}/`));
    else if (/\.tsx?$/.test(entry.name)) paths.push(path);
  }
  return paths.sort();
}

/** Whether a module does more than to declare types and pass on names. */
function hasCode(source: string): boolean {
  return /^(export )?(default )?(async )?(function|class|const|let)\b/m.test(source);
}

function roomOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? "edges";
}

function field(record: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)$`, "m").exec(record)?.[1]?.trim();
}
