import {
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  typeFromAST,
  validate,
} from "graphql";
import type { Clock } from "../../../src/platform/clock.ts";
import type { Fetch } from "../../../src/platform/platform.ts";
import { onFreePort } from "../free_port.ts";
import { complexityOf } from "./complexity.ts";
import { type Caller, rootFor } from "./root.ts";
import { internalInput, RULES } from "./schema.ts";
import { type Issue, LinearFailure, uuid, type Workspace, workspace } from "./state.ts";
import { WebhookOutbox } from "./outbox.ts";
import { Writes } from "./writes.ts";

/** Points that one query may cost, as Linear documents it. */
const MAX_COMPLEXITY = 10_000;

const HOUR_MS = 60 * 60_000;

/** A moment at which a test can step in: an operation that is about to have its effect, or has had it. */
export interface LinearMoment {
  /** Such as `CreateIssue`. */
  readonly operation: string;
  readonly isWrite: boolean;
  readonly phase: "before" | "after";
}

/** Linear as tests have it: its state in memory, its answers by its own schema. */
export interface FakeLinear {
  readonly fetch: Fetch;
  readonly workspace: Workspace;
  /** Changes things as Linear's people do. */
  readonly people: Writes & {
    edit(id: string, fields: Parameters<Writes["update"]>[1]): void;
    add(fields: Parameters<Writes["create"]>[0]): Issue;
  };
  /** Who may ask, by the whole header `Authorization`. */
  readonly callers: Map<string, Caller>;
  /** Apps that may have a token of their own: the secret of each. */
  readonly apps: Map<string, string>;
  /** Names of the operations that came, in order. */
  readonly asked: readonly string[];
  /** The writes that had an effect. */
  readonly writes: readonly string[];
  /** Requests that Linear's description does not allow: a test fails when there is one. */
  readonly faults: readonly string[];
  /** Webhooks that are to be sent. */
  readonly outbox: WebhookOutbox;
  /** What is left of the hour. */
  readonly left: { requests: number; complexity: number };
  /** The status of an answer with errors. */
  errorStatus: number;
  /** Steps in at each moment: fails the network by throwing, or answers instead. */
  stepIn: (moment: LinearMoment) => Response | void | Promise<Response | void>;
  /** From now on, lists show issues as they are now; `false` has them catch up. */
  lag(behind: boolean): void;
}

/** The key of a person who is an administrator. */
export const ADMIN_KEY = "lin_api_0123456789abcdef0123456789abcdef";

