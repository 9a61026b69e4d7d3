import type { Hono } from "hono";
import { errorEnvelope } from "../../contract/errors.ts";
import { requireSignedIn } from "../http/auth.ts";
import { at, type Host, type HostEnv, sendJson } from "../http/context.ts";

/** Paths at which clients before 3.1 search for tickets and bind origins; the requests are those of today. */
export const OLDER_PATHS = {
  search: "/api/v1/tracker/issues/search/",
  bindOrigin: "/api/v1/tracker/origin/bind/",
} as const;

/**
 * Adds calls of other clients that this host does not offer, each refused in the words that make those
 * clients tell the reason or give up: a bare 404 reads as a wrong team, and is tried again for ever.
 */
export function addOtherClients(app: Hono<HostEnv>, host: Host): void {
  app.post(at("/api/v1/ws-token/"), async (call) => {
    await requireSignedIn(host, call);
    const message = "This host has no live channel; events are taken in batches";
    return sendJson({ ...refusal(403, message), error_description: message }, 403);
  });

  app.post(at("/api/dossier/push-content/"), async (call) => {
    await requireSignedIn(host, call);
    const message = "This host keeps no files of missions";
    return sendJson({ ...refusal(404, message), error: "namespace_not_found" }, 404);
  });
}

function refusal(status: number, message: string): Record<string, unknown> {
  return errorEnvelope({ code: "validation_error", status, message });
}
