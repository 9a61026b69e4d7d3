import type { Platform } from "../platform/platform.ts";
import type { CredentialStore, Session } from "../user/credentials.ts";
import { missingAuth } from "../user/readiness_wording.ts";
import { setSetting } from "../user/settings.ts";

/**
 * Makes the session at a host (canonical) the current one and the host the configured one, and returns the session.
 * Killed in between, the sessions are all there, and the configured host is still the one before.
 *
 * @throws {TrackerError} `missing_auth` when the session has gone; `invalid_toml`; `locked`; `credentials_unwritable`.
 */
export async function switchHost(
  { platform, credentials }: {
    readonly platform: Platform;
    readonly credentials: CredentialStore;
  },
  host: string,
): Promise<Session> {
  const session = await credentials.withLock(async (locked) => {
    // Another process may have renewed it since it was listed, or ended it.
    const now = await locked.session(host);
    if (now === null) throw missingAuth();
    await locked.saveSession(now);
    return now;
  });
  await setSetting(platform, "sync.server_url", host);
  return session;
}
