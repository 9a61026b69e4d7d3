import type { Hono } from "hono";
import {
  type DeviceAuthorization,
  type DeviceToken,
  PasswordTokenRequestSchema,
  RefreshTokenRequestSchema,
  type TokenResponse,
} from "../contract/auth.ts";
import { AUTH_PATHS } from "../contract/paths.ts";
import { rateLimited, requireUser } from "./caller.ts";
import { pollDevice, startDevice } from "./device_flow.ts";
import { at, type Call, type Host, type HostEnv, sendJson } from "./host.ts";
import { parseRequest, refuse } from "./refusal.ts";
import { MAX_SIGN_IN_BYTES, readForm, readJson } from "./request_body.ts";
import { type IssuedTokens, issueTokens, rotateTokens } from "./tokens.ts";
import { teamsOf, userByPassword } from "./users.ts";

/** Adds the sign-in calls. Hosted API, Authentication. */
export function addAuthRoutes(app: Hono<HostEnv>, host: Host): void {
  const { data } = host;

  app.post(at(AUTH_PATHS.token), async (call) => {
    const { username, password } = parseRequest(
      PasswordTokenRequestSchema,
      (await readJson(call, MAX_SIGN_IN_BYTES)).value,
    );
    const user = await checkedPassword(host, call, username, password);
    if (user === null) throw refuse("unauthorized", "The user name or the password is wrong");
    return sendJson(tokenResponse(host, await issueTokens(data, user.id)));
  });

  app.post(at(AUTH_PATHS.refresh), async (call) => {
    const { refresh } = parseRequest(
      RefreshTokenRequestSchema,
      (await readJson(call, MAX_SIGN_IN_BYTES)).value,
    );
    const issued = await rotateTokens(data, refresh);
    if (issued === null) {
      throw refuse("unauthorized", "The refresh token is unknown, expired, used or revoked");
    }
    return sendJson(tokenResponse(host, issued));
  });

  app.post(at(AUTH_PATHS.device), async (call) => {
    const form = await readForm(call);
    const wait = host.devices.take(call.env.remoteAddress);
    if (wait > 0) throw rateLimited(wait);
    const started = await startDevice(host, form);
    if (!started.ok) return sendJson({ error: started.error }, 400);
    const page = signInPage(call);
    const complete = new URL(page);
    complete.searchParams.set("user_code", started.userCode);
    const authorization: DeviceAuthorization = {
      device_code: started.deviceCode,
      user_code: started.userCode,
      verification_uri: page.href,
      verification_uri_complete: complete.href,
      expires_in: started.expiresIn,
      interval: started.interval,
    };
    return sendJson(authorization);
  });

  app.post(at(AUTH_PATHS.deviceToken), async (call) => {
    const polled = await pollDevice(data, await readForm(call));
    if (!polled.ok) return sendJson({ error: polled.error }, 400);
    const issued = await issueTokens(data, polled.userId);
    const token: DeviceToken = {
      access_token: issued.access,
      refresh_token: issued.refresh,
      expires_in: issued.accessLifetime,
      refresh_token_expires_in: issued.refreshLifetime,
      token_type: "Bearer",
    };
    return sendJson({ ...token, ...teamSlug(host, issued.userId) });
  });

  app.get(at(AUTH_PATHS.me), async (call) => {
    const user = await requireUser(host, call);
    return sendJson({
      user_id: user.id,
      username: user.username,
      email: user.email,
      name: user.name,
      // The id is what X-Team-Slug takes, so that every way to sign in ends in one and the same team.
      teams: teamsOf(data, user.id).map((team) => ({ ...team, id: team.slug })),
    });
  });
}

/**
 * Where a person approves a device. A proxy that ends TLS tells so; who else says it is answered with an
 * address that is of no use to them alone.
 */
function signInPage(call: Call): URL {
  const page = new URL("/device", call.req.url);
  const outside = call.req.header("x-forwarded-proto")?.split(",")[0]?.trim().toLowerCase();
  if (outside === "https") page.protocol = "https:";
  return page;
}

/**
 * The user with this password; wrong ones are slowed down per address and name, and few are checked at
 * a time.
 *
 * @throws {Refusal} `rate_limited`.
 */
export async function checkedPassword(
  host: Host,
  call: Call,
  username: string,
  password: string,
): ReturnType<typeof userByPassword> {
  const address = call.env.remoteAddress;
  // Before a bucket is made for the name: a stranger may think up any number of names.
  if (host.checks.isFull(address)) throw rateLimited(1);
  const key = `${address}\n${username.trim().toLowerCase()}`;
  // Taken before the check, which takes its time: guesses that come together count too.
  const wait = host.guesses.take(key);
  if (wait > 0) throw rateLimited(wait);
  const user = await host.checks.run(
    address,
    () => userByPassword(host.data, username, password),
  );
  if (user !== null) host.guesses.giveBack(key);
  return user;
}

function tokenResponse(host: Host, issued: IssuedTokens): TokenResponse {
  return {
    access: issued.access,
    refresh: issued.refresh,
    access_lifetime: issued.accessLifetime,
    refresh_lifetime: issued.refreshLifetime,
    ...teamSlug(host, issued.userId),
  };
}

/** The user's first team, for clients that know none yet. */
function teamSlug(host: Host, userId: string): { team_slug?: string } {
  const first = teamsOf(host.data, userId)[0];
  return first === undefined ? {} : { team_slug: first.slug };
}
