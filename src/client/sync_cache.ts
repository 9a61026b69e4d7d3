import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import type { BindingConfig } from "../project/config.ts";
import { adoptStore } from "../store/adopted.ts";
import { IssueStore } from "../store/issue_store.ts";
import { CredentialStore } from "../user/credentials.ts";
import { userPaths } from "../user/paths.ts";
import { trackerScopeFile } from "../user/scope.ts";

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

  /** Caches of a provider at a host. */
  constructor(options: IssueCacheOptions) {
    this.#options = options;
  }

  /** Opens the cache of a binding, created when missing. */
  async open(binding: BindingConfig): Promise<IssueStore> {
    return await IssueStore.open(this.#options.platform, await this.path(binding));
  }

  /** Opens the cache of a binding without changing anything; `null` when there is none. */
  async openForReading(binding: BindingConfig): Promise<IssueStore | null> {
    return await IssueStore.openForReading(this.#options.platform, await this.path(binding));
  }

  /** Opens an empty cache in memory, for a binding that has none yet. */
  async openEmpty(): Promise<IssueStore> {
    return await IssueStore.openEmpty(this.#options.platform);
  }

  /** Path of the cache of a binding. */
  async path(binding: BindingConfig): Promise<string> {
    const { platform, provider, baseUrl } = this.#options;
    // What was pulled stays there to be read when the session has ended.
    const owner = baseUrl === null ? null : await new CredentialStore({ platform }).user(baseUrl);
    const file = await trackerScopeFile({
      provider,
      workspace: binding.bindingRef ?? binding.projectSlug ?? "",
      server: baseUrl,
      user: owner?.username ?? null,
      team: owner?.teamSlug ?? null,
    });
    const { trackers, old } = userPaths(platform);
    return await adoptStore(platform, join(old.trackers, file), join(trackers, file));
  }

  /** Gives the cache of a binding to what the binding has become; a cache that is there already stays. */
  async move(from: BindingConfig, to: BindingConfig): Promise<void> {
    const { files } = this.#options.platform;
    const [before, after] = [await this.path(from), await this.path(to)];
    if (before === after || await files.stat(before) === null) return;
    if (await files.stat(after) !== null) return;
    // No write is lost: a store is closed before it moves, and closing takes the log in.
    if (await files.stat(`${before}-wal`) !== null) return;
    await files.rename(before, after);
  }
}
