import type { LocalProvider } from "../contract/providers.ts";
import type { NormalizedIssue } from "../contract/issue.ts";
import type { BindingConfig } from "../project/config.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { RefusedEdit } from "../store/edits.ts";
import type { IssueCounts } from "../store/issues.ts";
import type { SyncRun } from "../store/runs.ts";
import type { CheckedBinding } from "./binding.ts";
import type { FieldChange, SyncEvent } from "./sync_report.ts";

/** How to sync. */
export interface LocalSyncOptions {
  /** Only tells what would be done, as events; changes nothing on either side. */
  readonly dryRun?: boolean | undefined;
  /** At most so many issues are changed, on each side; the next sync goes on. */
  readonly limit?: number | undefined;
  /** Lists everything, whatever the checkpoint says. */
  readonly full?: boolean | undefined;
  /** Sends edits again that were refused before. */
  readonly retry?: boolean | undefined;
  /** Told of each step. */
  readonly onEvent?: ((event: SyncEvent) => void) | undefined;
  /** Stops the sync between two issues, or while the tool is busy: `interrupted` is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** What binding did. */
export interface LocalBindResult {
  readonly binding: CheckedBinding;
  /** The binding before, whose provider is `null` where there was none. */
  readonly previous: BindingConfig;
}

/** The state of a local binding. */
export interface LocalStatus {
  readonly provider: LocalProvider;
  readonly workspace: string;
  /** The executable. */
  readonly command: string;
  /** The directory it runs in. */
  readonly cwd: string;
  readonly doctrineMode: string;
  readonly fieldOwners: Readonly<Record<string, string>>;
  readonly strategy: string;
  readonly counts: IssueCounts;
  readonly mappings: number;
  readonly conflicts: { readonly open: number; readonly total: number };
  readonly lastSync: SyncRun | null;
  /** Everything changed up to this time (ISO 8601) is here. */
  readonly updatedSince: string | null;
}

/** An issue with what is known of it here. */
export interface LocalIssueView {
  readonly issue: NormalizedIssue;
  /** Made here and not at the tracker yet. */
  readonly isNew: boolean;
  /** Edits that wait for a push. */
  readonly pending: readonly FieldChange[];
  readonly conflicts: readonly StoredConflict[];
  /** Edits that were refused; they do not count as the issue's state. */
  readonly refused: readonly RefusedEdit[];
}

/** What a local mapping is made of. */
export interface LocalMapOptions {
  readonly wpId: string;
  readonly externalId: string;
  readonly externalKey?: string | undefined;
  readonly externalUrl?: string | undefined;
}
