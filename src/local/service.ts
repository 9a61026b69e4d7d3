import { classifyProvider } from "../contract/providers.ts";
import { isoTime } from "../platform/clock.ts";
import type { Platform } from "../platform/platform.ts";
import { interrupted } from "../platform/tracker_error.ts";
import { type BindingConfig, loadBinding, saveBinding } from "../project/config.ts";
import { IssueStore } from "../store/issue_store.ts";
import { NO_ISSUES, type StoredIssue } from "../store/issues.ts";
import type { Connector } from "./connector.ts";
import type { MappingOutcome } from "../store/mappings.ts";
import { CredentialStore } from "../user/credentials.ts";
import { credentialPlace } from "../project/repository.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import { boundWorkspace, checkBinding, type LocalBindOptions, rulesOf } from "./binding.ts";
import {
  type AddedComment,
  commentText,
  type IssueComments,
  notPushedYet,
} from "../sync/issue_comments.ts";
import type { PackageTickets, PackageTicketsChoice } from "../sync/package_tickets.ts";
import { EditableIssues } from "../sync/editable_issues.ts";
import type { EditContext } from "../sync/edits.ts";
import type { SyncEngine } from "./engine.ts";
import type { LocalPullReport, LocalPushReport, LocalRunReport } from "../sync/sync_report.ts";
import type { LocalTracker } from "./local_tracker.ts";
import { hasLostIssue, type JudgedMapping, judgedMapping } from "./renamed.ts";
import type {
  LocalBindResult,
  LocalMapOptions,
  LocalStatus,
  LocalSyncOptions,
} from "./service_results.ts";
import { forgetTool } from "./forget_tool.ts";
import { type LocalWorkspace, locateWorkspace } from "./workspace.ts";

export type * from "./service_results.ts";

/** What edits of a local binding work on. */
interface LocalEditContext extends EditContext {
  readonly store: IssueStore;
}

/** The {@link LocalTracker} of a project, and its binding. No method opens a socket. */
export class LocalTrackerService extends EditableIssues implements LocalTracker {
  readonly #platform: Platform;
  readonly #root: string;

  /** Works on the project at `root`. Touches nothing yet. */
  constructor(options: { readonly platform: Platform; readonly root: string }) {
    super();
    this.#platform = options.platform;
    this.#root = options.root;
  }

