import { type Call, notFound, paged, type Reply, type Route } from "./reply.ts";
import type { FakeHook, FakeProject } from "./state.ts";

const PROJECT = "/projects/([^/]+)";

const MAINTAINER = 40;

const HOOK = [
  "url",
  "token",
  "signing_token",
  "push_events",
  "issues_events",
  "confidential_issues_events",
  "note_events",
  "confidential_note_events",
  "enable_ssl_verification",
] as const;

/** The calls about projects, people and webhooks. */
export const PLACE_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: /^\/user$/,
    handle: ({ state, answers, token }) => ({
      status: 200,
      body: answers.user(state.user(token.username)),
    }),
  },
  {
    method: "GET",
    path: /^\/personal_access_tokens\/self$/,
    handle: ({ token, state }) => ({
      status: 200,
      body: {
        id: 1,
        name: "tracker",
        revoked: false,
        scopes: token.scopes,
        user_id: state.user(token.username).id,
        active: true,
        expires_at: null,
      },
    }),
  },
  {
    method: "GET",
    path: /^\/groups\/([^/]+)\/projects$/,
    query: ["include_subgroups", "with_shared", "archived"],
    handle: listOfGroup,
  },
  {
    method: "GET",
    path: /^\/users\/([^/]+)\/projects$/,
    query: ["archived"],
    handle: (call) =>
      call.state.users.has((call.parts[0] ?? "").toLowerCase())
        ? listProjects(call)
        : notFound("User"),
  },
  {
    method: "GET",
    path: new RegExp(`^${PROJECT}$`),
    handle: (call) => ({ status: 200, body: shownTo(call, projectOf(call)) }),
  },
  {
    method: "GET",
    path: new RegExp(`^${PROJECT}/members/all/([^/]+)$`),
    handle: (call) => {
      const { state, parts, answers } = call;
      const user = [...state.users.values()].find(({ id }) => String(id) === parts[1]);
      const role = projectOf(call).members.get(user?.username ?? "");
      return user === undefined || role === undefined
        ? notFound()
        : { status: 200, body: { ...answers.user(user), access_level: role, expires_at: null } };
    },
  },
  {
    method: "GET",
    path: new RegExp(`^${PROJECT}/users$`),
    query: ["search"],
    handle: (call) => {
      const search = (call.query.get("search") ?? "").toLowerCase();
      const people = [...projectOf(call).members.keys()].filter((name) =>
        name.toLowerCase().includes(search)
      );
      return paged(call, people.map((name) => call.answers.user(call.state.user(name))));
    },
  },
  {
    method: "GET",
    path: new RegExp(`^${PROJECT}/hooks$`),
    role: MAINTAINER,
    handle: (call) => {
      const project = projectOf(call);
      return paged(
        call,
        [...project.hooks.values()].map((hook) => call.answers.hook(project, hook)),
      );
    },
  },
  {
    method: "POST",
    path: new RegExp(`^${PROJECT}/hooks$`),
    body: HOOK,
    role: MAINTAINER,
    handle: addHook,
  },
  {
    method: "PUT",
    path: new RegExp(`^${PROJECT}/hooks/([^/]+)$`),
    body: HOOK,
    role: MAINTAINER,
    handle: changeHook,
  },
  {
    method: "DELETE",
    path: new RegExp(`^${PROJECT}/hooks/([^/]+)$`),
    role: MAINTAINER,
    handle: (call) =>
      projectOf(call).hooks.delete(Number(call.parts[1])) ? { status: 204 } : notFound(),
  },
];

function projectOf({ state, parts }: Call): FakeProject {
  const found = state.find(parts[0] ?? "");
  if (found === null) throw new Error("The project was looked for before");
  return found;
}

function shownTo({ answers, token }: Call, project: FakeProject) {
  return answers.project(project, project.members.get(token.username) ?? 0);
}

/** The list of a group tells no roles, and has what other groups share with it. */
function listOfGroup(call: Call): Reply {
  const { query, parts } = call;
  const group = (parts[0] ?? "").toLowerCase();
  const isBelow = query.get("include_subgroups") === "true";
  const shared = query.get("with_shared") === "false"
    ? []
    : [...call.state.projects.values()].filter(({ sharedWith }) => sharedWith === group);
  const found = [...projectsBelow(call, isBelow), ...shared];
  if (found.length === 0) return notFound("Group");
  return paged(
    call,
    found.map((project) => {
      const { permissions: _untold, ...shown } = shownTo(call, project);
      return shown;
    }),
  );
}

function listProjects(call: Call): Reply {
  return paged(call, projectsBelow(call, false).map((project) => shownTo(call, project)));
}

function projectsBelow(call: Call, withSubgroups: boolean): readonly FakeProject[] {
  const group = `${(call.parts[0] ?? "").toLowerCase()}/`;
  return [...call.state.projects.values()].filter(({ path, members, isArchived }) => {
    const rest = path.toLowerCase().slice(group.length);
    return path.toLowerCase().startsWith(group) && (withSubgroups || !rest.includes("/")) &&
      members.has(call.token.username) &&
      !(isArchived && call.query.get("archived") === "false");
  });
}

function addHook(call: Call): Reply {
  const project = projectOf(call);
  const fields = hookIn(call);
  if (!/^https?:\/\//.test(fields.url)) {
    return { status: 422, body: { error: "Invalid url given" } };
  }
  const hook: FakeHook = { id: call.state.nextId(), ...fields };
  project.hooks.set(hook.id, hook);
  return { status: 201, body: call.answers.hook(project, hook) };
}

function changeHook(call: Call): Reply {
  const project = projectOf(call);
  const hook = project.hooks.get(Number(call.parts[1]));
  if (hook === undefined) return notFound();
  Object.assign(hook, hookIn(call));
  return { status: 200, body: call.answers.hook(project, hook) };
}

/** Older servers know no token that signs, and say nothing of it. */
function hookIn({ body, signs }: Call): Omit<FakeHook, "id"> {
  const { url, token, signing_token } = body;
  return {
    url: String(url ?? ""),
    token: String(token ?? ""),
    signingToken: signs && typeof signing_token === "string" ? signing_token : null,
  };
}
