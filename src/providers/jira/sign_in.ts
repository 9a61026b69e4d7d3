import type {
  ConnectingTools,
  Credential,
  CredentialFault,
  ProviderSignIn,
  ReadCredential,
} from "../connecting.ts";
import { fault } from "../credential_form.ts";
import { harmless } from "../harmless.ts";
import {
  APP,
  type AppCredential,
  askForTokens,
  type Atlassian,
  type LetInSite,
  readEnteredApp,
  sitesOf,
} from "./app.ts";
import { gatewayOf } from "./gateway.ts";

/** The scope without which webhooks cannot be registered. */
export const WEBHOOK_SCOPE = "manage:jira-webhook";

/** What an app, or a token with scopes, has to be let do: without one of these it is of no use. */
export const NEEDED = ["read:jira-work", "write:jira-work", "read:jira-user"] as const;

/** Lets an app renew its token while nobody is there. */
const OFFLINE = "offline_access";

/** Returns the sign-in of an app at Atlassian (OAuth 2.0, authorization code). */
export function appSignIn(atlassian: Atlassian): ProviderSignIn {
  return {
    kind: APP,
    page({ secret }, { redirectUri, state }) {
      const url = new URL(`${atlassian.auth}/authorize`);
      url.search = new URLSearchParams({
        audience: "api.atlassian.com",
        client_id: readEnteredApp(secret).clientId,
        scope: [...NEEDED, WEBHOOK_SCOPE, OFFLINE].join(" "),
        redirect_uri: redirectUri,
        state,
        response_type: "code",
        prompt: "consent",
      }).toString();
      return url.href;
    },
    complete: (credential, back, tools) => complete(atlassian, credential, back, tools),
  };
}

async function complete(
  { auth, api }: Atlassian,
  credential: Credential,
  back: { readonly redirectUri: string; readonly code: string },
  tools: ConnectingTools,
): Promise<ReadCredential> {
  const entered = readEnteredApp(credential.secret);
  const given = await askForTokens(auth, entered, back, tools);
  const scopes = given.scopes ?? [...NEEDED, WEBHOOK_SCOPE, OFFLINE];
  const { refreshToken, accessToken, expiresAt } = given;
  const lacks = [
    ...NEEDED.filter((scope) => !scopes.includes(scope)),
    ...(refreshToken === null ? [OFFLINE] : []),
  ];
  if (refreshToken === null || lacks.length > 0) return lacksScopes(lacks);
  const sites = await sitesOf(api, accessToken, tools);
  const site = sites.find(({ url }) => isSite(url, credential.baseUrl));
  if (site === undefined) return notLetIn(credential.baseUrl, sites);
  const app: AppCredential = {
    ...entered,
    auth,
    gateway: gatewayOf(api, site.id),
    accessToken,
    refreshToken,
    expiresAt,
    scopes,
  };
  return { ok: true, credential: { ...credential, secret: JSON.stringify(app) } };
}

function isSite(url: string, baseUrl: string): boolean {
  return URL.parse(url)?.origin === new URL(baseUrl).origin;
}

function lacksScopes(lacks: readonly string[]): CredentialFault {
  return fault(
    null,
    `The app was not let do all that it needs: ${
      lacks.join(", ")
    }. Add it to the app's permissions in the developer console, then sign in once more.`,
  );
}

/** Most sites that are named. */
const MOST_NAMED = 10;

function notLetIn(baseUrl: string, sites: readonly LetInSite[]): CredentialFault {
  const names = sites.slice(0, MOST_NAMED).map(({ url }) => url.replace(/^https?:\/\//, ""));
  const reached = sites.length === 0
    ? "it reaches no site"
    : `it reaches ${harmless(names.join(", "), [])}${
      sites.length > MOST_NAMED ? " and others" : ""
    }`;
  return fault(
    "url",
    `The app was not let into ${baseUrl}: ${reached}. Enter one of them, or choose this site at Atlassian.`,
  );
}
