import { isJsonObject } from "../../contract/field.ts";
import type { Wire } from "../transport.ts";
import type { AppCredential } from "./app.ts";
import type { AppTokens } from "./app_tokens.ts";
import type { JiraWay } from "./caller.ts";
import { authorizationOf } from "./credential.ts";
import { judgeAnswer } from "./faults.ts";
import type { JiraAccess } from "./session.ts";

/** Returns how calls are made with a token of a person: at the site, or through the gateway where it has scopes. */
export function wayOfPerson(access: JiraAccess): JiraWay {
  const { baseUrl, credential } = access;
  const wire = (call: string) => {
    const { header, secrets, gateway } = authorizationOf(credential);
    return wireOf(access, call, { baseUrl: gateway ?? baseUrl, header, secrets });
  };
  return {
    // What is thrown is the answer of a call, too.
    wire: (call) => Promise.try(wire, call),
    renewed: () => Promise.resolve(null),
    atSite(body) {
      const { gateway } = authorizationOf(credential);
      if (gateway !== null) atSite(body, { gateway, site: baseUrl });
    },
  };
}

/** Returns how calls are made by an app that a person has let in: through the gateway, with a token that ends. */
export function wayOfApp(access: JiraAccess, tokens: AppTokens): JiraWay {
  const wireFor = (app: AppCredential, call: string) =>
    wireOf(access, call, {
      baseUrl: app.gateway,
      header: headerOf(app),
      secrets: [app.accessToken, app.refreshToken, app.clientSecret],
    });
  return {
    wire: async (call) => wireFor(await tokens.lasting(access), call),
    async renewed({ headers: { Authorization: refused } }, call) {
      // Calls that were made at once were refused for the same token.
      const app = headerOf(tokens.current) === refused
        ? await tokens.renewed(access)
        : tokens.current;
      return headerOf(app) === refused ? null : wireFor(app, call);
    },
    atSite: (body) => atSite(body, { gateway: tokens.current.gateway, site: access.baseUrl }),
  };
}

function headerOf({ accessToken }: AppCredential): string {
  return `Bearer ${accessToken}`;
}

function wireOf(
  { fetch, clock, signal, budget, onCall, credential }: JiraAccess,
  call: string,
  { baseUrl, header, secrets }: {
    readonly baseUrl: string;
    readonly header: string;
    readonly secrets: readonly string[];
  },
): Wire {
  return {
    provider: "Jira",
    baseUrl,
    // Jira checks where a write comes from, unless it is told that it is no page.
    headers: { "Authorization": header, "X-Atlassian-Token": "no-check" },
    fetch,
    clock,
    signal,
    budget,
    secrets: [credential.secret, ...secrets],
    judge: (answer, secrets) => judgeAnswer(answer, call, { now: clock.now(), secrets }),
    onCall,
  };
}

/**
 * Through the gateway, things are named by their addresses there. They are known by those at their site, which an
 * app and a person's token have in common.
 */
function atSite(
  body: unknown,
  { gateway, site }: { readonly gateway: string; readonly site: string },
): void {
  const left: unknown[] = [body];
  while (left.length > 0) {
    const one = left.pop();
    if (Array.isArray(one)) {
      for (const entry of one) left.push(entry);
    } else if (isJsonObject(one)) {
      const { self } = one;
      if (typeof self === "string" && self.startsWith(`${gateway}/`)) {
        one["self"] = site + self.slice(gateway.length);
      }
      for (const member of Object.values(one)) left.push(member);
    }
  }
}
