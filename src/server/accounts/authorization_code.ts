import { randomHex, sha256Hex } from "../../platform/random.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import { findCode, insertCode, setCodeFamily } from "../store/authorization_codes.ts";
import { lockCode } from "../store/locks.ts";
import { revokeFamily } from "../store/tokens.ts";
import { lockCheckedUser, lockUser, type StoredUser } from "../store/users.ts";
import { type IssuedTokens, newPair, startSession } from "./tokens.ts";

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

/** Returns where a program on the user's machine listens for its code; `null` for any other address. */
export function loopbackRedirect(uri: string): URL | null {
  if (!URL.canParse(uri)) return null;
  const url = new URL(uri);
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  const isPlain = url.username === "" && url.password === "" && url.hash === "";
  return url.protocol === "http:" && isLoopback && isPlain ? url : null;
}

/**
 * Gives out a code for a user who has approved a request; it is stored as a hash only. `null` when the user has been
 * removed meanwhile, or has another password.
 */
export async function issueCode(
  context: HostContext,
  checked: StoredUser,
  request: AuthorizationRequest,
): Promise<string | null> {
  const code = randomHex(context.platform.random, 32);
  const hash = await sha256Hex(code);
  return await inTransaction(context, async ({ store, now }) => {
    if (!await lockCheckedUser(store, checked)) return null;
    await insertCode(store, {
      hash,
      userId: checked.user.id,
      redirectUri: request.redirectUri.href,
      challenge: request.challenge,
      expiresAt: now() + CODE_LIFETIME_MS,
    });
    return code;
  });
}

/**
 * Exchanges a code for tokens, once; `null` when it is refused. A second use ends the session that the
 * first one began: one of the two was not the client's.
 */
export async function exchangeCode(
  context: HostContext,
  form: URLSearchParams,
): Promise<IssuedTokens | null> {
  const hash = await sha256Hex(form.get("code") ?? "");
  const challenge = base64Url(await sha256Hex(form.get("code_verifier") ?? ""));
  const redirect = loopbackRedirect(form.get("redirect_uri") ?? "")?.href;
  const pair = await newPair(context);
  return await inTransaction(context, async (context) => {
    const { store, now } = context;
    const given = await findCode(store, hash);
    // The user comes first, as where all sign-ins under way are ended.
    const isUser = given !== null && await lockUser(store, given.userId);
    await lockCode(store, hash);
    const found = await findCode(store, hash);
    if (found === null || found.expiresAt <= now()) return null;
    if (found.familyId !== null) {
      await revokeFamily(store, found.familyId, now());
      return null;
    }
    const isTheClient = found.challenge === challenge && found.redirectUri === redirect;
    const tokens = isTheClient && isUser
      ? await startSession(context, found.userId, pair, "browser")
      : null;
    // A wrong verifier spends it too: its sender holds a code of somebody else.
    await setCodeFamily(store, hash, tokens?.sessionId ?? NO_SESSION);
    return tokens;
  });
}

/** Stands for the session of a spent code that began none. */
const NO_SESSION = "";

/** Encodes as base64url without padding, as PKCE has it. */
function base64Url(hexadecimal: string): string {
  const bytes = hexadecimal.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
}
