import { type Call, invalid, members, NOT_FOUND, type Reply, type Route } from "./reply.ts";

import { EPIC_LINK, EPIC_NAME, type FakeHook } from "./state.ts";

/** Calls about a site, its projects and its people. */
export const SITE_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/myself$/, handle: myself },
  { method: "GET", path: /^\/mypermissions$/, handle: permissions },
  { method: "GET", path: /^\/project\/([^/]+)$/, handle: project },
  {
    method: "GET",
    path: /^\/issueLinkType$/,
    handle: ({ state }) => ({ status: 200, body: { issueLinkTypes: state.linkTypes } }),
  },
  {
    method: "GET",
    path: /^\/priority$/,
    handle: ({ state, views }) => ({
      status: 200,
      body: state.priorities.map((one) => views.priority(one)),
    }),
  },
  { method: "GET", path: /^\/user\/assignable\/search$/, handle: assignable },
];

/** Calls that the cloud has alone. */
export const CLOUD_SITE_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/project\/search$/, handle: projects },
];

/** Calls that a server of a team's own has, or answers otherwise. */
export const SERVER_SITE_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/project$/, handle: allProjects },
  { method: "GET", path: /^\/field$/, handle: fields },
];

/** Webhooks of an administrator, which are at an address of their own. */
export const HOOK_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/rest\/webhooks\/1\.0\/webhook$/, needs: "ADMINISTER", handle: hooks },
  { method: "POST", path: /^\/rest\/webhooks\/1\.0\/webhook$/, needs: "ADMINISTER", handle: hook },
  {
    method: "PUT",
    path: /^\/rest\/webhooks\/1\.0\/webhook\/(\d+)$/,
    needs: "ADMINISTER",
    handle: hook,
  },
  {
    method: "DELETE",
    path: /^\/rest\/webhooks\/1\.0\/webhook\/(\d+)$/,
    needs: "ADMINISTER",
    handle: removeHook,
  },
];

/** Webhooks of a server of a team's own from Jira 10 on. */
export const SERVER_HOOK_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: /^\/rest\/jira-webhook\/1\.0\/webhooks$/,
    needs: "ADMINISTER",
    handle: serverHooks,
  },
  {
    method: "POST",
    path: /^\/rest\/jira-webhook\/1\.0\/webhooks$/,
    needs: "ADMINISTER",
    handle: serverHook,
  },
  {
    method: "PUT",
    path: /^\/rest\/jira-webhook\/1\.0\/webhooks\/(\d+)$/,
    needs: "ADMINISTER",
    handle: serverHook,
  },
  {
    method: "DELETE",
    path: /^\/rest\/jira-webhook\/1\.0\/webhooks\/(\d+)$/,
    needs: "ADMINISTER",
    handle: removeHook,
  },
];

function serverHooks({ state, query }: Call): Reply {
  const start = Number(query.get("start") ?? 0);
  const shown = [...state.hooks.values()].slice(start, start + Number(query.get("limit") ?? 25));
  return { status: 200, body: shown.map(serverHookView) };
}

function serverHook({ state, parts, body, wrote }: Call): Reply {
  const id = parts[0] ?? state.nextId();
  if (parts[0] !== undefined && !state.hooks.has(id)) return NOT_FOUND;
  const { url, name, events, active } = body;
  const { SECRET = "", FILTERS = "" } = members(body["configuration"]);
  if (typeof url !== "string" || typeof name !== "string" || !Array.isArray(events)) {
    return invalid({}, "A webhook needs a name, an address and events");
  }
  const hook = { id, url, secret: String(SECRET), jql: String(FILTERS) };
  if (active === true) state.hooks.set(id, hook);
  wrote(`hook ${id}`);
  return { status: parts[0] === undefined ? 201 : 200, body: serverHookView(hook) };
}

/** The secret is not shown. */
function serverHookView({ id, url, jql }: FakeHook) {
  return {
    id: Number(id),
    name: "tracker",
    url,
    events: ["jira:issue_updated"],
    configuration: { FILTERS: jql, EXCLUDE_BODY: "false" },
    active: true,
    sslVerificationRequired: true,
  };
}

function myself({ state, views, caller }: Call): Reply {
  const person = state.people.get(caller.accountId);
  return person === undefined ? NOT_FOUND : { status: 200, body: views.person(person) };
}

