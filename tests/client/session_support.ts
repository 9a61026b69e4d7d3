import { SessionTokens } from "../../src/client/session.ts";
import { CredentialStore, type Session } from "../../src/user/credentials.ts";
import { TEST_START } from "../support/clock.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { type TestPlatform, type TestPlatformOptions, withPlatform } from "../support/platform.ts";
import { HOST, hostOf } from "./support.ts";

/** A session whose access token has a quarter of an hour to live. */
export const SESSION: Session = {
  host: HOST,
  access: "access-1",
  refresh: "refresh-1",
  accessExpiresAt: TEST_START + 900_000,
  refreshExpiresAt: TEST_START + 604_800_000,
  username: "ada",
  teamSlug: "core",
};

/** What the host answers to a refresh. */
export const ROTATED = { access: "access-2", refresh: "refresh-2", access_lifetime: 60 };

/** An expected refresh. */
export function refreshStub(reply: Reply, refresh = "refresh-1"): Stub {
  return {
    request: "POST /api/v1/token/refresh/",
    headers: { "authorization": null, "content-type": "application/json" },
    body: { refresh },
    reply,
  };
}

/** What a test of a session works with. */
export interface SessionMachine {
  readonly platform: TestPlatform;
  readonly store: CredentialStore;
  /** Tokens as another process would make them. */
  readonly tokens: () => SessionTokens;
}

/** Runs a test on a machine with this session, or none. */
export async function withSession(
  session: Partial<Session> | null,
  network: readonly Stub[],
  test: (machine: SessionMachine) => Promise<void>,
  options: TestPlatformOptions = {},
): Promise<void> {
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", ...options.env };
  await withPlatform({ ...options, env, network }, async (platform) => {
    const store = new CredentialStore({ platform });
    if (session !== null) await store.saveSession({ ...SESSION, ...session });
    const host = await hostOf(platform, { baseUrl: `${HOST}/` });
    const tokens = () =>
      new SessionTokens({ ...host, credentials: new CredentialStore({ platform }) });
    await test({ platform, store, tokens });
  });
}
