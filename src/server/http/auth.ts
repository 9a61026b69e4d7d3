import { hostError, rateLimited } from "../model/host_error.ts";
import type { Caller, Membership, User } from "../model/user.ts";
import { takeStrangersCall } from "../accounts/host_limits.ts";
import { noteUse } from "../accounts/last_use.ts";
import { touchSession } from "../store/sessions.ts";
import { ownerOf } from "../store/tokens.ts";
import { teamsOf, userById } from "../store/users.ts";
import { limitKey } from "./client_address.ts";
import type { Call, Host } from "./context.ts";
import { HttpError } from "./http_error.ts";

/**
 * Returns the signed-in user and the team named by `X-Team-Slug` (wire.md, Transport).
 *
 * @throws {HttpError} `unauthorized`. {HostError} `rate_limited`, `no_installation`.
 */
export async function requireCaller(host: Host, call: Call): Promise<Caller> {
  const user = await requireUser(host, call);
  return { user, team: await requireTeam(host, call, user) };
}

/**
 * Returns the signed-in user.
 *
 * @throws {HttpError} `unauthorized`. {HostError} `rate_limited`.
 */
export async function requireUser(host: Host, call: Call): Promise<User> {
  return (await requireSession(host, call)).user;
}

/**
 * Returns the signed-in user, and the session the call is made in.
 *
 * @throws {HttpError} `unauthorized`. {HostError} `rate_limited`.
 */
export async function requireSession(
  host: Host,
  call: Call,
): Promise<{ readonly user: User; readonly sessionId: string }> {
  const token = bearerToken(call);
  const { store, tokenHash, now } = host.context;
  const owner = token === null ? null : await ownerOf(store, await tokenHash(token), now());
  const user = owner === null ? null : await userById(store, owner.userId);
  if (owner === null || user === null) {
    await takeStrangersCall(host.limits, limitKey(call.env.remoteAddress));
    throw new HttpError(
      { code: "unauthorized", message: "The access token is missing, expired or revoked" },
      { "www-authenticate": "Bearer" },
    );
  }
  const taken = await host.limits.calls?.take(user.id);
  if (taken !== undefined && taken.wait > 0) throw rateLimited(taken.wait);
  await noteUse(
    host.context,
    owner.lastUsedAt,
    (now, before) => touchSession(store, owner.familyId, now, before),
  );
  return { user, sessionId: owner.familyId };
}

/**
 * Returns the team named by `X-Team-Slug`, by its slug or its id.
 *
 * @throws {HostError} `no_installation` when the header is missing or names a team the user is not in.
 */
export async function requireTeam(host: Host, call: Call, user: User): Promise<Membership> {
  const named = call.req.header("x-team-slug")?.trim() ?? "";
  if (named === "") {
    throw hostError("no_installation", "The request names no team in X-Team-Slug");
  }
  const teams = await teamsOf(host.context.store, user.id);
  const team = teams.find(({ slug, id }) => slug === named || id === named);
  if (team !== undefined) return team;
  throw hostError("no_installation", `You are not in a team "${named}"`);
}

function bearerToken(call: Call): string | null {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(call.req.header("authorization") ?? "")?.[1] ??
    null;
}
