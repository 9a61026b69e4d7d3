import type { Connecting, Credential, NewPlace, RenewSecret } from "../../providers/mod.ts";
import type { HostContext } from "../context/host_context.ts";
import { type BroughtPlace, broughtPlaces } from "../store/connected_resources.ts";
import type { Transaction } from "../store/store.ts";
import { setSyncError } from "../store/sync_state.ts";
import { testCredential, type TestedCredential } from "./connect.ts";

/** Renews a stored credential that ends. */
type Renewing = (signal: AbortSignal) => RenewSecret;

/** What a credential reaches of a connection. */
export interface Reach {
  /** What came of the test; no failure as long as one place is reached. */
  readonly tested: TestedCredential;
  /** The places that the connection brings and the credential does not reach. */
  readonly outOfReach: readonly BroughtPlace[];
}

/**
 * Tests a credential at its provider for what it names, and for all places that the connection brings: what was named
 * before belongs to it, too. Nothing is stored.
 */
export async function testReach(
  context: HostContext,
  connecting: Connecting,
  credential: Credential,
  connectionId: string,
  renew: Renewing,
): Promise<Reach> {
  const tested = await testCredential(context, connecting, credential, renew);
  if (!tested.ok && !isAboutPlaces(tested)) return { tested, outOfReach: [] };
  const places = tested.ok ? tested.places : [];
  const { seen, reached, outOfReach } = await lookForOthers(context, connecting, credential, {
    connectionId,
    places,
    renew,
  });
  const answer = tested.ok ? tested : seen;
  return answer === null
    ? { tested, outOfReach }
    : { tested: { ...answer, places: [...places, ...reached] }, outOfReach };
}

/** What of some places a credential reaches. */
interface Found {
  /** An answer for some of them; `null` when none is reached. */
  readonly seen: Extract<TestedCredential, { readonly ok: true }> | null;
  readonly reached: readonly NewPlace[];
  readonly outOfReach: readonly BroughtPlace[];
}

/** Looks for the places that a connection brings beside those that its credential has just shown. */
export async function lookForOthers(
  context: HostContext,
  connecting: Connecting,
  credential: Credential,
  { connectionId, places, renew }: {
    readonly connectionId: string;
    readonly places: readonly NewPlace[];
    /** Left out for a credential that is not stored yet. */
    readonly renew?: Renewing;
  },
): Promise<Found> {
  const shown = new Set(places.map(({ externalId }) => externalId));
  const brought = await broughtPlaces(context.store, connectionId);
  const others = brought.filter(({ externalId }) => !shown.has(externalId));
  return others.length === 0
    ? { seen: null, reached: [], outOfReach: [] }
    : await lookFor(context, connecting, { credential, renew }, others);
}

/** A provider names one place at most that is not there: halves are looked for until it is known which. */
async function lookFor(
  context: HostContext,
  connecting: Connecting,
  used: { readonly credential: Credential; readonly renew: Renewing | undefined },
  places: readonly BroughtPlace[],
): Promise<Found> {
  const site = places.map(({ key }) => key).join(" ");
  const seen = await testCredential(context, connecting, { ...used.credential, site }, used.renew);
  if (seen.ok) {
    const reached = new Map(seen.places.map((place) => [place.externalId, place]));
    return {
      seen,
      reached: places.flatMap(({ externalId }) => reached.get(externalId) ?? []),
      outOfReach: places.filter(({ externalId }) => !reached.has(externalId)),
    };
  }
  // A provider that cannot be asked now has said nothing of the places.
  if (!isAboutPlaces(seen)) return { seen: null, reached: [], outOfReach: [] };
  if (places.length === 1) return { seen: null, reached: [], outOfReach: places };
  const half = Math.ceil(places.length / 2);
  const first = await lookFor(context, connecting, used, places.slice(0, half));
  const second = await lookFor(context, connecting, used, places.slice(half));
  return {
    seen: first.seen ?? second.seen,
    reached: [...first.reached, ...second.reached],
    outOfReach: [...first.outOfReach, ...second.outOfReach],
  };
}

function isAboutPlaces(tested: TestedCredential): boolean {
  return !tested.ok && tested.field === "places";
}

/** Records which places of a connection its credential does not reach, until the host reads them again. */
export async function markOutOfReach(
  tx: Transaction,
  places: readonly BroughtPlace[],
): Promise<void> {
  for (const { id } of places) {
    await setSyncError(tx, id, "The credential does not reach it");
  }
}
