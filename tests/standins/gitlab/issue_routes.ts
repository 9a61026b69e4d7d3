import { commandsIn } from "./commands.ts";
import { listIssues } from "./issue_list.ts";
import {
  type Call,
  FORBIDDEN,
  invalid,
  notFound,
  paged,
  type Reply,
  type Route,
  textsIn,
} from "./reply.ts";
import { type FakeIssue, type FakeProject, scoped } from "./state.ts";

const PROJECT = "/projects/([^/]+)";

const ISSUE = `${PROJECT}/issues/([^/]+)`;

/** Links that an issue may be given; it may have more from before that was so. */
const MAX_LINKS = 100;

const GUEST = 10;
const PLANNER = 15;

const FIELDS = [
  "title",
  "description",
  "assignee_ids",
  "labels",
  "issue_type",
  "confidential",
  "milestone_id",
  "weight",
  "due_date",
] as const;

/** The calls about issues. */
export const ISSUE_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: exact(`${PROJECT}/issues`),
    query: [
      "scope",
      "state",
      "order_by",
      "sort",
      "updated_after",
      "created_after",
      "author_id",
      "search",
      "in",
      "issue_type",
      "pagination",
      "cursor",
    ],
    role: GUEST,
    handle: (call) => listIssues(call, projectOf(call)),
  },
  {
    method: "POST",
    path: exact(`${PROJECT}/issues`),
    body: FIELDS,
    role: GUEST,
    handle: create,
  },
  { method: "GET", path: exact(ISSUE), role: GUEST, handle: withIssue(show) },
  {
    method: "PUT",
    path: exact(ISSUE),
    body: [...FIELDS, "add_labels", "remove_labels", "state_event"],
    role: GUEST,
    handle: withIssue(update),
  },
  { method: "GET", path: exact(`${ISSUE}/links`), role: GUEST, handle: withIssue(listLinks) },
  {
    method: "POST",
    path: exact(`${ISSUE}/links`),
    body: ["target_project_id", "target_issue_iid", "link_type"],
    role: GUEST,
    handle: withIssue(addLink),
  },
  {
    method: "DELETE",
    path: exact(`${ISSUE}/links/([^/]+)`),
    role: GUEST,
    handle: withIssue(removeLink),
  },
  {
    method: "GET",
    path: exact(`${ISSUE}/notes`),
    query: ["order_by", "sort"],
    role: GUEST,
    handle: withIssue((call, _project, issue) =>
      paged(call, issue.notes.map((note) => call.answers.note(issue, note)))
    ),
  },
  {
    method: "POST",
    path: exact(`${ISSUE}/notes`),
    body: ["body", "internal", "created_at"],
    role: GUEST,
    handle: withIssue(addNote),
  },
];

function exact(path: string): RegExp {
  return new RegExp(`^${path}$`);
}

function projectOf({ state, parts }: Call): FakeProject {
  const found = state.find(parts[0] ?? "");
  if (found === null) throw new Error("The project was looked for before");
  return found;
}

type IssueHandler = (call: Call, project: FakeProject, issue: FakeIssue) => Reply;

function withIssue(handle: IssueHandler): (call: Call) => Reply {
  return (call) => {
    const project = projectOf(call);
    const issue = project.issues.get(Number(call.parts[1]));
    const isHidden = issue === undefined || !project.hasIssues ||
      issue.confidential && roleOf(call, project) < PLANNER && issue.author !== call.token.username;
    return isHidden ? notFound("Issue") : handle(call, project, issue);
  };
}

function roleOf({ token }: Call, { members }: FakeProject): number {
  return members.get(token.username) ?? 0;
}

function show({ answers }: Call, project: FakeProject, issue: FakeIssue): Reply {
  return { status: 200, body: answers.issue(project, issue) };
}

function create(call: Call): Reply {
  const { state, answers, token, body, now } = call;
  const project = projectOf(call);
  if (!project.hasIssues) return FORBIDDEN;
  if (typeof body["title"] !== "string") {
    return { status: 400, body: { error: "title is missing" } };
  }
  const fault = faultIn(call, null, project);
  if (fault !== null) return fault;
  const title = body["title"].trim();
  const issue = state.addIssue(project, { title, author: token.username }, now);
  apply(call, project, issue);
  call.wrote(`create #${issue.iid} ${issue.title}`);
  call.told(project, issue, "open");
  return { status: 201, body: answers.issue(project, issue) };
}

function update(call: Call, project: FakeProject, issue: FakeIssue): Reply {
  if (roleOf(call, project) < PLANNER && issue.author !== call.token.username) return FORBIDDEN;
  if (Object.keys(call.body).length === 0) {
    return { status: 400, body: { error: "title, description, … are missing, at least one" } };
  }
  const fault = faultIn(call, issue, project);
  if (fault !== null) return fault;
  const shown = JSON.stringify({ ...issue, labels: [] });
  apply(call, project, issue);
  // Labels alone are no change of an issue.
  if (JSON.stringify({ ...issue, labels: [] }) !== shown) issue.updatedAt = call.now;
  call.wrote(`update #${issue.iid} ${Object.keys(call.body).join(" ")}`);
  call.told(project, issue, "update");
  return { status: 200, body: call.answers.issue(project, issue) };
}

