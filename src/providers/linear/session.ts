import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { type Access, orUnreachable, ProviderError } from "../remote.ts";
import type { Sessions } from "../sessions.ts";
import { readStored } from "../stored.ts";
import { callProvider, type Wire } from "../transport.ts";
import { LinearCalls } from "./calls.ts";
import { faultIn } from "./faults.ts";
import { AppTokenSchema } from "./schemas.ts";

/** What Linear is asked with. */
export type LinearAccess = Omit<Access, "site" | "statusWords">;

/** An app's credential, as it is stored: JSON in the secret. */
export interface AppCredential {
  readonly clientId: string;
  readonly clientSecret: string;
}

const AppSchema: v.GenericSchema<unknown, AppCredential> = v.object({
  clientId: v.string(),
  clientSecret: v.string(),
});

/**
 * Reads the credential of an app as it is stored.
 *
 * @throws {ProviderError} `refused` for anything else.
 */
export function readAppCredential(secret: string): AppCredential {
  const app = readStored(AppSchema, secret);
  if (app !== null) return app;
  throw new ProviderError({ kind: "refused" }, "The stored credential of the app is broken");
}

/** What an app asks for: to read and to write, and nothing of an administrator. */
const APP_SCOPES = "read,write";

/** A token is renewed this long before it ends: a call takes up to half a minute, and clocks differ. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** A token of an app, for as long as it lasts. */
interface AppToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly scopes: readonly string[];
}

/** What is known at Linear under one credential, for as long as a process uses it: the token of an app. */
export class LinearSession {
  #access: LinearAccess;
  #token: AppToken | null = null;
  #renewal: Promise<AppToken> | null = null;

  /** Creates a session about which nothing is known. */
  constructor(access: LinearAccess) {
    this.#access = access;
  }

  /** Returns the calls as this access makes them. */
  calls(access: LinearAccess): LinearCalls {
    this.#access = access;
    const { kind, secret } = access.credential;
    return new LinearCalls(async (call) => {
      if (kind === "key") return wireOf(access, call, secret, []);
      if (kind !== "app") return wireOf(access, call, `Bearer ${secret}`, []);
      const { token } = await this.#lastingToken();
      const wire = wireOf(access, call, `Bearer ${token}`, [token]);
      return {
        ...wire,
        judge: (answer, secrets) => {
          const fault = wire.judge(answer, secrets);
          // The next call asks for another one: this one may have been revoked.
          if (answer.status === 401 || fault?.fault.kind === "refused") this.#token = null;
          return fault;
        },
      };
    });
  }

  /** What an app may do, as its token says; `null` for any other credential. */
  async scopes(): Promise<readonly string[] | null> {
    return this.#access.credential.kind === "app" ? (await this.#lastingToken()).scopes : null;
  }

  /** Those who come at once share one renewal. */
  async #lastingToken(): Promise<AppToken> {
    const { clock } = this.#access;
    if (this.#token !== null && this.#token.until - RENEWED_BEFORE_MS > clock.now()) {
      return this.#token;
    }
    this.#renewal ??= orUnreachable(this.#renew()).finally(() => this.#renewal = null);
    this.#token = await this.#renewal;
    return this.#token;
  }

  async #renew(): Promise<AppToken> {
    const access = this.#access;
    const { clientId, clientSecret } = readAppCredential(access.credential.secret);
    const call = "get a token of the app";
    const wire = wireOf(access, call, "", [clientSecret]);
    const { body } = await callProvider({ ...wire, headers: {}, judge: judgeToken }, {
      name: call,
      method: "POST",
      path: "/oauth/token",
      form: {
        grant_type: "client_credentials",
        scope: APP_SCOPES,
        client_id: clientId,
        client_secret: clientSecret,
      },
      // A token more does no harm: this may be sent again.
      isRead: true,
    });
    const parsed = parseWith(AppTokenSchema, body);
    if (!parsed.ok) {
      const words = `Linear gave no token for the app: "${parsed.path}" is not as expected`;
      throw new ProviderError({ kind: "failing" }, words);
    }
    const { access_token: token, expires_in, scope } = parsed.value;
    const scopes = typeof scope === "string" ? scope.split(/[\s,]+/) : scope;
    return { token, until: access.clock.now() + expires_in * 1_000, scopes };
  }
}

/** An app that is unknown, or may have no token of its own, is told with the status 400. */
function judgeToken({ status }: { readonly status: number }): ProviderError | null {
  return status === 400 || status === 401 || status === 403
    ? new ProviderError(
      { kind: "refused" },
      "Linear gives the app no token: its client id or secret is wrong, or client credentials are turned off for it",
    )
    : null;
}

/** Sessions by the budget of their connection. */
export type LinearSessions = Sessions<LinearAccess, LinearSession>;

function wireOf(
  { baseUrl, fetch, clock, signal, budget, onCall, credential }: LinearAccess,
  call: string,
  authorization: string,
  others: readonly string[],
): Wire {
  return {
    provider: "Linear",
    baseUrl,
    headers: { "Authorization": authorization },
    fetch,
    clock,
    signal,
    budget,
    secrets: [credential.secret, ...others],
    judge: (answer, secrets) => faultIn(answer, call, { now: clock.now(), secrets }),
    onCall,
  };
}
