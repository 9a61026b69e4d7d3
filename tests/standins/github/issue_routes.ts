import { type Call, invalid, NOT_FOUND, paged, type Reply, type Route } from "./reply.ts";
import { type FakeIssue, type FakeRepository, labelIn } from "./state.ts";

const REPO = "/repos/([^/]+)/([^/]+)";

const ISSUE = `${REPO}/issues/([^/]+)`;

const READ = { needs: "issues=read" } as const;

const WRITE = { needs: "issues=write" } as const;

/** The calls about issues. */
export const ISSUE_ROUTES: readonly Route[] = [
  { method: "GET", path: exact(`${REPO}/issues`), ...READ, handle: list },
  { method: "POST", path: exact(`${REPO}/issues`), ...WRITE, handle: create },
  { method: "GET", path: exact(ISSUE), ...READ, handle: withIssue(show) },
  { method: "PATCH", path: exact(ISSUE), ...WRITE, handle: withIssue(update) },
  {
    method: "GET",
    path: exact(`${ISSUE}/assignees/([^/]+)`),
    ...READ,
    handle: withIssue(({ parts }, { assignable }) =>
      assignable.has(parts[3] ?? "") ? { status: 204 } : NOT_FOUND
    ),
  },
  { method: "GET", path: exact(`${ISSUE}/comments`), ...READ, handle: withIssue(listComments) },
  { method: "POST", path: exact(`${ISSUE}/comments`), ...WRITE, handle: withIssue(addComment) },
  {
    method: "DELETE",
    path: exact(`${ISSUE}/labels/([^/]+)`),
    ...WRITE,
    handle: withIssue(removeLabel),
  },
  {
    method: "GET",
    path: exact(`${ISSUE}/dependencies/(blocked_by|blocking)`),
    ...READ,
    handle: withIssue(listDependencies),
  },
  {
    method: "POST",
    path: exact(`${ISSUE}/dependencies/blocked_by`),
    ...WRITE,
    handle: withIssue(addBlocker),
  },
  {
    method: "DELETE",
    path: exact(`${ISSUE}/dependencies/blocked_by/([^/]+)`),
    ...WRITE,
    handle: withIssue(removeBlocker),
  },
  { method: "POST", path: exact(`${ISSUE}/sub_issues`), ...WRITE, handle: withIssue(addChild) },
  { method: "DELETE", path: exact(`${ISSUE}/sub_issue`), ...WRITE, handle: withIssue(removeChild) },
];

function exact(path: string): RegExp {
  return new RegExp(`^${path}$`);
}

function repositoryOf({ state, parts }: Call): FakeRepository {
  const found = state.find(`${parts[0]}/${parts[1]}`);
  if (found === null) throw new Error("The repository was looked for before");
  return found.repository;
}

type IssueHandler = (call: Call, repository: FakeRepository, issue: FakeIssue) => Reply;

function withIssue(handle: IssueHandler): (call: Call) => Reply {
  return (call) => {
    const repository = repositoryOf(call);
    const number = Number(call.parts[2]);
    const issue = repository.issues.get(number);
    if (issue !== undefined) return handle(call, repository, issue);
    const to = repository.gone.get(number);
    if (to === undefined) return NOT_FOUND;
    const moved = to === null ? null : call.state.issueById(to);
    if (moved === null) return { ...NOT_FOUND, status: 410 };
    const { url } = call.answers.issue(moved.repository, moved.issue);
    const { body } = NOT_FOUND;
    return { status: 301, body, headers: { location: url } };
  };
}

function show({ answers }: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  return { status: 200, body: answers.issue(repository, issue) };
}

function list(call: Call): Reply {
  const { query, answers, now, listLagMs } = call;
  const repository = repositoryOf(call);
  const since = Date.parse(query.get("since") ?? "1970-01-01T00:00:00Z");
  const state = query.get("state") ?? "open";
  const creator = query.get("creator");
  const at = (issue: FakeIssue) =>
    query.get("sort") === "updated" ? issue.updatedAt : issue.createdAt;
  const way = query.get("direction") === "asc" ? 1 : -1;
  const found = [...repository.issues.values()].filter((issue) =>
    issue.updatedAt >= since && (state === "all" || issue.state === state) &&
    (creator === null || issue.author.toLowerCase() === creator.toLowerCase()) &&
    issue.createdAt + listLagMs <= now
  ).sort((one, other) => way * (at(one) - at(other) || one.number - other.number));
  const page = paged(call, found);
  return { ...page, body: pageOf(page.body).map((issue) => answers.issue(repository, issue)) };
}

function pageOf(body: unknown): readonly FakeIssue[] {
  return Array.isArray(body) ? body : [];
}

function create(call: Call): Reply {
  const { state, answers, caller, body, now } = call;
  const repository = repositoryOf(call);
  if (!repository.hasIssues) return { ...NOT_FOUND, status: 410 };
  const fault = faultIn(call, repository);
  if (fault !== null) return invalid(fault);
  const issue = state.addIssue(repository, {
    title: String(body["title"]),
    author: caller.login,
  }, now);
  apply(call, repository, issue);
  call.wrote(`create #${issue.number} ${issue.title}`);
  told(call, repository, issue, "opened");
  return { status: 201, body: answers.issue(repository, issue) };
}

