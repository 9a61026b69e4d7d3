import { type Call, invalid, list, members, NOT_FOUND, type Reply, type Route } from "./reply.ts";
import {
  EPIC_LINK,
  EPIC_NAME,
  type FakeIssue,
  type FakeProject,
  type FakeTransition,
} from "./state.ts";
import { type Applied, applyFields, isEmpty, isTooLong, TOO_LONG } from "./writing.ts";

/** Calls about issues. */
export const ISSUE_ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/issue$/, needs: "CREATE_ISSUES", handle: create },
  { method: "GET", path: /^\/issue\/([^/]+)$/, handle: (call) => at(call, read) },
  {
    method: "PUT",
    path: /^\/issue\/([^/]+)$/,
    needs: "EDIT_ISSUES",
    handle: (call) => at(call, update),
  },
  { method: "GET", path: /^\/issue\/([^/]+)\/editmeta$/, handle: (call) => at(call, editMeta) },
  {
    method: "GET",
    path: /^\/issue\/createmeta\/([^/]+)\/issuetypes\/([^/]+)$/,
    handle: createMeta,
  },
  {
    method: "GET",
    path: /^\/issue\/([^/]+)\/transitions$/,
    handle: (call) => at(call, transitions),
  },
  {
    method: "POST",
    path: /^\/issue\/([^/]+)\/transitions$/,
    needs: "TRANSITION_ISSUES",
    handle: (call) => at(call, transition),
  },
  { method: "GET", path: /^\/issue\/([^/]+)\/comment$/, handle: (call) => at(call, comments) },
  {
    method: "POST",
    path: /^\/issue\/([^/]+)\/comment$/,
    needs: "ADD_COMMENTS",
    handle: (call) => at(call, addComment),
  },
  { method: "POST", path: /^\/issueLink$/, needs: "LINK_ISSUES", handle: link },
  { method: "DELETE", path: /^\/issueLink\/([^/]+)$/, needs: "LINK_ISSUES", handle: unlink },
];

function at(call: Call, handle: (call: Call, issue: FakeIssue) => Reply): Reply {
  const { state, parts, caller } = call;
  const issue = state.issue(parts[0] ?? "");
  const isHidden = issue === null || state.projectOf(issue).isHidden ||
    !caller.permissions.has("BROWSE_PROJECTS");
  return isHidden ? NOT_FOUND : handle(call, issue);
}

function read({ views, query }: Call, issue: FakeIssue): Reply {
  const fields = new Set((query.get("fields") ?? "").split(","));
  const properties = query.get("properties")?.split(",") ?? [];
  return { status: 200, body: views.issue(issue, fields, properties) };
}

function create(call: Call): Reply {
  const { state, body, now, caller, views, isCloud } = call;
  const fields = members(body["fields"]);
  const project = state.project(String(members(fields["project"])["id"] ?? ""));
  if (project === null || project.isHidden) {
    return invalid({ project: "valid project is required" });
  }
  const type = project.types.find(({ id }) => id === members(fields["issuetype"])["id"]);
  if (type === undefined) return invalid({ issuetype: "The issue type selected is invalid." });
  const { project: _project, issuetype: _type, ...rest } = fields;
  if (type.subtask && rest["parent"] === undefined) {
    return invalid({
      parent: "Issue type is a sub-task but parent issue key or id not specified.",
    });
  }
  if (String(rest["summary"] ?? "") === "") {
    return invalid({ summary: "You must specify a summary of the issue." });
  }
  const demanded = isCloud || type.hierarchyLevel !== 1
    ? [...project.demanded]
    : [...project.demanded, [EPIC_NAME, "Epic Name"] as const];
  const missing = demanded.find(([id]) => !(id in rest));
  if (missing !== undefined) return invalid({ [missing[0]]: `${missing[1]} is required.` });
  const applied = applyFields(
    { state, project, screen: screenOf(call, project.creatable) },
    rest,
    {},
    { isCloud, type },
  );
  if ("status" in applied) return applied;
  if ("assignee" in rest && !caller.permissions.has("ASSIGN_ISSUES")) return MAY_NOT_ASSIGN;
  const properties = new Map(
    list(body["properties"]).map(members).map(({ key, value }) => [String(key), value]),
  );
  const issue = state.addIssue(project, {
    typeId: type.id,
    ...applied.fields,
    summary: applied.fields.summary ?? "",
    labels: [...applied.fields.labels ?? []],
    creator: caller.accountId,
    properties,
  }, now);
  call.wrote(`create ${state.keyOf(issue)}`);
  call.touched(issue, "created");
  return { status: 201, body: views.named(issue) };
}

