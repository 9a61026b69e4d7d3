import assert from "node:assert/strict";
import type * as v from "valibot";
import {
  DeviceAuthorizationSchema,
  DeviceTokenSchema,
  MeSchema,
  RevokeResultSchema,
  TokenResponseSchema,
} from "../../src/contract/auth.ts";
import { CommentsResultSchema, IssueCommentSchema } from "../../src/contract/comments.ts";
import {
  BindResultSchema,
  ResolutionResultSchema,
  ResourcesResultSchema,
  ValidationResultSchema,
} from "../../src/contract/discovery.ts";
import { parseErrorEnvelope } from "../../src/contract/errors.ts";
import { EventBatchResponseSchema } from "../../src/contract/events.ts";
import { parseWith } from "../../src/contract/parse.ts";
import { ENDPOINTS, type Operation } from "../../src/contract/paths.ts";
import {
  HealthResultSchema,
  InstallationStatusResultSchema,
  MappingsResultSchema,
  OperationAcceptedSchema,
  OperationResultSchema,
  PullResultSchema,
  PushResultSchema,
  RunResultSchema,
  StatusResultSchema,
} from "../../src/contract/results.ts";
import { BindOriginResultSchema, IssueSearchResultSchema } from "../../src/contract/search.ts";
import { SnapshotReceiptSchema } from "../../src/contract/snapshots.ts";
import { DEMO, type HostContext, openHost, type SocketlessHost } from "../../src/server/mod.ts";
import type { LogForm } from "../../src/server/http/request_log.ts";
import { addUserUnchecked } from "../../src/server/accounts/users.ts";
import type { RateLimit } from "../../src/server/mod.ts";
import type { Remotes } from "../../src/providers/mod.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import type { Connectable } from "../../src/providers/mod.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { compile, object, operations, resolve } from "../contract/openapi_document.ts";
import { isOnPostgres, openedHostData, temporaryHostData } from "../support/host_data.ts";
import { type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

/** An answer, read and checked against the contract. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** The value at a dotted path, such as `candidates.0.display_label`; `undefined` when there is none. */
  at(path: string): unknown;
  /** The text at a dotted path; fails when it is none. */
  text(path: string): string;
  /** The list at a dotted path; fails when it is none. */
  list(path: string): readonly unknown[];
}

/** A host without a socket, and one signed-in user of it. */
export interface TestHost {
  readonly platform: TestPlatform;
  /** What the host works in. */
  readonly context: HostContext;
  /** Its database, to look into it. */
  readonly store: HostStore;
  readonly host: SocketlessHost;
  /** The headers of the signed-in user. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sends a request as the signed-in user; each answer is checked against the contract. */
  call(method: string, path: string, body?: unknown, headers?: HeaderMap): Promise<Answered>;
  /** Sends a request without any header of its own. */
  raw(request: Request, remoteAddress?: string): Promise<Response>;
  /** Makes another user's caller. */
  as(username: string, password: string, team: string): Promise<TestHost>;
  /** Binds a project to a resource named by its label. */
  bind(provider: string, label: string, slug?: string): Promise<string>;
  /** Waits for an operation to end. */
  ended(operationId: string): Promise<Answered>;
}

/** Headers by name; `null` leaves one out. */
export type HeaderMap = Readonly<Record<string, string | null>>;

/** How to open a test host. */
export interface TestHostOptions {
  readonly dev?: boolean;
  readonly dataDir?: string;
  readonly rateLimit?: RateLimit;
  readonly trustedProxies?: readonly string[];
  readonly providers?: Remotes;
  readonly log?: LogForm;
  readonly publicUrl?: string;
  readonly connectable?: Connectable;
}

/** A project's identity. */
export function identity(slug: string, more: Record<string, unknown> = {}): {
  uuid: string;
  slug: string;
  node_id: string;
  repo_slug: string | null;
} {
  return { uuid: uuidOf(slug), slug, node_id: "a1b2c3d4e5f6", repo_slug: null, ...more };
}

