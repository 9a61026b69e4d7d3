import type { Hono } from "hono";
import { isJsonObject } from "../../contract/field.ts";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import { PullRequestSchema, RunRequestSchema } from "../../contract/requests.ts";
import { mergeJson } from "../../contract/splice_json.ts";
import { type Route, routeCall } from "../bindings/route.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { requireCaller } from "../http/auth.ts";
import { type JsonBody, readJson } from "../http/body.ts";
import {
  type Answer,
  at,
  type Call,
  type Host,
  type HostEnv,
  send,
  sendBytes,
} from "../http/context.ts";
import { parseRequest } from "../http/http_error.ts";
import { answerOnce, inProgress } from "../http/idempotency.ts";
import { acceptPush } from "../jobs/accept_push.ts";
import { notedItems } from "../jobs/noted_items.ts";
import { operationJson, type OperationRequest, storeOperation } from "../jobs/operations.ts";
import { readPush } from "../http/push_request.ts";
import { hostError } from "../model/host_error.ts";
import type { Caller } from "../model/user.ts";
import type { KeyedWrite } from "../store/idempotency.ts";
import { identityAt } from "../store/installations.ts";
import { connectionOf, countWaitingOf } from "../store/outbox.ts";
import { applyPush } from "../sync/apply_push.ts";
import { cycleWork, runCycle } from "../sync/full_cycle.ts";
import { pullPage } from "../sync/pull_page.ts";

/** More issues than this in a full cycle are worked on after the answer. */
const ACCEPT_RUN_ABOVE = 20;

/** More items than this in a push are worked on after the answer. */
const ACCEPT_PUSH_ABOVE = 500;

/** Characters of a pull's body whose answer is remembered: a cursor and filters are far shorter. */
const LONGEST_QUESTION = 2_000;

/** Adds pull, push, run and operation (wire.md, Tracker calls). */
export function addSyncRoutes(app: Hono<HostEnv>, host: Host): void {
  app.post(at(TRACKER_PATHS.pull), async (call) => {
    const caller = await requireCaller(host, call);
    const { value, text } = await readJson(call);
    refuseCredentials(value);
    const { context, remembered } = host;
    // What was written while the body arrived counts.
    const version = await context.store.version();
    const read = async () => {
      const request = parseRequest(PullRequestSchema, value);
      const { provider, binding_ref, project_slug } = request;
      const place = [caller.user.id, caller.team.id, provider, binding_ref, project_slug];
      const routing = async () => {
        const route = await routeCall(context, caller, request);
        const identity = await identityAt(context.store, route.installation, caller.user.id);
        return { route, identity };
      };
      const question = { key: JSON.stringify(place), version };
      const routed = await remembered.routes.read(context.store, question, routing);
      // Of a store that does not tell its state, nothing is known for sure: older data may come in its place.
      if (version === null) remembered.kept.forget();
      const kept = version === null ? null : remembered.kept;
      return await pullPage(context, { ...routed, kept, version }, request);
    };
    if (text.length > LONGEST_QUESTION) return sendBytes(await read());
    const key = JSON.stringify([caller.user.id, caller.team.id, text.toString()]);
    const question = { key, version };
    return sendBytes(await remembered.pages.read(context.store, question, read));
  });

  app.post(at(TRACKER_PATHS.push), async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call);
    const pushed = await readPush(host.platform.clock, body.value);
    return await answerWrite(host, call, { caller, body, isLong: false }, async (context) => {
      const request = pushed();
      const route = await routeCall(context, caller, request);
      const { items } = request;
      if (await connectionOf(context.store, route.resource.id) !== null) {
        const { resource, mapping: { bindingRef } } = route;
        const accept = async () => {
          const noted = await notedItems(context, resource.id, caller.user.id, items);
          return await acceptPush(context, caller, { resource, bindingRef, items: noted });
        };
        return { route, accept };
      }
      return {
        route,
        later: isLater(host, call, items.length, ACCEPT_PUSH_ABOVE),
        operation: { kind: "push", items },
        now: async () => {
          const { resource, installation } = route;
          const noted = await notedItems(context, resource.id, caller.user.id, items);
          const result = await applyPush(context, resource, noted);
          if (result === null) return null;
          const identity_path = await identityAt(context.store, installation, caller.user.id);
          return JSON.stringify({ ...result, identity_path });
        },
      };
    });
  });

  app.post(at(TRACKER_PATHS.run), async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call);
    return await answerWrite(host, call, { caller, body, isLong: true }, async (context) => {
      const request = parseRequest(RunRequestSchema, body.value);
      const route = await routeCall(context, caller, request);
      const { pull_first, limit } = request;
      const work = await cycleWork(context, route.mapping, request);
      const waits = await countWaitingOf(context.store, route.resource.id, context.now()) > 0;
      return {
        route,
        later: waits || isLater(host, call, work, ACCEPT_RUN_ABOVE),
        operation: { kind: "run", pull_first, limit },
        now: () =>
          runCycle(context, route.mapping, route.resource, caller.user.id, {
            ...request,
            waitingSince: null,
          }),
      };
    });
  });

  app.get(`${TRACKER_PATHS.operations}:id`, async (call) => {
    const caller = await requireCaller(host, call);
    const json = await operationJson(host.context, caller, call.req.param("id"));
    return send({ status: 200, json });
  });
}

