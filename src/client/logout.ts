import { AUTH_PATHS, TRACKER_PATHS } from "../contract/paths.ts";
import { isJsonObject } from "../contract/field.ts";
import { type CredentialStore, isGivenToken } from "../user/credentials.ts";
import { errorText } from "../platform/tracker_error.ts";
import { contentOf } from "./answers.ts";
import type { OpenHost } from "./open_host.ts";
import { send } from "./transport.ts";

/** What a logout needs. */
export type LogoutOptions = OpenHost & { readonly credentials: CredentialStore };

/** What a logout has done. */
export interface LogoutResult {
  /** Whether there was a session here; it is forgotten. */
  readonly removed: boolean;
  /**
   * What became of the session at the host: `ended`; `kept` until it expires, because the host was not
   * reached or cannot end sessions; `token` for a token given at the login, which others may use too and which
   * those who run the host revoke; `null` when there was none.
   */
  readonly hostSession: "ended" | "kept" | "token" | null;
  /** Why it is kept, without a final period; `null` where it is not, or the host cannot end sessions. */
  readonly keptBecause: string | null;
}

/** Milliseconds that each request of a logout may take: the session is forgotten here in any case. */
const LOGOUT_TIMEOUT_MS = 5_000;

/**
 * Forgets the session at one host, then ends it there where the host offers that; a token that was given at the login
 * is only forgotten. Sessions at other hosts stay. A host that is not reached is no failure (wire.md, Extensions).
 *
 * @throws {TrackerError} `invalid_toml`; `locked`.
 */
export async function logout(options: LogoutOptions): Promise<LogoutResult> {
  const session = await options.credentials.session(options.baseUrl);
  const removed = await options.credentials.clearSession(options.baseUrl);
  const told = { removed, keptBecause: null };
  if (session === null) return { ...told, hostSession: null };
  if (isGivenToken(session)) return { ...told, hostSession: "token" };
  try {
    const ended = await revoke(options, session.refresh ?? session.access);
    return { ...told, hostSession: ended ? "ended" : "kept" };
  } catch (error) {
    return { removed, hostSession: "kept", keptBecause: errorText(error).replace(/\.$/, "") };
  }
}

async function revoke(options: LogoutOptions, token: string): Promise<boolean> {
  const health = await send(options, {
    call: "health",
    method: "GET",
    path: TRACKER_PATHS.health,
    timeoutMs: LOGOUT_TIMEOUT_MS,
  });
  const content = contentOf(health);
  if (content.kind !== "json" || !isJsonObject(content.value)) return false;
  const { extensions } = content.value;
  if (!Array.isArray(extensions) || !extensions.includes("revoke")) return false;
  const answer = await send(options, {
    call: "revoke",
    method: "POST",
    path: AUTH_PATHS.revoke,
    body: { kind: "form", fields: { token } },
    timeoutMs: LOGOUT_TIMEOUT_MS,
  });
  return answer.status === 200;
}
