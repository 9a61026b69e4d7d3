import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { Budget } from "../budget.ts";
import type { ConnectingTools } from "../connecting.ts";
import { harmless, whereWrong } from "../harmless.ts";
import { orUnreachable, ProviderError } from "../remote.ts";
import { readStored } from "../stored.ts";
import { callProvider, type ProviderAnswer, type ProviderCall, type Wire } from "../transport.ts";
import { JIRA_BUDGETS } from "./faults.ts";

/** The kind of a credential that a person has given an OAuth app for a site in the cloud. */
export const APP = "app";

/** Where Atlassian signs people in, and where apps reach the sites. */
export interface Atlassian {
  /** Both without a slash at their ends. */
  readonly auth: string;
  readonly api: string;
}

/** Atlassian itself. */
export const ATLASSIAN: Atlassian = {
  auth: "https://auth.atlassian.com",
  api: "https://api.atlassian.com",
};

/** An app as it is entered, and stored until somebody has let it in: JSON in the secret. */
export interface EnteredApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An app that somebody has let in, as it is stored: JSON in the secret. */
export interface AppCredential extends EnteredApp {
  /** The {@link Atlassian.auth} that it was let in at. */
  readonly auth: string;
  /** Where it reaches the site: the gateway, with the site's own id at the end. */
  readonly gateway: string;
  readonly accessToken: string;
  /** Each use gives another one. */
  readonly refreshToken: string;
  /** When the access token ends, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** What the app was let do. */
  readonly scopes: readonly string[];
}

const EnteredSchema: v.GenericSchema<unknown, EnteredApp> = v.object({
  clientId: v.string(),
  clientSecret: v.string(),
});

const AppSchema: v.GenericSchema<unknown, AppCredential> = v.object({
  clientId: v.string(),
  clientSecret: v.string(),
  auth: v.string(),
  gateway: v.string(),
  accessToken: v.string(),
  refreshToken: v.string(),
  expiresAt: v.number(),
  scopes: v.array(v.string()),
});

/**
 * Reads the credential of an app as it is stored.
 *
 * @throws {ProviderError} `refused` for one that was not let in, and for anything else.
 */
export function readApp(secret: string): AppCredential {
  const app = readStored(AppSchema, secret);
  if (app !== null) return app;
  const words = readStored(EnteredSchema, secret) === null
    ? "The stored credential of the app is broken"
    : "Nobody has let the app in at Atlassian yet";
  throw new ProviderError({ kind: "refused" }, words);
}

/**
 * Reads an app as it was entered.
 *
 * @throws {ProviderError} `refused` for anything else.
 */
export function readEnteredApp(secret: string): EnteredApp {
  const app = readStored(EnteredSchema, secret);
  if (app !== null) return app;
  throw new ProviderError({ kind: "refused" }, "The stored credential of the app is broken");
}

/** Tokens as Atlassian gives them (`POST /oauth/token`). */
export interface GivenTokens {
  readonly accessToken: string;
  /** `null` where the app may not act while nobody is there. */
  readonly refreshToken: string | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** `null` where it does not say. */
  readonly scopes: readonly string[] | null;
}

const TokensSchema = v.looseObject({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
  refresh_token: v.nullish(v.string()),
  expires_in: v.pipe(v.number(), v.minValue(0), v.maxValue(10 * 365 * 86_400)),
  scope: v.nullish(v.string()),
});

/** What tokens are given for: a code that came back from the page, or the token that renews them. */
export type Grant =
  | { readonly code: string; readonly redirectUri: string }
  | { readonly refreshToken: string };

/** What Atlassian is asked with. */
export type AppTools = Pick<ConnectingTools, "fetch" | "clock" | "signal"> & Pick<Wire, "onCall">;

/**
 * Exchanges what is given for tokens. A code is sent once. A token that renews others may be sent again: Atlassian
 * takes it for ten minutes after its first use.
 *
 * @throws {ProviderError} `refused` when Atlassian does not take the app, the code or the token.
 */