function faultIn({ body, state }: Call, issue: FakeIssue | null, _project: FakeProject) {
  const { title, description, issue_type } = body;
  if (typeof title === "string") {
    if (title.trim() === "") return invalid({ title: ["can't be blank"] });
    if ([...title].length > 255) {
      return invalid({ title: ["is too long (maximum is 255 characters)"] });
    }
  }
  if (typeof description === "string" && [...description].length > 1_048_576) {
    return invalid({ description: ["is too long (maximum is 1048576 characters)"] });
  }
  if (`${title ?? ""}${description ?? ""}`.includes("\0")) {
    return { status: 400, body: { error: "title contains null byte" } };
  }
  const isParent = issue !== null &&
    [...state.projects.values()].some(({ issues }) =>
      [...issues.values()].some(({ parent }) => parent === issue.id)
    );
  if (issue !== null && issue_type !== undefined && issue_type !== issue.kind) {
    if (issue.parent !== null || isParent) {
      return invalid({ work_item_type_id: [`cannot be changed to ${issue_type} when linked`] });
    }
  }
  return null;
}

/** Sets what a body names; what the role or the plan does not allow is left out without a word. */
function apply(call: Call, project: FakeProject, issue: FakeIssue): void {
  const { body, state, now, isPremium } = call;
  const mayTriage = roleOf(call, project) >= PLANNER;
  if (typeof body["title"] === "string") issue.title = body["title"].trim();
  const kind = body["issue_type"];
  if (kind === "issue" || kind === "task" || kind === "incident") issue.kind = kind;
  if (mayTriage) {
    const set = body["labels"] === undefined ? issue.labels : textsIn(body["labels"]);
    const removed = new Set(textsIn(body["remove_labels"]));
    issue.labels = scoped(
      [...set.filter((label) => !removed.has(label)), ...textsIn(body["add_labels"])]
        .filter((label) => label.length <= 255),
    );
    if (Array.isArray(body["assignee_ids"])) {
      const ids = new Set(body["assignee_ids"].map(Number));
      const people = [...state.users.values()].filter(({ id, username }) =>
        ids.has(id) && project.members.has(username)
      );
      issue.assignees = people.map(({ username }) => username).slice(0, isPremium ? 100 : 1);
    }
  }
  if (typeof body["description"] === "string") {
    const { text, commands } = commandsIn(body["description"]);
    for (const command of commands) obey(command, issue, now);
    issue.description = text;
  }
  if (body["state_event"] === "close") obey("close", issue, now);
  if (body["state_event"] === "reopen") obey("reopen", issue, now);
}

function obey(command: string, issue: FakeIssue, now: number): void {
  if (command === "close" && issue.state === "opened") {
    issue.state = "closed";
    issue.closedAt = now;
  }
  if (command === "reopen" && issue.state === "closed") {
    issue.state = "opened";
    issue.closedAt = null;
    issue.duplicateOf = null;
  }
  if (command === "confidential") issue.confidential = true;
}

function listLinks(call: Call, _project: FakeProject, issue: FakeIssue): Reply {
  const { state, answers } = call;
  const found = state.linksOf(issue.id).flatMap(({ link, type, other }) => {
    const there = state.issueById(other);
    if (there === null) return [];
    const shown = answers.issue(there.project, there.issue);
    return [{ ...shown, link_type: type, issue_link_id: link.id }];
  });
  return { status: 200, body: found };
}

function addLink(call: Call, project: FakeProject, issue: FakeIssue): Reply {
  const { state, body, answers, isPremium } = call;
  const to = state.find(String(body["target_project_id"]));
  const target = to?.issues.get(Number(body["target_issue_iid"]));
  if (to === null || target === undefined) return notFound("Issue");
  const type = String(body["link_type"] ?? "relates_to");
  if (type !== "relates_to" && !isPremium) {
    return { status: 403, body: { message: "Blocked issues not available for current license" } };
  }
  if (target.id === issue.id || state.linksOf(issue.id).some(({ other }) => other === target.id)) {
    return { status: 409, body: { message: "Issue(s) already assigned" } };
  }
  if ([issue, target].some(({ id }) => state.linksOf(id).length >= MAX_LINKS)) {
    const message = "This issue would exceed the maximum number of linked issues (100).";
    return { status: 422, body: { message } };
  }
  const id = state.nextId();
  const isInverse = type === "is_blocked_by";
  state.links.set(id, {
    id,
    source: isInverse ? target.id : issue.id,
    target: isInverse ? issue.id : target.id,
    type: type === "relates_to" ? "relates_to" : "blocks",
  });
  call.wrote(`link #${issue.iid} ${type} #${target.iid}`);
  return {
    status: 201,
    body: {
      source_issue: answers.issue(project, issue),
      target_issue: answers.issue(to, target),
      link_type: type,
    },
  };
}

function removeLink(call: Call, _project: FakeProject, issue: FakeIssue): Reply {
  const id = Number(call.parts[2]);
  const found = call.state.linksOf(issue.id).find(({ link }) => link.id === id);
  if (found === undefined) return notFound();
  call.state.links.delete(id);
  call.wrote(`unlink #${issue.iid}`);
  return { status: 200, body: { id } };
}

function addNote(call: Call, project: FakeProject, issue: FakeIssue): Reply {
  const { state, token, now, body, answers } = call;
  const given = String(body["body"] ?? "");
  if ([...given].length > 1_000_000) return invalid({ note: ["is too long"] });
  const { text, commands } = commandsIn(given);
  for (const command of commands) obey(command, issue, now);
  if (text.trim() === "") return { status: 202, body: { commands_changes: {} } };
  const note = {
    id: state.nextId(),
    author: token.username,
    body: text,
    createdAt: now,
    isSystem: false,
    isInternal: body["internal"] === true,
  };
  issue.notes.push(note);
  call.wrote(`comment #${issue.iid}`);
  call.told(project, issue, "update");
  return { status: 201, body: answers.note(issue, note) };
}
