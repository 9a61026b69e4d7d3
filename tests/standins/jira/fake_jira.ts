import { onFreePort } from "../free_port.ts";
import { type OfficialDescription, officialDescription } from "../official_description.ts";
import { type Asked, membersOf, RestStandIn } from "../rest_stand_in.ts";
import { APP_HOOK_ROUTES } from "./app_hook_routes.ts";
import type { FakeDelivery } from "./deliveries.ts";
import { ISSUE_ROUTES } from "./issue_routes.ts";
import { CLOUD_ISSUE_ROUTES, SERVER_ISSUE_ROUTES } from "./search_routes.ts";
import { type Call, NOT_FOUND, type Reply, type Route } from "./reply.ts";
import { SearchIndex } from "./search_index.ts";
import {
  CLOUD_SITE_ROUTES,
  HOOK_ROUTES,
  SERVER_HOOK_ROUTES,
  SERVER_SITE_ROUTES,
  SITE_ROUTES,
} from "./site_routes.ts";
import { type FakeIssue, FakeState } from "./state.ts";
import { Views } from "./views.ts";

const DESCRIPTION = new URL(
  "../../../../shared/data/providers/jira/openapi-issues.json",
  import.meta.url,
);

/** Calls that the description on this machine does not have, and Jira does. */
const BEYOND_THE_DESCRIPTION = /\/(mypermissions|comment|issueLink\/[^/]+)$|^\/rest\/webhooks\//;

const ROUTES: readonly Route[] = [...SITE_ROUTES, ...ISSUE_ROUTES];

const CLOUD_ROUTES: readonly Route[] = [
  ...CLOUD_SITE_ROUTES,
  ...CLOUD_ISSUE_ROUTES,
  ...APP_HOOK_ROUTES,
];

const SERVER_ROUTES: readonly Route[] = [...SERVER_SITE_ROUTES, ...SERVER_ISSUE_ROUTES];

const HOUR_MS = 3_600_000;

/** Calls of an hour. */
const LIMIT = 10_000;

/** A Jira of a test's own, with state: answers only what the official description allows, and only what it allows. */
export class FakeJira extends RestStandIn<FakeDelivery> {
  readonly state = new FakeState();
  /** What searches know. */
  readonly index: SearchIndex;
  /** The version of a server of a team's own. */
  serverVersion = "9.12.4";
  /** Minutes by which the credential's owner is ahead of UTC. */
  zoneMinutes = 0;
  /** Entries of a page at most. */
  pageSize = 100;
  readonly #isCloud: boolean;
  readonly #api: string;

  private constructor(
    base: string,
    now: () => number,
    isCloud: boolean,
    official: OfficialDescription | null,
  ) {
    super({ base, now, official, limit: { calls: LIMIT, ms: HOUR_MS } });
    this.#isCloud = isCloud;
    this.#api = isCloud ? "/rest/api/3" : "/rest/api/2";
    this.index = new SearchIndex(this.state);
  }

  /** Starts one in the cloud at an address, by a clock. */
  static async start(base: string, now: () => number): Promise<FakeJira> {
    return new FakeJira(base, now, true, await DESCRIBED);
  }

  /** Starts one as a server of a team's own, of which there is no official description. */
  static startServer(base: string, now: () => number): FakeJira {
    return new FakeJira(base, now, false, null);
  }

  /** Starts one on a free port of this machine; `stop` ends it. */
  static async serve(edition: "cloud" | "server" = "cloud"): Promise<
    { readonly jira: FakeJira; readonly url: string; stop(): Promise<void> }
  > {
    const { url, stop } = onFreePort((request) => jira.handle(request));
    const jira = edition === "cloud"
      ? await FakeJira.start(url, Date.now)
      : FakeJira.startServer(url, Date.now);
    return { jira, url, stop };
  }

  /** Lets a person in by a mail address and a token; returns what stands in the header. */
  allow(accountId: string, email: string, token: string, permissions: readonly string[]): void {
    const basic = new TextEncoder().encode(`${email}:${token}`).toBase64();
    this.state.credentials.set(`Basic ${basic}`, { accountId, permissions: new Set(permissions) });
  }

  /** Lets a person in by a token alone, as a server of a team's own does. */
  allowToken(accountId: string, token: string, permissions: readonly string[]): void {
    this.state.credentials.set(`Bearer ${token}`, { accountId, permissions: new Set(permissions) });
  }

  /** Adds an issue as its people do. */
  add(...[project, fields]: [FakeProject, FakeFields & { readonly summary: string }]): FakeIssue {
    const issue = this.state.addIssue(project, fields, this.now());
    this.#touched(issue, "created");
    return issue;
  }

  /** Changes an issue as its people do. */
  edit(issue: FakeIssue, fields: FakeFields): void {
    Object.assign(issue, fields);
    issue.updatedAt = Math.max(issue.updatedAt + 1, this.now());
    this.#touched(issue, "updated");
  }

