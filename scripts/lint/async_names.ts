/** What a name exported by a module stands for, as far as its text says. */
type Exported = { readonly isAsync: boolean } | { readonly from: string; readonly name: string };

const READ = new Map<string, ReadonlyMap<string, Exported>>();

/** Whether a module of this repository exports a function under this name that returns a promise. */
export function exportsAsync(module: URL, name: string): boolean {
  const found = exportsOf(module).get(name);
  if (found === undefined) return false;
  return "isAsync" in found ? found.isAsync : exportsAsync(new URL(found.from, module), found.name);
}

/**
 * The methods of a class that a module exports which return promises; of a name that is no class, none. They are
 * looked for in objects of any type, so that a method whose name other objects have is left out.
 */
export function asyncMethodsOf(module: URL, name: string): string[] {
  const [, body = ""] = new RegExp(`^export class ${name}\\b([^]*?)^}`, "m").exec(textOf(module)) ??
    [];
  return [...body.matchAll(/^ {2}async (\w+)[(<]/gm)].map(([, method = ""]) => method)
    .filter((method) => !COMMON_METHODS.includes(method));
}

/** Methods that not only classes of the server have. */
const COMMON_METHODS: readonly string[] = ["run", "close", "all", "get", "set", "delete"];

function exportsOf(module: URL): ReadonlyMap<string, Exported> {
  const known = READ.get(module.href);
  if (known !== undefined) return known;
  const exported = new Map<string, Exported>();
  READ.set(module.href, exported);
  for (const [name, isAsync] of functionsOf(textOf(module))) exported.set(name, { isAsync });
  for (const [, list = "", from = ""] of textOf(module).matchAll(RE_EXPORT)) {
    for (const one of list.split(",")) {
      const [name, renamed] = one.replace(/\/\/.*|^\s*type\s/g, "").trim().split(/\s+as\s+/);
      if (name !== undefined && name !== "") exported.set(renamed ?? name, { from, name });
    }
  }
  return exported;
}

const RE_EXPORT = /^export \{([^}]*)\} from "([^"]+)"/gm;

/** The formatter puts the end of a signature onto a line that ends with a brace. */
const FUNCTION = /^export (async )?function (\w+)([^]*?)\{$/gm;

function* functionsOf(text: string): Generator<[name: string, isAsync: boolean]> {
  for (const [, isAsync, name = "", signature = ""] of text.matchAll(FUNCTION)) {
    yield [name, isAsync !== undefined || /\): Promise<[^]*$/.test(signature)];
  }
}

function textOf(module: URL): string {
  try {
    return Deno.readTextFileSync(module);
  } catch (error) {
    // An import that leads nowhere is reported by the type checker.
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
