import type { Hono } from "hono";
import { type Host, type HostEnv, sendJson } from "../http/context.ts";
import type { Levers } from "../http/levers.ts";
import { shownDocuments, shownRows, shownSnapshots } from "../store/development.ts";

/** Adds the read API for tests: what the host holds, without secrets. Development only. */
export function addDevReadRoutes(app: Hono<HostEnv>, host: Host, levers: Levers): void {
  const { store } = host.context;
  const show = (path: string, name: string, read: () => Promise<readonly unknown[]>) =>
    app.get(`/dev/${path}`, async () => sendJson({ [name]: await read() }));

  app.get("/dev/requests", () => sendJson({ requests: levers.requests }));
  app.delete("/dev/requests", () => {
    levers.requests.length = 0;
    return sendJson({ ok: true });
  });
  show("events", "events", () => shownDocuments(store, "events"));
  show("event-counts", "nodes", () => shownRows(store, "eventCounts"));
  show("snapshots", "snapshots", () => shownSnapshots(store));
  show("idempotency", "records", () => shownRows(store, "idempotency"));
  show("mappings", "mappings", () => shownRows(store, "mappings"));
  show("operations", "operations", () => shownRows(store, "operations"));
  show("origins", "origins", () => shownDocuments(store, "origins"));
  show("device-codes", "codes", () => shownRows(store, "deviceCodes"));
  show("resources", "resources", () => shownRows(store, "resources"));
}
