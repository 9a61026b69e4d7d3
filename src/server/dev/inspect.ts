import type { Hono } from "hono";
import { type Host, type HostEnv, sendJson } from "../http/context.ts";
import type { Levers } from "../http/levers.ts";
import { text } from "../store/row.ts";

/** Adds the read API for tests: what the host holds, without secrets. Development only. */
export function addDevReadRoutes(app: Hono<HostEnv>, host: Host, levers: Levers): void {
  const { data } = host;
  const rows = (sql: string) => data.all(sql).map((row) => ({ ...row }));
  const documents = (sql: string): unknown[] =>
    data.all(sql).map((row): unknown => JSON.parse(text(row, "json")));

  app.get("/dev/requests", () => sendJson({ requests: levers.requests }));
  app.delete("/dev/requests", () => {
    levers.requests.length = 0;
    return sendJson({ ok: true });
  });
  app.get(
    "/dev/events",
    () => sendJson({ events: documents("SELECT json FROM events ORDER BY rowid") }),
  );
  app.get("/dev/event-counts", () =>
    sendJson({
      nodes: rows(
        `SELECT node_id, COUNT(*) AS events, COUNT(DISTINCT lamport_clock) AS clocks,
           MAX(lamport_clock) AS last FROM events GROUP BY node_id ORDER BY node_id`,
      ),
    }));
  app.get("/dev/snapshots", () =>
    sendJson({
      snapshots: data.all("SELECT * FROM snapshots ORDER BY receipt_id").map((row) => {
        const body: unknown = JSON.parse(text(row, "json"));
        return { receipt_id: row["receipt_id"], resolution: row["resolution"], body };
      }),
    }));
  app.get("/dev/idempotency", () =>
    sendJson({
      records: rows("SELECT key, path, status FROM idempotency ORDER BY created_at, key"),
    }));
  app.get("/dev/mappings", () => sendJson({ mappings: rows("SELECT * FROM mappings") }));
  app.get(
    "/dev/operations",
    () =>
      sendJson({ operations: rows("SELECT id, binding_ref, state FROM operations ORDER BY id") }),
  );
  app.get(
    "/dev/origins",
    () => sendJson({ origins: documents("SELECT json FROM origin_links ORDER BY id") }),
  );
  app.get(
    "/dev/device-codes",
    () =>
      sendJson({ codes: rows("SELECT user_code, state FROM device_codes ORDER BY expires_at") }),
  );
  app.get("/dev/resources", () =>
    sendJson({
      resources: rows(
        `SELECT r.id, i.provider, r.key, r.label, COUNT(issues.id) AS issues FROM resources r
         JOIN installations i ON i.id = r.installation_id
         LEFT JOIN issues ON issues.resource_id = r.id GROUP BY r.id ORDER BY i.provider, r.label`,
      ),
    }));
}
