import { onFreePort } from "../free_port.ts";
import { hmacOf } from "../hmac.ts";
import { type Asked, membersOf, RestStandIn } from "../rest_stand_in.ts";
import { Answers } from "./answers.ts";
import { answerGraph, type Graph } from "./graph.ts";
import { ISSUE_ROUTES } from "./issue_routes.ts";
import { PLACE_ROUTES } from "./place_routes.ts";
import { type Call, FORBIDDEN, notFound, type Paging, type Reply, type Route } from "./reply.ts";
import { type FakeIssue, type FakeProject, FakeState, type FakeToken } from "./state.ts";

const ROUTES: readonly Route[] = [...PLACE_ROUTES, ...ISSUE_ROUTES];

/** The parameters of pages, which all lists take. */
const PAGED = ["page", "per_page"];

const MINUTE_MS = 60_000;

/** Calls that an account may make in a minute. */
const CALLS_A_MINUTE = 2_000;

const GUEST = 10;

/** What a webhook sends. */
export interface FakeDelivery {
  readonly url: string;
  readonly token: string;
  readonly signingToken: string | null;
  /** The same when it is sent again. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: string;
}

/** Returns a delivery as it is sent: by its secret token, and signed by newer servers. */
export async function signed(
  { url, token, signingToken, id, at, body }: FakeDelivery,
): Promise<Request> {
  const time = String(Math.floor(at / 1_000));
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "GitLab/18.0.0",
      "x-gitlab-event": "Issue Hook",
      "x-gitlab-event-uuid": `event-${id}`,
      "x-gitlab-token": token,
      "idempotency-key": id,
      ...(signingToken === null ? {} : {
        "webhook-id": id,
        "webhook-timestamp": time,
        "webhook-signature": `v1,${await signatureOf(signingToken, `${id}.${time}.${body}`)}`,
      }),
    },
    body,
  });
}

/** Returns the signature of a text under a token such as `whsec_…`. */
export async function signatureOf(signingToken: string, text: string): Promise<string> {
  const bytes = Uint8Array.fromBase64(signingToken.replace(/^whsec_/, ""));
  return (await hmacOf(bytes, text)).toBase64();
}

/** A GitLab of a test's own, with state: it knows the calls and the parameters that GitLab describes, and no others. */
export class FakeGitLab extends RestStandIn<FakeDelivery> {
  readonly state = new FakeState();
  /** Milliseconds for which lists do not show a new issue. */
  listLagMs = 0;
  /** Whether an answer says how many are left. */
  counts = true;
  paging: Paging = "cursor";
  graph: Graph = "links";
  /** Whether it signs what webhooks send. */
  signs = true;
  /** Whether the plan has links that block, and several assignees. */
  isPremium = true;

  /** Creates one at an address, by a clock. */
  constructor(base: string, now: () => number) {
    super({ base, now, official: null, limit: { calls: CALLS_A_MINUTE, ms: MINUTE_MS } });
  }

  /** Starts one on a free port of this machine; `stop` ends it. */
  static serve(): { readonly gitlab: FakeGitLab; readonly url: string; stop(): Promise<void> } {
    const { url, stop } = onFreePort((request) => gitlab.handle(request));
    const gitlab = new FakeGitLab(url, Date.now);
    return { gitlab, url, stop };
  }

  /** Changes an issue as its people do: labels alone are no change to GitLab. */
  edit(project: FakeProject, iid: number, fields: Partial<FakeIssue>): void {
    const issue = project.issues.get(iid);
    if (issue === undefined) throw new Error(`No issue #${iid}`);
    Object.assign(issue, fields);
    if (Object.keys(fields).some((name) => name !== "labels")) issue.updatedAt = this.now();
    this.#tell(project, issue, "update");
  }

  /** Moves an issue to another project: it stays where it was, closed. */
  move(project: FakeProject, iid: number, to: FakeProject): void {
    const issue = project.issues.get(iid);
    if (issue === undefined) throw new Error(`No issue #${iid}`);
    const moved = this.state.addIssue(to, { title: issue.title }, this.now());
    this.edit(project, iid, { state: "closed", closedAt: this.now(), movedTo: moved.id });
  }

  /** Closes an issue as a duplicate of another one: the two are linked. */
  duplicate(project: FakeProject, iid: number, of: FakeIssue): void {
    const issue = project.issues.get(iid);
    if (issue === undefined) throw new Error(`No issue #${iid}`);
    // Two issues have one link.
    if (!this.state.linksOf(issue.id).some(({ other }) => other === of.id)) {
      const id = this.state.nextId();
      this.state.links.set(id, { id, source: issue.id, target: of.id, type: "relates_to" });
    }
    this.edit(project, iid, { state: "closed", closedAt: this.now(), duplicateOf: of.id });
  }

  /** Gives a project another path, and forwards from the one before. */
  rename(project: FakeProject, path: string): void {
    this.state.renamed.set(project.path.toLowerCase(), project.id);
    project.path = path;
  }