const MAY_NOT_ASSIGN = invalid({ assignee: "You do not have permission to assign issues." });

function update(call: Call, issue: FakeIssue): Reply {
  const { state, body, isCloud, caller } = call;
  const project = state.projectOf(issue);
  const screen = state.locked.has(issue.statusId)
    ? new Set<string>()
    : screenOf(call, project.editable);
  const fields = members(body["fields"]);
  const applied = applyFields({ state, project, screen }, fields, members(body["update"]), {
    isCloud,
    issue,
  });
  if ("status" in applied) return applied;
  if ("assignee" in fields && !caller.permissions.has("ASSIGN_ISSUES")) return MAY_NOT_ASSIGN;
  take(call, issue, applied);
  const names = [...Object.keys(fields), ...Object.keys(members(body["update"]))];
  call.wrote(`update ${state.keyOf(issue)} ${names.sort().join(" ")}`);
  return { status: 204 };
}

function take(call: Call, issue: FakeIssue, { fields }: Applied): void {
  Object.assign(issue, fields);
  issue.updatedAt = Math.max(issue.updatedAt + 1, call.now);
  call.touched(issue, "updated");
}

/** A server of a team's own has fields for epics on each screen that has a parent. */
function screenOf({ isCloud }: Call, screen: ReadonlySet<string>): ReadonlySet<string> {
  return isCloud || !screen.has("parent") ? screen : new Set([...screen, EPIC_LINK, EPIC_NAME]);
}

function fieldMeta(
  { state }: Call,
  project: FakeProject,
  id: string,
  isRequired = false,
  name = id,
) {
  return {
    key: id,
    name,
    required: isRequired || id === "summary",
    operations: id === "labels" ? ["add", "set", "remove"] : ["set"],
    schema: { type: id === "labels" ? "array" : "string", system: id },
    ...(id === "priority"
      ? { allowedValues: project.priorities.map((name) => state.priority(name)) }
      : {}),
    ...(id === "issuetype"
      ? {
        allowedValues: project.types.filter(({ subtask }) => !subtask)
          .map(({ id, name, subtask, hierarchyLevel }) => ({ id, name, subtask, hierarchyLevel })),
      }
      : {}),
  };
}

/** Fields that the credential may not write are left out without a word. */
function editMeta(call: Call, issue: FakeIssue): Reply {
  const { state, caller: { permissions } } = call;
  const project = state.projectOf(issue);
  const ids = state.locked.has(issue.statusId) || !permissions.has("EDIT_ISSUES")
    ? []
    : [...screenOf(call, project.editable)].filter((id) =>
      id !== "assignee" || permissions.has("ASSIGN_ISSUES")
    );
  const fields = ids.map((id) => [id, fieldMeta(call, project, id)]);
  return { status: 200, body: { fields: Object.fromEntries(fields) } };
}

function createMeta(call: Call): Reply {
  const { state, parts, query, isCloud } = call;
  const project = state.project(parts[0] ?? "");
  const type = project?.types.find(({ id }) => id === parts[1]);
  if (project === null || project.isHidden || type === undefined) return invalid({}, "Not there");
  const all = [
    ...[...screenOf(call, project.creatable)].filter((id) => !project.demanded.has(id))
      .filter((id) => id !== "assignee" || call.caller.permissions.has("ASSIGN_ISSUES"))
      .map((id) => ({ ...fieldMeta(call, project, id), fieldId: id })),
    ...[...project.demanded].map(([id, name]) => ({
      ...fieldMeta(call, project, id, true, name),
      fieldId: id,
    })),
    { ...fieldMeta(call, project, "reporter", true), fieldId: "reporter" },
  ];
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Number(query.get("maxResults") ?? 50);
  const fields = all.slice(startAt, startAt + maxResults);
  return {
    status: 200,
    body: { [isCloud ? "fields" : "values"]: fields, startAt, maxResults, total: all.length },
  };
}

/** The steps from where an issue is. */
function stepsOf({ state }: Call, issue: FakeIssue): readonly FakeTransition[] {
  return state.projectOf(issue).transitions.filter(({ from, to }) =>
    from === "any" ? to !== issue.statusId : from.includes(issue.statusId)
  );
}