function update(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  const fault = faultIn(call, repository);
  if (fault !== null) return invalid(fault);
  apply(call, repository, issue);
  touch(issue, call.now);
  call.wrote(`update #${issue.number} ${Object.keys(call.body).join(" ")}`);
  told(call, repository, issue, "edited");
  return { status: 200, body: call.answers.issue(repository, issue) };
}

function faultIn({ body, state, query: _query }: Call, { owner }: FakeRepository): string | null {
  const { title, body: text, labels, type } = body;
  if (typeof title === "string" && (title.trim() === "" || [...title].length > 256)) {
    return "Validation Failed: title";
  }
  if (typeof text === "string" && [...text].length > 65_536) {
    return "Validation Failed: body is too long (maximum is 65536 characters)";
  }
  if (Array.isArray(labels) && labels.length > 100) return "Validation Failed: labels";
  if (typeof type !== "string") return null;
  const known = state.issueTypes.get(owner.login)?.includes(type) === true;
  return known ? null : "Validation Failed: type";
}

/** Sets what a body names; what the caller may not set is left out without a word. */
function apply(call: Call, repository: FakeRepository, issue: FakeIssue): void {
  const { body, caller: { token: { mayTriage } }, now } = call;
  if (typeof body["title"] === "string") issue.title = body["title"].trim();
  if (typeof body["body"] === "string") issue.body = body["body"] === "" ? null : body["body"];
  if (mayTriage && Array.isArray(body["labels"])) {
    issue.labels = body["labels"].map((label) => labelIn(repository, String(label)));
  }
  if (mayTriage && Array.isArray(body["assignees"])) {
    issue.assignees = body["assignees"].map(String).filter((one) => repository.assignable.has(one));
  }
  if (mayTriage && body["type"] !== undefined) {
    issue.type = body["type"] === null ? null : String(body["type"]);
  }
  const { state } = body;
  if ((state !== "open" && state !== "closed") || state === issue.state) return;
  issue.state = state;
  issue.closedAt = state === "closed" ? now : null;
  issue.stateReason = state === "open" ? "reopened" : String(body["state_reason"] ?? "completed");
}

/** GitHub's times have whole seconds. */
function touch(issue: FakeIssue, now: number): void {
  issue.updatedAt = Math.max(issue.updatedAt, now - now % 1_000);
}

function told(call: Call, repository: FakeRepository, issue: FakeIssue, action: string): void {
  call.told("issues", repository, { action, issue: call.answers.issue(repository, issue) });
}

function listComments(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  return paged(
    call,
    issue.comments.map((one) => call.answers.comment(repository, issue.number, one)),
  );
}

function addComment(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  const { state, caller, now, body } = call;
  const comment = {
    id: state.nextId(),
    author: caller.login,
    body: String(body["body"]),
    createdAt: now,
    updatedAt: now,
  };
  issue.comments.push(comment);
  touch(issue, now);
  call.wrote(`comment #${issue.number}`);
  return { status: 201, body: call.answers.comment(repository, issue.number, comment) };
}

function removeLabel(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  const name = (call.parts[3] ?? "").toLowerCase();
  const label = issue.labels.find((one) => one.toLowerCase() === name);
  if (label === undefined) return NOT_FOUND;
  issue.labels = issue.labels.filter((one) => one !== label);
  touch(issue, call.now);
  call.wrote(`unlabel #${issue.number}`);
  return { status: 200, body: call.answers.issue(repository, issue).labels };
}

function listDependencies(call: Call, _repository: FakeRepository, issue: FakeIssue): Reply {
  const { state, answers, parts } = call;
  const others = parts[3] === "blocking"
    ? answers.blockedBy(issue.id)
    : [...issue.blockedBy].flatMap((id) => state.issueById(id) ?? []);
  return paged(call, others.map((one) => answers.issue(one.repository, one.issue)));
}

function addBlocker(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  const id = Number(call.body["issue_id"]);
  if (call.state.issueById(id) === null) return NOT_FOUND;
  if (issue.blockedBy.has(id)) return invalid("Validation Failed: the dependency is there already");
  issue.blockedBy.add(id);
  call.wrote(`block #${issue.number}`);
  return { status: 201, body: call.answers.issue(repository, issue) };
}

function removeBlocker(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  if (!issue.blockedBy.delete(Number(call.parts[3]))) return NOT_FOUND;
  call.wrote(`unblock #${issue.number}`);
  return { status: 200, body: call.answers.issue(repository, issue) };
}

function addChild(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  const child = call.state.issueById(Number(call.body["sub_issue_id"]));
  if (child === null) return NOT_FOUND;
  if (child.issue.parent !== null && call.body["replace_parent"] !== true) {
    return invalid("Validation Failed: the sub-issue has a parent");
  }
  child.issue.parent = issue.id;
  call.wrote(`adopt #${child.issue.number}`);
  return { status: 201, body: call.answers.issue(repository, issue) };
}

function removeChild(call: Call, repository: FakeRepository, issue: FakeIssue): Reply {
  const child = call.state.issueById(Number(call.body["sub_issue_id"]));
  if (child === null || child.issue.parent !== issue.id) return NOT_FOUND;
  child.issue.parent = null;
  call.wrote(`release #${child.issue.number}`);
  return { status: 200, body: call.answers.issue(repository, issue) };
}
