import * as v from "valibot";
import { digitsIn, isSignedBy, readDelivery } from "../delivery.ts";
import type { Access, RemotePlace, RemoteWebhooks } from "../remote.ts";
import { chooseHook, leadsTo, type WebhookTarget } from "../own_hooks.ts";
import { APP } from "./app.ts";
import { type AppHookCalls, ensureAppHook, isFromApp, removeAppHooks } from "./app_hooks.ts";
import { isScoped } from "./credential.ts";
import { hasCode, NOT_TAKEN } from "./faults.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { placeId, siteOf } from "./places.ts";
import type { JiraCalls } from "./session.ts";
import type { Work } from "./work.ts";

/** Returns how Jira tells of changes by itself. */
export function jiraWebhooks(
  at: (access: Access, place: RemotePlace) => Work,
  callsOf: (access: Access) => JiraCalls,
): RemoteWebhooks {
  return {
    verify: (secret, headers, body) =>
      isSignedBy(secret, digitsIn(headers.get("x-hub-signature")), body),
    byCredential: { kind: APP, verify: isFromApp },
    read: (headers, body) => ({
      // A server of a team's own may give none; what is sent twice is signed the same.
      deliveryId: headers.get("x-atlassian-webhook-identifier") ??
        headers.get("x-hub-signature") ?? "",
      hints: hintsIn(body),
    }),
    ensure: (access, place, target) => ensure(at(access, place), target),
    ensureForAll(access, places, target) {
      if (access.credential.kind !== APP || places.length === 0) return Promise.resolve(null);
      return whereAllowed(() => ensureAppHook(callsOf(access).appHooks, places, target));
    },
    remove: (access, place, url) => remove(at(access, place), url),
    removeForAll(access, _places, url) {
      if (access.credential.kind !== APP) return Promise.resolve(null);
      return removeOfApp(callsOf(access).appHooks, url);
    },
  };
}

/**
 * An administrator's webhook lasts; it is told its secret at each look, for that cannot be read. An older server of a team's
 * own signs nothing: changes are found there by asking. A token with scopes does not reach it.
 */
async function ensure(
  work: Work,
  { url, secret, isStale = () => false }: WebhookTarget,
): Promise<boolean> {
  if (isScoped(work.access.credential.secret)) return false;
  const { edition, projectId } = work;
  const own = { url: addressOf(work, url), secret, jql: `project = ${projectId}` };
  const target = {
    url: own.url,
    isStale: (address: string) => address.endsWith(suffixOf(work)) && isStale(address),
  };
  const { site } = work.calls;
  return await whereAllowed(async () => {
    if (edition.name === "cloud") {
      const hooks = await site.hooks();
      if (hooks === null) return false;
      const { known, others } = chooseHook(hooks, target);
      await site.writeHook(known, own);
      await site.removeHooks(others);
    } else {
      const hooks = await site.serverHooks();
      if (hooks === null) return false;
      const { known, others } = chooseHook(hooks, target);
      await site.writeServerHook(known, own);
      await site.removeServerHooks(others);
    }
    return true;
  });
}

async function remove(work: Work, url: string): Promise<boolean> {
  const { access, calls: { site, appHooks }, edition } = work;
  if (access.credential.kind === APP) return await removeOfApp(appHooks, url);
  if (isScoped(access.credential.secret)) return false;
  const address = addressOf(work, url);
  const isOwn = (hook: { readonly url: string }) => leadsTo(hook.url, address);
  return await whereAllowed(async () => {
    if (edition.name === "cloud") {
      const hooks = await site.hooks();
      if (hooks === null) return false;
      await site.removeHooks(hooks.filter(isOwn));
    } else {
      const hooks = await site.serverHooks();
      if (hooks === null) return false;
      await site.removeServerHooks(hooks.filter(isOwn));
    }
    return true;
  });
}

async function removeOfApp(calls: AppHookCalls, url: string): Promise<boolean> {
  return await whereAllowed(async () => {
    await removeAppHooks(calls, url);
    return true;
  });
}

/** One for each project: its address says which, and Jira keeps what follows a question mark. */
function addressOf(work: Work, url: string): string {
  return url + suffixOf(work);
}

function suffixOf({ projectId }: Work): string {
  return `?project=${projectId}`;
}

async function whereAllowed(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, PERMISSION_MISSING, NOT_TAKEN, "http_404")) return false;
    throw error;
  }
}

const PayloadSchema = v.looseObject({
  issue: v.looseObject({
    self: v.string(),
    id: v.string(),
    fields: v.looseObject({ project: v.looseObject({ self: v.string(), id: v.string() }) }),
  }),
  changelog: v.nullish(
    v.looseObject({
      items: v.optional(
        v.array(v.looseObject({ field: v.optional(v.string(), ""), from: v.nullish(v.string()) })),
        [],
      ),
    }),
  ),
});

function hintsIn(body: Uint8Array): { readonly placeId: string; readonly issueId: string }[] {
  const payload = readDelivery(PayloadSchema, body);
  if (payload === null) return [];
  const { issue: { id: issueId, fields: { project } }, changelog } = payload;
  const places = new Set([placeId(project.self, project.id)]);
  // An issue that was moved is gone from the project that it was in.
  for (const { field, from } of changelog?.items ?? []) {
    if (field.toLowerCase() === "project" && from != null) {
      places.add(placeId(siteOf(project.self), from));
    }
  }
  return [...places].map((placeId) => ({ placeId, issueId }));
}
