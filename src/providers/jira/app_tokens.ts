import { ProviderError } from "../remote.ts";
import { type AppCredential, askForTokens, readApp } from "./app.ts";
import type { JiraAccess } from "./session.ts";

/** A token is renewed this long before it ends: a call takes up to half a minute, and clocks differ. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** Keeps what an app signs in with, and has it renewed in time. */
export class AppTokens {
  #secret: string;
  #app: AppCredential;

  /**
   * Begins with the secret as it is stored.
   *
   * @throws {ProviderError} `refused` when that is none of an app that was let in.
   */
  constructor(secret: string) {
    this.#secret = secret;
    this.#app = readApp(secret);
  }

  /** The app as it was used last. */
  get current(): AppCredential {
    return this.#app;
  }

  /** Returns the app with a token that lasts for some minutes at least, as far as Atlassian gives one. */
  async lasting(access: JiraAccess): Promise<AppCredential> {
    const left = this.#app.expiresAt - access.clock.now();
    if (left > RENEWED_BEFORE_MS) return this.#app;
    try {
      return await this.renewed(access);
    } catch (error) {
      // Until it ends, the token is good while there is no other.
      const isRefused = error instanceof ProviderError && error.fault.kind === "refused";
      if (left <= 0 || isRefused || !(error instanceof ProviderError)) throw error;
      return this.#app;
    }
  }

  /** Returns the app with another token: this one ends, or was not taken. */
  async renewed(access: JiraAccess): Promise<AppCredential> {
    if (access.renew === undefined) return this.#app;
    const secret = await access.renew(this.#secret, (used) => renewedSecret(used, access));
    this.#secret = secret;
    this.#app = readApp(secret);
    return this.#app;
  }
}

/** Exchanges a secret as it is stored for the next one. */
async function renewedSecret(secret: string, access: JiraAccess): Promise<string> {
  const app = readApp(secret);
  const { fetch, clock, signal, onCall } = access;
  const grant = { refreshToken: app.refreshToken };
  const given = await askForTokens(app.auth, app, grant, { fetch, clock, signal, onCall });
  const next: AppCredential = {
    ...app,
    accessToken: given.accessToken,
    refreshToken: given.refreshToken ?? app.refreshToken,
    expiresAt: given.expiresAt,
    scopes: given.scopes ?? app.scopes,
  };
  return JSON.stringify(next);
}
