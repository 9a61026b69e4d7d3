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
    query: ["include_subgroups", "archived"],
    handle: (call) => listProjects(call, call.query.get("include_subgroups") === "true"),
  },
  {
    method: "GET",
    path: /^\/users\/([^/]+)\/projects$/,
    query: ["archived"],
    handle: (call) =>
      call.state.users.has((call.parts[0] ?? "").toLowerCase())
        ? listProjects(call, false)
        : notFound("User"),
  },
  {
    method: "GET",
    path: new RegExp(`^${PROJECT}$`),
    handle: (call) => ({ status: 200, body: shownTo(call, projectOf(call)) }),
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
];

function projectOf({ state, parts }: Call): FakeProject {
  const found = state.find(parts[0] ?? "");
  if (found === null) throw new Error("The project was looked for before");
  return found;
}

function shownTo({ answers, token }: Call, project: FakeProject) {
  return answers.project(project, project.members.get(token.username) ?? 0);
}

function listProjects(call: Call, withSubgroups: boolean): Reply {
  const group = `${(call.parts[0] ?? "").toLowerCase()}/`;
  const found = [...call.state.projects.values()].filter(({ path, members, isArchived }) => {
    const rest = path.toLowerCase().slice(group.length);
    return path.toLowerCase().startsWith(group) && (withSubgroups || !rest.includes("/")) &&
      members.has(call.token.username) &&
      !(isArchived && call.query.get("archived") === "false");
  });
  return found.length === 0 && withSubgroups
    ? notFound("Group")
    : paged(call, found.map((project) => shownTo(call, project)));
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
