import { queueOwner } from "../events/open.ts";
import type { Platform } from "../platform/platform.ts";
import { sha256Hex } from "../platform/random.ts";
import { CredentialStore } from "../user/credentials.ts";

/** Whom background work is done for. */
export interface Serving {
  /** The host; `null` when none is configured. */
  readonly host: string | null;
  /** The team; `null` when it is not known. */
  readonly team: string | null;
  /** 16 hexadecimal digits that stand for the credential, and tell nothing of it; `null` without a session. */
  readonly credential: string | null;
}

/** What a running daemon serves and its caller would not. */
export type ServingMismatch = "host" | "team" | "credential";

/**
 * Returns whom a daemon started by this process would serve. A stored session counts by its user, since its tokens
 * are renewed all the time; a token from the environment counts by itself.
 *
 * @throws {TrackerError} `invalid_toml`, `invalid_setting`, `no_home`.
 */
export async function servingNow(platform: Platform): Promise<Serving> {
  const { hostUrl } = await queueOwner(platform);
  const active = hostUrl === null
    ? null
    : await new CredentialStore({ platform }).activeSession(hostUrl);
  if (active === null) return { host: hostUrl, team: null, credential: null };
  const { session, injected, command } = active;
  const secret = command !== null
    ? `command|${JSON.stringify(command)}`
    : injected
    ? `token|${session.access}`
    : `session|${session.username ?? ""}`;
  return {
    host: hostUrl,
    team: session.teamSlug,
    credential: (await sha256Hex(`${hostUrl}|${secret}`)).slice(0, 16),
  };
}

/** Returns in what two differ first; `null` when they are the same. */
export function mismatchOf(one: Serving, other: Serving): ServingMismatch | null {
  for (const part of ["host", "team", "credential"] as const) {
    if (one[part] !== other[part]) return part;
  }
  return null;
}
