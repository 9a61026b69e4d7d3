import { ProviderError } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import type { LeasedJob } from "../store/jobs.ts";
import { setSyncError, type SyncedResource } from "../store/sync_state.ts";
import type { Transaction } from "../store/store.ts";
import type { ReachedPlace } from "../sync/read_issue.ts";
import type { AtProvider } from "./at_provider.ts";
import type { JobEnd } from "./job_kind.ts";

/** What is read of a resource in the order of a list of its provider. */
export interface ListedWork {
  /** Returns whether it continues within the list now. */
  readonly isWithin: () => Promise<boolean>;
  /** Forgets where. */
  readonly beginAgain: (tx: Transaction) => Promise<void>;
  readonly work: (reached: Omit<ReachedPlace, "store">) => Promise<JobEnd>;
}

/** Milliseconds after which to look whether what was changed without a connection has been sent. */
export const DETACHED_MS = 1_000;

/** Says at the resource that the host has failed at reading it. */
export async function tellReadingFailed(
  { store }: TransactionContext,
  { key }: LeasedJob,
): Promise<void> {
  await setSyncError(store, key, "The host failed at reading it; the log of the host says why");
}

/** Milliseconds until a list is read from its beginning. */
const AGAIN_MS = 60_000;

/** Milliseconds between two attempts at a resource that the provider does not let the host read. */
const REJECTED_MS = 15 * 60_000;

/**
 * Reads of a resource. A provider that does not know its own cursor any more is asked from the beginning. One that
 * answers, but not about this resource, stops this resource alone.
 */
export async function atResource(
  at: AtProvider,
  { resource }: SyncedResource,
  listed: ListedWork,
): Promise<JobEnd> {
  const { remote, access } = at;
  try {
    return await listed.work({ resourceId: resource.id, place: resource, remote, access });
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
    const isWithin = await listed.isWithin();
    await at.slice(async ({ store }) => {
      await setSyncError(store, resource.id, error.message);
      if (isWithin) await listed.beginAgain(store);
    });
    return { kind: "again", afterMs: isWithin ? AGAIN_MS : REJECTED_MS };
  }
}