/** Ends the transaction of a write that turned out to be more than one answer may take. */
class TooMuchForAnAnswer extends Error {}

/** A write to a provider: it is stored, and delivered later. */
interface DeliveredWrite {
  readonly route: Route;
  /** Stores it; returns the id of its operation, or `null` when there is no provider any more. */
  readonly accept: () => Promise<string | null>;
}

/** A write that can be done at once or later. */
interface Write {
  readonly route: Route;
  readonly later: boolean;
  readonly operation: OperationRequest;
  /** Does it; `null` when it is too much for one answer. */
  readonly now: () => Promise<string | null>;
}

async function answerWrite(
  host: Host,
  call: Call,
  { caller, body, isLong }: {
    readonly caller: Caller;
    readonly body: JsonBody;
    /** Whether a short body may ask for long work. */
    readonly isLong: boolean;
  },
  prepare: (context: TransactionContext) => Promise<Write | DeliveredWrite>,
): Promise<Response> {
  refuseCredentials(body.value);
  const store = async (
    context: TransactionContext,
    { route, operation }: Write,
    key?: KeyedWrite,
  ): Promise<Answer> => {
    const { bindingRef } = route.mapping;
    const keyed = { ...operation, key };
    return accepted(await storeOperation(context, caller, bindingRef, keyed), route);
  };
  const accept = async (context: TransactionContext, key: KeyedWrite) => {
    const write = await prepare(context);
    // What goes to a provider is only stored by its call, which is soon over.
    if ("accept" in write) throw inProgress();
    return await store(context, write, key);
  };
  const answer = (isTooMuch: boolean) =>
    answerOnce(host, call, caller, body, async (context): Promise<Answer> => {
      let write = await prepare(context);
      while ("accept" in write) {
        const id = await write.accept();
        if (id !== null) return accepted(id, write.route);
        // The transaction holds the resource by now: the work is this host's own, and stays so.
        write = await prepare(context);
      }
      if (write.later || isTooMuch) return await store(context, write);
      const json = await write.now();
      if (json === null) throw new TooMuchForAnAnswer();
      return { status: 200, json: beside(json, write.route) };
    }, { accept, isLong });
  return await answer(false).catch((error: unknown) => {
    if (error instanceof TooMuchForAnAnswer) return answer(true);
    throw error;
  });
}

function accepted(operation_id: string, route: Route): Answer {
  const json = JSON.stringify({ operation_id, status: "pending", ...route.upgrade });
  return { status: 202, json };
}

function isLater(host: Host, call: Call, work: number, usual: number): boolean {
  const prefers = (call.req.header("prefer") ?? "").toLowerCase();
  return prefers.includes("respond-async") || work > (host.levers?.acceptAbove ?? usual);
}

/** Puts the resolved binding beside a payload. */
function beside(json: string, route: Route): string {
  return mergeJson(json, JSON.stringify(route.upgrade));
}

/** Clients of the direct-connector time sent the provider's credentials along. */
function refuseCredentials(value: unknown): void {
  if (!isJsonObject(value) || !("credentials" in value || "credential" in value)) return;
  throw hostError(
    "legacy_flow_forbidden",
    "This host takes no provider credentials. Update the client, and connect the provider in the dashboard.",
  );
}
