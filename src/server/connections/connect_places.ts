import { type HostedProvider, PROVIDER_TITLES } from "../../contract/providers.ts";
import { asUsage, TrackerError } from "../../platform/tracker_error.ts";
import type {
  Connectable,
  Connecting,
  Credential,
  GivenCredential,
  NewPlace,
} from "../../providers/mod.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { HostKey } from "../context/host_key.ts";
import type { Actor } from "../model/actor.ts";
import { syncNow } from "../jobs/start_syncing.ts";
import {
  type BroughtPlace,
  connectedPlaces,
  type PlacesAt,
  renewCredential,
} from "../store/connected_resources.ts";
import { listConnections, type ListedConnection } from "../store/connections.ts";
import { lockHostSetting } from "../store/settings.ts";
import { findConnection, nameTaken } from "./admin.ts";
import { choosePlaces } from "./choose.ts";
import { addConnection, testCredential } from "./connect.ts";
import { lookForOthers, markOutOfReach } from "./reach.ts";
import type { Team } from "../store/teams.ts";
import { credentialsChanged } from "./rotate_key.ts";
import { notReachable } from "./test_connection.ts";

/** What to connect. */
export interface ConnectRequest {
  readonly teamId: string;
  /** The team, where it is made with the connection. */
  readonly newTeam?: Team | undefined;
  readonly provider: HostedProvider;
  readonly given: GivenCredential;
  /** What the connection is called; after the provider unless given. */
  readonly name: string | undefined;
}

/** What a connection is made with. */
export interface ConnectTools {
  readonly connectable: Connectable;
  /** Returns the key of the host, made when there is none. */
  readonly provideKey: () => Promise<HostKey>;
}

