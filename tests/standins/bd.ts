/**
 * A stand-in for `bd`: keeps its own state below `.beads/` of the working directory and behaves like the
 * tool where that matters to a caller, awkward parts included. Nothing is imported, so that it starts fast.
 */

interface Dependency {
  issue_id: string;
  depends_on_id: string;
  type: string;
}

interface Issue {
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
  [other: string]: unknown;
}

/** What a test may ask of the stand-in; see `.beads/behaviour.json`. */
interface Behaviour {
  /** Its clock, milliseconds since 1970. */
  now?: number;
  /** How answers are wrapped. */
  envelope?: "data" | "items" | "nested";
  /** Text before the JSON on standard output. */
  noise?: string;
  /** Waits for ever, as for a database that another program holds. */
  hang?: boolean;
  /** Milliseconds it waits for another program that uses the database; none by default. */
  lockWaitMs?: number;
  /** Milliseconds each call takes. */
  slowMs?: number;
  /** Calls that fail: a pattern of the arguments, and the message. */
  fail?: { match: string; message: string; stream?: "stdout" | "stderr" }[];
  /** Writes raw control characters inside strings. */
  rawControls?: boolean;
  /** Writes this instead of any answer. */
  answer?: string;
  /** Dies by a signal after a write, before it answers: a pattern of the arguments. */
  dieAfter?: string;
}

const STATUSES = ["open", "in_progress", "blocked", "deferred", "closed", "pinned", "hooked"];
const BLOCKING = ["open", "in_progress", "blocked", "deferred", "hooked"];

const stateFile = ".beads/state.json";
const args = [...Deno.args];

