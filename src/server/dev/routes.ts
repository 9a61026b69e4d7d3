import type { Hono } from "hono";
import * as v from "valibot";
import { ERROR_CODES, type ErrorCode } from "../../contract/errors.ts";
import { HostedProviderSchema } from "../../contract/routing.ts";
import { decideDevice } from "../accounts/device_flow.ts";
import { ensureTeam } from "../accounts/users.ts";
import { requireInstallation } from "../bindings/resources.ts";
import { inTransaction } from "../context/host_context.ts";
import { readJson } from "../http/body.ts";
import { type Host, type HostEnv, sendJson } from "../http/context.ts";
import { HttpError, parseRequest } from "../http/http_error.ts";
import { FAILURE_BODIES, type Levers, restingLevers } from "../http/levers.ts";
import type { MappingState } from "../model/binding.ts";
import { insertMapping, setMappingState } from "../store/bindings.ts";
import { disconnect, expireAccessTokens, revokeSessions, userIds } from "../store/development.ts";
import { linkUser } from "../store/installations.ts";
import { insertSnapshotRoute } from "../store/snapshots.ts";
import { firstUser } from "../store/users.ts";
import { addDevReadRoutes } from "./inspect.ts";
import { addIssueLevers, requireResource } from "./issue_levers.ts";
import { seedIssues } from "./seed.ts";

/** Adds the levers' paths under `/dev/`: development only, for this machine only, never for a web page. */
export function addDevRoutes(app: Hono<HostEnv>, host: Host, levers: Levers): void {
  const { context } = host;
  const { store } = context;
  app.use("/dev/*", async (call, next) => {
    const isLocal = /^(127\.|::1$|::ffff:127\.)/.test(call.env.remoteAddress);
    // A page whose name was rebound to this machine sends no Origin with a GET, but its own name as Host.
    const { hostname } = new URL(call.req.url);
    const fromPage = call.req.header("origin") !== undefined || !LOCAL_NAMES.includes(hostname);
    if (!isLocal || fromPage) {
      throw new HttpError({ code: "validation_error", status: 404, message: "No such call" });
    }
    await next();
  });
  addDevReadRoutes(app, host, levers);
  addIssueLevers(app, host);

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
    async () => sendJson({ expired: await expireAccessTokens(store, context.now()) }),
  );
  app.post(
    "/dev/revoke-sessions",
    async () => sendJson({ revoked: await revokeSessions(store, context.now()) }),
  );
  app.post("/dev/device", async (call) => {
    const { user_code, decision } = parseRequest(DeviceSchema, (await readJson(call)).value);
    const approver = decision === "approve" ? await firstUser(store) : null;
    const outcome = await decideDevice(context, user_code, approver);
    return sendJson({ decided: outcome === "decided" });
  });

  app.post("/dev/mapping-state", async (call) => {
    const { binding_ref, state } = parseRequest(StateSchema, (await readJson(call)).value);
    return sendJson({ changed: await setMappingState(store, binding_ref, state) });
  });
  app.post("/dev/mappings", async (call) => {
    const wanted = parseRequest(MappingSchema, (await readJson(call)).value);
    const resource = await requireResource(store, wanted.provider, wanted.resource);
    const mapping = await inTransaction(context, ({ store }) =>
      insertMapping(store, {
        bindingRef: context.newId("srm"),
        installationId: resource.installationId,
        resourceId: resource.id,
        project: {
          uuid: wanted.project_uuid ?? context.platform.random.uuid(),
          slug: wanted.project_slug,
        },
        boundAt: context.now(),
      }));
    return sendJson({ binding_ref: mapping.bindingRef });
  });
  app.post("/dev/disconnect", async (call) => {
    const { provider, what } = parseRequest(DisconnectSchema, (await readJson(call)).value);
    const team = await ensureTeam(context);
    const installation = await requireInstallation(context, team.id, provider);
    return sendJson({ removed: await disconnect(store, installation.id, what) });
  });
  app.post("/dev/link", async (call) => {
    const { provider } = parseRequest(LinkSchema, (await readJson(call)).value);
    const team = await ensureTeam(context);
    const installation = await requireInstallation(context, team.id, provider);
    for (const userId of await userIds(store)) {
      const id = context.newId("lnk");
      await linkUser(store, { id, installationId: installation.id, userId });
    }
    return sendJson({ ok: true });
  });
  app.post("/dev/snapshot-routes", async (call) => {
    const route = parseRequest(SnapshotRouteSchema, (await readJson(call)).value);
    await insertSnapshotRoute(store, {
      teamId: (await ensureTeam(context)).id,
      provider: route.provider,
      workspace: route.workspace,
      resourceType: route.external_resource_type ?? null,
      resourceId: route.external_resource_id ?? null,
    });
    return sendJson({ ok: true });
  });
  app.post("/dev/seed", async (call) => {
    const wanted = parseRequest(SeedSchema, (await readJson(call)).value);
    const resource = await requireResource(store, wanted.provider, wanted.resource);
    return sendJson({ added: await seedIssues(context, { resource, count: wanted.count }) });
  });
}

const LOCAL_NAMES: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/** Returns the levers that a request names; the others stay as they are. */
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
