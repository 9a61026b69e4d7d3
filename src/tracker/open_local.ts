import type { PullReport, PushReport, SyncReport } from "../local/sync_report.ts";
import { failuresOf } from "../local/sync_report.ts";
import { type LocalSyncOptions, LocalTrackerService } from "../local/service.ts";
import { locateWorkspace } from "../local/workspace.ts";
import type { Mapping } from "../contract/results.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { loadBinding } from "../project/config.ts";
import { IssueStore } from "../store/issue_store.ts";
import type { MappingOutcome } from "../store/mappings.ts";
import type {
  LocalBackend,
  LocalBackendOptions,
  LocalSyncChoice,
  LocalSyncCounts,
  LocalSyncReport,
} from "./backend.ts";

/** Makes the backend of a local provider: nothing behind it opens a socket. */
export function openLocal(options: LocalBackendOptions): Promise<LocalBackend> {
  const { platform, root, provider, binding } = options;
  const service = new LocalTrackerService({ platform, root });
  return Promise.resolve({
    async bind({ workspace, credentials, doctrineMode, fieldOwners, strategy }) {
      await service.bind({
        provider,
        workspace,
        doctrineMode,
        strategy,
        ...(credentials === null ? {} : { credentials }),
        ...(fieldOwners === null ? {} : { fieldOwners }),
      });
      return await loadBinding(platform, root);
    },
    async status() {
      const status = await service.status();
      return {
        provider: status.provider,
        workspace: status.workspace,
        cached: status.counts.total,
        open: status.counts.open,
        pending: status.counts.pending,
        conflicts: status.conflicts.open,
        lastSyncAt: status.lastSync?.finishedAt ?? null,
        details: status,
      };
    },
    pull: async (choice) => reported(await service.pull(syncOptions(choice))),
    push: async (choice) => reported(await service.push(syncOptions(choice))),
    run: async (choice) => reported(await service.run(syncOptions(choice))),
    mappings: () => service.mapList(),
    async addMapping({ wp_id, external_id, external_key, external_url }) {
      return added(
        await service.mapAdd({
          wpId: wp_id,
          externalId: external_id,
          ...(external_key == null ? {} : { externalKey: external_key }),
          ...(external_url == null ? {} : { externalUrl: external_url }),
        }),
      );
    },
    async openCache() {
      const { workspace } = binding;
      if (workspace === null) return null;
      const { storePath } = await locateWorkspace(platform, root, provider, workspace);
      return await IssueStore.openForReading(platform, storePath);
    },
  });
}

function syncOptions(choice: LocalSyncChoice): LocalSyncOptions {
  const { limit, full, dryRun, retry, signal, onEvent } = choice;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(full === undefined ? {} : { full }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(retry === undefined ? {} : { retry }),
    ...(signal === undefined ? {} : { signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
  };
}

function reported(report: SyncReport): LocalSyncReport {
  const pull = report.kind === "run" ? report.pull : report.kind === "pull" ? report : null;
  const push = report.kind === "run" ? report.push : report.kind === "push" ? report : null;
  return {
    pulled: countsOf(pull),
    pushed: countsOf(push),
    conflicts: (pull?.conflicts ?? 0) + (push?.conflicts ?? 0),
    failures: failuresOf(report),
    report,
  };
}

function countsOf(report: PullReport | PushReport | null): LocalSyncCounts | null {
  if (report === null) return null;
  const { created, updated, skipped } = report;
  return { created, updated, skipped };
}

/** One issue per work package and system, and no issue mapped twice. */
function added(outcome: MappingOutcome): Mapping {
  if (outcome.kind === "added" || outcome.kind === "kept") return outcome.mapping;
  const { wp_id, external_id, external_key } = outcome.existing;
  throw new TrackerError({
    code: outcome.kind,
    message: outcome.kind === "work_package_taken"
      ? `"${wp_id}" is mapped to "${external_key ?? external_id}" already`
      : `"${external_key ?? external_id}" is mapped to "${wp_id}" already`,
    nextAction: "One issue per work package, and no issue twice; `tracker map list` shows them.",
    details: { existing: outcome.existing },
  });
}
