import type { LocalProvider } from "../contract/providers.ts";
import type { BindingConfig } from "../project/config.ts";
import type { IssueCounts } from "../store/issues.ts";
import type { SyncRun } from "../store/runs.ts";
import type { CheckedBinding } from "./binding.ts";
import type { LocalPullOptions } from "./pull.ts";
import type { LocalPushOptions } from "./push.ts";
import type { SyncEvent } from "../sync/sync_report.ts";

/** How to sync. */
export interface LocalSyncOptions extends LocalPullOptions, LocalPushOptions {
  /** Tells as events what would be done; changes nothing on either side. */
  readonly dryRun?: boolean | undefined;
  /** Told of each step. */
  readonly onEvent?: ((event: SyncEvent) => void) | undefined;
  /** Stops the sync between two issues, or while the tool is busy: `interrupted` is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** What binding did. */
export interface LocalBindResult {
  /** The binding that was saved. */
  readonly binding: CheckedBinding;
  /** The binding before, whose provider is `null` where there was none. */
  readonly previous: BindingConfig;
}

/** The state of a local binding. */
export interface LocalStatus {
  /** The provider of the binding. */
  readonly provider: LocalProvider;
  /** The workspace that the tool works in. */
  readonly workspace: string;
  /** The executable. */
  readonly command: string;
  /** The directory it runs in. */
  readonly cwd: string;
  /** Who owns fields that `fieldOwners` does not name. */
  readonly doctrineMode: string;
  /** Owner by field. */
  readonly fieldOwners: Readonly<Record<string, string>>;
  /** How a conflict in a shared field is settled. */
  readonly strategy: string;
  /** Issues in the cache. */
  readonly counts: IssueCounts;
  /** How many mappings there are. */
  readonly mappings: number;
  /** How many conflicts are open, and how many were recorded. */
  readonly conflicts: { readonly open: number; readonly total: number };
  /** The last sync that ended; `null` before the first. */
  readonly lastSync: SyncRun | null;
  /** Everything changed up to this time (ISO 8601) is here. */
  readonly updatedSince: string | null;
}

/** What a local mapping is made of. */
export interface LocalMapOptions {
  /** The work package: `WP` and two digits. */
  readonly wpId: string;
  /** The tool's id of the issue, or a key that is in the cache. */
  readonly externalId: string;
  /** The name people use. */
  readonly externalKey?: string | undefined;
  /** The issue's web page. */
  readonly externalUrl?: string | undefined;
}
