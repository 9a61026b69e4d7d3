import { onFreePort } from "../free_port.ts";
import { hmacOf } from "../hmac.ts";
import { type OfficialDescription, officialDescription } from "../official_description.ts";
import { type Asked, membersOf, RestStandIn } from "../rest_stand_in.ts";
import { Answers } from "./answers.ts";
import { ISSUE_ROUTES } from "./issue_routes.ts";
import { PLACE_ROUTES } from "./place_routes.ts";
import { type Call, type Caller, NOT_FOUND, type Reply, type Route } from "./reply.ts";
import { callerOf, installationToken } from "./sign_in.ts";
import { type FakeRepository, FakeState, nameOf } from "./state.ts";

const DESCRIPTION = new URL(
  "../../../../shared/data/providers/github/openapi-issues.json",
  import.meta.url,
);

/** Calls that the description on this machine does not have, and GitHub does. */
const BEYOND_THE_DESCRIPTION = /^\/(user|orgs\/[^/]+|users\/[^/]+)\/repos$/;

const ROUTES: readonly Route[] = [...PLACE_ROUTES, ...ISSUE_ROUTES];

const HOUR_MS = 3_600_000;

/** Calls of an hour. */
const LIMIT = 5_000;

/** What a webhook sends. */
export interface FakeDelivery {
  readonly url: string;
  readonly secret: string;
  readonly event: string;
  /** The same when it is sent again. */
  readonly id: string;
  readonly body: string;
}

/** Returns a delivery as it is sent. */
export async function signed({ url, secret, event, id, body }: FakeDelivery): Promise<Request> {
  const signature = await hmacOf(new TextEncoder().encode(secret), body);
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/test",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${signature.toHex()}`,
    },
    body,
  });
}

/** A GitHub of a test's own, with state: answers only what the official description allows, and only what it allows. */
export class FakeGitHub extends RestStandIn<FakeDelivery> {
  readonly state = new FakeState();
  /** Milliseconds for which lists do not show a new issue. */
  listLagMs = 0;

  private constructor(base: string, now: () => number, official: OfficialDescription | null) {
    super({ base, now, official, limit: { calls: LIMIT, ms: HOUR_MS } });
  }

  /** Starts one at an address, by a clock. */
  static async start(base: string, now: () => number): Promise<FakeGitHub> {
    return new FakeGitHub(base, now, await DESCRIBED);
  }

  /** Starts one on a free port of this machine; `stop` ends it. */
  static async serve(): Promise<
    { readonly github: FakeGitHub; readonly url: string; stop(): Promise<void> }
  > {
    const { url, stop } = onFreePort((request) => github.handle(request));
    const github = await FakeGitHub.start(url, Date.now);
    return { github, url, stop };
  }