class Failure extends Error {
  constructor(message: string, readonly stream: "stdout" | "stderr", readonly json = true) {
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

const behaviour = readJson<Behaviour>(".beads/behaviour.json", {});

function now(): string {
  return new Date(behaviour.now ?? Date.now()).toISOString();
}

/** Times are rounded to the second when they are stored, up as well as down. */
function stored(time: string): string {
  return `${new Date(Math.round(Date.parse(time) / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

function load(): Issue[] {
  const issues = readJson<Issue[] | null>(stateFile, null);
  if (issues !== null) return issues;
  throw new Failure("Error: no beads database found\nHint: run 'bd init'", "stderr", false);
}

function save(issues: Issue[]): void {
  const temporary = `${stateFile}.${Deno.pid}`;
  Deno.writeTextFileSync(temporary, JSON.stringify(issues));
  Deno.renameSync(temporary, stateFile);
}

/** Options of one call: `--name value`, `--name=value` or `-n value`. */
function parse(
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
function csv(values: string[] | undefined): string[] {
  return (values ?? []).flatMap((text) =>
    [...text.matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)]
      .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "")
  );
}

function last(values: string[] | undefined): string | undefined {
  return values?.at(-1);
}

function find(issues: Issue[], id: string | undefined): Issue | undefined {
  return issues.find((issue) => issue.id === id);
}

function stdin(): string {
  const chunks: number[] = [];
  const buffer = new Uint8Array(65_536);
  for (let read = Deno.stdin.readSync(buffer); read !== null; read = Deno.stdin.readSync(buffer)) {
    for (const byte of buffer.subarray(0, read)) chunks.push(byte);
  }
  return new TextDecoder().decode(new Uint8Array(chunks));
}

function inList(issue: Issue): unknown {
  return {
    ...issue,
    dependency_count: issue.dependencies?.length ?? 0,
    dependent_count: 0,
    comment_count: 0,
  };
}

/** A single issue names its dependencies as whole issues. */
function inShow(issues: Issue[], issue: Issue): unknown {
  const dependencies = (issue.dependencies ?? []).flatMap((dependency) => {
    const { dependencies: _, ...target } = find(issues, dependency.depends_on_id) ??
      { id: dependency.depends_on_id };
    return [{ ...target, dependency_type: dependency.type }];
  });
  return { ...issue, ...(dependencies.length === 0 ? {} : { dependencies }) };
}

function list(words: string[]): unknown {
  const { options } = parse(words, {
    all: "flag",
    limit: "value",
    "updated-after": "value",
    status: "value",
  });
  const after = last(options.get("updated-after"));
  const limit = Number(last(options.get("limit")) ?? 50);
  const found = load().filter((issue) =>
    (options.has("all") || issue.status !== "closed") &&
    // Strict, and to the second.
    (after === undefined ||
      Math.floor(Date.parse(issue.updated_at) / 1000) > Math.floor(Date.parse(after) / 1000))
  );
  return (limit === 0 ? found : found.slice(0, limit)).map(inList);
}

function show(words: string[]): unknown {
  const { rest } = parse(words, { "include-comments": "flag" });
  const issues = load();
  const found = rest.flatMap((id) => find(issues, id) ?? []);
  if (found.length === 0) throw new Failure("no issues found matching the provided IDs", "stdout");
  return found.map((issue) => inShow(issues, issue));
}

function create(words: string[]): unknown {
  const { options } = parse(words, {
    title: "value",
    "body-file": "value",
    t: "value",
    p: "value",
    l: "value",
    parent: "value",
    deps: "value",
    "external-ref": "value",
  });
  const issues = load();
  const title = last(options.get("title")) ?? "";
  if (title === "") throw new Failure("title required", "stderr");
  const parent = last(options.get("parent"));
  const above = find(issues, parent);
  if (parent !== undefined && above === undefined) {
    throw new Failure(`parent issue ${parent} not found`, "stderr");
  }
  const children = issues.filter((issue) => issue.parent === parent).length;
  const id = parent === undefined ? freshId(issues) : `${parent}.${children + 1}`;
  const body = options.has("body-file") ? stdin() : "";
  const reference = last(options.get("external-ref"));
  // A child takes over its parent's labels.
  const labels = [...new Set([...csv(options.get("l")), ...(above?.labels ?? [])])].sort();
  const at = now();
  const issue: Issue = {
    id,
    title,
    ...(body === "" ? {} : { description: body }),
    status: "open",
    priority: Number(last(options.get("p")) ?? 2),
    issue_type: last(options.get("t")) ?? "task",
    created_at: stored(at),
    updated_at: stored(at),
    ...(reference === undefined ? {} : { external_ref: reference }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(parent === undefined ? {} : {
      parent,
      dependencies: [{ issue_id: id, depends_on_id: parent, type: "parent-child" }],
    }),
  };
  save([issue, ...issues]);
  // The answer has its times as they were, and not all of what was stored.
  const { labels: _, dependencies: __, parent: ___, ...answer } = issue;
  const exact = at.replace("Z", "123456Z");
  return { ...answer, created_at: exact, updated_at: exact };
}

function freshId(issues: Issue[]): string {
  for (let n = issues.length + 1;; n++) {
    const id = `bd-${n.toString(36)}`;
    if (find(issues, id) === undefined) return id;
  }
}

function update(words: string[]): unknown {
  const { options, rest } = parse(words, {
    title: "value",
    "body-file": "value",
    description: "value",
    status: "value",
    priority: "value",
    type: "value",
    assignee: "value",
    parent: "value",
    "add-label": "value",
    "remove-label": "value",
    "set-labels": "value",
  });
  const issues = load();
  const found = rest.flatMap((id) => find(issues, id) ?? []);
  if (found.length === 0) {
    throw new Failure(`Error resolving ${rest[0]}: no issue found`, "stderr", false);
  }
  const status = last(options.get("status"));
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new Failure(`invalid status "${status}"`, "stdout");
  }
  const body = options.has("body-file") ? stdin() : last(options.get("description"));
  if (options.has("body-file") && body === "") {
    throw new Failure("empty description from stdin/file", "stdout");
  }
  for (const issue of found) {
    const before = JSON.stringify({ ...issue, labels: null });
    const title = last(options.get("title"));
    if (title !== undefined) issue.title = title;
    if (body !== undefined) setText(issue, "description", body);
    if (status !== undefined) setStatus(issue, status);
    if (options.has("priority")) issue.priority = Number(last(options.get("priority")));
    issue.issue_type = last(options.get("type")) ?? issue.issue_type;
    const assignee = last(options.get("assignee"));
    if (assignee !== undefined) setText(issue, "assignee", assignee);
    const parent = last(options.get("parent"));
    if (parent !== undefined) setParent(issue, parent);
    const labels = new Set(issue.labels);
    for (const label of csv(options.get("add-label"))) labels.add(label);
    for (const label of csv(options.get("remove-label"))) labels.delete(label);
    issue.labels = [...labels].sort();
    // Labels do not move the time.
    if (JSON.stringify({ ...issue, labels: null }) !== before) issue.updated_at = stored(now());
    if (issue.labels.length === 0) delete issue.labels;
  }
  save(issues);
  return found.map((issue) => inShow(issues, issue));
}

function setText(issue: Issue, field: "description" | "assignee", text: string): void {
  if (text === "") delete issue[field];
  else issue[field] = text;
}

function setStatus(issue: Issue, status: string): void {
  issue.status = status;
  if (status !== "closed") {
    delete issue.closed_at;
    delete issue.close_reason;
  } else issue.closed_at = stored(now());
}

function setParent(issue: Issue, parent: string): void {
  const others = (issue.dependencies ?? []).filter(({ type }) => type !== "parent-child");
  delete issue.parent;
  delete issue.dependencies;
  if (parent !== "") {
    issue.parent = parent;
    others.push({ issue_id: issue.id, depends_on_id: parent, type: "parent-child" });
  }
  if (others.length > 0) issue.dependencies = others;
}

function close(words: string[]): unknown {
  const { options, rest } = parse(words, { r: "value", force: "flag" });
  const issues = load();
  const issue = find(issues, rest[0]);
  if (issue === undefined) throw new Failure(`no issue found matching "${rest[0]}"`, "stdout");
  const blockers = (issue.dependencies ?? [])
    .filter(({ type, depends_on_id }) =>
      type === "blocks" && BLOCKING.includes(find(issues, depends_on_id)?.status ?? "closed")
    )
    .map(({ depends_on_id }) => depends_on_id);
  if (blockers.length > 0) {
    const names = blockers.join(" ");
    throw new Failure(
      `cannot close ${issue.id}: blocked by open issues [${names}] (use --force to override)`,
      "stderr",
      false,
    );
  }
  setStatus(issue, "closed");
  issue.close_reason = last(options.get("r")) ?? "Closed";
  issue.updated_at = stored(now());
  save(issues);
  return [inShow(issues, issue)];
}

function reopen(words: string[]): unknown {
  const { rest } = parse(words, { r: "value" });
  const issues = load();
  const issue = find(issues, rest[0]);
  if (issue === undefined) throw new Failure(`no issue found matching "${rest[0]}"`, "stdout");
  setStatus(issue, "open");
  issue.updated_at = stored(now());
  save(issues);
  return [inShow(issues, issue)];
}

function dep(words: string[]): unknown {
  const { options, rest } = parse(words, { t: "value" });
  const [verb, from, to] = rest;
  const issues = load();
  const issue = find(issues, from);
  if (issue === undefined || find(issues, to) === undefined || to === undefined) {
    throw new Failure(`no issue found matching "${issue === undefined ? from : to}"`, "stdout");
  }
  const type = last(options.get("t")) ?? "blocks";
  const known = (issue.dependencies ?? []).find(({ depends_on_id }) => depends_on_id === to);
  const others = (issue.dependencies ?? []).filter((one) => one !== known);
  if (verb === "add") {
    if (known !== undefined && known.type !== type) {
      throw new Failure(`dependency already exists with type "${known.type}"`, "stdout");
    }
    others.push({ issue_id: issue.id, depends_on_id: to, type });
  }
  delete issue.dependencies;
  if (others.length > 0) issue.dependencies = others;
  issue.updated_at = stored(now());
  save(issues);
  return { issue_id: issue.id, depends_on_id: to, status: verb === "add" ? "added" : "removed" };
}

const VERBS: Record<string, (words: string[]) => unknown> = {
  list,
  show,
  create,
  update,
  close,
  reopen,
  dep,
};

function wrapped(answer: unknown): unknown {
  switch (behaviour.envelope) {
    case "data":
      return { schema_version: 1, data: answer };
    case "items":
      return Array.isArray(answer) ? { schema_version: 1, items: answer } : answer;
    case "nested":
      return Array.isArray(answer) ? { schema_version: 1, data: { items: answer } } : answer;
    default:
      return answer;
  }
}

function print(answer: unknown): void {
  let text = JSON.stringify(wrapped(answer), null, 2);
  if (behaviour.rawControls === true) {
    text = text.replace(/\\(?:[^ntru]|n|t|r|u00[01][0-9a-f])/g, rawControl);
  }
  write(Deno.stdout, `${behaviour.noise ?? ""}${text}\n`);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function main(): number {
  if (args[0] === "--version" || args[0] === "version") {
    write(Deno.stdout, "bd version 1.0.0 (stand-in)\n");
    return 0;
  }
  if (args[0] === "init") {
    Deno.mkdirSync(".beads", { recursive: true });
    save(readJson<Issue[]>(stateFile, []));
    return 0;
  }
  const line = args.join(" ");
  let holdsDatabase = false;
  try {
    load();
    Deno.writeTextFileSync(".beads/calls.jsonl", `${JSON.stringify(args)}\n`, { append: true });
    while (behaviour.hang === true) wait(1_000);
    // One program at a time: another that comes in between is turned away and left in the record.
    for (let waited = 0; !holdsDatabase; waited += 5) {
      if (takeDatabase()) {
        holdsDatabase = true;
        break;
      }
      if (waited < (behaviour.lockWaitMs ?? 0)) {
        wait(5);
        continue;
      }
      Deno.writeTextFileSync(".beads/collisions", `${line}\n`, { append: true });
      throw new Failure("database is locked by another process", "stderr");
    }
    if (behaviour.slowMs !== undefined) wait(behaviour.slowMs);
    const failure = behaviour.fail?.find(({ match }) => new RegExp(match).test(line));
    if (failure !== undefined) throw new Failure(failure.message, failure.stream ?? "stdout");
    const verb = VERBS[args[0] ?? ""];
    if (verb === undefined) {
      throw new Failure(`Error: unknown command "${args[0]}"`, "stderr", false);
    }
    const answer = verb(args.slice(1));
    if (behaviour.dieAfter !== undefined && new RegExp(behaviour.dieAfter).test(line)) {
      Deno.removeSync(".beads/busy");
      Deno.kill(Deno.pid, "SIGKILL");
      wait(10_000);
    }
    if (behaviour.answer !== undefined) write(Deno.stdout, behaviour.answer);
    else print(answer);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const text = error.json ? JSON.stringify({ error: error.message }, null, 2) : error.message;
    write(error.stream === "stdout" ? Deno.stdout : Deno.stderr, `${text}\n`);
    return 1;
  } finally {
    if (holdsDatabase) releaseDatabase();
  }
}

function takeDatabase(): boolean {
  try {
    Deno.mkdirSync(".beads/busy");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

function releaseDatabase(): void {
  try {
    Deno.removeSync(".beads/busy");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The control character an escape stands for; any other escape stays as it is. */
function rawControl(escape: string): string {
  return /^.(n|t|r|u)/.test(escape) ? JSON.parse(`"${escape}"`) : escape;
}

Deno.exit(main());
