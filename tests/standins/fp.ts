/**
 * A stand-in for `fp`: keeps its own state below `.fp/` of the working directory and behaves like the
 * tool where that matters to a caller, awkward parts included. Nothing is imported, so that it starts fast.
 */

interface Issue {
  id: string;
  shortId: string;
  title: string;
  description?: string;
  status: string;
  priority?: string;
  parent?: string;
  dependencies?: string[];
  properties?: Record<string, string>;
  createdAt: string;
  updatedAt: string;
  comments?: { id: string; author?: string; content: string; createdAt?: string }[];
}

/** What a test may ask of the stand-in; see `.fp/behaviour.json`. */
interface Behaviour {
  /** Its clock, milliseconds since 1970. */
  now?: number;
  /** Statuses the project registered beside the three. */
  statuses?: string[];
  /** Properties the project registered. */
  properties?: string[];
  /** Calls that fail: a pattern of the arguments, and the message. */
  fail?: { match: string; message: string; stream?: "stdout" | "stderr" }[];
  /** Writes that are taken and not kept: a pattern of the arguments. */
  forget?: string;
  /** Writes this instead of any answer. */
  answer?: string;
}

const stateFile = ".fp/state.json";
const args = [...Deno.args];

class Failure extends Error {
  constructor(message: string, readonly stream: "stdout" | "stderr" = "stderr") {
    super(message);
  }
}

function readJson<T>(path: string, missing: T): T {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return missing;
    throw error;
  }
}

const behaviour = readJson<Behaviour>(".fp/behaviour.json", {});

function now(): string {
  return new Date(behaviour.now ?? Date.now()).toISOString();
}

function load(): Issue[] {
  const issues = readJson<Issue[] | null>(stateFile, null);
  if (issues === null) throw new Failure("Error: .fp directory not found");
  return issues;
}

function save(issues: Issue[]): void {
  if (behaviour.forget !== undefined && new RegExp(behaviour.forget).test(args.join(" "))) return;
  const temporary = `${stateFile}.${Deno.pid}`;
  Deno.writeTextFileSync(temporary, JSON.stringify(issues));
  Deno.renameSync(temporary, stateFile);
}

/** Options are `--name=value` or `--name value`; what else begins with a dash is no text. */
function parse(
  words: string[],
  known: string[],
): { options: Map<string, string[]>; rest: string[] } {
  const options = new Map<string, string[]>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) {
      rest.push(word);
      continue;
    }
    const cut = word.indexOf("=");
    const name = (cut < 0 ? word : word.slice(0, cut)).replace(/^--/, "");
    if (!known.includes(name)) throw new Failure(`error: unknown option '${word.split("=")[0]}'`);
    const value = cut >= 0 ? word.slice(cut + 1) : words[++at] ?? "";
    options.set(name, [...(options.get(name) ?? []), value]);
  }
  return { options, rest };
}

function last(values: string[] | undefined): string | undefined {
  return values?.at(-1);
}

function require(issues: Issue[], id: string | undefined): Issue {
  const issue = issues.find((one) => one.id === id || one.shortId === id);
  if (issue === undefined) throw new Failure(`Issue ${id} not found`, "stdout");
  return issue;
}

function checkStatus(status: string): void {
  const all = ["todo", "in-progress", "done", ...(behaviour.statuses ?? [])];
  if (!all.includes(status)) throw new Failure(`Invalid status "${status}". Use ${all.join(", ")}`);
}

function list(words: string[]): string {
  const { options } = parse(words, ["status", "limit", "format"]);
  const status = last(options.get("status"));
  const limit = Number(last(options.get("limit")) ?? 50);
  const issues = load().filter((issue) => status === undefined || issue.status === status)
    .slice(0, limit).map(({ comments: _, ...issue }) => issue);
  if (last(options.get("format")) !== "json") {
    return issues.map((issue) => `${issue.id}  ${issue.title}\n`).join("");
  }
  // Strings are written as they are: a line break in a description stays one.
  return JSON.stringify({ issues })
    .replace(/\\(?:[^ntru]|n|t|r|u00[01][0-9a-f])/g, rawControl);
}

function show(words: string[]): string {
  const { options, rest } = parse(words, ["format"]);
  const { shortId, comments: _, ...issue } = require(load(), rest[0]);
  if (last(options.get("format")) !== "json") return `${issue.id}  ${issue.title}\n`;
  return JSON.stringify({ ...issue, displayId: `${issue.id.split("-")[0]}-${shortId}` }, null, 2);
}

