import type { SnapshotRequest } from "../contract/snapshots.ts";
import { isWork } from "../local/bd_records.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { loadIdentity } from "../project/identity.ts";
import { CredentialStore } from "../user/credentials.ts";
import { buildSnapshot } from "./publish.ts";
import type { TrackerService } from "./service.ts";

/** A snapshot, and what it is not made of. */
export interface LocalSnapshot {
  readonly snapshot: SnapshotRequest;
  /** Cached records that are no work, such as agents and messages, or are only there for a while. */
  readonly leftOut: number;
}

/**
 * The snapshot of a project's local binding, from what is cached here. Runs no tool and sends nothing.
 *
 * @throws {TrackerError} `publish_unsupported` for hosted bindings; `missing_mission_binding`; `nothing_synced` before the first
 * pull.
 */
export async function readLocalSnapshot(
  options: {
    readonly platform: Platform;
    /** The project's root. */
    readonly root: string;
    readonly tracker: TrackerService;
  },
): Promise<LocalSnapshot> {
  const { platform, root, tracker } = options;
  const backend = await tracker.requirePublishable();
  const binding = await tracker.binding();
  const { provider } = tracker.provider(binding.provider ?? "");
  using store = await backend.openCache();
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
    credentials: await new CredentialStore({ platform }).providerCredentials(provider, root),
    binding,
    identity: await loadIdentity(platform, root),
    issues,
    mappings: store.mappings.list().filter(({ external_id }) => !others.has(external_id)),
    checkpoint: store.checkpoint(),
  });
  return { snapshot, leftOut: others.size };
}
