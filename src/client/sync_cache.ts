import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import type { BindingConfig } from "../project/config.ts";
import { adoptStore } from "../store/adopted.ts";
import { IssueStore } from "../store/issue_store.ts";
import { rememberPlace } from "../store/places.ts";
import { CredentialStore } from "../user/credentials.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import { type TrackerScope, trackerScopeFile } from "../user/scope.ts";

/** What an issue cache needs. */
export interface IssueCacheOptions {
  readonly platform: Platform;
  readonly provider: string;
  /** The host URL; `null` when none is configured. */
  readonly baseUrl: string | null;
}

/** The issue caches of the hosted bindings of one user at one host: one file per binding. */
export class IssueCache {
  readonly #options: IssueCacheOptions;
  readonly #opened = new Set<string>();

  /** Caches of a provider at a host. */
  constructor(options: IssueCacheOptions) {
    this.#options = options;
  }

  /** Opens the cache of a binding, created when missing. */
  async open(binding: BindingConfig): Promise<IssueStore> {
    const { platform } = this.#options;
    const scope = await this.#scope(binding);
    const path = await this.#pathOf(scope);
    const store = await IssueStore.open(platform, path);
    await rememberPlace(platform, path, {
      provider: scope.provider,
      workspace: scope.workspace,
      ...(scope.server === null ? {} : { host: scope.server }),
      ...(scope.user === null ? {} : { user: scope.user }),
      ...(scope.team === null ? {} : { team: scope.team }),
    });
    this.#opened.add(path);
    return store;
  }

  /** Opens the cache of a binding to add to it: one that was opened here before is not looked through again. */
  async openAgain(binding: BindingConfig): Promise<IssueStore> {
    const path = await this.path(binding);
    if (!this.#opened.has(path)) return await this.open(binding);
    return await IssueStore.open(this.#options.platform, path, { isKnownSound: true });
  }

  /** Opens the cache of a binding without changing anything; `null` when there is none. */
  async openForReading(binding: BindingConfig): Promise<IssueStore | null> {
    return await IssueStore.openForReading(this.#options.platform, await this.path(binding));
  }

  /** Opens an empty cache in memory, for a binding that has none yet. */
  async openEmpty(): Promise<IssueStore> {
    return await IssueStore.openEmpty(this.#options.platform);
  }

  /** Whether a binding has no cache yet. */
  async isMissing(binding: BindingConfig): Promise<boolean> {
    return await this.#options.platform.files.stat(await this.path(binding)) === null;
  }

  /** Path of the cache of a binding. */
  async path(binding: BindingConfig): Promise<string> {
    return await this.#pathOf(await this.#scope(binding));
  }

  /**
   * Runs a sync of a binding while no other process syncs the same cache. Readers and edits do not wait.
   *
   * @throws {TrackerError} `locked`, `interrupted`.
   */
  async exclusively<T>(
    binding: BindingConfig,
    sync: { readonly purpose: string; readonly signal?: AbortSignal | undefined },
    work: () => Promise<T>,
  ): Promise<T> {
    const { platform } = this.#options;
    const [{ exclusively }, path] = await Promise.all([
      import("../sync/exclusive.ts"),
      this.path(binding),
    ]);
    const prepare = async () => {
      // Made before the lock in it, so that it is private from the start.
      await ensureUserDirectory(platform);
      await platform.files.makeDirectory(userPaths(platform).trackers, 0o700);
    };
    await this.#takeLeftBehind(binding);
    return await exclusively(platform, `${path}.lock`, { ...sync, prepare }, work);
  }

  /** Notes in the cache of a legacy binding, if any, which reference it gets. */
  async willMove(from: BindingConfig, bindingRef: string): Promise<void> {
    const { platform } = this.#options;
    const path = await this.path(from);
    if (await platform.files.stat(path) === null) return;
    using store = await IssueStore.open(platform, path);
    store.checkpoints.noteBecomes(bindingRef);
  }

  /** Takes in a cache that could not move when its binding got its reference: a kill came, or it was open elsewhere. */
  async #takeLeftBehind(binding: BindingConfig): Promise<void> {
    const { platform } = this.#options;
    if (binding.bindingRef === null || binding.projectSlug === null) return;
    const [before, after] = [
      await this.path({ ...binding, bindingRef: null }),
      await this.path(binding),
    ];
    const isOurs = async () => {
      using store = await IssueStore.openForReading(platform, before);
      return store?.checkpoints.becomes() === binding.bindingRef;
    };
    // The slug alone does not say so: the project may have been bound to something else since.
    if (!await isOurs()) return;
    const { takeIn } = await import("../sync/take_in.ts");
    await takeIn(platform, before, after);
  }

  /**
   * Gives the cache of a binding to what the binding has become. Where that has one already, what only the first holds
   * is merged into it.
   */
  async move(from: BindingConfig, to: BindingConfig): Promise<void> {
    const [before, after] = [await this.path(from), await this.path(to)];
    if (before === after) return;
    const { takeIn } = await import("../sync/take_in.ts");
    // A process that upgrades a binding in the middle of a sync holds the lock of the cache before.
    await takeIn(this.#options.platform, before, after, { isHeld: true });
  }

  async #pathOf(scope: TrackerScope): Promise<string> {
    const { platform } = this.#options;
    const file = await trackerScopeFile(scope);
    const { trackers, old } = userPaths(platform);
    return await adoptStore(platform, join(old.trackers, file), join(trackers, file));
  }

  async #scope(binding: BindingConfig): Promise<TrackerScope> {
    const { platform, provider, baseUrl } = this.#options;
    // What was pulled stays there to be read when the session has ended.
    const owner = baseUrl === null ? null : await new CredentialStore({ platform }).user(baseUrl);
    return {
      provider,
      workspace: binding.bindingRef ?? binding.projectSlug ?? "",
      server: baseUrl,
      user: owner?.username ?? null,
      team: owner?.teamSlug ?? null,
    };
  }
}
