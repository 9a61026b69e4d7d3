import type { SnapshotRequest } from "../contract/snapshots.ts";
import { isWork } from "../local/bd_records.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { loadIdentity } from "../project/identity.ts";
import { credentialPlace } from "../project/repository.ts";
import { CredentialStore } from "../user/credentials.ts";
import { buildSnapshot } from "./publish.ts";
import type { LocalBackend, ProjectContext } from "./backend.ts";
import { openCache } from "./cache.ts";

/** A snapshot, and what it is not made of. */
export interface LocalSnapshot {
  readonly snapshot: SnapshotRequest;
  /** Cached records that are no work, such as agents and messages, or are only there for a while. */
  readonly leftOut: number;
}

/**
 * Returns the snapshot of a project's local binding, from what is cached here. Runs no tool and sends nothing.
 *
 * @throws {TrackerError} `nothing_synced` before the first pull.
 */
export async function readLocalSnapshot(
  { platform, root }: Pick<ProjectContext, "platform" | "root">,
  { provider, binding }: Pick<LocalBackend, "provider" | "binding">,
): Promise<LocalSnapshot> {
  const opened = await openCache({ platform, root });
  using store = opened.store;
  if (store === null) {
    throw new TrackerError({
      code: "nothing_synced",
      message: "There is nothing to publish: no issue has been pulled yet",
      nextAction: "Run `tracker sync pull` first.",
    });
  }
  const records = store.list();
  const issues = records.filter(isWork);
  const others = new Set(records.filter((record) => !isWork(record)).map(({ ref }) => ref.id));
  const snapshot = buildSnapshot({
    provider,
    workspace: binding.workspace ?? "",
    credentials: await new CredentialStore({ platform }).providerCredentials(
      provider,
      await credentialPlace(platform, root),
    ),
    binding,
    identity: await loadIdentity(platform, root),
    issues,
    mappings: store.mappings.list().filter(({ external_id }) => !others.has(external_id)),
    checkpoint: store.checkpoint(),
  });
  return { snapshot, leftOut: others.size };
}
