import type { BindCandidate } from "../contract/discovery.ts";
import type { HostedProvider } from "../contract/providers.ts";
import type { PushItem } from "../contract/push.ts";
import { UNKNOWN_WORKSPACE } from "../contract/reading/reading.ts";
import type {
  InstallationStatusResult,
  MappingsResult,
  PushResult,
  RunResult,
  StatusResult,
} from "../contract/results.ts";
import type { BindOriginResult, IssueSearchResult } from "../contract/search.ts";
import type { BindingConfig } from "../project/config.ts";
import { configPath, rehearseConfigFile, unwritableConfig } from "../project/config_file.ts";
import { projectIdentity } from "../project/identity.ts";
import { bindCandidate, type BindingDeps, type BindOutcome, resolveAndBind } from "./binding.ts";
import { validateAndBind, type ValidateOutcome } from "./binding_by_ref.ts";
import { bindAlone, type BoundOutcome } from "./binding_saving.ts";
import type { OriginTicketLink, SearchOptions } from "./client.ts";
import type { HostedTracker } from "./hosted_tracker.ts";
import type { PushEditsChoice, PushEditsReport } from "./edits_report.ts";
import { discover, type Discovery } from "./discovery.ts";
import { extensionsAskedOnce, offersAskedOnce } from "./extensions.ts";
import { boundWorkspace, hostedRules, hostedSide } from "./hosted_side.ts";
import { EditableIssues } from "../sync/editable_issues.ts";
import type { AddedComment, IssueComments } from "../sync/issue_comments.ts";
import type { EditContext } from "../sync/edits.ts";
import type { PackageTickets, PackageTicketsChoice } from "../sync/package_tickets.ts";
import type { SyncStore } from "../sync/store.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { StoredIssue } from "../store/issues.ts";
import { Router, routingOf } from "./routing.ts";
import { cachedPushJournal } from "./push_journal.ts";
import { missingRoutingKey } from "./errors.ts";
import type { RunReport } from "./run_totals.ts";
import type { CommentChoice, SendCommentDeps } from "./send_comment.ts";
import type { HostedTrackerOptions } from "./service_options.ts";
import type { PullChoice, PullReport } from "./sync_pull.ts";
import {
  isPushResult,
  type PushChoice,
  pushItems,
  type PushOutcome,
  type SyncProgress,
  waitFor,
} from "./sync_push.ts";
import { SyncLog } from "./sync_log.ts";
import type { RunChoice } from "./sync_run.ts";

/**
 * A project at the control-plane host: discovery, binding, status and sync. Every call goes through one router, which
 * knows the routing key, upgrades legacy configs and tells stale bindings.
 *
 * Calls that are routed throw `StaleBindingError` and `missing_routing_key`; all throw what `HostedClient` throws.
 */
export class HostedTrackerService extends EditableIssues implements HostedTracker {
  readonly #options: HostedTrackerOptions;
  readonly #router: Router;
  readonly #log: SyncLog;
  readonly #offers: HostedTracker["offers"];