export async function askForTokens(
  auth: string,
  { clientId, clientSecret }: EnteredApp,
  grant: Grant,
  tools: AppTools,
): Promise<GivenTokens> {
  const isRenewal = "refreshToken" in grant;
  const name = isRenewal ? "renew the token" : "exchange the code";
  const given = isRenewal
    ? { grant_type: "refresh_token", refresh_token: grant.refreshToken }
    : { grant_type: "authorization_code", code: grant.code, redirect_uri: grant.redirectUri };
  const secrets = [clientSecret, isRenewal ? grant.refreshToken : grant.code];
  const body = { ...given, client_id: clientId, client_secret: clientSecret };
  const call: ProviderCall = {
    name,
    method: "POST",
    path: "/oauth/token",
    isRead: isRenewal,
    body,
  };
  const started = tools.clock.now();
  const judge = (answer: ProviderAnswer) => judgeGrant(answer, isRenewal, secrets);
  const wire = wireTo(auth, {}, { ...tools, secrets, judge });
  const tokens = await orUnreachable(ask(TokensSchema, wire, call));
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? null,
    expiresAt: started + tokens.expires_in * 1_000,
    scopes: tokens.scope == null ? null : tokens.scope.split(/\s+/).filter((one) => one !== ""),
  };
}

const ResourcesSchema = v.array(
  v.looseObject({ id: v.string(), url: v.string(), name: v.optional(v.string(), "") }),
);

/** A site that an app was let into. */
export type LetInSite = v.InferOutput<typeof ResourcesSchema>[number];

/** Lists the sites that an access token reaches (`GET /oauth/token/accessible-resources`). */
export async function sitesOf(
  api: string,
  accessToken: string,
  tools: AppTools,
): Promise<readonly LetInSite[]> {
  const headers = { "Authorization": `Bearer ${accessToken}` };
  const wire = wireTo(api, headers, { ...tools, secrets: [accessToken], judge: () => null });
  const name = "list the sites of the app";
  const path = "/oauth/token/accessible-resources";
  return await orUnreachable(ask(ResourcesSchema, wire, { name, method: "GET", path }));
}

function wireTo(
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
  tools: AppTools & Pick<Wire, "secrets" | "judge">,
): Wire {
  // What its sites count says nothing of the calls that are left here.
  const budget = new Budget(tools.clock, JIRA_BUDGETS);
  return { provider: "Atlassian", baseUrl, headers, budget, ...tools };
}

function judgeGrant(
  { status, body }: ProviderAnswer,
  isRenewal: boolean,
  secrets: readonly string[],
): ProviderError | null {
  if (status !== 400 && status !== 401 && status !== 403) return null;
  const { error, words } = saidIn(body, secrets);
  if (error === "") return null;
  const what = error !== "invalid_grant"
    ? "Atlassian does not take the client id and secret of the app"
    : isRenewal
    ? "Atlassian has ended the sign-in of the app: connect it once more in the console"
    : "Atlassian does not take the code of the sign-in";
  return new ProviderError({ kind: "refused" }, `${what} (${words})`);
}

const RefusalSchema = v.looseObject({
  error: v.string(),
  error_description: v.optional(v.string(), ""),
});

function saidIn(
  body: unknown,
  secrets: readonly string[],
): { readonly error: string; readonly words: string } {
  const parsed = parseWith(RefusalSchema, body);
  if (!parsed.ok) return { error: "", words: "" };
  const { error, error_description: description } = parsed.value;
  const words = description === "" ? error : `${error}: ${description}`;
  return { error, words: harmless(words.replace(/\.$/, ""), secrets) };
}

/** Makes a call and reads its answer. */
async function ask<T>(
  schema: v.GenericSchema<unknown, T>,
  wire: Wire,
  call: ProviderCall,
): Promise<T> {
  const { body } = await callProvider(wire, call);
  const parsed = parseWith(schema, body);
  if (parsed.ok) return parsed.value;
  const words = `Atlassian's answer to "${call.name}" is not as expected${whereWrong(parsed)}`;
  throw new ProviderError({ kind: "failing" }, words);
}
