import { PROVIDER_TITLES } from "../../contract/providers.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { Connectable } from "../../providers/mod.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import { type CredentialKeys, renewalOf } from "../context/renewal.ts";
import { syncNow } from "../jobs/start_syncing.ts";
import type { Actor } from "../model/actor.ts";
import { type Connection, standingAfter } from "../model/connection.ts";
import { type BroughtPlace, broughtPlaces } from "../store/connected_resources.ts";
import { connectionById, setConnectionState } from "../store/connections.ts";
import { type NamedConnection, notFound, showConnection } from "./admin.ts";
import type { TestedCredential } from "./connect.ts";
import { markOutOfReach, testReach } from "./reach.ts";

/** What a test of a connection works with. */
export interface ConnectionTest extends CredentialKeys {
  readonly connectable: Connectable;
}

/** A connection as the test has left it, and what the provider said. */
export interface TestedConnection {
  readonly connection: Connection;
  readonly tested: TestedCredential;
  /** What the connection brings, and its credential does not reach. */
  readonly outOfReach: readonly BroughtPlace[];
}

/**
 * Tests the stored credential of a connection at its provider, and records how the connection stands. Nothing is
 * changed at the provider.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`, `provider_not_reachable`, and
 * what keeps the credential from being read; nothing is recorded then.
 */
export async function testConnection(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
  { connectable, ...keys }: ConnectionTest,
): Promise<TestedConnection> {
  const { id, provider } = await showConnection(context, actor, named);
  const connecting = connectable[provider];
  if (connecting === undefined) throw notReachable(PROVIDER_TITLES[provider]);
  const stored = await connectionById(context.store, id);
  if (stored === null) throw notFound(named.name);
  const { credentialKind: kind, baseUrl, site } = stored;
  const secret = await keys.secretOf(stored);
  const credential = { kind, secret, baseUrl, site };
  const { tested, outOfReach } = await testReach(
    context,
    connecting,
    credential,
    id,
    (signal) => renewalOf(context, keys, { connectionId: id, signal }),
  );
  return await inTransaction(context, async (context) => {
    const { store, now } = context;
    const before = await connectionById(store, id);
    if (before === null) throw notFound(named.name);
    const state = stateAfter(tested, before, now());
    await setConnectionState(store, id, state);
    const lost = new Set(outOfReach.map(({ id }) => id));
    const isReadable = state.state === "ok" &&
      (await broughtPlaces(store, id)).some(({ id, error }) => error !== null && !lost.has(id));
    await markOutOfReach(store, outOfReach);
    if ((before.state !== "ok" && state.state === "ok") || isReadable) await syncNow(context, id);
    await audit(context, {
      actor,
      teamId: before.teamId,
      action: "connection.test",
      target: before.name,
      details: tested.ok
        ? {
          works: true,
          account: tested.account,
          missing: [...tested.missing],
          ...(outOfReach.length === 0
            ? {}
            : { out_of_reach: outOfReach.map(({ label }) => label) }),
        }
        : { works: false, problem: tested.message },
    });
    const { credential: _secret, ...connection } = before;
    return { connection: { ...connection, ...state }, tested, outOfReach };
  });
}

function stateAfter(
  tested: TestedCredential,
  before: Connection,
  now: number,
): Pick<Connection, "state" | "stateDetail" | "stateAt"> {
  if (!tested.ok) {
    return { ...standingAfter(tested.fault, before, now), stateDetail: tested.message };
  }
  // One answered call is no sign that the provider takes as many as before.
  if (before.state === "limited" && (before.stateAt ?? 0) > now) return before;
  const { missing } = tested;
  return {
    state: "ok",
    stateAt: null,
    stateDetail: missing.length === 0 ? null : `The credential may not: ${missing.join("; ")}`,
  };
}

/** Returns the failure of a provider that this host cannot ask. */
export function notReachable(title: string): TrackerError {
  return new TrackerError({
    code: "provider_not_reachable",
    message: `This version of the host cannot reach ${title}`,
    nextAction: "Update tracker on the machine of the host.",
    details: { provider: title },
  });
}
