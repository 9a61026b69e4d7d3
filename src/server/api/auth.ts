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
import { exchangeCode } from "../accounts/authorization_code.ts";
import { pollDevice, startDevice } from "../accounts/device_flow.ts";
import { takeDevice, takeStrangersCall } from "../accounts/host_limits.ts";
import { MACHINE_TOKEN_PREFIX, type MachineIdentity } from "../accounts/machine_tokens.ts";
import { checkedPassword } from "../accounts/sign_in.ts";
import { type IssuedTokens, issueTokens, revokeToken, rotateTokens } from "../accounts/tokens.ts";
import type { HostContext } from "../context/host_context.ts";
import { requireSignedIn } from "../http/auth.ts";
import { limitKey } from "../http/client_address.ts";
import { at, type Call, type Host, type HostEnv, sendJson } from "../http/context.ts";
import { parseRequest } from "../http/http_error.ts";
import { MAX_SIGN_IN_BYTES, readForm, readJson } from "../http/body.ts";
import { hostError } from "../model/host_error.ts";
import { revokeFamily } from "../store/tokens.ts";
import { teamsOf } from "../store/users.ts";

/** Ends the session of the token it comes with. */
export const LOGOUT_PATH = "/api/v1/logout";

/** Adds the sign-in calls (wire.md, Authentication). */
export function addAuthRoutes(app: Hono<HostEnv>, host: Host): void {
  const { context } = host;
  const takeCall = (call: Call) => takeStrangersCall(host.limits, limitKey(call.env.remoteAddress));

  app.post(at(AUTH_PATHS.token), async (call) => {
    const { username, password } = parseRequest(
      PasswordTokenRequestSchema,
      (await readJson(call, MAX_SIGN_IN_BYTES)).value,
    );
    const address = limitKey(call.env.remoteAddress);
    const checked = await checkedPassword(host, { username, password, address });
    const issued = checked === null ? null : await issueTokens(context, checked, "password");
    if (issued === null) throw hostError("unauthorized", "The user name or the password is wrong");
    return sendJson(await tokenResponse(context, issued));
  });

  app.post(at(AUTH_PATHS.refresh), async (call) => {
    const { refresh } = parseRequest(
      RefreshTokenRequestSchema,
      (await readJson(call, MAX_SIGN_IN_BYTES)).value,
    );
    await takeCall(call);
    const issued = await rotateTokens(context, refresh);
    if (issued === null) {
      throw hostError("unauthorized", "The refresh token is unknown, expired, used or revoked");
    }
    return sendJson(await tokenResponse(context, issued));
  });

  app.post(at(AUTH_PATHS.device), async (call) => {
    const form = await readForm(call);
    await takeDevice(host.limits, limitKey(call.env.remoteAddress));
    const { levers } = host;
    const started = await startDevice(context, form, {
      expiresIn: levers?.deviceExpiresIn,
      interval: levers?.deviceInterval,
      decision: levers?.deviceDecision,
    });
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
    const form = await readForm(call);
    await takeCall(call);
    const granted = await grant(context, form);
    return typeof granted === "string"
      ? sendJson({ error: granted }, 400)
      : sendJson(await grantedTokens(context, granted));
  });

  app.post(at(AUTH_PATHS.revoke), async (call) => {
    const token = (await readForm(call)).get("token") ?? "";
    await takeCall(call);
    if (token.trim() === "") return sendJson({ error: "invalid_request" }, 400);
    // Only an administrator ends the token of a machine: other jobs may use it, too (RFC 7009, 2.2.1).
    if (token.startsWith(MACHINE_TOKEN_PREFIX)) {
      return sendJson({ error: "unsupported_token_type" }, 400);
    }
    await revokeToken(context, token);
    const result: RevokeResult = { revoked: true };
    return sendJson(result);
  });

  // What the published spec-kitty 3.1 calls at its logout.
  app.post(LOGOUT_PATH, async (call) => {
    const { sessionId } = await requireSignedIn(host, call);
    if (sessionId !== null) await revokeFamily(context.store, sessionId, context.now());
    return sendJson({ revoked: sessionId !== null });
  });

  app.get(at(AUTH_PATHS.me), async (call) => {
    const signedIn = await requireSignedIn(host, call);
    const { user, teams, sessionId, machine } = signedIn;
    return sendJson({
      user_id: user.id,
      session_id: sessionId,
      username: user.username,
      email: user.email,
      name: user.name,
      // The id is what X-Team-Slug takes, so that every way to sign in ends in one and the same team.
      // All teams of this host are shared: none is the private one that some clients keep apart.
      teams: teams.map((team) => ({
        ...team,
        id: team.slug,
        is_private_teamspace: false,
      })),
      ...(machine === null ? {} : machineDetails(machine)),
    });
  });
}

/** Returns what a client is told of the machine token that it calls with. */
function machineDetails({ id, name, expiresAt }: MachineIdentity): Record<string, unknown> {
  const expires = expiresAt === null ? null : isoTime(expiresAt);
  return { machine_token: { id, name }, token_expires_at: expires };
}

/** Returns where a person approves a device. */
function signInPage(call: Call): URL {
  const page = new URL("/device", call.req.url);
  if (call.env.isSecure) page.protocol = "https:";
  return page;
}

/** Returns the tokens that a form of `/oauth/token` asks for, or the error of RFC 6749 and RFC 8628. */
async function grant(
  context: HostContext,
  form: URLSearchParams,
): Promise<IssuedTokens | string> {
  const type = form.get("grant_type") ?? "";
  if (![DEVICE_GRANT_TYPE, REFRESH_GRANT_TYPE, CODE_GRANT_TYPE].includes(type)) {
    return "unsupported_grant_type";
  }
  if (form.get("client_id") !== DEVICE_CLIENT_ID) return "invalid_client";
  if (type === REFRESH_GRANT_TYPE) {
    return await rotateTokens(context, form.get("refresh_token") ?? "") ?? "invalid_grant";
  }
  if (type === CODE_GRANT_TYPE) return await exchangeCode(context, form) ?? "invalid_grant";
  const polled = await pollDevice(context, form);
  return polled.ok ? polled.tokens : polled.error;
}

/** Returns an answer of `/oauth/token`; what only some clients read stands beside it. */
async function grantedTokens(
  context: HostContext,
  issued: IssuedTokens,
): Promise<DeviceToken & Record<string, unknown>> {
  return {
    access_token: issued.access,
    refresh_token: issued.refresh,
    expires_in: issued.accessLifetime,
    refresh_token_expires_in: issued.refreshLifetime,
    refresh_token_expires_at: isoTime(context.now() + issued.refreshLifetime * 1000),
    token_type: "Bearer",
    scope: DEVICE_SCOPE,
    session_id: issued.sessionId,
    ...await teamSlug(context, issued.userId),
  };
}

async function tokenResponse(
  context: HostContext,
  issued: IssuedTokens,
): Promise<TokenResponse & { session_id: string }> {
  return {
    access: issued.access,
    refresh: issued.refresh,
    access_lifetime: issued.accessLifetime,
    refresh_lifetime: issued.refreshLifetime,
    session_id: issued.sessionId,
    ...await teamSlug(context, issued.userId),
  };
}

/** Returns the user's first team, for clients that know none yet. */
async function teamSlug(
  { store }: HostContext,
  userId: string,
): Promise<{ team_slug?: string }> {
  const [first] = await teamsOf(store, userId);
  return first === undefined ? {} : { team_slug: first.slug };
}
