/** What the stand-in for `bd` keeps, and how it reads its arguments. */

export interface Dependency {
  issue_id: string;
  depends_on_id: string;
  type: string;
}

export interface Issue {
  id: string;
  title: string;
  status: string;
  priority: number;
  issue_type: string;
  created_at: string;
  updated_at: string;
  description?: string;
  assignee?: string;
  external_ref?: string;
  closed_at?: string;
  close_reason?: string;
  parent?: string;
  labels?: string[];
  dependencies?: Dependency[];
  comments?: { id: string; issue_id: string; author: string; text: string; created_at: string }[];
  [other: string]: unknown;
}

/** What a test may ask of the stand-in; see `.beads/behaviour.json`. */
export interface Behaviour {
  /** The version it is: 1.0 unless given; 1.3 has preconditions and counts comments. */
  version?: "1.0.0" | "1.3.0";
  /** Its clock, milliseconds since 1970. */
  now?: number;
  /** How answers are wrapped. */
  envelope?: "data" | "items" | "nested" | "inline";
  /** Text before the JSON on standard output. */
  noise?: string;
  /** Waits for ever, as for a database that another program holds. */
  hang?: boolean;
  /** Milliseconds it waits for another program that uses the database; none by default. */
  lockWaitMs?: number;
  /** Milliseconds each call takes. */
  slowMs?: number;
  /** Calls that fail: a pattern of the arguments, and the message, as JSON unless it is prose. */
  fail?: { match: string; message: string; stream?: "stdout" | "stderr"; prose?: boolean }[];
  /** Writes raw control characters inside strings. */
  rawControls?: boolean;
  /** Writes this instead of any answer. */
  answer?: string;
  /** The database it says it uses; `context`: it knows only that call; `null`: it knows none. */
  where?: string | null;
  /** What somebody else changes right before a call: a pattern of the arguments, an issue, one change for each call. */
  meanwhile?: { match: string; id: string; changes: Record<string, unknown>[] };
  /** Dies by a signal after a write, before it answers: a pattern of the arguments. */
  dieAfter?: string;
}

export const STATUSES: readonly string[] = [
  "open",
  "in_progress",
  "blocked",
  "deferred",
  "closed",
  "pinned",
  "hooked",
];
export const BLOCKING: readonly string[] = ["open", "in_progress", "blocked", "deferred", "hooked"];

export const stateFile: string = ".beads/state.json";
export class Failure extends Error {
  constructor(
    message: string,
    readonly stream: "stdout" | "stderr",
    readonly json = true,
    readonly code = 1,
  ) {
    super(message);
  }
}

export function readJson<T>(path: string, missing: T): T {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return missing;
    throw error;
  }
}

export const behaviour: Behaviour = readJson<Behaviour>(".beads/behaviour.json", {});

/** Whether it is the newer version. */
export function isNew(): boolean {
  return behaviour.version === "1.3.0";
}

export function now(): string {
  return new Date(behaviour.now ?? Date.now()).toISOString();
}

/** Times are rounded to the second when they are stored, up as well as down. */
export function stored(time: string): string {
  return `${new Date(Math.round(Date.parse(time) / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

export function load(): Issue[] {
  const issues = readJson<Issue[] | null>(stateFile, null);
  if (issues !== null) return issues;
  throw new Failure("Error: no beads database found\nHint: run 'bd init'", "stderr", false);
}

export function save(issues: Issue[]): void {
  const temporary = `${stateFile}.${Deno.pid}`;
  Deno.writeTextFileSync(temporary, JSON.stringify(issues));
  Deno.renameSync(temporary, stateFile);
}

/** Options of one call: `--name value`, `--name=value` or `-n value`. */
export function parse(
  words: string[],
  known: Record<string, "value" | "flag">,
): { options: Map<string, string[]>; rest: string[] } {
  const options = new Map<string, string[]>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "-") {
      rest.push(word);
      continue;
    }
    const cut = word.indexOf("=");
    const given = cut < 0 ? word : word.slice(0, cut);
    const name = given.startsWith("--") ? given.slice(2) : given.slice(1);
    const kind = name === "json" || name === "readonly" ? "flag" : known[name];
    if (kind === undefined) {
      throw new Failure(`Error: unknown flag: ${given}\nUsage:\n  bd [flags]`, "stderr", false);
    }
    const value = cut >= 0 ? word.slice(cut + 1) : kind === "flag" ? "true" : words[++at] ?? "";
    options.set(name, [...(options.get(name) ?? []), value]);
  }
  return { options, rest };
}

/** A comma-separated list whose parts may be quoted. */
export function csv(values: string[] | undefined): string[] {
  return (values ?? []).flatMap((text) =>
    [...text.matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)]
      .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "")
  );
}

export function last(values: string[] | undefined): string | undefined {
  return values?.at(-1);
}

export function find(issues: Issue[], id: string | undefined): Issue | undefined {
  return issues.find((issue) => issue.id === id);
}
