import type { Hono } from "hono";
import {
  CODE_GRANT_TYPE,
  DEVICE_CLIENT_ID,
  DEVICE_GRANT_TYPE,
  DEVICE_SCOPE,
  type DeviceAuthorization,
  type DeviceToken,
  PasswordTokenRequestSchema,
  REFRESH_GRANT_TYPE,
  RefreshTokenRequestSchema,
  type RevokeResult,
  type TokenResponse,
} from "../../contract/auth.ts";
import { AUTH_PATHS } from "../../contract/paths.ts";
import { isoTime } from "../../platform/clock.ts";
import { limitKey } from "../http/client_address.ts";
import { exchangeCode } from "../accounts/authorization_code.ts";
import { rateLimited, requireSession } from "../http/auth.ts";
import { pollDevice, startDevice } from "../accounts/device_flow.ts";
import { at, type Call, type Host, type HostEnv, sendJson } from "../http/context.ts";
import type { HostData } from "../store/host_data.ts";
import { parseRequest, refuse } from "../http/http_error.ts";
import { MAX_SIGN_IN_BYTES, readForm, readJson } from "../http/body.ts";
import { checkedPassword } from "../accounts/sign_in.ts";
import {
  type IssuedTokens,
  issueTokens,
  revokeFamily,
  revokeToken,
  rotateTokens,
} from "../store/tokens.ts";
import { teamsOf } from "../store/users.ts";

/** Ends the session of the token it comes with. */
export const LOGOUT_PATH = "/api/v1/logout";

/** Adds the sign-in calls. Hosted API, Authentication. */
export function addAuthRoutes(app: Hono<HostEnv>, host: Host): void {
  const { data } = host;

  app.post(at(AUTH_PATHS.token), async (call) => {
    const { username, password } = parseRequest(
      PasswordTokenRequestSchema,
      (await readJson(call, MAX_SIGN_IN_BYTES)).value,
    );
    const user = await checkedPassword(host, call, username, password);
    const issued = user === null ? null : await issueTokens(data, user.id);
    if (issued === null) throw refuse("unauthorized", "The user name or the password is wrong");
    return sendJson(tokenResponse(host, issued));
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
    const wait = host.devices.take(limitKey(call.env.remoteAddress));
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
    const granted = await grant(data, await readForm(call));
    return typeof granted === "string"
      ? sendJson({ error: granted }, 400)
      : sendJson(grantedTokens(host, granted));
  });

  app.post(at(AUTH_PATHS.revoke), async (call) => {
    const token = (await readForm(call)).get("token") ?? "";
    if (token === "") return sendJson({ error: "invalid_request" }, 400);
    await revokeToken(data, token);
    const result: RevokeResult = { revoked: true };
    return sendJson(result);
  });

  // What the published spec-kitty 3.1 calls at its logout.
  app.post(LOGOUT_PATH, async (call) => {
    const { sessionId } = await requireSession(host, call);
    revokeFamily(data, sessionId);
    return sendJson({ revoked: true });
  });

  app.get(at(AUTH_PATHS.me), async (call) => {
    const { user, sessionId } = await requireSession(host, call);
    return sendJson({
      user_id: user.id,
      session_id: sessionId,
      username: user.username,
      email: user.email,
      name: user.name,
      // The id is what X-Team-Slug takes, so that every way to sign in ends in one and the same team.
      // All teams of this host are shared: none is the private one that some clients keep apart.
      teams: teamsOf(data, user.id).map((team) => ({
        ...team,
        id: team.slug,
        is_private_teamspace: false,
      })),
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

/** The tokens that a form of `/oauth/token` asks for, or the error of RFC 6749 and RFC 8628. */
async function grant(data: HostData, form: URLSearchParams): Promise<IssuedTokens | string> {
  const type = form.get("grant_type") ?? "";
  if (![DEVICE_GRANT_TYPE, REFRESH_GRANT_TYPE, CODE_GRANT_TYPE].includes(type)) {
    return "unsupported_grant_type";
  }
  if (form.get("client_id") !== DEVICE_CLIENT_ID) return "invalid_client";
  if (type === REFRESH_GRANT_TYPE) {
    return await rotateTokens(data, form.get("refresh_token") ?? "") ?? "invalid_grant";
  }
  if (type === CODE_GRANT_TYPE) return await exchangeCode(data, form) ?? "invalid_grant";
  const polled = await pollDevice(data, form);
  return polled.ok ? await issueTokens(data, polled.userId) ?? "access_denied" : polled.error;
}

/** An answer of `/oauth/token`; what only some clients read stands beside it. */
function grantedTokens(host: Host, issued: IssuedTokens): DeviceToken & Record<string, unknown> {
  return {
    access_token: issued.access,
    refresh_token: issued.refresh,
    expires_in: issued.accessLifetime,
    refresh_token_expires_in: issued.refreshLifetime,
    refresh_token_expires_at: isoTime(host.data.now() + issued.refreshLifetime * 1000),
    token_type: "Bearer",
    scope: DEVICE_SCOPE,
    session_id: issued.sessionId,
    ...teamSlug(host, issued.userId),
  };
}

function tokenResponse(host: Host, issued: IssuedTokens): TokenResponse & { session_id: string } {
  return {
    access: issued.access,
    refresh: issued.refresh,
    access_lifetime: issued.accessLifetime,
    refresh_lifetime: issued.refreshLifetime,
    session_id: issued.sessionId,
    ...teamSlug(host, issued.userId),
  };
}

/** The user's first team, for clients that know none yet. */
function teamSlug(host: Host, userId: string): { team_slug?: string } {
  const first = teamsOf(host.data, userId)[0];
  return first === undefined ? {} : { team_slug: first.slug };
}
