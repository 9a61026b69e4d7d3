/** What the front matter of a work package says; what it lacks is `null` or empty. */
export interface FrontMatter {
  readonly work_package_id: string | null;
  readonly title: string | null;
  readonly lane: string | null;
  readonly dependencies: readonly string[];
  readonly subtasks: readonly string[];
  readonly tracker_refs: readonly string[];
}

type Field = keyof FrontMatter;

const TEXTS = ["work_package_id", "title", "lane"] as const;
const LISTS = ["dependencies", "subtasks", "tracker_refs"] as const;

/** The text of a file, parted. */
export interface PartedText {
  /** The YAML between the lines `---`; `null` for a file without. */
  readonly yaml: string | null;
  /** What follows. */
  readonly body: string;
}

/** Parts the front matter from the text; a front matter without its end is none. */
export function partFrontMatter(text: string): PartedText {
  const start = /^\uFEFF?---[ \t]*\r?\n/.exec(text);
  if (start === null) return { yaml: null, body: text };
  const rest = text.slice(start[0].length);
  const end = /^---[ \t]*(\r?\n|$)/m.exec(rest);
  if (end === null) return { yaml: null, body: text };
  return { yaml: rest.slice(0, end.index), body: rest.slice(end.index + end[0].length) };
}

/**
 * Reads a front matter. The usual one, with a word or a list of words after each key, is read line by line; every other
 * one by the YAML library, which takes fifty times as long.
 *
 * @throws {TrackerError} `config_invalid`, naming the line and the reason.
 */
export async function readFrontMatter(file: string, yaml: string): Promise<FrontMatter> {
  return readPlain(yaml) ?? await readParsed(file, yaml);
}

/**
 * Reads a front matter by the YAML library.
 *
 * @throws {TrackerError} `config_invalid`, naming the line of the file and the reason.
 */
export async function readParsed(file: string, yaml: string): Promise<FrontMatter> {
  const { parseYamlFile, valueAt } = await import("../../project/yaml_document.ts");
  // The line that begins the front matter counts, too.
  const parsed = parseYamlFile(file, `\n${yaml}`);
  return frontMatter((field) => valueAt(parsed, [field]));
}

function frontMatter(valueOf: (field: Field) => unknown): FrontMatter {
  return {
    work_package_id: textOf(valueOf("work_package_id")),
    title: textOf(valueOf("title")),
    lane: textOf(valueOf("lane")),
    dependencies: listOf(valueOf("dependencies")),
    subtasks: listOf(valueOf("subtasks")),
    tracker_refs: listOf(valueOf("tracker_refs")),
  };
}

function textOf(value: unknown): string | null {
  const isWord = typeof value === "string" || typeof value === "number";
  const text = isWord ? String(value).trim() : "";
  return text === "" ? null : text;
}

/** A list of words, or of mappings with an `id`; a text stands for its parts between commas. */
function listOf(value: unknown): readonly string[] {
  const items = typeof value === "string" ? value.split(",") : Array.isArray(value) ? value : [];
  return items.flatMap((item: unknown) => {
    const isMapping = typeof item === "object" && item !== null && "id" in item;
    const text = textOf(isMapping ? item.id : item);
    return text === null ? [] : [text];
  });
}

/** A key at the start of a line, and what follows it. */
const KEY = /^([A-Za-z_][\w-]*):(?:[ ]+(\S.*)?)?$/;
/** A word that YAML reads as this very text: it begins with a letter and has no sign that means more. */
const WORD = /^[A-Za-z](?:[^\s:#&*!|>'"%@`{}[\],]|[ ](?![ #]))*$/;
const QUOTED = /^(?:"([^"\\\t]*)"|'([^'\t]*)')$/;
/** Words that YAML reads as something else than a text. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** Reads a front matter line by line; `null` for one that only the library can read. */
export function readPlain(yaml: string): FrontMatter | null {
  const found = new Map<string, string | readonly string[] | null>();
  /** The list that the last key began; `null` under a key that is not looked at. */
  let list: ListUnderWay | null = null;
  for (const line of yaml.split(/\r?\n/)) {
    if (line === "" || line.startsWith("#")) continue;
    if (isIndented(line)) {
      if (found.size === 0 || (list !== null && !list.take(line))) return null;
      continue;
    }
    const [, key, rest = ""] = KEY.exec(line) ?? [];
    if (key === undefined || found.has(key)) return null;
    const value = rest.trimEnd();
    list = null;
    if (!isField(key)) {
      if (!isClosed(value)) return null;
      found.set(key, null);
      continue;
    }
    list = listUnderWay(value === "");
    const read = value === "" ? list.items : flowOf(value) ?? scalarOf(value);
    if (read === undefined) return null;
    found.set(key, read);
  }
  return frontMatter((field) => found.get(field));
}

/** Whether a line belongs to the key above it: it begins with a blank, or is an item of a list. */
function isIndented(line: string): boolean {
  return line.startsWith(" ") || line === "-" || line.startsWith("- ");
}

interface ListUnderWay {
  readonly items: readonly string[];
  /** Takes a line of the list; false for one that only the library can read. */
  take(line: string): boolean;
}

function listUnderWay(isOpen: boolean): ListUnderWay {
  const items: string[] = [];
  let indent: string | null = null;
  return {
    items,
    take(line) {
      const [, space, item = ""] = /^([ ]*)-[ ]+(\S.*)$/.exec(line) ?? [];
      const text = scalarOf(item.trimEnd());
      if (!isOpen || space === undefined || text === undefined) return false;
      indent ??= space;
      items.push(text);
      return space === indent;
    },
  };
}

const FIELDS: ReadonlySet<string> = new Set([...TEXTS, ...LISTS]);

function isField(key: string): key is Field {
  return FIELDS.has(key);
}

/**
 * Whether a value that is not looked at ends with its line, or with the last line that is indented: a text in quotes may
 * end in a later line, and a flow may hold what looks like a key.
 */
function isClosed(value: string): boolean {
  const comment = value.indexOf(" #");
  const bare = comment < 0 ? value : value.slice(0, comment).trimEnd();
  return bare === "" || QUOTED.test(bare) || CLOSED_FLOW.test(bare) || /^[|>][-+]?$/.test(bare) ||
    PLAIN.test(bare);
}

/** A flow of words and quoted texts that ends on its line. */
const CLOSED_FLOW = /^\[(?:"[^"\\\t]*"|'[^'\t]*'|[^[\]{}"'#&*!|>%@`\t])*\]$/;
/** A text without quotes: a colon in it stands before no blank. */
const PLAIN = /^[^\s"'[\]{}&*!|>%@`?:,#-](?:[^:#\t]|:(?=\S))*$/;

function flowOf(value: string): string[] | undefined {
  const inner = /^\[(.*)\]$/.exec(value)?.[1];
  if (inner === undefined) return undefined;
  if (inner.trim() === "") return [];
  const items = inner.split(",").map((item) => scalarOf(item.trim()));
  return items.every((item) => typeof item === "string") ? items : undefined;
}

function scalarOf(value: string): string | undefined {
  const [, double, single] = QUOTED.exec(value) ?? [];
  if (double !== undefined || single !== undefined) return double ?? single;
  return WORD.test(value) && !NO_TEXT.test(value) ? value : undefined;
}