  /** Moves an issue to another project, or deletes it with `null`. */
  remove(issue: FakeIssue, to: FakeProject | null): void {
    if (to === null) {
      this.state.issues.delete(issue.id);
      for (const link of this.state.links.values()) {
        if (link.from === issue.id || link.to === issue.id) this.state.links.delete(link.id);
      }
      for (const child of this.state.issues.values()) {
        if (child.parent === issue.id) this.edit(child, { parent: null });
      }
      return;
    }
    this.edit(issue, { projectId: to.id, number: ++to.lastNumber });
  }

  protected override isWrite({ method, path }: Asked): boolean {
    return method !== "GET" && !path.includes("/search");
  }

  /** What is wrong is told in the same form everywhere, which is described for some calls only. */
  protected override isToleratedAnswer(fault: string): boolean {
    return fault === "no body with 400";
  }

  protected override reply(asked: Asked): Reply {
    const now = this.now();
    const { request, path, url, sent } = asked;
    if (path === `${this.#api}/serverInfo`) return this.#serverInfo(now);
    const caller = this.state.credentials.get(request.headers.get("authorization") ?? "");
    if (caller === undefined) return { status: 401 };
    if (!this.count()) {
      const seconds = Math.ceil((this.resetsAt - now) / 1_000);
      const headers = { "retry-after": String(seconds), "ratelimit-reason": "jira-quota-global" };
      return { status: 429, headers };
    }
    const below = path.startsWith(this.#api) ? path.slice(this.#api.length) : path;
    const isNewer = !this.#isCloud && Number.parseInt(this.serverVersion) >= 10;
    // Who asks for webhooks where they are not learns which server it is.
    if (!this.#isCloud && !isNewer && below.startsWith("/rest/jira-webhook/")) return NOT_FOUND;
    const routes = below === path
      ? isNewer ? SERVER_HOOK_ROUTES : HOOK_ROUTES
      : this.#isCloud
      ? [...CLOUD_ROUTES, ...ROUTES]
      : [...SERVER_ROUTES, ...ROUTES];
    const routed = this.routed(routes, asked, below);
    if (routed === null) return NOT_FOUND;
    const { route, parts } = routed;
    if (!BEYOND_THE_DESCRIPTION.test(path)) this.requireDescribed(path);
    if (route.needs !== undefined && !caller.permissions.has(route.needs)) return { status: 403 };
    const call: Call = {
      state: this.state,
      views: new Views(this.state, this.base, this.#api, this.zoneMinutes),
      index: this.index,
      caller,
      query: url.searchParams,
      parts,
      body: membersOf(sent),
      now,
      isCloud: this.#isCloud,
      zoneMinutes: this.zoneMinutes,
      pageSize: this.pageSize,
      wrote: (what) => this.writes.push(what),
      touched: (issue, event) => this.#touched(issue, event),
    };
    return route.handle(call);
  }

  /** Its server is in Sydney. */
  #serverInfo(now: number): Reply {
    const views = new Views(this.state, this.base, this.#api, 11 * 60);
    const serverTime = views.time(now).replace(/(\d\d)$/, ":$1");
    return {
      status: 200,
      body: {
        baseUrl: this.base,
        ...(this.#isCloud
          ? { version: "1001.0.0-SNAPSHOT", versionNumbers: [1001, 0, 0], deploymentType: "Cloud" }
          : {
            version: this.serverVersion,
            versionNumbers: this.serverVersion.split(".").map(Number),
            deploymentType: "Server",
          }),
        serverTime,
        serverTimeZone: "Australia/Sydney",
        serverTitle: "Jira",
      },
    };
  }

  #touched(issue: FakeIssue, event: "created" | "updated"): void {
    this.index.note(issue, this.now());
    const views = new Views(this.state, this.base, this.#api, this.zoneMinutes);
    const bodyOf = () =>
      JSON.stringify({
        timestamp: this.now(),
        webhookEvent: `jira:issue_${event}`,
        issue: views.issue(issue, new Set(["project", "summary", "status"]), []),
      });
    const appHooks = this.state.appHooks.values();
    for (const { url, secret, jql } of this.state.hooks.values()) {
      if (jql !== `project = ${issue.projectId}`) continue;
      const body = bodyOf();
      this.deliveries.push({ url, secret, id: this.deliveryId(), body });
    }
    for (const { url, clientId, clientSecret: secret, jqlFilter, until } of appHooks) {
      if (until <= this.now() || !jqlFilter.match(/\d+/g)?.includes(issue.projectId)) continue;
      const body = bodyOf();
      this.deliveries.push({ url, secret, id: this.deliveryId(), body, clientId, at: this.now() });
    }
  }

  protected override send({ status, body, headers }: Reply): Response {
    const all = {
      "x-ratelimit-limit": String(LIMIT),
      "x-ratelimit-remaining": String(this.left),
      "x-ratelimit-reset": new Date(this.resetsAt).toISOString(),
      ...headers,
    };
    const text = body === undefined ? null : JSON.stringify(body);
    return new Response(status === 204 ? null : text, {
      status,
      headers: text === null ? all : { "content-type": "application/json", ...all },
    });
  }
}

type FakeFields = Partial<FakeIssue>;

type FakeProject = ReturnType<FakeState["addProject"]>;

const DESCRIBED: Promise<OfficialDescription | null> = officialDescription(DESCRIPTION);