  protected override isWrite({ method, sent }: Asked): boolean {
    const { query } = membersOf(sent);
    return method !== "GET" && !(typeof query === "string" && query.startsWith("query"));
  }

  protected override async reply(asked: Asked): Promise<Reply> {
    const now = this.now();
    const { request, method, path, url, sent } = asked;
    const token = this.#tokenOf(request);
    if (token === null) return { status: 401, body: { message: "401 Unauthorized" } };
    if (token.isExpired) {
      const error_description =
        "Token is expired. You can either do re-authorization or token refresh.";
      return { status: 401, body: { error: "invalid_token", error_description } };
    }
    if (!this.count()) return { status: 429, body: { message: "Retry later" } };
    const answers = new Answers(this.state, this.base);
    const wrote = (what: string) => void this.writes.push(what);
    if (path === "/oauth/token/info") {
      return { status: 200, body: { scope: token.scopes, expires_in: 7_200 } };
    }
    if (path === "/api/graphql") {
      if (!isInScope(token, "GET")) return insufficient("api read_api");
      return await answerGraph(
        { state: this.state, answers, token, graph: this.graph, wrote },
        sent,
      );
    }
    const below = /^\/api\/v4(\/.*)$/.exec(path)?.[1] ?? "";
    const routed = this.routed(ROUTES, asked, below);
    if (routed === null) return notFound();
    const { route, parts } = routed;
    const isAboutToken = below === "/personal_access_tokens/self";
    if (!isAboutToken && !isInScope(token, method)) return insufficient("api read_api");
    const body = membersOf(sent);
    this.#requireKnown(route, `${method} ${below}`, url.searchParams, body);
    const refusal = this.#place(token, route, below, parts);
    if (refusal !== null) return refusal;
    const call: Call = {
      state: this.state,
      answers,
      token,
      query: url.searchParams,
      url,
      parts,
      body,
      now,
      listLagMs: this.listLagMs,
      paging: this.paging,
      signs: this.signs,
      isPremium: this.isPremium,
      wrote,
      told: (project, issue, action) => this.#tell(project, issue, action),
    };
    return await route.handle(call);
  }

  #tokenOf(request: Request): FakeToken | null {
    const own = request.headers.get("private-token");
    const bearer = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    const token = this.state.tokens.get(own ?? bearer ?? "") ?? null;
    return token !== null && token.isOAuth && own !== null ? null : token;
  }

  #requireKnown(
    { query = [], body = [] }: Route,
    call: string,
    asked: URLSearchParams,
    sent: Readonly<Record<string, unknown>>,
  ): void {
    for (const name of asked.keys()) {
      if ([...query, ...PAGED].includes(name)) continue;
      this.faults.push(`asked ${call}: no query parameter "${name}"`);
    }
    for (const name of Object.keys(sent)) {
      if (!body.includes(name)) this.faults.push(`asked ${call}: no parameter "${name}"`);
    }
  }

  /** Answers for a project that is hidden, or may not be used so; `null` when all is well. */
  #place(token: FakeToken, route: Route, path: string, parts: readonly string[]): Reply | null {
    if (!path.startsWith("/projects/")) return null;
    const project = this.state.find(parts[0] ?? "");
    const role = project?.members.get(token.username) ?? 0;
    if (project === null || role < GUEST) return notFound("Project");
    const isWrite = route.method !== "GET";
    if (role < (route.role ?? GUEST) || isWrite && project.isArchived) return FORBIDDEN;
    return null;
  }

  #tell(project: FakeProject, issue: FakeIssue, action: string): void {
    const body = JSON.stringify(
      new Answers(this.state, this.base).event(project, issue, action),
    );
    for (const { url, token, signingToken } of project.hooks.values()) {
      const id = this.deliveryId();
      this.deliveries.push({ url, token, signingToken, id, at: this.now(), body });
    }
  }

  protected override send({ status, body, headers }: Reply): Response {
    const text = body === undefined ? null : JSON.stringify(body);
    const counted = {
      "ratelimit-name": "throttle_authenticated_api",
      "ratelimit-limit": String(CALLS_A_MINUTE),
      "ratelimit-remaining": String(this.left),
      "ratelimit-reset": String(Math.ceil(this.resetsAt / 1_000)),
    };
    return new Response(text, {
      status,
      headers: {
        ...(text === null ? {} : { "content-type": "application/json" }),
        ...(this.counts ? counted : {}),
        ...headers,
      },
    });
  }
}

function isInScope({ scopes }: FakeToken, method: string): boolean {
  return scopes.includes("api") || scopes.includes("granular") ||
    method === "GET" && scopes.includes("read_api");
}

function insufficient(scope: string): Reply {
  const error_description =
    "The request requires higher privileges than provided by the access token.";
  return { status: 403, body: { error: "insufficient_scope", error_description, scope } };
}
