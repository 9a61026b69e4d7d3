import assert from "node:assert/strict";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import type { AccessToken, TokenSource } from "../../src/client/authorized.ts";
import { HostedClient } from "../../src/client/client.ts";
import {
  type OpenHost,
  openHost,
  type OpenHostOptions,
  type RequestLogEntry,
} from "../../src/client/open_host.ts";
import { ROLLOUT_VARIABLE } from "../../src/client/rollout.ts";
import type { Platform } from "../../src/platform/platform.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { IDENTITY_PATH } from "../support/answers.ts";

/** The host of these tests. */
export const HOST = "https://tracker.example";

/** Counts of an answer without items. */
export const NO_ITEMS = { total: 0, succeeded: 0, failed: 0, skipped: 0 } as const;

/** A page without issues. */
export const EMPTY_PAGE = {
  status: "ok",
  summary: NO_ITEMS,
  items: [],
  item_errors: null,
  identity_path: IDENTITY_PATH,
  has_more: false,
  next_cursor: null,
} as const;

/** A push of nothing. */
export const EMPTY_PUSH = {
  status: "ok",
  summary: NO_ITEMS,
  items: [],
  item_errors: null,
  identity_path: IDENTITY_PATH,
} as const;

/** A run of nothing. */
export const EMPTY_RUN = {
  status: "ok",
  summary: NO_ITEMS,
  pull: { summary: NO_ITEMS },
  push: { summary: NO_ITEMS },
  identity_path: IDENTITY_PATH,
} as const;

/** The status of a bound project. */
export const STATUS = { provider: "linear", connected: true, sync_state: "idle" } as const;

/** The request line of {@link STATUS} routed by `srm_1`. */
export const STATUS_REQUEST = "GET /api/v1/tracker/status/?provider=linear&binding_ref=srm_1";

/** Opens a host, {@link HOST} unless another is given, for a machine that has opted in, whatever its environment says. */
export async function hostOf(
  platform: Platform,
  options: Omit<OpenHostOptions, "platform"> = {},
): Promise<OpenHost> {
  const optedIn = {
    get: (name: string) => name === ROLLOUT_VARIABLE ? "1" : platform.env.get(name),
  };
  const machine = { ...platform, env: optedIn };
  return await openHost({ baseUrl: HOST, version: "1", ...options, platform: machine });
}

/** Tokens that rotate from `t1` to `t2` and so on, without a file or a host. */
export function rotatingTokens(teamSlug: string | null = "core"): TokenSource & {
  readonly refreshed: string[];
} {
  const refreshed: string[] = [];
  const now = (): AccessToken => ({
    token: `t${refreshed.length + 1}`,
    teamSlug,
    injected: false,
  });
  return {
    refreshed,
    accessToken: () => Promise.resolve(now()),
    refresh(stale) {
      refreshed.push(stale);
      return Promise.resolve(now());
    },
  };
}

/** What a test of the client gets. */
export interface ClientMachine {
  readonly client: HostedClient;
  readonly platform: TestPlatform;
  readonly refreshed: readonly string[];
  readonly log: readonly RequestLogEntry[];
  /** What a person was told. */
  readonly warnings: readonly string[];
}

/** Runs a test with a client whose host follows a script. */
export async function withClient(
  network: readonly Stub[],
  test: (machine: ClientMachine) => Promise<void>,
  options: { readonly teamSlug?: string | null } = {},
): Promise<void> {
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
  await withPlatform({ env, network }, async (platform) => {
    const log: RequestLogEntry[] = [];
    const warnings: string[] = [];
    const tokens = rotatingTokens("teamSlug" in options ? options.teamSlug : "core");
    const host = await openHost({
      platform,
      baseUrl: `${HOST}/`,
      version: "9.8.7",
      onRequestLog: (entry) => void log.push(entry),
    });
    const client = new HostedClient({
      ...host,
      tokens,
      warn: (message) => void warnings.push(message),
    });
    await test({ client, platform, refreshed: tokens.refreshed, log, warnings });
  });
}

/** Waits for `work` to fail with a {@link TrackerError} of `code` and returns it. */
export async function failing(work: Promise<unknown>, code: string): Promise<TrackerError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`it did not fail with ${code}`);
}
