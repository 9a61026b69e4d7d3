import type { Hono } from "hono";
import * as v from "valibot";
import { ERROR_CODES, type ErrorCode } from "../../contract/errors.ts";
import { HostedProviderSchema } from "../../contract/routing.ts";
import { mappingByRef, type MappingState, setMappingState } from "../store/bindings.ts";
import { decideDevice } from "../accounts/device_flow.ts";
import { addDevReadRoutes } from "./inspect.ts";
import { type Host, type HostEnv, sendJson } from "../http/context.ts";
import { FAILURE_BODIES, type Levers, restingLevers } from "../http/levers.ts";
import { parseRequest, Refusal } from "../http/http_error.ts";
import { readJson } from "../http/body.ts";
import { findResource, requireInstallation } from "../store/resources.ts";
import { text } from "../store/row.ts";
import { seedIssues } from "./seed.ts";
import { ensureTeam, linkUser } from "../store/users.ts";

/** Adds the levers' paths under `/dev/`: development only, for this machine only, never for a web page. */
export function addDevRoutes(app: Hono<HostEnv>, host: Host, levers: Levers): void {
  const { data } = host;
  app.use("/dev/*", async (call, next) => {
    const isLocal = /^(127\.|::1$|::ffff:127\.)/.test(call.env.remoteAddress);
    // A page whose name was rebound to this machine sends no Origin with a GET, but its own name as Host.
    const { hostname } = new URL(call.req.url);
    const fromPage = call.req.header("origin") !== undefined || !LOCAL_NAMES.includes(hostname);
    if (!isLocal || fromPage) {
      throw new Refusal({ code: "validation_error", status: 404, message: "No such call" });
    }
    await next();
  });
  addDevReadRoutes(app, host, levers);

  app.post("/dev/levers", async (call) => {
    const { value } = await readJson(call);
    Object.assign(levers, present(parseRequest(LeversSchema, value)));
    return sendJson({ ok: true });
  });
  app.post("/dev/reset", () => {
    Object.assign(levers, restingLevers());
    return sendJson({ ok: true });
  });
  app.post("/dev/fail", async (call) => {
    const plan = parseRequest(FailSchema, (await readJson(call)).value);
    const status = plan.status ??
      (plan.error_code === undefined ? 500 : ERROR_CODES[plan.error_code].status);
    levers.failures.push({
      times: plan.times,
      status,
      errorCode: plan.error_code ?? null,
      body: plan.body,
      path: plan.path,
      after: plan.after,
      retryAfter: plan.retry_after_seconds ?? null,
      retryAfterHeader: plan.retry_after_header ?? null,
      oldWord: plan.old_word,
    });
    return sendJson({ ok: true });
  });

  app.post(
    "/dev/expire-access",
    () => sendJson({ expired: data.run("UPDATE access_tokens SET expires_at = ?", data.now()) }),
  );
  app.post(
    "/dev/revoke-sessions",
    () => sendJson({ revoked: data.run("UPDATE token_families SET revoked_at = ?", data.now()) }),
  );
  app.post("/dev/device", async (call) => {
    const { user_code, decision } = parseRequest(DeviceSchema, (await readJson(call)).value);
    const user = data.one("SELECT id FROM users ORDER BY id LIMIT 1");
    const userId = decision === "approve" && user !== null ? text(user, "id") : null;
    return sendJson({ decided: decideDevice(data, user_code, userId) });
  });

  app.post("/dev/mapping-state", async (call) => {
    const { binding_ref, state } = parseRequest(StateSchema, (await readJson(call)).value);
    return sendJson({ changed: setMappingState(data, binding_ref, state) });
  });
  app.post("/dev/mappings", async (call) => {
    const wanted = parseRequest(MappingSchema, (await readJson(call)).value);
    const resource = findResource(data, wanted.provider, wanted.resource);
    if (resource === null) throw unknownResource(wanted.resource);
    const bindingRef = data.newId("srm");
    data.run(
      `INSERT INTO mappings (binding_ref, installation_id, resource_id, project_uuid, project_slug,
         state, bound_at) VALUES (?, ?, ?, ?, ?, 'active', ?)`,
      bindingRef,
      resource.installationId,
      resource.id,
      wanted.project_uuid ?? data.platform.random.uuid(),
      wanted.project_slug,
      data.now(),
    );
    return sendJson({ binding_ref: mappingByRef(data, bindingRef)?.bindingRef ?? null });
  });
  app.post("/dev/disconnect", async (call) => {
    const { provider, what } = parseRequest(DisconnectSchema, (await readJson(call)).value);
    const installation = requireInstallation(data, ensureTeam(data).id, provider);
    const table = what === "user_link" ? "user_links" : what;
    const column = what === "installations" ? "id" : "installation_id";
    const removed = data.run(`DELETE FROM ${table} WHERE ${column} = ?`, installation.id);
    return sendJson({ removed });
  });
  app.post("/dev/link", async (call) => {
    const { provider } = parseRequest(LinkSchema, (await readJson(call)).value);
    const installation = requireInstallation(data, ensureTeam(data).id, provider);
    for (const row of data.all("SELECT id FROM users")) {
      linkUser(data, installation.id, text(row, "id"));
    }
    return sendJson({ ok: true });
  });
  app.post("/dev/snapshot-routes", async (call) => {
    const route = parseRequest(SnapshotRouteSchema, (await readJson(call)).value);
    data.run(
      `INSERT INTO snapshot_routes (team_id, provider, workspace, resource_type, resource_id)
       VALUES (?, ?, ?, ?, ?)`,
      ensureTeam(data).id,
      route.provider,
      route.workspace,
      route.external_resource_type ?? null,
      route.external_resource_id ?? null,
    );
    return sendJson({ ok: true });
  });
  app.post("/dev/seed", async (call) => {
    const wanted = parseRequest(SeedSchema, (await readJson(call)).value);
    const resource = findResource(data, wanted.provider, wanted.resource);
    if (resource === null) throw unknownResource(wanted.resource);
    return sendJson({ added: seedIssues(data, { resource, count: wanted.count }) });
  });
}

