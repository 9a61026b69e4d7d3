import type { LocalProvider } from "../contract/providers.ts";
import type { Mapping } from "../contract/results.ts";
import type { LocalStatus as LocalServiceStatus } from "../local/service.ts";
import type { JudgedMapping } from "../local/renamed.ts";
import type { SyncEvent, SyncFailure, SyncReport } from "../local/sync_report.ts";
import type { Platform } from "../platform/platform.ts";
import type { BindingConfig } from "../project/config.ts";
import type { IssueStore } from "../store/issue_store.ts";

/** How to bind to a local provider. */
export interface LocalBindRequest {
  readonly workspace: string;
  /** What `--credential` gave, such as `command` and `cwd`; `null` leaves what is saved. */
  readonly credentials: Readonly<Record<string, string>> | null;
  readonly doctrineMode: string | null;
  readonly fieldOwners: Readonly<Record<string, string>> | null;
  readonly strategy: string | null;
}

/** What one direction of a sync did. */
export interface LocalSyncCounts {
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
}

/** What a local sync did; a direction that was not run is `null`. */
export interface LocalSyncReport {
  readonly pulled: LocalSyncCounts | null;
  readonly pushed: LocalSyncCounts | null;
  /** Conflicts in shared fields that were recorded. */
  readonly conflicts: number;
  readonly failures: readonly SyncFailure[];
  /** Everything, as the sync engine tells it. */
  readonly report: SyncReport;
}

/** How to sync. */
export interface LocalSyncChoice {
  /** At most this many issues are changed on each side; no limit unless given. */
  readonly limit?: number | undefined;
  /** Lists everything, whatever the checkpoint says. */
  readonly full?: boolean | undefined;
  /** Plans only, as events; changes nothing on either side. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Sends edits again that were refused before. */
  readonly retry?: boolean | undefined;
  /** Told of each step. */
  readonly onEvent?: ((event: SyncEvent) => void) | undefined;
}

/** The state of a local binding, as the cache has it; no tool is started for it. */
export interface LocalStatus {
  readonly provider: LocalProvider;
  readonly workspace: string;
  /** Issues in the cache. */
  readonly cached: number;
  readonly open: number;
  /** Edits that wait for a push. */
  readonly pending: number;
  readonly conflicts: number;
  /** The last sync, milliseconds since 1970; `null` before the first. */
  readonly lastSyncAt: number | null;
  /** Everything, as the local service tells it. */
  readonly details: LocalServiceStatus;
}

/** The mappings of a local binding, each with what became of its issue. */
export interface LocalMappings {
  readonly mappings: readonly JudgedMapping[];
}

/** What the façade needs of a service for local providers: no hosted call is ever made behind it. */
export interface LocalBackend {
  /** Saves the binding and its credentials; answers the binding saved. */
  bind(request: LocalBindRequest): Promise<BindingConfig>;
  status(): Promise<LocalStatus>;
  pull(choice: LocalSyncChoice): Promise<LocalSyncReport>;
  push(choice: LocalSyncChoice): Promise<LocalSyncReport>;
  run(choice: LocalSyncChoice): Promise<LocalSyncReport>;
  mappings(): Promise<readonly JudgedMapping[]>;
  addMapping(mapping: Mapping): Promise<Mapping>;
  /** The cache, without changing anything; `null` when there is none. */
  openCache(): Promise<IssueStore | null>;
}

/** What a local backend is made of. */
export interface LocalBackendOptions {
  readonly platform: Platform;
  /** The project's root. */
  readonly root: string;
  readonly provider: LocalProvider;
  /** `NO_BINDING` when the project has none. */
  readonly binding: BindingConfig;
}

/** Makes the backend of a local provider. */
export type OpenLocal = (options: LocalBackendOptions) => Promise<LocalBackend>;
