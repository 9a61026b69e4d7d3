import { takeStrangersCall } from "../accounts/host_limits.ts";
import { noteUse } from "../accounts/last_use.ts";
import {
  MACHINE_TOKEN_PREFIX,
  machineCaller,
  machineFacts,
  type MachineIdentity,
  noteMachineUse,
} from "../accounts/machine_tokens.ts";
import type { Question } from "../context/remembered.ts";
import { hostError, rateLimited } from "../model/host_error.ts";
import type { Caller, Membership, User } from "../model/user.ts";
import { touch } from "../store/last_use.ts";
import { ownerOf } from "../store/tokens.ts";
import { limitKey } from "./client_address.ts";
import type { Call, Host } from "./context.ts";
import { HttpError } from "./http_error.ts";

/** A signed-in user, and what the call is made with: a session or the token of a machine. */
export interface SignedIn {
  readonly user: User;
  /** The teams that the call may be made for: one alone for the token of a machine. */
  readonly teams: readonly Membership[];
  /** `null` for the token of a machine. */
  readonly sessionId: string | null;
  /** `null` for a session. */
  readonly machine: MachineIdentity | null;
}

/**
 * Returns the signed-in user and the team named by `X-Team-Slug` (wire.md, Transport).
 *
 * @throws {HttpError} `unauthorized`. {HostError} `rate_limited`, `no_installation`.
 */
export async function requireCaller(host: Host, call: Call): Promise<Caller> {
  const signedIn = await requireSignedIn(host, call);
  return { user: signedIn.user, team: requireTeam(call, signedIn) };
}

/**
 * Returns the signed-in user, and the session or the token of a machine that the call is made with.
 *
 * @throws {HttpError} `unauthorized`. {HostError} `rate_limited`.
 */
export async function requireSignedIn(host: Host, call: Call): Promise<SignedIn> {
  const signedIn = await arrived(host, call);
  if (typeof signedIn === "string") {
    await takeStrangersCall(host.limits, limitKey(call.env.remoteAddress));
    throw new HttpError(
      { code: "unauthorized", message: signedIn },
      { "www-authenticate": "Bearer" },
    );
  }
  call.set("userId", signedIn.user.id);
  const taken = await host.limits.calls?.take(signedIn.user.id);
  if (taken !== undefined && taken.wait > 0) throw rateLimited(taken.wait);
  await signedIn.noteUse();
  return signedIn;
}

/** Somebody whose use of a session or a token is still to be recorded. */
type Arrived = SignedIn & { readonly noteUse: () => Promise<void> };

/** Returns who calls, or the sentence that refuses the token. */
async function arrived(host: Host, call: Call): Promise<Arrived | string> {
  const token = bearerToken(call);
  if (token === null) return NO_SESSION;
  const { context } = host;
  const key = await context.tokenHash(token);
  const version = await context.store.version();
  call.set("version", version);
  return token.startsWith(MACHINE_TOKEN_PREFIX)
    ? await byMachine(host, { key, version })
    : await bySession(host, { key, version });
}

async function bySession(
  { context, remembered }: Host,
  question: Question,
): Promise<Arrived | string> {
  const { store, now } = context;
  const reading = () => ownerOf(store, question.key);
  const owner = await remembered.owners.read(store, question, reading);
  if (owner === null || owner.expiresAt <= now()) return NO_SESSION;
  const { user, teams, familyId, lastUsedAt } = owner;
  return {
    user,
    teams,
    sessionId: familyId,
    machine: null,
    noteUse: () =>
      noteUse(
        context,
        lastUsedAt,
        (now, before) => touch(store, "token_families", { id: familyId, now, before }),
      ),
  };
}

async function byMachine(
  { context, remembered }: Host,
  question: Question,
): Promise<Arrived | string> {
  const { store, now } = context;
  const reading = () => machineFacts(store, question.key);
  const facts = await remembered.machines.read(store, question, reading);
  if (facts === null) return "The machine token is unknown to this host";
  const caller = machineCaller(facts, now());
  if (!caller.ok) return caller.reason;
  const { user, machine, lastUsedAt } = caller;
  const noteUse = () => noteMachineUse(context, { id: machine.id, lastUsedAt });
  return { user, teams: [machine.team], sessionId: null, machine, noteUse };
}

const NO_SESSION = "The access token is missing, expired or revoked";

/**
 * Returns the team named by `X-Team-Slug`, by its slug or its id. The token of a machine needs no name: it has one team.
 *
 * @throws {HostError} `no_installation` when the header is missing or names a team the call may not be made for.
 */
export function requireTeam(call: Call, signedIn: SignedIn): Membership {
  const team = chosenTeam(call, signedIn);
  call.set("team", team.slug);
  return team;
}

function chosenTeam(call: Call, { machine, teams }: SignedIn): Membership {
  const named = call.req.header("x-team-slug")?.trim() ?? "";
  if (named === "") {
    if (machine !== null) return machine.team;
    throw hostError("no_installation", "The request names no team in X-Team-Slug");
  }
  const team = teams.find(({ slug, id }) => slug === named || id === named);
  if (team !== undefined) return team;
  throw hostError(
    "no_installation",
    machine === null
      ? `You are not in a team "${named}"`
      : `The machine token "${machine.name}" is for the team "${machine.team.slug}", not for "${named}"`,
  );
}

function bearerToken(call: Call): string | null {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(call.req.header("authorization") ?? "")?.[1] ??
    null;
}