/** Makes a workspace with teams of these keys. */
export function fakeLinear(
  schema: GraphQLSchema,
  clock: Clock,
  teams: readonly string[] = ["ENG", "OPS"],
): FakeLinear {
  const state = workspace(teams);
  const asked: string[] = [];
  const written: string[] = [];
  const faults: string[] = [];
  const outbox = new WebhookOutbox(schema, state, clock);
  let last = clock.now();
  const now = () => new Date(last = Math.max(last + 1, clock.now())).toISOString();
  const writes = new Writes(state, now);
  const everything = new Set(["read", "write", "admin"]);
  const admin: Caller = { userId: uuid(1, 1), scopes: everything, hiddenTeams: new Set() };
  let frozen: ReadonlyMap<string, Issue> | null = null;
  const resetsAt = clock.now() + HOUR_MS;
  const limits = { requests: 2_500, complexity: 3_000_000 };
  const left = { ...limits };
  let tokens = 0;

  const headers = (): Record<string, string> =>
    Object.fromEntries((["requests", "complexity"] as const).flatMap((name) => [
      [`X-RateLimit-${name}-Limit`, String(limits[name])],
      [`X-RateLimit-${name}-Remaining`, String(left[name])],
      [`X-RateLimit-${name}-Reset`, String(resetsAt)],
    ]));
  const failure = (failed: LinearFailure, status: number, data: unknown = null) =>
    Response.json(
      { errors: [{ message: failed.message, extensions: failed.extensions }], data },
      { status, headers: headers() },
    );
  const wrong = (why: string) => {
    faults.push(why);
    return failure(new LinearFailure("GRAPHQL_VALIDATION_FAILED", "graphql error", why), 400);
  };

  async function graphql(request: Request): Promise<Response> {
    const caller = self.callers.get(request.headers.get("authorization") ?? "");
    if (caller === undefined) {
      const words = "Authentication required, not authenticated";
      return failure(new LinearFailure("AUTHENTICATION_ERROR", "authentication error", words), 401);
    }
    const { query, variables } = await request.json();
    const document = parse(query);
    const [invalid] = validate(schema, document, RULES);
    if (invalid !== undefined) return wrong(invalid.message);
    const hidden = internalOf(schema, document, variables);
    if (hidden !== null) return wrong(`"${hidden}" is internal at Linear`);
    const cost = complexityOf(schema, document, variables);
    if (cost > MAX_COMPLEXITY) return wrong(`Query too complex: ${cost}`);
    if (left.requests < 1 || left.complexity < cost) {
      const words = "Rate limit exceeded";
      return failure(new LinearFailure("RATELIMITED", "ratelimited", words), 400);
    }
    left.requests -= 1;
    left.complexity -= cost;
    const [definition] = document.definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) return wrong("There is no operation");
    const operation = definition.name?.value ?? "";
    const isWrite = definition.operation === "mutation";
    asked.push(operation);
    const instead = await self.stepIn({ operation, isWrite, phase: "before" });
    if (instead instanceof Response) return instead;
    const { hiddenTeams } = caller;
    const rootValue = rootFor({
      seen: { workspace: state, hiddenTeams },
      caller,
      writes,
      listed: () => frozen ?? state.issues,
      wrote: (what) => written.push(what),
      changed: (before, after) => outbox.changed(before, after),
      now,
    });
    const result = await execute({ schema, document, rootValue, variableValues: variables });
    const after = await self.stepIn({ operation, isWrite, phase: "after" });
    if (after instanceof Response) return after;
    const [error] = result.errors ?? [];
    if (error === undefined) return Response.json({ data: result.data }, { headers: headers() });
    return failed(error);
  }

  function failed(error: GraphQLError): Response {
    const { originalError, message } = error;
    if (originalError instanceof LinearFailure) return failure(originalError, self.errorStatus);
    // What the schema does not allow as an input or an answer, and what this stand-in cannot do.
    return wrong(message);
  }

  async function token(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    const client = form.get("client_id") ?? "";
    const isKnown = self.apps.has(client) && self.apps.get(client) === form.get("client_secret");
    if (!isKnown || form.get("grant_type") !== "client_credentials") {
      return Response.json({ error: "invalid_client" }, { status: 400 });
    }
    const access_token = `app-token-${++tokens}`;
    const scopes = new Set((form.get("scope") ?? "").split(","));
    self.callers.set(`Bearer ${access_token}`, { userId: null, scopes, hiddenTeams: new Set() });
    asked.push("token");
    return Response.json({
      access_token,
      token_type: "Bearer",
      expires_in: 30 * 24 * 60 * 60,
      scope: [...scopes].join(" "),
    });
  }

  const self: FakeLinear = {
    workspace: state,
    people: Object.assign(writes, {
      edit(id: string, fields: Parameters<Writes["update"]>[1]) {
        const before = state.issues.get(id) ?? null;
        outbox.changed(before, writes.update(id, fields));
      },
      add(fields: Parameters<Writes["create"]>[0]) {
        const issue = writes.create(fields, uuid(1, 2));
        outbox.changed(null, issue);
        return issue;
      },
    }),
    callers: new Map([[ADMIN_KEY, admin]]),
    apps: new Map(),
    asked,
    writes: written,
    faults,
    outbox,
    left,
    errorStatus: 400,
    stepIn: () => {},
    lag(behind) {
      frozen = behind ? structuredClone(state.issues) : null;
    },
    async fetch(request) {
      request.signal.throwIfAborted();
      const { pathname } = new URL(request.url);
      if (request.method === "POST" && pathname === "/graphql") return await graphql(request);
      if (request.method === "POST" && pathname === "/oauth/token") return await token(request);
      return new Response("Not found", { status: 404 });
    },
  };
  return self;
}

/** Says which internal field of an input a request gives. */
function internalOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): string | null {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, type } of definition.variableDefinitions ?? []) {
      const value = variables[variable.name.value];
      const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
      if (named.kind !== Kind.NAMED_TYPE || typeof value !== "object" || value === null) continue;
      if (typeFromAST(schema, named) === undefined) continue;
      const found = internalInput(schema, named.name.value, value);
      if (found !== null) return found;
    }
  }
  return null;
}

/** Has the workspace answer on this machine, until it is disposed of. */
export function serveLinear(fake: FakeLinear): AsyncDisposable & { readonly url: string } {
  const { url, stop } = onFreePort((request) => fake.fetch(request));
  return { url, [Symbol.asyncDispose]: stop };
}