function create(words: string[]): string {
  const { options } = parse(words, ["title", "description", "parent", "depends", "priority"]);
  const issues = load();
  const title = last(options.get("title")) ?? "";
  if (title === "") throw new Failure("Title is required");
  const shortId = (issues.length + 1).toString(36).padStart(4, "a");
  const issue: Issue = {
    id: `my-app-${shortId}`,
    shortId,
    title,
    status: "todo",
    createdAt: now(),
    updatedAt: now(),
  };
  const description = last(options.get("description"));
  if (description !== undefined && description !== "") issue.description = description;
  const parent = last(options.get("parent"));
  if (parent !== undefined) issue.parent = require(issues, parent).id;
  const priority = last(options.get("priority"));
  if (priority !== undefined) issue.priority = priority;
  const depends = last(options.get("depends"));
  if (depends !== undefined) issue.dependencies = depends.split(",").filter((id) => id !== "");
  save([...issues, issue]);
  return `✓ Created ${shortId}: ${title}\n`;
}

function update(words: string[]): string {
  const { options, rest } = parse(words, ["status", "priority", "depends", "property"]);
  const issues = load();
  const issue = require(issues, rest[0]);
  const status = last(options.get("status"));
  if (status !== undefined) {
    checkStatus(status);
    issue.status = status;
  }
  const priority = last(options.get("priority"));
  if (priority !== undefined) issue.priority = priority;
  const depends = last(options.get("depends"));
  if (depends !== undefined) {
    issue.dependencies = depends.split(",").filter((id) => id !== "");
    for (const id of issue.dependencies) require(issues, id);
  }
  for (const property of options.get("property") ?? []) {
    const cut = property.indexOf("=");
    const name = property.slice(0, cut);
    if (!(behaviour.properties ?? []).includes(name)) {
      throw new Failure(`Property "${name}" is not registered`);
    }
    issue.properties = { ...issue.properties, [name]: property.slice(cut + 1) };
  }
  issue.updatedAt = now();
  save(issues);
  return `✓ Updated ${issue.shortId}\n`;
}

function comments(words: string[]): string {
  const { rest } = parse(words, ["format"]);
  return JSON.stringify({ comments: require(load(), rest[0]).comments ?? [] });
}

function comment(words: string[]): string {
  const { rest: [id, ...text] } = parse(words, []);
  const issues = load();
  const issue = require(issues, id);
  const made = {
    id: `${(issue.comments?.length ?? 0) + 1}`,
    author: "you",
    content: text.join(" "),
    createdAt: now(),
  };
  issue.comments = [...issue.comments ?? [], made];
  save(issues);
  return `✓ Commented on ${issue.shortId}\n`;
}

const VERBS: Record<string, (words: string[]) => string> = { list, show, create, update };

function main(): number {
  if (args[0] === "--version") {
    Deno.stdout.writeSync(new TextEncoder().encode("0.25.0 (d818046)\n"));
    return 0;
  }
  if (args[0] === "init") {
    Deno.mkdirSync(".fp", { recursive: true });
    save(readJson<Issue[]>(stateFile, []));
    return 0;
  }
  const line = args.join(" ");
  try {
    load();
    Deno.writeTextFileSync(".fp/calls.jsonl", `${JSON.stringify(args)}\n`, { append: true });
    const failure = behaviour.fail?.find(({ match }) => new RegExp(match).test(line));
    if (failure !== undefined) throw new Failure(failure.message, failure.stream);
    const isComments = args[0] === "comment" && args[1] === "list";
    const verb = args[0] === "issue"
      ? VERBS[args[1] ?? ""]
      : isComments
      ? comments
      : args[0] === "comment"
      ? comment
      : undefined;
    if (verb === undefined) throw new Failure(`error: unknown command '${args.join(" ")}'`);
    const answer = verb(args.slice(verb === comment ? 1 : 2));
    write(Deno.stdout, behaviour.answer ?? answer);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    write(error.stream === "stdout" ? Deno.stdout : Deno.stderr, `${error.message}\n`);
    return 1;
  }
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}

/** The control character an escape stands for; any other escape stays as it is. */
function rawControl(escape: string): string {
  return /^.(n|t|r|u)/.test(escape) ? JSON.parse(`"${escape}"`) : escape;
}

Deno.exit(main());
