import { hmacOf } from "../hmac.ts";

/** What a webhook sends. */
export interface FakeDelivery {
  readonly url: string;
  readonly secret: string;
  /** The same when it is sent again. */
  readonly id: string;
  readonly body: string;
  /** The app whose webhook it is: the secret is the app's own. */
  readonly clientId?: string;
  /** When it is sent, in milliseconds since 1970. */
  readonly at?: number;
}

/** Seconds that the token of a delivery lasts. */
const TOKEN_LASTS_S = 180;

/** Returns a delivery as it is sent: signed, or with a token that the app's secret signs. */
export async function signed(
  { url, secret, id, body, clientId, at = 0 }: FakeDelivery,
): Promise<Request> {
  const iat = Math.floor(at / 1_000);
  const claims = { iss: clientId, iat, exp: iat + TOKEN_LASTS_S };
  const signature: Record<string, string> = clientId === undefined
    ? { "x-hub-signature": `sha256=${(await hmac(secret, body)).toHex()}` }
    : { "authorization": `Bearer ${await hookToken(secret, claims)}` };
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=UTF-8",
      "user-agent": "Atlassian Webhook HTTP Client",
      "x-atlassian-webhook-identifier": id,
      ...signature,
    },
    body,
  });
}

/** Returns a token with these claims (RFC 7519, HS256). */
export async function hookToken(
  secret: string,
  claims: Readonly<Record<string, unknown>>,
  head: Readonly<Record<string, unknown>> = { typ: "JWT", alg: "HS256" },
): Promise<string> {
  const parts = [head, claims].map((one) =>
    base64url(new TextEncoder().encode(JSON.stringify(one)))
  );
  return [...parts, base64url(await hmac(secret, parts.join(".")))].join(".");
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

async function hmac(secret: string, text: string): Promise<Uint8Array> {
  return await hmacOf(new TextEncoder().encode(secret), text);
}