  /**
   * Binds the project, after every part has been checked.
   *
   * @throws {TrackerError} what `checkBinding` throws; nothing is written then.
   */
  async bind(options: LocalBindOptions): Promise<LocalBindResult> {
    const binding = await checkBinding(this.#platform, this.#root, options);
    const previous = await loadBinding(this.#platform, this.#root);
    if (binding.credentials !== null) {
      await this.#credentials.saveProjectCredentials(
        binding.provider,
        await credentialPlace(this.#platform, this.#root),
        binding.credentials,
      );
    }
    await saveBinding(this.#platform, this.#root, {
      provider: binding.provider,
      workspace: binding.workspace,
      doctrineMode: binding.doctrineMode,
      fieldOwners: binding.fieldOwners,
      strategy: binding.strategy,
      bindingRef: null,
      projectSlug: null,
      displayLabel: null,
      providerContext: null,
    });
    const left = classifyProvider(previous.provider ?? "");
    if (left.kind === "local" && left.provider !== binding.provider) {
      await forgetTool(this.#platform, this.#root, left.provider);
    }
    return { binding, previous };
  }

  async status(): Promise<LocalStatus> {
    const { binding, located } = await this.#bound();
    const { provider, workspace, command, cwd } = located;
    // Without a cache yet there is no database to open.
    using store = await IssueStore.openForReading(this.#platform, located.storePath);
    return {
      provider,
      workspace,
      command,
      cwd,
      doctrineMode: binding.doctrineMode,
      fieldOwners: binding.fieldOwners,
      strategy: rulesOf(binding).strategy,
      counts: store?.counts() ?? NO_ISSUES,
      mappings: store?.mappings.list().length ?? 0,
      conflicts: {
        open: store?.conflicts.open().length ?? 0,
        total: store?.conflicts.list().length ?? 0,
      },
      lastSync: store?.runs.last() ?? null,
      updatedSince: store?.checkpoint()?.updatedSince ?? null,
    };
  }

  pull(options: LocalSyncOptions = {}): Promise<LocalPullReport> {
    return this.#syncing("sync pull", options, (engine) => engine.pull(options));
  }

  push(options: LocalSyncOptions = {}): Promise<LocalPushReport> {
    return this.#syncing("sync push", options, (engine) => engine.push(options));
  }

  run(options: LocalSyncOptions = {}): Promise<LocalRunReport> {
    return this.#syncing("sync run", options, (engine) => engine.run(options));
  }

  /** Faults of the cache's file, empty when it is sound or not there. Reads all of it. */
  checkCache(): Promise<string[]> {
    return this.reading((store) => store.check());
  }

  async issueComments(idOrKey: string): Promise<IssueComments> {
    const { issue, base } = await this.#stored(idOrKey);
    if (base === null) return { comments: [], total: 0 };
    return await (await this.#connector()).comments(issue.ref.id);
  }

  async issueComment(idOrKey: string, given: string): Promise<AddedComment> {
    const text = commentText(given);
    const { issue: { ref }, base } = await this.#stored(idOrKey);
    if (base === null) throw notPushedYet(ref);
    const comment = await (await this.#connector()).addComment(ref.id, text);
    return { ref, comment, state: "added", wasThere: false };
  }

  #stored(idOrKey: string): Promise<StoredIssue> {
    return this.reading(({ issues }) => issues.find(idOrKey) ?? issues.require(idOrKey));
  }

  async #connector(): Promise<Connector> {
    const { located } = await this.#bound();
    const { connectorOf } = await import("./connectors.ts");
    await this.#makeDirectories();
    return connectorOf(this.#platform, located);
  }

  /**
   * Works on the tickets of work packages, while no other process does so with the same database of the tool.
   *
   * @throws {TrackerError} `locked` after ten minutes.
   */
  withPackages<T>(
    choice: PackageTicketsChoice,
    work: (tickets: PackageTickets) => Promise<T>,
  ): Promise<T> {
    return this.#syncing("wp push", choice, async (engine, { toolLockPath }) => {
      const push = () => work(engine.packageTickets());
      if (choice.dryRun === true) return await push();
      const { exclusively } = await import("../sync/exclusive.ts");
      // Clones of one repository have caches of their own, and may use one database of the tool.
      const lockPath = toolLockPath.replace(/\.lock$/, ".packages.lock");
      const { signal } = choice;
      return await exclusively(this.#platform, lockPath, { purpose: "wp push", signal }, push);
    });
  }

  async mapAdd(options: LocalMapOptions): Promise<MappingOutcome> {
    return await this.editing(({ store, side, now }) => {
      const known = store.issues.find(options.externalId)?.issue.ref.id;
      return store.transaction(() => {
        const before = store.mappings.of(options.wpId, side.provider);
        // The place of an issue that is not there any more is free.
        if (before !== null && hasLostIssue(judgedMapping(store, before))) {
          store.mappings.remove(before.wp_id, before.system);
        }
        return store.mappings.add({
          wp_id: options.wpId,
          system: side.provider,
          workspace: side.workspace,
          external_id: known ?? options.externalId,
          ...(options.externalKey === undefined ? {} : { external_key: options.externalKey }),
          ...(options.externalUrl === undefined ? {} : { external_url: options.externalUrl }),
        }, isoTime(now));
      });
    });
  }

  mapList(): Promise<JudgedMapping[]> {
    return this.reading((store) =>
      store.mappings.list().map((mapping) => judgedMapping(store, mapping))
    );
  }

  get #credentials(): CredentialStore {
    return new CredentialStore({ platform: this.#platform });
  }

  /** Made before any lock or cache in them, so that they are private from the start. */
  async #makeDirectories(): Promise<void> {
    await ensureUserDirectory(this.#platform);
    await this.#platform.files.makeDirectory(userPaths(this.#platform).trackers, 0o700);
  }

  async #bound(): Promise<{ binding: BindingConfig; located: LocalWorkspace }> {
    const binding = await loadBinding(this.#platform, this.#root);
    const { provider, workspace } = boundWorkspace(binding);
    const located = await locateWorkspace(this.#platform, this.#root, provider, workspace);
    return { binding, located };
  }

  protected override async reading<T>(read: (store: IssueStore) => T): Promise<T> {
    const { located } = await this.#bound();
    // Without a cache yet, an empty one in memory answers.
    using store = await IssueStore.openForReading(this.#platform, located.storePath) ??
      await IssueStore.openCopy(this.#platform, located.storePath);
    return read(store);
  }

  protected override async editing<T>(edit: (context: LocalEditContext) => T): Promise<T> {
    const { binding, located } = await this.#bound();
    const rules = rulesOf(binding);
    const [{ connectorOf }, { rememberWorkspace }] = await Promise.all([
      import("./connectors.ts"),
      import("./settle.ts"),
    ]);
    await this.#makeDirectories();
    await rememberWorkspace(this.#platform, located);
    using store = await IssueStore.open(this.#platform, located.storePath);
    return edit({
      store,
      rules,
      side: connectorOf(this.#platform, located),
      now: this.#platform.clock.now(),
      random: this.#platform.random,
    });
  }

  async #syncing<T>(
    purpose: string,
    options: LocalSyncOptions,
    work: (engine: SyncEngine, located: LocalWorkspace) => Promise<T>,
  ): Promise<T> {
    const bound = await this.#bound();
    const { dryRun = false, onEvent, signal } = options;
    const rules = rulesOf(bound.binding);
    // What only looks at the cache loads none of this.
    const [
      { SyncEngine },
      { connectorOf },
      { rememberWorkspace, settleWorkspace },
      { exclusively },
    ] = await Promise.all([
      import("./engine.ts"),
      import("./connectors.ts"),
      import("./settle.ts"),
      import("../sync/exclusive.ts"),
    ]);
    await this.#makeDirectories();
    const located = await settleWorkspace(this.#platform, bound.located, { dryRun, signal });
    const sync = async () => {
      using store = dryRun
        ? await IssueStore.openCopy(this.#platform, located.storePath)
        : await IssueStore.open(this.#platform, located.storePath);
      const engine = new SyncEngine({
        store,
        rules,
        dryRun,
        connector: connectorOf(this.#platform, located, signal),
        clock: this.#platform.clock,
        ...(onEvent === undefined ? {} : { onEvent }),
        checkStop() {
          if (signal?.aborted === true) throw interrupted(signal.reason);
        },
      });
      return await work(engine, located);
    };
    if (dryRun) return await sync();
    await rememberWorkspace(this.#platform, located);
    return await exclusively(this.#platform, located.syncLockPath, { purpose, signal }, sync);
  }
}