const LOCAL_NAMES: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

function unknownResource(name: string): Refusal {
  return new Refusal({ code: "validation_error", message: `No resource "${name}"` });
}

/** The levers that a request names; the others stay as they are. */
function present(
  wanted: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined)
      .map((
        [name, value],
      ) => [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), value]),
  );
}

const CODES = Object.keys(ERROR_CODES);
const Milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const LeversSchema = v.strictObject({
  delay_ms: v.optional(Milliseconds),
  accept_above: v.optional(v.nullable(v.pipe(v.number(), v.integer()))),
  operation_delay_ms: v.optional(Milliseconds),
  device_decision: v.optional(v.nullable(v.picklist(["approve", "deny"]))),
  device_interval: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  device_expires_in: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  denied_projects: v.optional(v.array(v.string())),
  details_form: v.optional(v.picklist(["list", "json", "text"])),
  rejected_types: v.optional(v.array(v.string())),
});

const FailSchema = v.strictObject({
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599))),
  error_code: v.optional(v.custom<ErrorCode>(
    (value) => typeof value === "string" && CODES.includes(value),
    "must be an error code",
  )),
  body: v.optional(v.picklist(FAILURE_BODIES), "envelope"),
  path: v.optional(v.string(), ""),
  after: v.optional(v.boolean(), false),
  retry_after_seconds: v.optional(v.number()),
  retry_after_header: v.optional(v.number()),
  old_word: v.optional(v.boolean(), false),
});

const DeviceSchema = v.strictObject({
  user_code: v.string(),
  decision: v.picklist(["approve", "deny"]),
});

const StateSchema: v.GenericSchema<unknown, { binding_ref: string; state: MappingState }> = v
  .strictObject({
    binding_ref: v.string(),
    state: v.picklist(["active", "disabled", "deleted"]),
  });

const MappingSchema = v.strictObject({
  provider: HostedProviderSchema,
  resource: v.string(),
  project_slug: v.string(),
  project_uuid: v.optional(v.string()),
});

const DisconnectSchema = v.strictObject({
  provider: HostedProviderSchema,
  what: v.picklist(["installations", "resources", "user_link"]),
});

const LinkSchema = v.strictObject({ provider: HostedProviderSchema });

const SnapshotRouteSchema = v.strictObject({
  provider: v.string(),
  workspace: v.string(),
  external_resource_type: v.optional(v.string()),
  external_resource_id: v.optional(v.string()),
});

const SeedSchema = v.strictObject({
  provider: HostedProviderSchema,
  resource: v.string(),
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
});