  /** Changes an issue as its people do, in a later second. */
  edit(repository: FakeRepository, number: number, fields: Partial<FakeIssueFields>): void {
    const issue = repository.issues.get(number);
    if (issue === undefined) throw new Error(`No issue #${number}`);
    const now = this.now();
    Object.assign(issue, fields, { updatedAt: Math.max(issue.updatedAt, now - now % 1_000) });
    const answers = new Answers(this.state, this.base);
    this.#tell("issues", repository, {
      action: "edited",
      issue: answers.issue(repository, issue),
    });
  }

  /** Moves an issue to another repository, or deletes it with `null`. */
  remove(repository: FakeRepository, number: number, to: FakeRepository | null): void {
    const issue = repository.issues.get(number);
    if (issue === undefined) throw new Error(`No issue #${number}`);
    repository.issues.delete(number);
    const moved = to === null ? null : this.state.addIssue(to, { title: issue.title }, this.now());
    repository.gone.set(number, moved?.id ?? null);
  }

  /** Gives a repository another name, under which it is found from then on. */
  rename(repository: FakeRepository, name: string): void {
    this.state.renamed.set(nameOf(repository).toLowerCase(), repository.id);
    repository.name = name;
  }

  protected override async reply(asked: Asked): Promise<Reply> {
    const now = this.now();
    const { request, path, url, sent } = asked;
    if (/^\/app\/installations\/[^/]+\/access_tokens$/.test(path)) {
      return await installationToken(this.state, request, path, now);
    }
    const caller = callerOf(this.state, request, now);
    if (caller === null) {
      return {
        status: 401,
        body: { message: "Bad credentials", documentation_url: "", status: "401" },
      };
    }
    if (!this.count()) return { status: 403, body: { message: "API rate limit exceeded" } };
    const routed = this.routed(ROUTES, asked);
    if (routed === null) return NOT_FOUND;
    const { route, parts } = routed;
    if (!BEYOND_THE_DESCRIPTION.test(path)) this.requireDescribed(path);
    const elsewhere = this.#place(caller, route, parts, path, url);
    if (elsewhere !== null) return elsewhere;
    const call: Call = {
      state: this.state,
      answers: new Answers(this.state, this.base),
      caller,
      query: url.searchParams,
      url,
      parts,
      body: membersOf(sent),
      now,
      listLagMs: this.listLagMs,
      wrote: (what) => this.writes.push(what),
      told: (event, repository, payload) => this.#tell(event, repository, payload),
    };
    return await route.handle(call);
  }

  protected override isWrite({ method }: Asked): boolean {
    return method !== "GET";
  }

  /** Answers for a repository that is hidden, was renamed, or may not be used so; `null` when all is well. */
  #place(
    { token, app }: Caller,
    { method, needs }: Route,
    parts: readonly string[],
    path: string,
    url: URL,
  ): Reply | null {
    if (!path.startsWith("/repos/")) return null;
    const found = this.state.find(`${parts[0]}/${parts[1]}`);
    if (found === null) return NOT_FOUND;
    const { repository, isNow } = found;
    const reached = app?.repositories ?? token.repositories;
    if (reached !== undefined && !reached.has(repository.id)) return NOT_FOUND;
    if (!isNow) {
      const rest = path.split("/").slice(4).map((part) => `/${part}`).join("");
      const location = `${this.base}/repos/${nameOf(repository)}${rest}${url.search}`;
      const status = method === "GET" ? 301 : 307;
      return { status, body: { message: "Moved Permanently" }, headers: { location } };
    }
    if (!repository.hasIssues && /^\/repos\/[^/]+\/[^/]+\/issues(\/|$)/.test(path)) {
      const message = "Issues has been disabled in this repository.";
      return { status: 410, body: { message, documentation_url: "" } };
    }
    const isWrite = method !== "GET";
    const isAllowed = needs === undefined ||
      (needs === "repository_hooks=write"
        ? token.hooks
        : token.issues === "write" || token.issues === "read" && needs === "issues=read");
    if (!isAllowed) {
      return {
        status: 403,
        body: { message: "Resource not accessible by personal access token" },
        headers: { "x-accepted-github-permissions": needs ?? "" },
      };
    }
    return isWrite && repository.isArchived
      ? { status: 403, body: { message: "Repository was archived so is read-only." } }
      : null;
  }

  #tell(
    event: string,
    repository: FakeRepository,
    payload: Readonly<Record<string, unknown>>,
  ): void {
    for (const hook of repository.hooks.values()) {
      if (!hook.isActive || !hook.events.includes(event)) continue;
      this.deliveries.push({
        url: hook.url,
        secret: hook.secret,
        event,
        id: this.deliveryId(),
        body: JSON.stringify({
          ...payload,
          repository: { id: repository.id, full_name: nameOf(repository) },
        }),
      });
    }
  }

  protected override async send(
    { status, body, headers }: Reply,
    asked: Asked | null,
  ): Promise<Response> {
    const known = asked?.method === "GET" ? asked.request.headers.get("if-none-match") : null;
    const text = body === undefined ? null : JSON.stringify(body);
    const bytes = new TextEncoder().encode(text ?? "");
    const etag = `W/"${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}"`;
    const isKnown = status === 200 && known === etag;
    // What is known already costs nothing.
    if (isKnown) this.left++;
    const all = {
      "x-ratelimit-limit": String(LIMIT),
      "x-ratelimit-remaining": String(this.left),
      "x-ratelimit-reset": String(Math.ceil(this.resetsAt / 1_000)),
      "x-ratelimit-resource": "core",
      ...(status === 200 ? { etag } : {}),
      ...headers,
    };
    return new Response(isKnown || status === 204 ? null : text, {
      status: isKnown ? 304 : status,
      headers: text === null || isKnown ? all : { "content-type": "application/json", ...all },
    });
  }
}

type FakeIssueFields = Parameters<FakeState["addIssue"]>[1];

const DESCRIBED: Promise<OfficialDescription | null> = officialDescription(DESCRIPTION);
