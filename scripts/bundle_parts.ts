/**
 * Cuts the program, as the bundler writes it in one file before it is minified, into a few files: one for the start
 * and the commands of every day, and others that are loaded when something in them is needed. Deno reads them all at
 * the start, which costs little; what costs is to load one.
 */
import { LATER, type Statement, statementsOf } from "./bundle_text.ts";

/** A file that is loaded when it is needed. */
export interface Part {
  /** Such as `host.js`. */
  readonly name: string;
  /** The modules that it is made for, by their path. What only they need goes with them. */
  readonly modules: RegExp;
}

/** Whether V8 keeps the compiled code of a function; the start of a module is one, too. */
export type IsWarm = (module: string, name: string) => boolean;

/** Whether nearly every command loads a module. */
export type IsUsed = (module: string) => boolean;

/** The path of a module as the list of warm functions has it: from the repository, or from the name of its package. */
export function sourceOf(module: string): string {
  return module.replace(/^.*\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/[^/]+\//, "$1/");
}

/** Whether the bundler calls the function that starts a module so. */
export function isStart(name: string): boolean {
  return /^(?:init|require)_/.test(name);
}

/** The name in the source: the bundler adds a number to one that there is twice. */
export function plain(name: string): string {
  return name.replace(/\d+$/, "");
}

/** A call that is none: the minifier keeps it, and with it the brackets that are left of it, see {@link eagerly}. */
const EAGER = "TRACKER_EAGER";

/**
 * Cuts the text into the file `main` and the parts. What `main` may load later, and seldom does, is in the first part.
 * Returns the text of each by its name.
 */
export function cut(
  text: string,
  main: string,
  parts: readonly Part[],
  { isWarm, isUsed }: { readonly isWarm: IsWarm; readonly isUsed: IsUsed },
): ReadonlyMap<string, string> {
  const statements = statementsOf(text);
  const graph = graphOf(statements);
  const files = filesOf(graph, main, parts, isUsed);
  const fileOf = (name: string) => files.get(graph.of.get(name) ?? "") ?? null;
  const aliases = new Map<string, string>();
  const aliasOf = (name: string) => {
    const alias = aliases.get(name) ?? `$${aliases.size.toString(36)}`;
    aliases.set(name, alias);
    return alias;
  };
  const written = [main, ...parts.map(({ name }) => name)].map((file) => {
    // What the bundler adds itself is in each file.
    const own = statements.filter(({ module }) => module === "" || files.get(module) === file);
    const isElsewhere = (name: string) => (fileOf(name) ?? file) !== file;
    const imported = new Set(own.flatMap(({ module, uses }) => {
      const needed = graph.neededBy(module);
      return [...uses].filter((name) => isElsewhere(name) && needed.has(graph.of.get(name) ?? ""));
    }));
    const bodies = own.map((statement) => {
      const text = statement.text.replaceAll(LATER, (call, start: string, exported: string) => {
        if (!isElsewhere(start)) return call;
        const file = `import("./${fileOf(start)}")`;
        return `${file}.then((part) => (part.${aliasOf(start)}(), part.${aliasOf(exported)}))`;
      });
      const warm = statement.declares.some((name) => isWarm(statement.module, name));
      // Functions count from the beginning of the file on, whatever is written before them.
      const body = `// ${statement.module}\n${warm ? eagerly(text) : text}`;
      return { isFirst: warm && isFunction(text), body };
    });
    const body = [
      ...bodies.filter(({ isFirst }) => isFirst),
      ...bodies.filter(({ isFirst }) => !isFirst),
    ].map(({ body }) => body).join("");
    const imports = [...Map.groupBy(imported, fileOf)].map(([from, names]) =>
      `import { ${names.map((name) => `${aliasOf(name)} as ${name}`)} } from "./${from}";\n`
    );
    return { file, text: imports.join("") + body };
  });
  return new Map(written.map(({ file, text }) => {
    const exported = [...aliases].filter(([name]) => fileOf(name) === file);
    const list = exported.map(([name, alias]) => `${name} as ${alias}`).join(", ");
    return [file, exported.length === 0 ? text : `${text}export { ${list} };\n`];
  }));
}

/** How the modules need each other. */
interface Graph {
  readonly modules: readonly string[];
  /** The module that declares a name. */
  readonly of: ReadonlyMap<string, string>;
  /** The modules that run as soon as the file is loaded. */
  readonly starting: readonly string[];
  /** The modules that one imports, and those that they import. */
  readonly neededBy: (module: string) => ReadonlySet<string>;
  /** The modules that one imports when it needs them. */
  readonly laterOf: (module: string) => Iterable<string>;
}

function graphOf(statements: readonly Statement[]): Graph {
  const of = new Map(
    statements.flatMap(({ module, declares }) => declares.map((name) => [name, module] as const)),
  );
  // A module that is imported is started by who imports it. Another word that is used may be a mere property.
  const starts = new Map(statements.flatMap(({ module, text }) => {
    const start = /^var ([\w$]+) = __(?:esm|commonJS)\(/.exec(text)?.[1];
    return start === undefined ? [] : [[module, start] as const];
  }));
  const [needs, later] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  const starting = new Set<string>();
  const closures = new Map<string, ReadonlySet<string>>();
  for (const statement of statements) {
    const { module, declares, text } = statement;
    const add = (to: Map<string, Set<string>>, names: Iterable<string>) => {
      const known = to.get(module) ?? new Set();
      to.set(module, known);
      for (const name of names) {
        const by = of.get(name);
        if (by !== undefined && (starts.get(by) ?? name) === name) known.add(by);
      }
    };
    add(needs, statement.uses);
    add(later, statement.later.flat());
    if (declares.length === 0 && !/^(?:__export\(|\/[/*])/.test(text)) starting.add(module);
  }
  return {
    modules: [...needs.keys()],
    of,
    starting: [...starting],
    laterOf: (module) => later.get(module) ?? [],
    neededBy: (module) => {
      const known = closures.get(module);
      if (known !== undefined) return known;
      const found = new Set<string>();
      closures.set(module, found);
      const left = [module];
      for (let one = left.pop(); one !== undefined; one = left.pop()) {
        for (const next of needs.get(one) ?? []) {
          if (!found.has(next)) left.push(next);
          found.add(next);
        }
      }
      return found;
    },
  };
}

/** Which file each module goes into. */
function filesOf(
  graph: Graph,
  main: string,
  parts: readonly Part[],
  isUsed: IsUsed,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const partOf = (module: string) => {
    const needed = [module, ...graph.neededBy(module)];
    return parts.find(({ modules }) => needed.some((one) => modules.test(one)))?.name;
  };
  const seldom = new Set<string>();
  const fill = (file: string, roots: readonly string[]) => {
    const left = [...roots];
    for (let module = left.pop(); module !== undefined; module = left.pop()) {
      if (module === "" || files.has(module)) continue;
      files.set(module, file);
      left.push(...graph.neededBy(module));
      for (const one of graph.laterOf(module)) {
        if ((partOf(one) ?? file) !== file) continue;
        if (file === main && !isUsed(one)) seldom.add(one);
        else left.push(one);
      }
    }
  };
  fill(main, graph.starting);
  for (const [index, { name }] of parts.entries()) {
    const own = graph.modules.filter((one) => partOf(one) === name);
    fill(name, index === 0 ? [...own, ...seldom] : own);
  }
  fill(main, graph.modules);
  return files;
}

/**
 * Marks a function so that V8 compiles it with the file, and keeps it in its cache of compiled code: it does so with a
 * function in brackets, which would otherwise be compiled in every process again, when it is first called.
 */
function eagerly(statement: string): string {
  const [, isAsync = "", star = "", name = ""] = FUNCTION.exec(statement) ?? [];
  if (name !== "") {
    const from = statement.indexOf("(");
    return `var ${name} = ${EAGER}(${isAsync}function${star}${statement.slice(from).trimEnd()});\n`;
  }
  return statement.replace(
    /^(var [\w$]+ = __(?:esm|commonJS)\(\{\n *)m(\([^)]*\)) (\{[^]*\n {2}\})\n\}\);\n/,
    `$1m: ${EAGER}(function$2 $3)\n});\n`,
  );
}

const FUNCTION = /^(async )?function(\*?) ([\w$]+)/;

function isFunction(statement: string): boolean {
  return FUNCTION.test(statement);
}

/** Leaves the brackets of what {@link cut} has marked, in minified text. */
export function withBrackets(text: string): string {
  return text.replaceAll(`${EAGER}(`, "(");
}
