import { type Call, NOT_FOUND, paged, type Reply, type Route } from "./reply.ts";
import { type FakeRepository, nameOf } from "./state.ts";

const REPO = "/repos/([^/]+)/([^/]+)";

const HOOKS = { needs: "repository_hooks=write" } as const;

/** The calls about repositories, people and webhooks. */
export const PLACE_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: /^\/user$/,
    handle: ({ state, answers, caller }) => ({
      status: 200,
      body: answers.account(state.user(caller.login)),
      ...(caller.token.scopes === undefined
        ? {}
        : { headers: { "x-oauth-scopes": caller.token.scopes.join(", ") } }),
    }),
  },
  // The three lists below stand outside the part of the description that tests have.
  {
    method: "GET",
    path: /^\/user\/repos$/,
    handle: (call) => listRepositories(call, call.caller.login),
  },
  {
    method: "GET",
    path: /^\/orgs\/([^/]+)\/repos$/,
    handle: (call) => {
      const owner = call.state.users.get((call.parts[0] ?? "").toLowerCase());
      return owner?.type === "Organization" ? listRepositories(call, owner.login) : NOT_FOUND;
    },
  },
  {
    method: "GET",
    path: /^\/users\/([^/]+)\/repos$/,
    handle: (call) => {
      const owner = call.state.users.get((call.parts[0] ?? "").toLowerCase());
      return owner === undefined ? NOT_FOUND : listRepositories(call, owner.login);
    },
  },
  {
    method: "GET",
    path: /^\/installation\/repositories$/,
    handle: (call) => {
      const { state, answers, caller: { app } } = call;
      const given = [...state.repositories.values()].filter(({ id }) => app?.repositories.has(id));
      return paged(call, given.map((one) => answers.repository(one)), (page) => ({
        total_count: given.length,
        repositories: page,
      }));
    },
  },
  {
    method: "GET",
    path: new RegExp(`^${REPO}$`),
    handle: (call) => ({
      status: 200,
      body: call.answers.repository(repositoryOf(call), call.caller.token),
    }),
  },
  {
    method: "GET",
    path: new RegExp(`^${REPO}/assignees$`),
    handle: (call) =>
      paged(
        call,
        [...repositoryOf(call).assignable].map((login) =>
          call.answers.user(call.state.user(login))
        ),
      ),
  },
  {
    method: "GET",
    path: /^\/orgs\/([^/]+)\/issue-types$/,
    handle: ({ state, parts }) => {
      const types = state.issueTypes.get(parts[0] ?? "");
      return types === undefined ? NOT_FOUND : {
        status: 200,
        body: types.map((name, index) => ({
          id: index + 1,
          node_id: `IT_${index}`,
          name,
          description: null,
          is_enabled: true,
        })),
      };
    },
  },
  {
    method: "GET",
    path: new RegExp(`^${REPO}/hooks$`),
    ...HOOKS,
    handle: (call) => {
      const repository = repositoryOf(call);
      return paged(
        call,
        [...repository.hooks.values()].map((hook) => call.answers.hook(repository, hook)),
      );
    },
  },
  { method: "POST", path: new RegExp(`^${REPO}/hooks$`), ...HOOKS, handle: addHook },
  { method: "PATCH", path: new RegExp(`^${REPO}/hooks/([^/]+)$`), ...HOOKS, handle: changeHook },
  { method: "DELETE", path: new RegExp(`^${REPO}/hooks/([^/]+)$`), ...HOOKS, handle: removeHook },
];

function repositoryOf({ state, parts }: Call): FakeRepository {
  const found = state.find(`${parts[0]}/${parts[1]}`);
  if (found === null) throw new Error("The repository was looked for before");
  return found.repository;
}

function listRepositories(call: Call, owner: string): Reply {
  const { state, answers } = call;
  const found = [...state.repositories.values()].filter((one) => one.owner.login === owner)
    .toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)));
  return paged(call, found.map((one) => answers.repository(one, call.caller.token)));
}

function addHook(call: Call): Reply {
  const repository = repositoryOf(call);
  const hook = {
    id: call.state.nextId(),
    ...hookIn(call),
    events: textsOf(call.body["events"]),
    isActive: true,
  };
  repository.hooks.set(hook.id, hook);
  return { status: 201, body: call.answers.hook(repository, hook) };
}

function changeHook(call: Call): Reply {
  const repository = repositoryOf(call);
  const hook = repository.hooks.get(Number(call.parts[2]));
  if (hook === undefined) return NOT_FOUND;
  Object.assign(hook, hookIn(call), {
    events: textsOf(call.body["events"]),
    isActive: call.body["active"] === true,
  });
  return { status: 200, body: call.answers.hook(repository, hook) };
}

function removeHook(call: Call): Reply {
  const isThere = repositoryOf(call).hooks.delete(Number(call.parts[2]));
  return isThere ? { status: 204 } : NOT_FOUND;
}

function hookIn({ body: { config } }: Call): { readonly url: string; readonly secret: string } {
  if (typeof config !== "object" || config === null) return { url: "", secret: "" };
  return {
    url: "url" in config ? String(config.url) : "",
    secret: "secret" in config ? String(config.secret) : "",
  };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