function transitions(call: Call, issue: FakeIssue): Reply {
  const { query, views, isCloud, caller } = call;
  const all = isCloud && query.get("includeUnavailableTransitions") === "true";
  // Who may not move issues is shown no step at all.
  const steps = caller.permissions.has("TRANSITION_ISSUES") ? stepsOf(call, issue) : [];
  const shown = steps.filter(({ isForbidden }) => all || isForbidden !== true);
  return {
    status: 200,
    body: {
      expand: "transitions",
      transitions: shown.map(({ id, name, to, from, demands = {}, isForbidden = false }) => ({
        id,
        name,
        to: views.status(to),
        hasScreen: Object.keys(demands).length > 0,
        isGlobal: from === "any",
        isInitial: false,
        isAvailable: !isForbidden,
        isConditional: isForbidden,
        ...(query.get("expand") === "transitions.fields"
          ? {
            fields: Object.fromEntries(
              Object.entries(demands).map(([id, name]) => [
                id,
                {
                  key: id,
                  name,
                  required: true,
                  hasDefaultValue: false,
                  operations: ["set"],
                  schema: { type: "string" },
                },
              ]),
            ),
          }
          : {}),
      })),
    },
  };
}

function transition(call: Call, issue: FakeIssue): Reply {
  const { state, body } = call;
  const id = String(members(body["transition"])["id"] ?? "");
  const step = stepsOf(call, issue).find((one) => one.id === id);
  if (step === undefined || step.isForbidden === true) {
    return invalid({}, `It is not possible to take the transition ${id}`);
  }
  if (step.isRefused === true) return invalid({}, "All subtasks have to be done first.");
  const [missing] = Object.entries(step.demands ?? {}).filter(([field]) =>
    !(field in members(body["fields"]))
  );
  if (missing !== undefined) return invalid({ [missing[0]]: `${missing[1]} is required.` });
  take(call, issue, { fields: { statusId: step.to } });
  call.wrote(`transition ${state.keyOf(issue)} ${id}`);
  return { status: 204 };
}

function comments({ state, views, query }: Call, { id }: FakeIssue): Reply {
  const all = state.comments.filter(({ issueId }) => issueId === id);
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Number(query.get("maxResults") ?? 50);
  const shown = all.slice(startAt, startAt + maxResults).map((comment) => views.comment(comment));
  return { status: 200, body: { comments: shown, startAt, maxResults, total: all.length } };
}

function addComment(call: Call, issue: FakeIssue): Reply {
  const { state, body, caller, now, views } = call;
  if (isEmpty(body["body"])) return invalid({ comment: "Comment body can not be empty!" });
  if (isTooLong(body["body"])) return invalid({ comment: TOO_LONG });
  const comment = {
    id: state.nextId(),
    issueId: issue.id,
    author: caller.accountId,
    body: body["body"],
    properties: list(body["properties"]),
    createdAt: now,
  };
  state.comments.push(comment);
  take(call, issue, { fields: {} });
  call.wrote(`comment ${state.keyOf(issue)}`);
  return { status: 201, body: views.comment(comment) };
}

function link(call: Call): Reply {
  const { state, body } = call;
  const named = (side: string) => {
    const { id, key } = members(body[side]);
    return state.issue(String(id ?? key ?? ""));
  };
  const [from, to] = [named("inwardIssue"), named("outwardIssue")];
  const kind = String(members(body["type"])["name"] ?? "");
  if (!state.linkTypes.some(({ name }) => name === kind)) return NOT_FOUND;
  if (from === null || to === null) return NOT_FOUND;
  if (from.id === to.id) return invalid({}, "You cannot link an issue to itself.");
  // A link that is there already is not made twice.
  const isThere = [...state.links.values()].some((one) =>
    one.kind === kind && one.from === from.id && one.to === to.id
  );
  if (!isThere) {
    const id = state.nextId();
    state.links.set(id, { id, kind, from: from.id, to: to.id });
    for (const issue of [from, to]) take(call, issue, { fields: {} });
    call.wrote(`link ${state.keyOf(from)} ${kind} ${state.keyOf(to)}`);
  }
  return { status: 201 };
}

function unlink(call: Call): Reply {
  const { state, parts } = call;
  const known = state.links.get(parts[0] ?? "");
  if (known === undefined) return NOT_FOUND;
  state.links.delete(known.id);
  for (const id of [known.from, known.to]) {
    const issue = state.issues.get(id);
    if (issue !== undefined) take(call, issue, { fields: {} });
  }
  call.wrote(`unlink ${known.id}`);
  return { status: 204 };
}