/** A version 4 UUID that belongs to a name. */
export function uuidOf(name: string): string {
  const hex = Array.from(name, (char) => char.charCodeAt(0).toString(16)).join("")
    .padEnd(32, "0").slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${
    hex.slice(20)
  }`;
}

/** Runs `test` with a fresh development host and closes it. */
export async function withHost(
  test: (host: TestHost) => Promise<void>,
  options: TestHostOptions = {},
): Promise<void> {
  const opened = await openTestHost(options);
  try {
    await test(opened);
  } finally {
    await opened.host.close();
  }
}

/**
 * Opens a host and signs the demo user in, once the host has done what it does after its start: its tidying would come
 * between two steps of a test on a slow machine, and its pauses would move the clock of the test.
 */
export async function openTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  // Tokens of two hosts on the same data must differ.
  const platform = { ...testPlatform("/nowhere"), random: systemRandom() };
  const common = {
    platform,
    ...(options.providers === undefined ? {} : { providers: options.providers }),
    ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
    ...(options.connectable === undefined ? {} : { connectable: options.connectable }),
  };
  const { dev = true } = options;
  const host = options.dataDir === undefined
    ? await openHost({ ...common, dev, context: await temporaryHostData(platform, dev) })
    : await openHost({ ...common, dev, ...await located(platform, options.dataDir) });
  await host.worker.idle();
  if (options.dev === false) {
    await addUserUnchecked(host.context, {
      username: DEMO.username,
      password: DEMO.password,
      team: DEMO.team,
    });
  }
  return await signedIn(platform, host, DEMO.username, DEMO.password, DEMO.team);
}

/** Data that a host opens itself, but for a database whose time is the platform's. */
async function located(platform: TestPlatform, dataDir: string) {
  return isOnPostgres() ? { context: await openedHostData(platform, dataDir) } : { dataDir };
}

/** Signs a user of a host in. */
export async function signedIn(
  platform: TestPlatform,
  host: SocketlessHost,
  username: string,
  password: string,
  team: string,
): Promise<TestHost> {
  const raw = (request: Request, remoteAddress = "127.0.0.1") =>
    host.handle(request, { remoteAddress });
  const send = async (method: string, path: string, body: unknown, headers: HeaderMap) => {
    const sent = new Headers();
    for (const [name, value] of Object.entries(headers)) if (value !== null) sent.set(name, value);
    const init = { method, headers: sent };
    const url = `http://127.0.0.1:8080${path}`;
    const request = body === undefined
      ? new Request(url, init)
      : new Request(url, { ...init, body: bodyOf(body) });
    return await checked(method, path, await raw(request));
  };
  const login = await send("POST", "/api/v1/token/", { username, password }, {});
  assert.equal(login.status, 200);
  const base = { authorization: `Bearer ${login.text("access")}`, "x-team-slug": team };
  let keys = 0;
  const self: TestHost = {
    platform,
    context: host.context,
    store: host.context.store,
    host,
    headers: base,
    raw,
    call(method, path, body, headers = {}) {
      keys += 1;
      const key = `key-${username}-${keys}-0000`;
      const all = { "idempotency-key": key, ...base, ...headers };
      return send(method, path, body, all);
    },
    as: (name, word, slug) => signedIn(platform, host, name, word, slug),
    async bind(provider, label, slug = "my-app") {
      const listed = await self.call("GET", `/api/v1/tracker/resources/?provider=${provider}`);
      const index = listed.list("resources").findIndex((one) =>
        valueAt(one, "display_label") === label
      );
      const confirmed = await self.call("POST", "/api/v1/tracker/bind-confirm/", {
        provider,
        candidate_token: listed.text(`resources.${index}.candidate_token`),
        project_identity: identity(slug),
      });
      assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
      return confirmed.text("binding_ref");
    },
    async ended(operationId) {
      // A database that is a server of its own works in its own time.
      return await until(async () => {
        const state = await self.call("GET", `/api/v1/tracker/operations/${operationId}/`);
        return ["completed", "failed"].includes(state.text("status")) ? state : null;
      }, isOnPostgres() ? 20 : 0);
    },
  };
  return self;
}

/** The value at a dotted path inside a value. */
export function valueAt(value: unknown, path: string): unknown {
  let inner = value;
  for (const step of path.split(".")) {
    if (typeof inner !== "object" || inner === null) return undefined;
    inner = Reflect.get(inner, step);
  }
  return inner;
}