  /** A service for one provider and one project. */
  constructor(options: HostedTrackerOptions) {
    super();
    this.#options = options;
    this.#offers = offersAskedOnce(options.client);
    this.#router = new Router({
      ...options,
      beforeUpgrade: (from, bindingRef) => options.cache.willMove(from, bindingRef),
      onUpgrade: (from, to) => options.cache.move(from, to),
    });
    this.#log = new SyncLog({
      clock: options.platform.clock,
      debug: options.debug,
      open: () => options.cache.openAgain(this.binding),
      exclusively: (sync, work) => options.cache.exclusively(this.binding, sync, work),
    });
  }

  get binding(): BindingConfig {
    return this.#router.binding;
  }

  get provider(): HostedProvider {
    return this.#options.provider;
  }

  /**
   * Lists everything the installation could bind a project to, with the numbers that binding by position takes. Writes
   * nothing; a project that cannot be resolved leaves the list without numbers.
   */
  async discover(): Promise<Discovery> {
    const { client, currentIdentity } = this.#options;
    return await discover(client, this.provider, currentIdentity);
  }

  /**
   * Binds the project to what its identity resolves to; see {@link BindOutcome}.
   *
   * @throws {TrackerError} `config_unwritable` before any request; `selection_out_of_range`; `candidate_expired`.
   */
  async resolveAndBind(choice: { readonly select?: number } = {}): Promise<BindOutcome> {
    const deps = await this.#bindingDeps();
    return await bindAlone(deps, () => resolveAndBind(deps, choice.select));
  }

  /**
   * Binds the project to a candidate that {@link resolveAndBind} offered.
   *
   * @throws {TrackerError} `candidate_expired` when it is not offered any more.
   */
  async bindCandidate(candidate: BindCandidate): Promise<BoundOutcome> {
    const deps = await this.#bindingDeps();
    return await bindAlone(deps, () => bindCandidate(deps, candidate));
  }

  /** Binds the project by a reference the host finds valid. */
  async validateAndBind(bindingRef: string): Promise<ValidateOutcome> {
    const { platform, root, provider, client } = this.#options;
    // Before the host is asked for what could not be saved.
    await rehearseConfigFile(platform, root);
    const identity = await this.#options.currentIdentity();
    const deps = { platform, root, provider, client, identity };
    return await bindAlone(deps, () => validateAndBind(deps, bindingRef));
  }

  status(): Promise<StatusResult> {
    return this.#router.call((routing) => this.#options.client.status(this.provider, routing));
  }

  statusAll(): Promise<InstallationStatusResult> {
    return this.#options.client.installationStatus(this.provider);
  }

  mappings(): Promise<MappingsResult> {
    return this.#router.call((routing) => this.#options.client.mappings(this.provider, routing));
  }

  offers(...[extension]: Parameters<HostedTracker["offers"]>): Promise<boolean> {
    return this.#offers(extension);
  }

  searchIssues(search: SearchOptions): Promise<IssueSearchResult> {
    return this.#router.call((routing) =>
      this.#options.client.searchIssues(this.provider, routing, search)
    );
  }

  bindOrigin(link: OriginTicketLink): Promise<BindOriginResult> {
    return this.#router.call((routing) =>
      this.#options.client.bindOrigin(this.provider, routing, link)
    );
  }

  async issueComments(idOrKey: string): Promise<IssueComments> {
    const { hostedComments } = await import("./issue_comments.ts");
    return await hostedComments(this.#commentDeps(), await this.#stored(idOrKey));
  }

  async issueComment(
    idOrKey: string,
    text: string,
    choice: CommentChoice = {},
  ): Promise<AddedComment> {
    this.#requireRoute();
    const { sendComment } = await import("./send_comment.ts");
    return await sendComment(this.#commentDeps(), await this.#stored(idOrKey), text, choice);
  }

  async pull(choice: PullChoice = {}): Promise<PullReport> {
    this.#requireRoute();
    // What only looks at the cache loads nothing that merges.
    const { pullIssues } = await import("./sync_pull.ts");
    return await this.#log.logged(
      "pull",
      (log) => pullIssues({ ...this.#syncDeps(), log }, choice),
      (report) => [report.status, {
        created: report.created,
        updated: report.updated,
        unchanged: report.unchanged,
        failed: report.summary.failed,
      }],
      choice.signal,
    );
  }

  async push(items: readonly PushItem[], choice: PushChoice = {}): Promise<PushOutcome> {
    this.#requireRoute();
    const push = () =>
      pushItems(
        {
          ...this.#syncDeps(),
          journal: cachedPushJournal({
            platform: this.#options.platform,
            debug: this.#options.debug,
            open: () => this.#options.cache.open(this.binding),
            openForReading: () => this.#options.cache.openForReading(this.binding),
          }),
        },
        items,
        choice,
      );
    if (choice.dryRun === true) return await push();
    return await this.#log.logged(
      "push",
      push,
      (outcome) =>
        outcome.kind === "planned" ? ["ok", {}] : [outcome.result.status, {
          pushed: outcome.result.summary.succeeded,
          failed: outcome.result.summary.failed,
        }],
      choice.signal,
    );
  }

  async pushEdits(choice: PushEditsChoice = {}): Promise<PushEditsReport> {
    this.#requireRoute();
    const { pushEdits } = await import("./push_edits.ts");
    const push = () => pushEdits(this.#editsDeps(), choice);
    if (choice.dryRun === true) return await push();
    return await this.#log.logged("push", push, (report) => {
      const { created, updated, skipped, conflicts, held, failures } = report;
      const isWhole = failures.length === 0 && held === 0;
      const counts = { created, updated, skipped, conflicts, failed: failures.length };
      return [isWhole ? "ok" : "partial", counts];
    }, choice.signal);
  }

  /** Works on the tickets of work packages. */
  async withPackages<T>(
    choice: PackageTicketsChoice,
    work: (tickets: PackageTickets) => Promise<T>,
  ): Promise<T> {
    this.#requireRoute();
    const { hostedPackageTickets } = await import("./package_tickets.ts");
    const { cache } = this.#options;
    const open = async (purpose: "read" | "write") =>
      purpose === "write" ? await cache.open(this.binding) : await this.#storeToRead();
    const workspace = boundWorkspace(this.binding);
    return await work(hostedPackageTickets({ tracker: this, open, workspace }, choice));
  }

  async run(choice: RunChoice = {}): Promise<RunReport> {
    this.#requireRoute();
    const { runFully } = await import("./sync_run.ts");
    return await this.#log.logged("run", () => runFully(this.#editsDeps(), choice), (report) => [
      report.result.status,
      {
        created: report.created,
        updated: report.updated,
        unchanged: report.unchanged,
        pushed: report.counts.sent,
        failed: report.counts.failed,
      },
    ], choice.signal);
  }

  async wait(
    operationId: string,
    choice: Pick<PushChoice, "signal" | "onProgress"> = {},
  ): Promise<PushResult | RunResult> {
    const result = await this.#router.call(() =>
      waitFor(this.#options.client, operationId, choice)
    );
    // When the operation read the tracker is not known, so it proves nothing about times.
    if (!isPushResult(result)) {
      const { keepPulled } = await import("./sync_run.ts");
      await keepPulled(this.#syncDeps(), result, { readAt: 0 });
    }
    return result;
  }

  protected override async reading<T>(read: (store: SyncStore) => T): Promise<T> {
    using store = await this.#storeToRead();
    return read(store);
  }

  async #storeToRead(): Promise<IssueStore> {
    const { cache } = this.#options;
    return await cache.openForReading(this.binding) ?? await cache.openEmpty();
  }

  protected override async editing<T>(edit: (context: EditContext) => T): Promise<T> {
    this.#requireRoute();
    const { platform, cache } = this.#options;
    const rules = hostedRules(this.binding);
    using store = await cache.open(this.binding);
    const workspace = store.issues.workspace() ?? boundWorkspace(this.binding) ?? UNKNOWN_WORKSPACE;
    return edit({
      store,
      rules,
      side: hostedSide(this.provider, workspace),
      now: platform.clock.now(),
      random: platform.random,
    });
  }

  #stored(idOrKey: string): Promise<StoredIssue> {
    return this.reading(({ issues }) => issues.find(idOrKey) ?? issues.require(idOrKey));
  }

  #commentDeps(): SendCommentDeps {
    const { client, cache, platform, debug } = this.#options;
    return {
      ...{ client, platform, debug, provider: this.provider, router: this.#router },
      offers: this.#offers,
      open: () => cache.open(this.binding),
    };
  }

  #syncDeps() {
    const { client, cache, platform: { clock } } = this.#options;
    const rules = hostedRules(this.binding);
    const side = hostedSide(this.provider, UNKNOWN_WORKSPACE);
    const hostClock = () => client.hostClock;
    const merging = { side, rules, clock, hostClock };
    return { provider: this.provider, client, router: this.#router, cache, clock, merging };
  }

  #editsDeps() {
    const { client, platform: { random }, debug } = this.#options;
    const extensions = extensionsAskedOnce(client, debug);
    const workspace = boundWorkspace(this.binding);
    return { ...this.#syncDeps(), random, extensions, workspace };
  }

  /** Before any file is written for a call that could not be made. */
  #requireRoute(): void {
    if (routingOf(this.binding) === null) throw missingRoutingKey();
  }

  async #bindingDeps(): Promise<BindingDeps> {
    const { platform, root, provider, client } = this.#options;
    const identity = await this.#options.identity();
    // The host would remember a project that the next command does not know any more.
    if (!identity.persisted) {
      throw unwritableConfig(configPath(root), "the identity of the project could not be saved");
    }
    await rehearseConfigFile(platform, root);
    const chosen = this.#options.chosenResource;
    return { platform, root, provider, client, identity: projectIdentity(identity), chosen };
  }
}

export type { RunChoice, SyncProgress };
