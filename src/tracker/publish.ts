import {
  canonicalJson,
  resolveResourceRouting,
  snapshotIdentity,
  type SnapshotReceipt,
  type SnapshotRequest,
} from "../contract/snapshots.ts";
import type { NormalizedIssue } from "../contract/issue.ts";
import type { Mapping } from "../contract/results.ts";
import type { HostedClient, PublishOptions } from "../client/client.ts";
import { HostedApiError } from "../client/errors.ts";
import { sha256Hex } from "../platform/random.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { BindingConfig } from "../project/config.ts";
import type { Identity } from "../project/identity.ts";
import type { Checkpoint } from "../store/checkpoints.ts";

export { resolveResourceRouting };

/** What a snapshot is made of. */
export interface SnapshotParts {
  readonly provider: string;
  readonly workspace: string;
  /** The provider's credentials; only the one that names a resource is read, and none is sent. */
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly binding: Pick<BindingConfig, "doctrineMode" | "fieldOwners">;
  readonly identity: Pick<Identity, "uuid" | "slug">;
  readonly issues: readonly NormalizedIssue[];
  readonly mappings: readonly Mapping[];
  readonly checkpoint: Pick<Checkpoint, "cursor" | "updatedSince"> | null;
}

/**
 * The body of a publish, for any provider. Pure: equal parts give equal bodies, in whatever order the issues come
 * (wire.md, Tracker snapshots).
 */
export function buildSnapshot(parts: SnapshotParts): SnapshotRequest {
  const { provider, workspace, binding, identity, checkpoint } = parts;
  return {
    provider,
    workspace,
    ...resolveResourceRouting(provider, parts.credentials),
    doctrine_mode: binding.doctrineMode,
    doctrine_field_owners: binding.fieldOwners,
    project_uuid: identity.uuid,
    project_slug: identity.slug,
    issues: sorted(parts.issues, (issue) => canonicalJson([issue.ref.workspace, issue.ref.id])),
    mappings: sorted(parts.mappings, (mapping) => canonicalJson([mapping.wp_id, mapping.system])),
    checkpoint: {
      cursor: checkpoint?.cursor ?? null,
      updated_since: checkpoint?.updatedSince ?? null,
    },
  };
}

/** The `Idempotency-Key` of a snapshot, in hexadecimal (wire.md, Tracker snapshots). */
export async function snapshotKey(snapshot: SnapshotRequest): Promise<string> {
  return await sha256Hex(snapshotIdentity(snapshot));
}

/**
 * Sends a snapshot. The same snapshot again is answered with the first receipt.
 *
 * @throws {TrackerError} `snapshot_conflict` when the host has these issues under other settings; {HostedApiError}.
 */
export async function publishSnapshot(
  client: Pick<HostedClient, "publishSnapshot">,
  snapshot: SnapshotRequest,
  options: PublishOptions = {},
): Promise<SnapshotReceipt> {
  try {
    return await client.publishSnapshot(snapshot, options);
  } catch (error) {
    if (!(error instanceof HostedApiError)) throw error;
    if (error.statusCode === 401) throw withoutAccess(error);
    if (error.errorCode !== "idempotency_conflict") throw error;
    throw new TrackerError({
      code: "snapshot_conflict",
      message: "The host has a snapshot of the very same issues, published under another project " +
        "identity or doctrine",
      nextAction: "Publish again when an issue or a mapping has changed.",
      details: { error_code: error.errorCode },
      cause: error,
    });
  }
}

/** The host's own 401 with the two ways to a token. */
function withoutAccess(error: HostedApiError): HostedApiError {
  return error.with(
    "Run `tracker auth login`, or pipe a good token in with `--auth-token-stdin`.",
  );
}

function sorted<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items.map((item) => ({ item, by: key(item) }))
    .sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0))
    .map(({ item }) => item);
}