/** What came of connecting. */
export interface ConnectedPlaces {
  readonly connection: ListedConnection;
  /** Whether a connection that was there got the credential. */
  readonly isRenewed: boolean;
  /** Whose credential it is. */
  readonly account: string;
  /** What the credential may not do and should. */
  readonly missing: readonly string[];
  /** All that the credential reaches of what was named. */
  readonly places: readonly NewPlace[];
  /** How many of them are new to the connection. */
  readonly added: number;
  /** What the connection brings besides, and the credential does not reach: it stays here, and is not read. */
  readonly outOfReach: readonly BroughtPlace[];
  /** What was found out of the credential that people have to know, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Tests a credential at its provider, stores it, and has the host bring all places that it was to reach. A connection of
 * this name, or to the same, gets the credential and works again, for what it brought before, too.
 *
 * @throws {TrackerError} `connect_failed` with what the provider, or the host, does not take, and when other connections
 * of the team bring all of it already; nothing is stored then.
 */
export async function connectPlaces(
  context: HostContext,
  actor: Actor,
  { connectable, provideKey }: ConnectTools,
  { teamId, newTeam, provider, given: named, name }: ConnectRequest,
): Promise<ConnectedPlaces> {
  const connecting = connectable[provider];
  if (connecting === undefined) throw notReachable(PROVIDER_TITLES[provider]);
  const known = name === undefined
    ? null
    : await connectionNamed(context, { teamId, provider, name });
  const read = connecting.read(withKnown(named, known));
  if (!read.ok) {
    const isUnknown = name !== undefined && known === null && read.field === "places";
    const unknown = isUnknown ? `No connection is called "${name}". ` : "";
    const failure = notConnected(provider, unknown + read.message);
    throw !isUnknown && isShown(connecting, named.kind, read.field) ? asUsage(failure) : failure;
  }
  const { credential } = read;
  const before = await connectionToRenew(context, { teamId, provider, name }, credential);
  const seen = await testCredential(context, connecting, credential);
  if (!seen.ok) throw notConnected(provider, seen.message);
  const { account, missing, places, notes = [] } = seen;
  const works = seen.credential ?? credential;
  if (places.length === 0) throw notConnected(provider, "The credential reaches nothing there");
  const { baseUrl } = credential;
  if (before === null) await requireNewPlace(context, { teamId, provider, baseUrl }, places);
  const { outOfReach } = before === null
    ? { outOfReach: [] }
    : await lookForOthers(context, connecting, works, { connectionId: before.id, places });
  const key = await provideKey();
  const id = before === null
    ? await addConnection(context, actor, key, {
      teamId,
      newTeam,
      provider,
      credential: works,
      account,
      name,
    })
    : await renewCredentialOf(context, actor, key, {
      before,
      credential: works,
      account,
      outOfReach,
    });
  // A team of this name may have been made meanwhile.
  const byId = { name: id, teamId: newTeam === undefined ? teamId : null };
  const found = await findConnection(context, actor, byId);
  const added = await choosePlaces(context, actor, found, places);
  const connection = await findConnection(context, actor, byId);
  const isRenewed = before !== null;
  return { connection, isRenewed, account, missing, places, added, outOfReach, notes };
}

/** Whether a field is one that people see when they fill it in, as the options of a line are. */
function isShown({ credentials }: Connecting, kind: string, name: string | null): boolean {
  const fields = credentials.find((way) => way.kind === kind)?.fields ?? [];
  return fields.some((field) => field.name === name && !field.isSecret);
}

async function connectionNamed(
  { store }: HostContext,
  { teamId, provider, name }: Omit<ConnectRequest, "given">,
): Promise<ListedConnection | null> {
  const all = await listConnections(store, teamId);
  return all.find((one) => one.name === name && one.provider === provider) ?? null;
}

/** A connection that is named brings what it did, from where it did, unless something else is said. */
function withKnown(given: GivenCredential, known: ListedConnection | null): GivenCredential {
  if (known === null) return given;
  const { places = "", url = "" } = given.values;
  const kept = {
    places: places.trim() === "" ? known.site ?? "" : places,
    url: url.trim() === "" ? known.baseUrl : url,
  };
  return { ...given, values: { ...given.values, ...kept } };
}

/** Returns the connection that a credential is for; `null` for a new one. */
async function connectionToRenew(
  { store }: HostContext,
  { teamId, provider, name }: Omit<ConnectRequest, "given">,
  { baseUrl, site }: Credential,
): Promise<ListedConnection | null> {
  const all = await listConnections(store, teamId);
  const isAlike = (one: ListedConnection) => one.provider === provider && one.baseUrl === baseUrl;
  const wanted = partsOf(site);
  if (name === undefined) {
    return all.find((one) => isAlike(one) && partsOf(one.site) === wanted) ?? null;
  }
  const named = all.find((one) => one.name === name) ?? null;
  if (named !== null && !isAlike(named)) throw nameTaken(name);
  return named;
}

/** What a connection is for, in any order and letters: trackers tell no names apart by those. */
function partsOf(site: string | null): string {
  return (site ?? "").toLowerCase().split(" ").sort().join(" ");
}

/**
 * Refuses a connection that would bring nothing: two that bring one place would write to it twice.
 *
 * @throws {TrackerError} `connect_failed` when other connections of the team bring all of the places.
 */
export async function requireNewPlace(
  { store }: HostContext,
  at: PlacesAt,
  places: readonly NewPlace[],
): Promise<void> {
  const brought = await connectedPlaces(store, at);
  if (places.length === 0 || places.some(({ externalId }) => !brought.has(externalId))) return;
  const [first] = places;
  const name = brought.get(first?.externalId ?? "") ?? "";
  const what = places.length === 1
    ? `"${first?.label}" comes with the connection "${name}" already`
    : `All ${places.length} places come with other connections already, such as "${name}"`;
  const instead = `To give that connection another credential, add \`--name ${name}\`.`;
  throw notConnected(at.provider, what, `${instead} Nothing was stored.`);
}

/**
 * Gives a connection another credential, which was tested before, and has it work again; returns its id. The caller has
 * made sure that the actor is an admin.
 *
 * @throws {TrackerError} `credentials_changed` when the key was rotated, or the connection removed, meanwhile.
 */
export async function renewCredentialOf(
  context: HostContext,
  actor: Actor,
  key: HostKey,
  { before, credential, account, outOfReach }: {
    readonly before: ListedConnection;
    readonly credential: Credential;
    readonly account: string;
    readonly outOfReach: readonly BroughtPlace[];
  },
): Promise<string> {
  const { id, teamId, name } = before;
  const encrypted = await key.encrypt(id, credential.secret);
  await inTransaction(context, async (context) => {
    const { store } = context;
    if (await lockHostSetting(store, "key_check", key.check) !== key.check) {
      throw credentialsChanged();
    }
    const { kind, site } = credential;
    if (!await renewCredential(store, id, { credential: encrypted, kind, site })) {
      throw credentialsChanged();
    }
    await markOutOfReach(store, outOfReach);
    await syncNow(context, id);
    const details = {
      account,
      kind,
      ...(outOfReach.length === 0 ? {} : { out_of_reach: outOfReach.map(({ label }) => label) }),
    };
    await audit(context, { actor, teamId, action: "connection.renew", target: name, details });
  });
  return id;
}

function notConnected(
  provider: HostedProvider,
  reason: string,
  nextAction = "Correct what is wrong, then try again. Nothing was stored.",
): TrackerError {
  const title = PROVIDER_TITLES[provider];
  return new TrackerError({
    code: "connect_failed",
    message: `${title} was not connected: ${reason.replace(/\.$/, "")}`,
    nextAction,
    details: { provider, reason },
  });
}
