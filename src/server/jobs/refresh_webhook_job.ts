import { ProviderError, type WebhookTarget } from "../../providers/mod.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { HostKey } from "../context/host_key.ts";
import type { Connection } from "../model/connection.ts";
import { listConnections } from "../store/connections.ts";
import type { HostStore } from "../store/store.ts";
import { setWebhookState } from "../store/webhooks.ts";
import { isStoreFault } from "../store/store_faults.ts";
import { type SyncedResource, syncedResources } from "../store/sync_state.ts";
import { type WebhookAddress, webhookAddress } from "../context/webhook_address.ts";
import type { AtProvider, Providers } from "./at_provider.ts";
import { DONE, type JobEnd, type JobKind, type JobRun } from "./job_kind.ts";
import { FAILED_WORK_MS } from "./run_job.ts";

/** Milliseconds between two looks at the webhooks of a connection: less than a day. */
const REFRESH_EVERY_MS = 22 * 60 * 60_000;

/** Has providers send to this host, where it knows its address and the credential allows that. */
export function refreshWebhookJob(
  providers: Providers,
  provideKey: () => Promise<HostKey>,
): JobKind {
  return {
    atOnce: 2,
    retryMs: FAILED_WORK_MS,
    run: (run) => providers.reach(run, run.job.key, (at) => register(run, at, provideKey)),
  };
}

async function register(
  { context }: JobRun,
  at: AtProvider,
  provideKey: () => Promise<HostKey>,
): Promise<JobEnd> {
  const { connection, remote } = at;
  if (remote.webhooks === null) return DONE;
  let address: WebhookAddress | null;
  try {
    address = await webhookAddress(context, await provideKey(), connection);
  } catch (error) {
    // A host without its key says so at the connection, as soon as it reads its issues.
    if (error instanceof TrackerError && !isStoreFault(error)) return DONE;
    throw error;
  }
  if (address === null) return DONE;
  const places = await syncedResources(context.store, connection.id);
  const target = { ...address, isStale: await staleAddresses(context.store, connection, address) };
  const state = await areRegistered(at, places, target) ? "registered" : "by_hand";
  await at.slice(({ store }) => setWebhookState(store, connection.id, state));
  return { kind: "again", afterMs: REFRESH_EVERY_MS };
}

/** Returns what tells the addresses of this host that led to connections which were removed. */
async function staleAddresses(
  store: HostStore,
  { id }: Connection,
  { url }: WebhookAddress,
): Promise<(url: string) => boolean> {
  const prefix = url.slice(0, -id.length);
  const known = new Set((await listConnections(store, null)).map((one) => one.id));
  return (address) => {
    if (!address.startsWith(prefix)) return false;
    const [connectionId = ""] = address.slice(prefix.length).split("?");
    return /^con_\w+$/.test(connectionId) && !known.has(connectionId);
  };
}

async function areRegistered(
  at: AtProvider,
  places: readonly SyncedResource[],
  target: WebhookTarget,
): Promise<boolean> {
  const { remote: { webhooks }, access } = at;
  if (places.length === 0) {
    // One for all places is of no more use.
    await whereTaken(async () => await webhooks?.removeForAll?.(access, [], target.url) ?? null);
    return false;
  }
  const resources = places.map(({ resource }) => resource);
  const together = await whereTaken(async () =>
    await webhooks?.ensureForAll?.(access, resources, target) ?? null
  );
  if (together !== null) return together;
  let isAllowed = true;
  for (const resource of resources) {
    const isEnsured = await whereTaken(async () =>
      await webhooks?.ensure(access, resource, target) ?? false
    );
    if (!isEnsured) isAllowed = false;
  }
  return isAllowed;
}

/** A provider that does not let the host register one is told by a person. */
async function whereTaken<T>(register: () => Promise<T>): Promise<T | false> {
  try {
    return await register();
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
    return false;
  }
}
