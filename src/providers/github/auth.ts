import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import type { Clock } from "../../platform/clock.ts";
import { orUnreachable, ProviderError } from "../remote.ts";
import { readStored } from "../stored.ts";
import { InstallationTokenSchema } from "./schemas.ts";

/** An App's credential, as it is stored: JSON in the secret. */
export interface AppCredential {
  readonly appId: string;
  readonly installationId: string;
  /** PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
}

const AppSchema: v.GenericSchema<unknown, AppCredential> = v.object({
  appId: v.string(),
  installationId: v.string(),
  privateKey: v.string(),
});

/**
 * Reads the credential of an App as it is stored.
 *
 * @throws {ProviderError} `refused` for anything else.
 */
export function readAppCredential(secret: string): AppCredential {
  const app = readStored(AppSchema, secret);
  if (app !== null) return app;
  throw new ProviderError({ kind: "refused" }, "The stored credential of the App is broken");
}

/** Seconds that GitHub lets a token of an App last at most is 600; the clocks may differ by a minute. */
const LASTS_S = 540;

const DRIFT_S = 60;

/** Returns the token by which an App says who it is (RS256, by WebCrypto). */
export async function appToken(app: AppCredential, nowMs: number): Promise<string> {
  const now = Math.floor(nowMs / 1_000);
  const claims = { iat: now - DRIFT_S, exp: now + LASTS_S, iss: app.appId };
  const head = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const der = pkcs8Of(app.privateKey);
  const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(head));
  return `${head}.${
    new Uint8Array(signature).toBase64({ alphabet: "base64url", omitPadding: true })
  }`;
}

function encoded(value: unknown): string {
  return new TextEncoder().encode(JSON.stringify(value)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

const PEM =
  /-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END (?:RSA )?PRIVATE KEY-----/;

/**
 * Returns a private key as PKCS#8: GitHub gives PKCS#1, which WebCrypto does not read.
 *
 * @throws {ProviderError} `refused` for what is no private key of RSA.
 */
export function pkcs8Of(pem: string): Uint8Array<ArrayBuffer> {
  const found = PEM.exec(pem);
  if (found === null) throw noKey();
  let der: Uint8Array<ArrayBuffer>;
  try {
    der = Uint8Array.fromBase64((found[2] ?? "").replace(/\s+/g, ""));
  } catch {
    throw noKey();
  }
  if (found[1] === undefined) return der;
  const octets = tagged(0x04, der);
  return tagged(0x30, new Uint8Array([...VERSION_AND_RSA, ...octets]));
}

/** Version 0, and the algorithm `rsaEncryption` without parameters (RFC 5208, RFC 8017). */
const VERSION_AND_RSA = [
  0x02,
  0x01,
  0x00,
  0x30,
  0x0d,
  0x06,
  0x09,
  0x2a,
  0x86,
  0x48,
  0x86,
  0xf7,
  0x0d,
  0x01,
  0x01,
  0x01,
  0x05,
  0x00,
] as const;

/** One element of DER. */
function tagged(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const size: number[] = [];
  for (let left = content.length; left > 0; left >>= 8) size.unshift(left & 0xff);
  const length = content.length < 0x80 ? [content.length] : [0x80 | size.length, ...size];
  return new Uint8Array([tag, ...length, ...content]);
}

function noKey(): ProviderError {
  return new ProviderError(
    { kind: "refused" },
    "The private key of the App is not a PEM file as GitHub gives it",
  );
}

/** A token of an installation, for as long as it lasts. */
export interface InstallationToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** What the App may do, such as `issues: write`. */
  readonly permissions: Readonly<Record<string, string>>;
}

/** A token is renewed this long before it ends: a call takes up to half a minute, and clocks differ. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** Keeps the token of an installation, and renews it in time; those who come at once share one renewal. */
export class InstallationTokens {
  readonly #clock: Clock;
  readonly #fetchToken: () => Promise<unknown>;
  #current: InstallationToken | null = null;
  #renewal: Promise<InstallationToken> | null = null;

  /** `fetchToken` returns GitHub's answer. */
  constructor(clock: Clock, fetchToken: () => Promise<unknown>) {
    this.#clock = clock;
    this.#fetchToken = fetchToken;
  }

  /** Returns a token that lasts for some minutes at least. */
  async token(): Promise<string> {
    return (await this.#lasting()).token;
  }

  /** Returns what the App may do. */
  async permissions(): Promise<Readonly<Record<string, string>>> {
    return (await this.#lasting()).permissions;
  }

  async #lasting(): Promise<InstallationToken> {
    if (this.#current !== null && this.#current.until - RENEWED_BEFORE_MS > this.#clock.now()) {
      return this.#current;
    }
    this.#renewal ??= orUnreachable(this.#renew()).finally(() => this.#renewal = null);
    this.#current = await this.#renewal;
    return this.#current;
  }

  /** Forgets the token: GitHub did not take it. */
  forget(): void {
    this.#current = null;
  }

  async #renew(): Promise<InstallationToken> {
    const parsed = parseWith(InstallationTokenSchema, await this.#fetchToken());
    if (!parsed.ok) {
      const words =
        `GitHub gave no token for the installation: "${parsed.path}" is not as expected`;
      throw new ProviderError({ kind: "failing" }, words);
    }
    const { token, expires_at, permissions } = parsed.value;
    const until = Date.parse(expires_at);
    return {
      token,
      until: Number.isNaN(until) ? this.#clock.now() : until,
      permissions: permissions ?? {},
    };
  }
}
