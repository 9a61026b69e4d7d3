import type { Fetch } from "../../../src/platform/platform.ts";
import type { AppCredential } from "../../../src/providers/jira/app.ts";
import type { FakeJira } from "./fake_jira.ts";
import { members } from "./reply.ts";
import type { FakePerson } from "./state.ts";

/** Milliseconds that an access token lasts. */
export const TOKEN_LASTS_MS = 3_600_000;

/** Milliseconds for which a token that renews others is taken after its first use. */
export const GRACE_MS = 10 * 60_000;

/** What an app asks for as a whole. */
export const ALL_SCOPES: readonly string[] = [
  "read:jira-work",
  "write:jira-work",
  "read:jira-user",
  "manage:jira-webhook",
  "offline_access",
];

/** An app of the developer console. */
export interface FakeApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callback: string;
}

interface Grant {
  readonly app: FakeApp;
  readonly scopes: readonly string[];
  /** When it was used first; `null` for not yet. */
  usedAt: number | null;
}

interface AccessToken extends Omit<Grant, "usedAt"> {
  readonly until: number;
}

/** What a fake Atlassian is made of. */
export interface FakeAtlassianOptions {
  readonly jira: FakeJira;
  /** The site's address. */
  readonly site: string;
  readonly auth: string;
  readonly api: string;
  readonly now: () => number;
  readonly app: FakeApp;
  /** Who lets apps in. */
  readonly person: FakePerson;
  readonly permissions: readonly string[];
}

/** Atlassian's sign-in of apps and its gateway, in front of a fake Jira. */
export class FakeAtlassian {
  readonly cloudId = "1324a887-45db-1bf4-1e99-ef0ff456d421";
  /** Milliseconds for which a token that renews others is taken after its first use. */
  graceMs = GRACE_MS;
  /** How often tokens were renewed. */
  renewals = 0;
  /** What the person lets apps do; the others are left out of what an app asks for. */
  allowed: readonly string[] = ALL_SCOPES;
  /** Whether the person refuses. */
  denies = false;
  /** The sites that an app is let into, beside the one. */
  otherSites: readonly string[] = [];
  /** Whether the app is let into the site. */
  letsIn = true;
  /** Steps in at each call of the sign-in and the gateway: what it returns is the answer. */
  stepIn: (call: string) => Response | void | Promise<Response | void> = () => {};
  /** Each call, as `POST /oauth/token`. */
  readonly calls: string[] = [];
  /** All that must not be told. */
  readonly secrets: string[] = [];
  readonly #options: FakeAtlassianOptions;
  readonly #codes = new Map<string, Grant & { readonly redirectUri: string }>();
  readonly #refresh = new Map<string, Grant>();
  readonly #access = new Map<string, AccessToken>();
  readonly #scoped = new Map<string, readonly string[]>();
  #count = 0;

  /** Creates one that nobody has signed in at. */
  constructor(options: FakeAtlassianOptions) {
    this.#options = options;
    this.secrets.push(options.app.clientSecret);
  }

  /** Answers as a network that has the sign-in, the gateway and the site. */
  get fetch(): Fetch {
    return (request) => this.handle(request);
  }

  /** Ends all tokens, as when the person takes the app's access away. */
  revoke(): void {
    this.#refresh.clear();
    this.#access.clear();
  }

  /** Ends the access tokens alone, before their time. */
  endAccess(): void {
    this.#access.clear();
  }

  /** Returns a pair of tokens as the sign-in gives one. */
  grant(scopes: readonly string[] = ALL_SCOPES): {
    readonly accessToken: string;
    readonly refreshToken: string;
  } {
    const number = ++this.#count;
    const { app, now, jira, person, permissions } = this.#options;
    const accessToken = `eyJfake.access-${number}-0123456789abcdef.token`;
    const refreshToken = `fake-refresh-${number}-0123456789abcdef`;
    this.#access.set(accessToken, { app, scopes, until: now() + TOKEN_LASTS_MS });
    this.#refresh.set(refreshToken, { app, scopes, usedAt: null });
    this.secrets.push(accessToken, refreshToken);
    jira.state.credentials.set(`Bearer ${accessToken}`, {
      accountId: person.accountId,
      permissions: new Set(permissions),
      app: { ...app, scopes },
    });
    return { accessToken, refreshToken };
  }

  /** Returns what a host keeps of an app that is let in just now; `scopes` is what it keeps of these. */
  letIn(scopes: readonly string[] = ALL_SCOPES): AppCredential {
    const { app: { clientId, clientSecret }, auth, api, now } = this.#options;
    return {
      clientId,
      clientSecret,
      auth,
      gateway: `${api}/ex/jira/${this.cloudId}`,
      ...this.grant(),
      expiresAt: now() + TOKEN_LASTS_MS,
      scopes,
    };
  }

  /** Lets the person in by a token with scopes, which the gateway takes and the site does not. */
  allowScoped(email: string, token: string, scopes: readonly string[] = ALL_SCOPES): void {
    const { person, jira, permissions } = this.#options;
    const basic = new TextEncoder().encode(`${email}:${token}`).toBase64();
    this.#scoped.set(`Basic ${basic}`, scopes);
    this.secrets.push(token, basic);
    jira.state.credentials.set(`Gateway ${basic}`, {
      accountId: person.accountId,
      permissions: new Set(permissions),
    });
  }

