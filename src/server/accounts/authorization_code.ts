import { randomHex, sha256Hex } from "../../platform/random.ts";
import type { HostData } from "../store/host_data.ts";
import { integer, text, textOrNull } from "../store/row.ts";
import { tidy } from "../jobs/cleanup.ts";
import { type IssuedTokens, issueTokens, revokeFamily } from "../store/tokens.ts";

/** Milliseconds in which a code has to be exchanged. */
const CODE_LIFETIME_MS = 60_000;

/** What a client asks a browser for, in the query of `/oauth/authorize`. */
export interface AuthorizationRequest {
  /** On this machine; see {@link loopbackRedirect}. */
  readonly redirectUri: URL;
  /** SHA-256 of the client's verifier, base64url (PKCE, `S256`). */
  readonly challenge: string;
  readonly state: string;
}

/** Where a program on the user's machine listens for its code; `null` for any other address. */
export function loopbackRedirect(uri: string): URL | null {
  if (!URL.canParse(uri)) return null;
  const url = new URL(uri);
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  const isPlain = url.username === "" && url.password === "" && url.hash === "";
  return url.protocol === "http:" && isLoopback && isPlain ? url : null;
}

/** Gives out a code for a user who has approved a request; it is stored as a hash only. */
export async function issueCode(
  data: HostData,
  userId: string,
  request: AuthorizationRequest,
): Promise<string> {
  tidy(data);
  const code = randomHex(data.platform.random, 32);
  data.run(
    `INSERT INTO authorization_codes (hash, user_id, redirect_uri, challenge, expires_at)
     VALUES (?, ?, ?, ?, ?)`,
    await sha256Hex(code),
    userId,
    request.redirectUri.href,
    request.challenge,
    data.now() + CODE_LIFETIME_MS,
  );
  return code;
}

/**
 * Exchanges a code for tokens, once; `null` when it is refused. A second use ends the session that the
 * first one began: one of the two was not the client's.
 */
export async function exchangeCode(
  data: HostData,
  form: URLSearchParams,
): Promise<IssuedTokens | null> {
  const hash = await sha256Hex(form.get("code") ?? "");
  const challenge = base64Url(await sha256Hex(form.get("code_verifier") ?? ""));
  const redirect = loopbackRedirect(form.get("redirect_uri") ?? "")?.href;
  const userId = data.transaction(() => {
    const row = data.one("SELECT * FROM authorization_codes WHERE hash = ?", hash);
    if (row === null || integer(row, "expires_at") <= data.now()) return null;
    const begun = textOrNull(row, "family_id");
    if (begun !== null) {
      revokeFamily(data, begun);
      return null;
    }
    const isTheClient = text(row, "challenge") === challenge &&
      text(row, "redirect_uri") === redirect;
    // A wrong verifier spends it too: its sender holds a code of somebody else.
    data.run("UPDATE authorization_codes SET family_id = ? WHERE hash = ?", UNKNOWN_SESSION, hash);
    return isTheClient ? text(row, "user_id") : null;
  });
  const tokens = userId === null ? null : await issueTokens(data, userId);
  if (tokens !== null) {
    data.run("UPDATE authorization_codes SET family_id = ? WHERE hash = ?", tokens.sessionId, hash);
  }
  return tokens;
}

/** Stands for the session of a spent code that began none, or none yet. */
const UNKNOWN_SESSION = "";

/** Base64url without padding, as PKCE has it. */
function base64Url(hexadecimal: string): string {
  const bytes = hexadecimal.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
}
