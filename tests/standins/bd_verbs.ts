import {
  BLOCKING,
  csv,
  Failure,
  find,
  isNew,
  type Issue,
  last,
  load,
  now,
  parse,
  save,
  STATUSES,
  stored,
} from "./bd_state.ts";

/** What each command does: its answer, from the words after it. */
export const VERBS: Record<string, (words: string[]) => unknown> = {
  list,
  show,
  create,
  update,
  close,
  reopen,
  dep,
  comment,
  comments,
};

function stdin(): string {
  const chunks: number[] = [];
  const buffer = new Uint8Array(65_536);
  for (let read = Deno.stdin.readSync(buffer); read !== null; read = Deno.stdin.readSync(buffer)) {
    for (const byte of buffer.subarray(0, read)) chunks.push(byte);
  }
  return new TextDecoder().decode(new Uint8Array(chunks));
}

function inList({ comments, ...issue }: Issue): unknown {
  return {
    ...issue,
    dependency_count: issue.dependencies?.length ?? 0,
    dependent_count: 0,
    comment_count: comments?.length ?? 0,
  };
}

/** A single issue names its dependencies as whole issues. */
function inShow(issues: Issue[], { comments: _, ...issue }: Issue): unknown {
  const dependencies = (issue.dependencies ?? []).flatMap((dependency) => {
    const { dependencies: __, comments: ___, ...target } = find(issues, dependency.depends_on_id) ??
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
  const { options, rest } = parse(words, { "include-comments": "flag" });
  const issues = load();
  const found = rest.flatMap((id) => find(issues, id) ?? []);
  if (found.length === 0) throw new Failure("no issues found matching the provided IDs", "stdout");
  return found.map((issue) => ({
    ...Object(inShow(issues, issue)),
    ...(options.has("include-comments") && issue.comments ? { comments: issue.comments } : {}),
    // Older versions do not count them here.
    ...(isNew() ? { comment_count: issue.comments?.length ?? 0 } : {}),
  }));
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
    ...(isNew() ? GUARDS : {}),
  });
  const issues = load();
  const found = rest.flatMap((id) => find(issues, id) ?? []);
  if (found.length === 0) {
    throw new Failure(`Error resolving ${rest[0]}: no issue found`, "stderr", false);
  }
  for (const issue of found) checkGuards(issue, options);
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
  return found.map((issue) => inWrite(issues, issue));
}

const GUARDS = { "if-status": "value", "if-assignee": "value" } as const;

/** A write of which a precondition does not hold changes nothing, and ends with a code of its own. */
function checkGuards(issue: Issue, options: Map<string, string[]>): void {
  const status = last(options.get("if-status"));
  const assignee = last(options.get("if-assignee"));
  const message = status !== undefined && status !== issue.status
    ? `status mismatch: ${issue.id} has status "${issue.status}", expected "${status}"`
    : assignee !== undefined && assignee !== (issue.assignee ?? "")
    ? `assignee mismatch: ${issue.id} is held by "${issue.assignee ?? ""}", expected "${assignee}"`
    : null;
  if (message !== null) throw new Failure(`updating issue: ${message}`, "stderr", true, 13);
}

/** What a write answers: newer versions leave out what an issue depends on, and its parent. */
function inWrite(issues: Issue[], issue: Issue): unknown {
  if (!isNew()) return inShow(issues, issue);
  const { comments: _, dependencies: __, parent: ___, ...answer } = issue;
  return answer;
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
  if (blockers.length > 0 && !options.has("force")) {
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
  return [inWrite(issues, issue)];
}

function reopen(words: string[]): unknown {
  const { rest } = parse(words, { r: "value" });
  const issues = load();
  const issue = find(issues, rest[0]);
  if (issue === undefined) throw new Failure(`no issue found matching "${rest[0]}"`, "stdout");
  setStatus(issue, "open");
  issue.updated_at = stored(now());
  save(issues);
  return [inWrite(issues, issue)];
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

/** A comment does not move the time of the issue. */
function comment(words: string[]): unknown {
  const { options, rest: [id, ...given] } = parse(words, { stdin: "flag" });
  return addComment(id, options.has("stdin") ? stdin().trimEnd() : given.join(" "));
}

/** The other name of it, with the text as words behind the options. */
function comments(words: string[]): unknown {
  const end = words.indexOf("--");
  const { rest: [verb, id] } = parse(end < 0 ? words : words.slice(0, end), {});
  if (verb !== "add") throw new Failure(`Error: unknown command "${verb}"`, "stderr", false);
  return addComment(id, end < 0 ? "" : words.slice(end + 1).join(" "));
}

function addComment(id: string | undefined, text: string): unknown {
  if (text.trim() === "") throw new Failure("comment text cannot be empty", "stdout");
  const issues = load();
  const issue = find(issues, id);
  if (issue === undefined) throw new Failure(`no issue found matching "${id}"`, "stdout");
  const comments = issue.comments ?? [];
  const made = {
    id: `${comments.length + 1}`,
    issue_id: issue.id,
    author: "you",
    text,
    created_at: stored(now()),
  };
  issue.comments = [...comments, made];
  save(issues);
  return made;
}
