import { type LoginOptions, loginWithDevice } from "../../src/client/auth.ts";
import { openHost } from "../../src/client/open_host.ts";
import { CredentialStore, type Session } from "../../src/user/credentials.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { HOST } from "./support.ts";

export const DEVICE = {
  device_code: "dev-secret",
  user_code: "WDJB-MJHT",
  verification_uri: `${HOST}/activate`,
  expires_in: 60,
  interval: 5,
};

export const ME = {
  user_id: 7,
  email: "ada@example.org",
  name: "Ada",
  teams: [{ id: "core", name: "Core", role: "admin" }],
};

export const TWO_TEAMS = {
  ...ME,
  teams: [...ME.teams, { id: "ops", name: "Ops", role: "member" }],
};

export const DEVICE_TOKENS = {
  access_token: "access-1",
  refresh_token: "refresh-1",
  expires_in: 900,
  token_type: "Bearer",
};

export function meStub(reply: Reply = { status: 200, json: ME }, token = "access-1"): Stub {
  return { request: "GET /api/v1/me", headers: { authorization: `Bearer ${token}` }, reply };
}

export function deviceStub(json: unknown = DEVICE): Stub {
  return { request: "POST /oauth/device", reply: { status: 200, json } };
}

export function polls(...replies: (Reply | string)[]): Stub[] {
  return replies.map((reply) => ({
    request: "POST /oauth/token",
    headers: { "content-type": "application/x-www-form-urlencoded", "authorization": null },
    reply: typeof reply === "string" ? { status: 400, json: { error: reply } } : reply,
  }));
}

export const GRANTED: Reply = { status: 200, json: DEVICE_TOKENS };

export interface LoginMachine {
  readonly platform: TestPlatform;
  readonly store: CredentialStore;
  readonly options: LoginOptions;
}

export async function withLogin(
  network: readonly Stub[],
  test: (machine: LoginMachine) => Promise<void>,
): Promise<void> {
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
  await withPlatform({ env, network }, async (platform) => {
    const store = new CredentialStore({ platform });
    const host = await openHost({ platform, baseUrl: HOST, version: "1" });
    const options = { ...host, credentials: store };
    await test({ platform, store, options });
  });
}

export async function deviceLogin(
  network: readonly Stub[],
  test: (run: () => Promise<Session>, machine: LoginMachine) => Promise<void>,
): Promise<void> {
  await withLogin(network, async (machine) => {
    await test(() => loginWithDevice({ ...machine.options, onCode: () => {} }), machine);
  });
}
