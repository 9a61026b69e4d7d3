import type { Fetch } from "../../../src/platform/platform.ts";
import { type OfficialDescription, officialDescription } from "../official_description.ts";
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

/** A moment at which a test can step in: a call that is about to have its effect, or has had it. */
export interface Moment {
  readonly call: string;
  readonly phase: "before" | "after";
}

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
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = (text: string) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(body)));
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
export class FakeGitHub {
  readonly state = new FakeState();
  /** The writes that had an effect, in order. */
  readonly writes: string[] = [];
  /** Each call, as `GET /path`. */
  readonly calls: string[] = [];
  /** What a client asked, or this answered, that the official description does not allow. */
  readonly faults: string[] = [];
  /** What webhooks have sent. */
  readonly deliveries: FakeDelivery[] = [];
  /** Steps in at each moment: what it throws breaks the connection, what it returns is the answer. */
  stepIn: (moment: Moment) => Reply | void | Promise<Reply | void> = () => {};
  /** Milliseconds for which lists do not show a new issue. */
  listLagMs = 0;
  /** Calls that are left in the hour. */
  left = 5_000;
  readonly #base: string;
  readonly #now: () => number;
  readonly #official: OfficialDescription | null;
  #resetsAt: number | null = null;
  #deliveryCount = 0;

  private constructor(base: string, now: () => number, official: OfficialDescription | null) {
    this.#base = base;
    this.#now = now;
    this.#official = official;
  }

  /** Starts one at an address, by a clock. */
  static async start(base: string, now: () => number): Promise<FakeGitHub> {
    return new FakeGitHub(base, now, await DESCRIBED);
  }

  /** Starts one on a free port of this machine; `stop` ends it. */
  static async serve(): Promise<
    { readonly github: FakeGitHub; readonly url: string; stop(): Promise<void> }
  > {
    let github: FakeGitHub | null = null;
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        if (github === null) return new Response(null, { status: 503 });
        return await github.handle(request);
      },
    );
    const url = `http://127.0.0.1:${server.addr.port}`;
    github = await FakeGitHub.start(url, Date.now);
    return { github, url, stop: () => server.shutdown() };
  }

  /** Whether requests and answers are held to the official description. */
  get isHeld(): boolean {
    return this.#official !== null;
  }

  /** Answers as a network. */
  get fetch(): Fetch {
    return (request) => this.handle(request);
  }

  /** Answers a request. */
  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.slice(new URL(this.#base).pathname.replace(/\/$/, "").length);
    const { method } = request;
    const call = `${method} ${path}`;
    this.calls.push(call);
    const text = await request.text();
    const sent: unknown = text === "" ? undefined : JSON.parse(text);
    const fault = this.#official?.requestFault(method, path, url.searchParams, sent) ?? null;
    if (fault !== null) this.faults.push(`asked ${call}: ${fault}`);
    const early = await this.stepIn({ call, phase: "before" });
    if (early !== undefined) return this.#send(early, null);
    const reply = await this.#reply(request, path, url, sent);
    const wrong = this.#official?.answerFault(method, path, reply.status, reply.body) ?? null;
    if (wrong !== null) this.faults.push(`answered ${call}: ${wrong}`);
    const late = await this.stepIn({ call, phase: "after" });
    if (late !== undefined) return this.#send(late, null);
    return this.#send(reply, method === "GET" ? request.headers.get("if-none-match") : null);
  }

  /** Changes an issue as its people do, in a later second. */
  edit(repository: FakeRepository, number: number, fields: Partial<FakeIssueFields>): void {
    const issue = repository.issues.get(number);
    if (issue === undefined) throw new Error(`No issue #${number}`);
    const now = this.#now();
    Object.assign(issue, fields, { updatedAt: Math.max(issue.updatedAt, now - now % 1_000) });
    const answers = new Answers(this.state, this.#base);
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
    const moved = to === null ? null : this.state.addIssue(to, { title: issue.title }, this.#now());
    repository.gone.set(number, moved?.id ?? null);
  }

  /** Gives a repository another name, under which it is found from then on. */
  rename(repository: FakeRepository, name: string): void {
    this.state.renamed.set(nameOf(repository).toLowerCase(), repository.id);
    repository.name = name;
  }

  async #reply(request: Request, path: string, url: URL, sent: unknown): Promise<Reply> {
    const now = this.#now();
    const { method } = request;
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
    this.#resetsAt ??= now + HOUR_MS;
    if (now >= this.#resetsAt) [this.left, this.#resetsAt] = [5_000, now + HOUR_MS];
    if (this.left === 0) return { status: 403, body: { message: "API rate limit exceeded" } };
    this.left--;
    const route = ROUTES.find((one) => one.method === method && one.path.test(path));
    if (route === undefined) {
      this.faults.push(`asked ${method} ${path}: this GitHub has no such call`);
      return NOT_FOUND;
    }
    if (this.#official !== null && !BEYOND_THE_DESCRIPTION.test(path)) this.#requireDescribed(path);
    const parts = (route.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
    const elsewhere = this.#place(caller, route, parts, path, url);
    if (elsewhere !== null) return elsewhere;
    const isObject = typeof sent === "object" && sent !== null;
    const call: Call = {
      state: this.state,
      answers: new Answers(this.state, this.#base),
      caller,
      query: url.searchParams,
      url,
      parts,
      body: isObject ? Object.fromEntries(Object.entries(sent)) : {},
      now,
      listLagMs: this.listLagMs,
      wrote: (what) => this.writes.push(what),
      told: (event, repository, payload) => this.#tell(event, repository, payload),
    };
    return await route.handle(call);
  }

  #requireDescribed(path: string): void {
    if (this.#official?.knows(path) === false) {
      this.faults.push(`asked ${path}: the official description has no such path`);
    }
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
      const location = `${this.#base}/repos/${nameOf(repository)}${rest}${url.search}`;
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
        id: `delivery-${++this.#deliveryCount}`,
        body: JSON.stringify({
          ...payload,
          repository: { id: repository.id, full_name: nameOf(repository) },
        }),
      });
    }
  }

  async #send({ status, body, headers }: Reply, known: string | null): Promise<Response> {
    const text = body === undefined ? null : JSON.stringify(body);
    const bytes = new TextEncoder().encode(text ?? "");
    const etag = `W/"${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}"`;
    const isKnown = status === 200 && known === etag;
    // What is known already costs nothing.
    if (isKnown) this.left++;
    const all = {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": String(this.left),
      "x-ratelimit-reset": String(Math.ceil((this.#resetsAt ?? this.#now() + HOUR_MS) / 1_000)),
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
