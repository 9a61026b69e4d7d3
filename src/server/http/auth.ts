import type { Call, Host } from "./context.ts";
import { Refusal, refuse } from "./http_error.ts";
import { type Membership, teamsOf, type User, userById } from "../store/users.ts";
import { ownerOf } from "../store/tokens.ts";

/** Who makes a tracker call, and for which team. */
export interface Caller {
  readonly user: User;
  readonly team: Membership;
}

/**
 * The signed-in user and the team named by `X-Team-Slug`. Hosted API, Transport.
 *
 * @throws {Refusal} `unauthorized`, `rate_limited`, `no_installation`.
 */
export async function requireCaller(host: Host, call: Call): Promise<Caller> {
  const user = await requireUser(host, call);
  return { user, team: requireTeam(host, call, user) };
}

/**
 * The signed-in user.
 *
 * @throws {Refusal} `unauthorized`, `rate_limited`.
 */
export async function requireUser(host: Host, call: Call): Promise<User> {
  return (await requireSession(host, call)).user;
}

/**
 * The signed-in user, and the session the call is made in.
 *
 * @throws {Refusal} `unauthorized`, `rate_limited`.
 */
export async function requireSession(
  host: Host,
  call: Call,
): Promise<{ readonly user: User; readonly sessionId: string }> {
  const token = bearerToken(call);
  const owner = token === null ? null : await ownerOf(host.data, token);
  const user = owner === null ? null : userById(host.data, owner.userId);
  if (owner === null || user === null) {
    throw new Refusal(
      { code: "unauthorized", message: "The access token is missing, expired or revoked" },
      { "www-authenticate": "Bearer" },
    );
  }
  const wait = host.calls?.take(user.id) ?? 0;
  if (wait > 0) throw rateLimited(wait);
  return { user, sessionId: owner.familyId };
}

/**
 * The team named by `X-Team-Slug`, by its slug or its id.
 *
 * @throws {Refusal} `no_installation` when the header is missing or names a team the user is not in.
 */
export function requireTeam(host: Host, call: Call, user: User): Membership {
  const named = call.req.header("x-team-slug")?.trim() ?? "";
  if (named === "") {
    throw refuse("no_installation", "The request names no team in X-Team-Slug");
  }
  const team = teamsOf(host.data, user.id).find(({ slug, id }) => slug === named || id === named);
  if (team !== undefined) return team;
  throw refuse("no_installation", `You are not in a team "${named}"`);
}

/** The refusal of a call that comes too early. Hosted API, Errors. */
export function rateLimited(waitSeconds: number): Refusal {
  return new Refusal({
    code: "rate_limited",
    message: `Too many requests. Try again in ${waitSeconds} s.`,
    retryAfterSeconds: waitSeconds,
  }, { "retry-after": String(waitSeconds) });
}

function bearerToken(call: Call): string | null {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(call.req.header("authorization") ?? "")?.[1] ??
    null;
}
