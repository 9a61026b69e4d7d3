import * as v from "valibot";
import type { HostedProvider } from "../../contract/providers.ts";
import { randomHex, sha256Hex } from "../../platform/random.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { Credential, ProviderSignIn } from "../../providers/mod.ts";
import { requireAdmin } from "../context/admin.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { HostKey } from "../context/host_key.ts";
import type { Actor } from "../model/actor.ts";
import { findSignIn, insertSignIn, useSignIn } from "../store/provider_sign_ins.ts";

/** Milliseconds that a person has to let an app in. */
export const SIGN_IN_WITHIN_MS: number = 10 * 60_000;

/** Bytes of what the provider sends back as it was sent to it. */
const STATE_BYTES = 32;

/** Who signs in at a provider. */
export interface SigningIn {
  readonly actor: Actor;
  readonly userId: string;
  /** The session of the browser: no other one may come back. */
  readonly sessionId: string;
  readonly teamId: string;
}

/** What a sign-in at a provider is for. */
export interface RequestedSignIn {
  readonly provider: HostedProvider;
  /** What was entered, which the sign-in completes. */
  readonly credential: Credential;
  /** Where the provider sends the browser. */
  readonly redirectUri: string;
  /** The connection that gets the credential; `null` for a new one. */
  readonly connectionId: string | null;
}

/**
 * Notes that a person goes to a page of a provider, and returns the address of that. What was entered is stored
 * encrypted, so that any process of the host can take it up.
 *
 * @throws {TrackerError} `admin_only`.
 */
export async function beginSignIn(
  context: HostContext,
  key: HostKey,
  { actor, userId, sessionId, teamId }: SigningIn,
  signIn: ProviderSignIn,
  { provider, credential, redirectUri, connectionId }: RequestedSignIn,
): Promise<string> {
  await requireAdmin(context, actor, teamId);
  const state = randomHex(context.platform.random, STATE_BYTES);
  const stateHash = await sha256Hex(state);
  const request = await key.encrypt(stateHash, JSON.stringify({ credential, redirectUri }));
  await inTransaction(context, ({ store, now }) =>
    insertSignIn(store, {
      stateHash,
      sessionId,
      userId,
      teamId,
      provider,
      connectionId,
      request,
      expiresAt: now() + SIGN_IN_WITHIN_MS,
    }));
  return signIn.page(credential, { redirectUri, state });
}

const RequestSchema = v.object({
  credential: v.object({
    kind: v.string(),
    secret: v.string(),
    baseUrl: v.string(),
    site: v.nullable(v.string()),
  }),
  redirectUri: v.string(),
});

/**
 * Takes up the sign-in that a browser comes back from. Each is taken up once.
 *
 * @throws {TrackerError} `admin_only`; `sign_in_not_taken` for one that is unknown, too old, used, or another's.
 */
export async function takeSignIn(
  context: HostContext,
  key: HostKey,
  { actor, userId, sessionId, teamId }: SigningIn,
  state: string,
): Promise<RequestedSignIn> {
  await requireAdmin(context, actor, teamId);
  const hash = await sha256Hex(state);
  const found = await inTransaction(context, async ({ store, now }) => {
    const one = await findSignIn(store, hash);
    if (one === null) {
      throw notTaken("This sign-in was not begun at this host, or too long ago");
    }
    if (one.userId !== userId) throw notTaken("Somebody else has begun this sign-in");
    if (one.sessionId !== sessionId) {
      throw notTaken("This sign-in was begun in another browser, or before you signed in here");
    }
    if (one.teamId !== teamId) throw notTaken("This sign-in was begun for another team");
    if (one.expiresAt <= now()) throw notTaken("This sign-in was begun too long ago");
    if (one.isUsed || !await useSignIn(store, hash, now())) {
      throw notTaken("This sign-in was used already", IF_NOT_THERE);
    }
    return one;
  });
  const { provider, connectionId } = found;
  const text = await key.decrypt(hash, found.request).catch((error) => {
    if (!(error instanceof TrackerError)) throw error;
    throw notTaken("This sign-in was begun under another key of the host");
  });
  return { ...v.parse(RequestSchema, JSON.parse(text)), provider, connectionId };
}

/** A page that was loaded twice has done its work the first time, as a rule. */
const IF_NOT_THERE = "Look under Connections whether it has worked. If not, begin once more.";

function notTaken(
  message: string,
  nextAction = "Begin once more under Connections. Nothing was stored.",
): TrackerError {
  return new TrackerError({ code: "sign_in_not_taken", message, nextAction });
}