  /** Answers a request. */
  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const { auth, api, jira, site } = this.#options;
    if (request.url === `${site}/_edge/tenant_info`) {
      this.calls.push("GET /_edge/tenant_info");
      return Response.json({ cloudId: this.cloudId });
    }
    const call = `${request.method} ${url.pathname}`;
    const isSignIn = url.origin === auth && /^\/(authorize|oauth\/token)$/.test(url.pathname);
    const isGateway = url.origin === api && /^\/(oauth|ex)\//.test(url.pathname);
    if (!isSignIn && !isGateway) return await jira.handle(request);
    this.calls.push(call);
    const early = await this.stepIn(call);
    if (early !== undefined) return early;
    if (isSignIn && url.pathname === "/authorize") return this.#authorize(url.searchParams);
    if (isSignIn) return this.#token(members(await request.json()));
    if (url.pathname === "/oauth/token/accessible-resources") return this.#resources(request);
    return await this.#through(request, url);
  }

  #authorize(query: URLSearchParams): Response {
    const { app } = this.#options;
    const wanted = [
      ["audience", "api.atlassian.com"],
      ["client_id", app.clientId],
      ["redirect_uri", app.callback],
      ["response_type", "code"],
      ["prompt", "consent"],
    ] as const;
    const wrong = wanted.find(([name, value]) => query.get(name) !== value);
    if (wrong !== undefined) return new Response(`The ${wrong[0]} is wrong`, { status: 400 });
    const back = new URL(app.callback);
    back.searchParams.set("state", query.get("state") ?? "");
    if (this.denies) {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "User did not authorize the request");
    } else {
      const asked = (query.get("scope") ?? "").split(" ");
      const code = `fake-code-${++this.#count}-0123456789abcdef`;
      const scopes = asked.filter((one) => this.allowed.includes(one));
      this.#codes.set(code, { app, scopes, usedAt: null, redirectUri: app.callback });
      this.secrets.push(code);
      back.searchParams.set("code", code);
    }
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  #token(sent: Readonly<Record<string, unknown>>): Response {
    const { app, now } = this.#options;
    if (sent["client_id"] !== app.clientId || sent["client_secret"] !== app.clientSecret) {
      return Response.json({ error: "access_denied", error_description: "Unauthorized" }, {
        status: 401,
      });
    }
    if (sent["grant_type"] === "authorization_code") {
      const code = this.#codes.get(String(sent["code"]));
      if (
        code === undefined || code.usedAt !== null || code.redirectUri !== sent["redirect_uri"]
      ) {
        return invalidGrant("Invalid authorization code");
      }
      code.usedAt = now();
      return this.#pair(code.scopes);
    }
    const refresh = this.#refresh.get(String(sent["refresh_token"]));
    const at = now();
    if (refresh === undefined || at - (refresh.usedAt ?? at) > this.graceMs) {
      return invalidGrant("Unknown or invalid refresh token.");
    }
    refresh.usedAt ??= at;
    this.renewals++;
    return this.#pair(refresh.scopes);
  }

  #pair(scopes: readonly string[]): Response {
    const { accessToken, refreshToken } = this.grant(scopes);
    return Response.json({
      access_token: accessToken,
      expires_in: TOKEN_LASTS_MS / 1_000,
      token_type: "Bearer",
      scope: scopes.join(" "),
      ...(scopes.includes("offline_access") ? { refresh_token: refreshToken } : {}),
    });
  }

  #resources(request: Request): Response {
    const found = this.#access.get(bearerOf(request));
    if (found === undefined) return unauthorized("Unauthorized");
    const { site } = this.#options;
    const one = (id: string, url: string) => ({
      id,
      url,
      name: new URL(url).hostname,
      scopes: found.scopes,
      avatarUrl: `${url}/avatar.png`,
    });
    return Response.json([
      ...(this.letsIn ? [one(this.cloudId, site)] : []),
      ...this.otherSites.map((url, index) => one(`other-${index}`, url)),
    ]);
  }

  async #through(request: Request, url: URL): Promise<Response> {
    const { jira, site, api, now } = this.#options;
    const gateway = `${api}/ex/jira/${this.cloudId}`;
    const sent = request.headers.get("authorization") ?? "";
    const found = this.#access.get(bearerOf(request));
    const scopes = this.#scoped.get(sent) ??
      (found === undefined || found.until <= now() ? null : found.scopes);
    if (scopes === null) return unauthorized("Unauthorized");
    if (!request.url.startsWith(`${gateway}/`)) return new Response(null, { status: 404 });
    const path = url.pathname.slice(new URL(gateway).pathname.length);
    const wanted = scopeOf(request.method, path);
    if (!scopes.includes(wanted)) return unauthorized("Unauthorized; scope does not match");
    const within = new Request(site + path + url.search, request);
    within.headers.set("authorization", sent.replace(/^Basic /, "Gateway "));
    const answer = await jira.handle(within);
    const text = await answer.text();
    return new Response(
      text === "" ? null : text.replaceAll(`"self":"${site}/`, `"self":"${gateway}/`),
      {
        status: answer.status,
        headers: answer.headers,
      },
    );
  }
}

function scopeOf(method: string, path: string): string {
  if (path.startsWith("/rest/webhooks/")) return "none";
  if (/\/webhook(\/|$)/.test(path)) return "manage:jira-webhook";
  if (/\/(myself|user\/assignable\/search)$/.test(path)) return "read:jira-user";
  return method === "GET" || path.endsWith("/search/jql") ? "read:jira-work" : "write:jira-work";
}

function bearerOf(request: Request): string {
  return (request.headers.get("authorization") ?? "").replace(/^Bearer /, "");
}

function invalidGrant(words: string): Response {
  return Response.json({ error: "invalid_grant", error_description: words }, { status: 403 });
}

function unauthorized(message: string): Response {
  return Response.json({ code: 401, message }, { status: 401 });
}