function bodyOf(body: unknown): BodyInit {
  if (typeof body === "string" || body instanceof URLSearchParams) return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

const SCHEMAS: Readonly<Record<Operation, v.GenericSchema<unknown, unknown>>> = {
  token: TokenResponseSchema,
  refresh: TokenResponseSchema,
  device: DeviceAuthorizationSchema,
  deviceToken: DeviceTokenSchema,
  me: MeSchema,
  revoke: RevokeResultSchema,
  status: StatusResultSchema,
  mappings: MappingsResultSchema,
  pull: PullResultSchema,
  push: PushResultSchema,
  run: RunResultSchema,
  operation: OperationResultSchema,
  health: HealthResultSchema,
  resources: ResourcesResultSchema,
  resolve: ResolutionResultSchema,
  confirm: BindResultSchema,
  validate: ValidationResultSchema,
  search: IssueSearchResultSchema,
  bindOrigin: BindOriginResultSchema,
  listComments: CommentsResultSchema,
  addComment: IssueCommentSchema,
  eventsBatch: EventBatchResponseSchema,
  snapshots: SnapshotReceiptSchema,
};

/** What the OpenAPI document says of every answer: schemas by operation and status. */
const DOCUMENTED = new Map(
  operations().map(({ operation, definition }) => [
    operation,
    new Map(
      Object.entries(object(definition["responses"])).map(([status, response]) => {
        const media = object(object(resolve(response)["content"])["application/json"]);
        return [status, compile(object(media["schema"]))] as const;
      }),
    ),
  ]),
);

/** The host answers nothing that the document does not know. Made-up failures are no answers of its own. */
function assertDocumented(
  operation: string,
  path: string,
  response: Response,
  body: unknown,
): void {
  if (response.status >= 500) return;
  const fits = DOCUMENTED.get(operation)?.get(String(response.status));
  assert.ok(fits !== undefined, `${path}: the document has no ${response.status}`);
  assert.ok(fits(body), `${path}: not as documented: ${JSON.stringify(body).slice(0, 500)}`);
}

/** Reads an answer; every one of the contract's calls is held against the contract. */
async function checked(method: string, path: string, response: Response): Promise<Answered> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  let body: unknown = text;
  if (isJson) {
    try {
      body = JSON.parse(text);
    } catch {
      body = text;
    }
  }
  const url = new URL(path, "http://127.0.0.1");
  const endpoint = ENDPOINTS.find((known) =>
    known.method === method &&
    new RegExp(`^${known.path.replace(/\/$/, "").replace("{id}", "[^/]+")}/?$`).test(url.pathname)
  );
  if (endpoint !== undefined) assertDocumented(endpoint.operation, path, response, body);
  if (endpoint !== undefined && isJson && typeof body !== "string") {
    if (response.ok) {
      const isInstallation = endpoint.operation === "status" &&
        !url.searchParams.has("binding_ref") && !url.searchParams.has("project_slug");
      const schema = response.status === 202
        ? OperationAcceptedSchema
        : isInstallation
        ? InstallationStatusResultSchema
        : SCHEMAS[endpoint.operation];
      const parsed = parseWith(schema, body);
      assert.ok(parsed.ok, `${path}: ${JSON.stringify(parsed)} ${text.slice(0, 500)}`);
    } else if (url.pathname.startsWith("/api/") && endpoint.operation !== "eventsBatch") {
      const envelope = parseErrorEnvelope(body);
      assert.ok(envelope !== null, `${path}: not an envelope: ${text.slice(0, 500)}`);
      assert.equal(envelope.http_status, response.status);
    }
  }
  const at = (place: string) => valueAt(body, place);
  return {
    status: response.status,
    headers: response.headers,
    body,
    at,
    text(place) {
      const value = at(place);
      if (typeof value !== "string") throw new Error(`No text at "${place}" in ${text}`);
      return value;
    },
    list(place) {
      const value = at(place);
      if (!Array.isArray(value)) throw new Error(`No list at "${place}" in ${text}`);
      return value;
    },
  };
}
