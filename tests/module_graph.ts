/** The modules of the program and what each imports, as Deno sees them. */
import assert from "node:assert/strict";
import { modulesUnder } from "../scripts/coverage.ts";
import { run } from "../scripts/run.ts";

/** The root of the repository. */
export const ROOT = new URL("../", import.meta.url);

/** One import of a module. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The resolved module: a path seen from the root, or the specifier of a package. */
  readonly to: string;
  readonly isDynamic: boolean;
  /** Whether only types are taken. */
  readonly isType: boolean;
}

/** Returns the modules of the program: the two at the root and everything of `src/`. */
export async function projectModules(): Promise<string[]> {
  const edges: string[] = [];
  for (const path of ["main.ts", "mod.ts"]) {
    if (await exists(path)) edges.push(path);
  }
  return [...edges, ...await modulesUnder(ROOT, "src/")];
}

/** Returns every import of the modules and of what they load. */
export async function moduleGraph(roots: readonly string[]): Promise<Import[]> {
  const imports: Import[] = [];
  for (const root of ["main.ts", "mod.ts", ...roots]) {
    if (imports.some((one) => one.from === root) || !await exists(root)) continue;
    const result = await run(["info", "--json", root], { NO_COLOR: "1" }, "captured");
    assert.equal(result.code, 0, `deno info fails for ${root}`);
    imports.push(...importsOf(JSON.parse(result.output)));
  }
  const seen = new Map(imports.map((one) => [`${one.from} ${one.specifier}`, one]));
  return [...seen.values()];
}

function importsOf(graph: unknown): Import[] {
  assert.ok(isRecord(graph) && Array.isArray(graph["modules"]));
  const imports: Import[] = [];
  for (const found of graph["modules"]) {
    if (!isRecord(found) || !Array.isArray(found["dependencies"])) continue;
    const from = inside(String(found["specifier"]));
    if (from === null) continue;
    for (const dependency of found["dependencies"]) {
      if (!isRecord(dependency)) continue;
      const { specifier, code, type, isDynamic } = dependency;
      const target = isRecord(code) ? code : isRecord(type) ? type : {};
      const to = String(target["specifier"] ?? specifier);
      imports.push({
        from,
        specifier: String(specifier),
        to: inside(to) ?? to,
        isDynamic: isDynamic === true,
        isType: !isRecord(code),
      });
    }
  }
  return imports;
}

/** Returns what each module loads at its start, as `name` calls it. */
export function staticImports(
  imports: readonly Import[],
  name: (to: string) => string = (to) => to,
): Map<string, string[]> {
  const next = new Map<string, string[]>();
  for (const one of imports) {
    if (one.isDynamic || one.isType) continue;
    next.set(one.from, [...next.get(one.from) ?? [], name(one.to)]);
  }
  return next;
}

/** Returns what can be reached from modules, and these. */
export function reachable(
  next: ReadonlyMap<string, readonly string[]>,
  from: readonly string[],
): Set<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(...next.get(path) ?? []);
  }
  return seen;
}

/** Returns the package of a resolved import, or its path within the project. */
export function packageOf(to: string): string {
  return /^npm:\/?((?:@[^/@]+\/)?[^/@]+)/.exec(to)?.[1] ?? to;
}

/** Returns the path of a file of the repository; `null` for any other URL. */
export function inside(url: string): string | null {
  return url.startsWith(ROOT.href) ? decodeURIComponent(url.slice(ROOT.href.length)) : null;
}

/** Returns the text of a file of the repository. */
export async function text(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

/** Whether there is a file of that path in the repository. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(new URL(path, ROOT)).then(() => true, () => false);
}

/** Whether a value is an object with members. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
