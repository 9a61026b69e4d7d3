import * as v from "valibot";
import { ProviderError } from "../remote.ts";
import { readStored } from "../stored.ts";

/** A person's token for a site in the cloud, as it is stored: JSON in the secret. */
export interface TokenCredential {
  readonly email: string;
  readonly token: string;
  /** Where it is taken, when that is not the site: the gateway takes a token with scopes. */
  readonly gateway?: string | undefined;
}

/** Reads such a token. */
export const TokenSchema: v.GenericSchema<unknown, TokenCredential> = v.object({
  email: v.string(),
  token: v.string(),
  gateway: v.optional(v.string()),
});

/** The kind of a token for a site in the cloud. */
export const TOKEN = "token";

/** The kind of a token for a server of a team's own. */
export const DATA_CENTER_TOKEN = "server_token";

/** How a credential of a person is sent, and what of it is never to be said. */
export interface Authorization {
  readonly header: string;
  readonly secrets: readonly string[];
  /** Where it is sent; `null` for the site. */
  readonly gateway: string | null;
}

/**
 * Returns how a credential is sent: a token for a site in the cloud with its owner's mail address, and one for a server
 * of a team's own by itself.
 *
 * @throws {ProviderError} `refused` when it is not stored as it should be.
 */
export function authorizationOf(
  { kind, secret }: { readonly kind: string; readonly secret: string },
): Authorization {
  if (kind === DATA_CENTER_TOKEN) return { header: `Bearer ${secret}`, secrets: [], gateway: null };
  const stored = readStored(TokenSchema, secret);
  if (stored === null) {
    throw new ProviderError({ kind: "refused" }, "The stored credential is broken");
  }
  const { email, token, gateway = null } = stored;
  const basic = new TextEncoder().encode(`${email}:${token}`).toBase64();
  return { header: `Basic ${basic}`, secrets: [token, basic], gateway };
}

/** Returns whether a token is sent to the gateway, which takes those with scopes. */
export function isScoped(secret: string): boolean {
  return readStored(TokenSchema, secret)?.gateway !== undefined;
}