function permissions({ query, caller }: Call): Reply {
  const keys = (query.get("permissions") ?? "").split(",");
  const all = keys.map((key) => [key, { key, havePermission: caller.permissions.has(key) }]);
  return { status: 200, body: { permissions: Object.fromEntries(all) } };
}

function projects({ state, views, query, pageSize, caller }: Call): Reply {
  const all = [...state.projects.values()]
    .filter(({ isHidden, isArchived }) => !isHidden && !isArchived && browses(caller))
    .toSorted((one, other) => one.key < other.key ? -1 : 1);
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Math.min(pageSize, Number(query.get("maxResults") ?? 50));
  const values = all.slice(startAt, startAt + maxResults).map((one) => views.project(one, false));
  const isLast = startAt + maxResults >= all.length;
  return { status: 200, body: { values, startAt, maxResults, total: all.length, isLast } };
}

function browses({ permissions }: Call["caller"]): boolean {
  return permissions.has("BROWSE_PROJECTS");
}

function allProjects({ state, views, caller }: Call): Reply {
  const all = [...state.projects.values()].filter(({ isHidden }) => !isHidden && browses(caller));
  return { status: 200, body: all.map((one) => views.project(one, false)) };
}

function fields(): Reply {
  const made = "com.pyxis.greenhopper.jira";
  return {
    status: 200,
    body: [
      { id: "summary", name: "Summary", custom: false, schema: { type: "string" } },
      { id: "thumbnail", name: "Images", custom: false },
      {
        id: EPIC_LINK,
        name: "Lien vers l'épopée",
        custom: true,
        schema: { type: "any", custom: `${made}:gh-epic-link`, customId: 10008 },
      },
      {
        id: EPIC_NAME,
        name: "Nom de l'épopée",
        custom: true,
        schema: { type: "string", custom: `${made}:gh-epic-label`, customId: 10009 },
      },
    ],
  };
}

function project({ state, views, parts, caller }: Call): Reply {
  const found = state.project(parts[0] ?? "");
  if (found === null || found.isHidden || !browses(caller)) return NOT_FOUND;
  return { status: 200, body: views.project(found, true) };
}

function assignable({ state, views, query, isCloud }: Call): Reply {
  const issue = state.issue(query.get("issueKey") ?? "");
  const found = issue === null ? state.project(query.get("project") ?? "") : state.projectOf(issue);
  if (found === null) return NOT_FOUND;
  const account = isCloud ? query.get("accountId") : null;
  if (account !== null) {
    const person = found.assignable.has(account) ? state.people.get(account) : undefined;
    return { status: 200, body: person === undefined ? [] : [views.person(person)] };
  }
  const asked = query.get(isCloud ? "query" : "username");
  if (asked === null) return invalid({}, "The query is missing");
  const wanted = asked.toLowerCase();
  const people = [...state.people.values()].filter(({ accountId, displayName, email, name }) =>
    found.assignable.has(accountId) &&
    [displayName, email ?? "", isCloud ? "" : name].some((one) =>
      one.toLowerCase().startsWith(wanted)
    )
  );
  return { status: 200, body: people.map((person) => views.person(person)) };
}

function hooks({ state }: Call): Reply {
  const self = (id: string) => `https://jira.test/rest/webhooks/1.0/webhook/${id}`;
  const all = [...state.hooks.values()];
  return {
    status: 200,
    body: all.map(({ id, url }) => ({ self: self(id), name: "tracker", url, enabled: true })),
  };
}

function removeHook({ state, parts, wrote }: Call): Reply {
  if (!state.hooks.delete(parts[0] ?? "")) return NOT_FOUND;
  wrote(`no hook ${parts[0]}`);
  return { status: 204, body: null };
}

function hook({ state, parts, body, wrote }: Call): Reply {
  const id = parts[0] ?? state.nextId();
  const jql = members(body["filters"])["issue-related-events-section"];
  const { url, secret } = body;
  if (typeof url !== "string" || typeof secret !== "string" || typeof jql !== "string") {
    return invalid({}, "A webhook needs an address, a secret and a filter");
  }
  state.hooks.set(id, { id, url, secret, jql });
  wrote(`hook ${id}`);
  return { status: parts[0] === undefined ? 201 : 200, body: { name: "tracker", url } };
}
