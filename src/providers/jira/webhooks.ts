import * as v from "valibot";
import { digitsIn, isSignedBy, readDelivery } from "../delivery.ts";
import type { Access, RemotePlace, RemoteWebhooks } from "../remote.ts";
import { hasCode, NOT_TAKEN } from "./faults.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { placeId, siteOf } from "./places.ts";
import type { Work } from "./work.ts";

/** Returns how Jira tells of changes by itself. */
export function jiraWebhooks(at: (access: Access, place: RemotePlace) => Work): RemoteWebhooks {
  return {
    verify: (secret, headers, body) =>
      isSignedBy(secret, digitsIn(headers.get("x-hub-signature")), body),
    read: (headers, body) => ({
      // A server of a team's own may give none; what is sent twice is signed the same.
      deliveryId: headers.get("x-atlassian-webhook-identifier") ??
        headers.get("x-hub-signature") ?? "",
      hints: hintsIn(body),
    }),
    ensure: (access, place, url, secret) => ensure(at(access, place), url, secret),
  };
}

/**
 * An administrator's webhook lasts; it is told its secret at each look, for that cannot be read. An older server of a team's
 * own signs nothing: changes are found there by asking.
 */
async function ensure(
  { calls: { site }, edition, projectId }: Work,
  url: string,
  secret: string,
): Promise<boolean> {
  // One for each project: its address says which, and Jira keeps what follows a question mark.
  const own = { url: `${url}?project=${projectId}`, secret, jql: `project = ${projectId}` };
  try {
    if (edition.name === "cloud") {
      const hooks = await site.hooks();
      if (hooks === null) return false;
      await site.writeHook(hooks.find((hook) => hook.url === own.url) ?? null, own);
    } else {
      const hooks = await site.serverHooks();
      if (hooks === null) return false;
      await site.writeServerHook(hooks.find((hook) => hook.url === own.url) ?? null, own);
    }
    return true;
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
