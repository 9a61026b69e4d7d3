import { type Call, invalid, list, members, type Reply, type Route } from "./reply.ts";
import type { FakeAppHook } from "./state.ts";

/** Milliseconds after which a webhook of an app ends. */
export const HOOK_LASTS_MS = 30 * 24 * 3_600_000;

/** Webhooks of one app of one person at most. */
const MOST_HOOKS = 5;

/** Webhooks that apps register: others may not. */
export const APP_HOOK_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/webhook$/, handle: ofApps(listed) },
  { method: "POST", path: /^\/webhook$/, handle: ofApps(register) },
  { method: "DELETE", path: /^\/webhook$/, handle: ofApps(remove) },
  { method: "PUT", path: /^\/webhook\/refresh$/, handle: ofApps(refresh) },
];

type App = NonNullable<Call["caller"]["app"]>;

function ofApps(handle: (call: Call, app: App) => Reply): (call: Call) => Reply {
  return (call) => {
    const { app } = call.caller;
    if (app !== undefined) return handle(call, app);
    const message = "Only Connect and OAuth 2.0 apps can use this operation.";
    return { status: 403, body: { errorMessages: [message], errors: {} } };
  };
}

/** Returns the webhooks of an app that have not ended. */
function hooksOf({ state, now }: Call, { clientId }: App): FakeAppHook[] {
  return [...state.appHooks.values()].filter((one) => one.clientId === clientId && one.until > now);
}

function listed(call: Call, app: App): Reply {
  const startAt = Number(call.query.get("startAt") ?? 0);
  const maxResults = Math.min(call.pageSize, Number(call.query.get("maxResults") ?? 100));
  const all = hooksOf(call, app);
  const values = all.slice(startAt, startAt + maxResults).map((
    { id, url, jqlFilter, events, until },
  ) => ({ id, url, jqlFilter, events, expirationDate: until }));
  const isLast = startAt + maxResults >= all.length;
  return { status: 200, body: { startAt, maxResults, total: all.length, isLast, values } };
}

function register(call: Call, app: App): Reply {
  const { state, body, now, wrote } = call;
  const { url } = body;
  if (typeof url !== "string") return invalid({}, "The url is missing");
  const others = hooksOf(call, app);
  if (others.some((one) => one.url !== url)) {
    return invalid({}, "Only a single URL per app is allowed to be registered");
  }
  const results = list(body["webhooks"]).map((one) => {
    const { jqlFilter, events } = members(one);
    const jql = String(jqlFilter);
    if (!/^project (= \d+|IN \(\d+(, \d+)*\))$/.test(jql)) {
      return { errors: [`The clause ${jql} is unsupported`] };
    }
    if (hooksOf(call, app).length >= MOST_HOOKS) {
      return { errors: ["The app has too many webhooks"] };
    }
    const id = Number(state.nextId());
    const { clientId, clientSecret } = app;
    const until = now + HOOK_LASTS_MS;
    state.appHooks.set(id, {
      id,
      url,
      jqlFilter: jql,
      events: list(events).map(String),
      clientId,
      clientSecret,
      until,
    });
    wrote(`app hook ${id}`);
    return { createdWebhookId: id };
  });
  return { status: 200, body: { webhookRegistrationResult: results } };
}

function remove(call: Call, app: App): Reply {
  const ids = new Set(list(call.body["webhookIds"]));
  for (const { id } of hooksOf(call, app)) {
    if (!ids.has(id)) continue;
    call.state.appHooks.delete(id);
    call.wrote(`no app hook ${id}`);
  }
  return { status: 202 };
}

function refresh(call: Call, app: App): Reply {
  const ids = new Set(list(call.body["webhookIds"]));
  const expirationDate = call.now + HOOK_LASTS_MS;
  for (const hook of hooksOf(call, app)) {
    if (ids.has(hook.id)) hook.until = expirationDate;
  }
  call.wrote("app hooks refreshed");
  return { status: 200, body: { expirationDate } };
}
