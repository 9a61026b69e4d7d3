import type { BindCandidate } from "../contract/discovery.ts";
import {
  classifyProvider,
  type HostedProvider,
  type LocalProvider,
} from "../contract/providers.ts";
import type { PushItem } from "../contract/push.ts";
import type {
  InstallationStatusResult,
  Mapping,
  MappingsResult,
  PushResult,
  RunResult,
  StatusResult,
} from "../contract/results.ts";
import type { IssueSearchResult } from "../contract/search.ts";
import type { BoundOutcome } from "../client/binding_saving.ts";
import type { RequestLogEntry, SearchOptions } from "../client/client.ts";
import { requireHostedSync } from "../client/rollout.ts";
import type { Discovery, HostedTrackerService, RunChoice } from "../client/service.ts";
import type { RunReport } from "../client/run_totals.ts";
import type { PullChoice, PullReport } from "../client/sync_pull.ts";
import type { PushChoice, PushOutcome } from "../client/sync_push.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { notBound } from "../user/readiness_wording.ts";
import { type BindingConfig, clearBinding, loadBinding } from "../project/config.ts";
import type { LocalTrackerService } from "../local/service.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type {
  LocalBackend,
  LocalMappings,
  LocalStatus,
  LocalSyncChoice,
  LocalSyncReport,
  OpenLocal,
} from "./backend.ts";
import { type BindRequest, type BindResultOutcome, checkBindRequest } from "./bind_request.ts";
import { type KnownProvider, knownProvider, requireHosted, stopHosted } from "./guards.ts";
import type { HostedBackendOptions } from "../client/open_service.ts";

/** What the façade needs. */
export interface TrackerServiceOptions {
  readonly platform: Platform;
  /** The project's root. */
  readonly root: string;
  /** This program's version. */
  readonly version: string;
  readonly onRequestLog?: ((entry: RequestLogEntry) => void) | undefined;
  readonly debug?: ((message: string) => void) | undefined;
  /** Told what a person should know; standard error unless given. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Makes the hosted backend; the real one unless given. */
  readonly openHosted?:
    | ((options: HostedBackendOptions) => Promise<HostedTrackerService>)
    | undefined;
  /** Makes the local backend; the real one unless given. */
  readonly openLocal?: OpenLocal | undefined;
}

/** What came of an unbind. */
export type UnbindOutcome =
  | { readonly kind: "unbound"; readonly binding: BindingConfig }
  | { readonly kind: "not_bound" };

/** The service behind the project's binding. */
export type Backend =
  | { readonly kind: "hosted"; readonly service: HostedTrackerService }
  | { readonly kind: "local"; readonly service: LocalBackend };

/** An answer that differs with the class of the provider. */
export type ByClass<Hosted, Local> =
  | { readonly kind: "hosted"; readonly binding: BindingConfig; readonly result: Hosted }
  | { readonly kind: "local"; readonly binding: BindingConfig; readonly result: Local };

/**
 * The one door to a project's tracker: picks the backend by the provider and loads only that one. There is no way
 * from one class to the other. Methods throw `TrackerError`: `missing_mission_binding`, `provider_removed`, `usage` for an unknown
 * provider, `rollout_disabled`, and what the backend throws.
 */
export class TrackerService {
  readonly #options: TrackerServiceOptions;

  /** A façade for one project. */
  constructor(options: TrackerServiceOptions) {
    this.#options = options;
  }

  /** The binding as the config has it; `NO_BINDING` without one. */
  binding(): Promise<BindingConfig> {
    return loadBinding(this.#options.platform, this.#options.root);
  }

  /** The provider that a name means. */
  provider(name: string): KnownProvider {
    return knownProvider(this.#options.platform.env, name);
  }

  /** The service behind the binding. */
  async backend(): Promise<Backend> {
    const binding = await this.#requireBinding();
    return await this.#open(this.provider(binding.provider), binding);
  }

  /** Everything the installation could bind a project to; hosted providers only. */
  async discover(provider: string): Promise<Discovery> {
    const hosted = requireHosted(this.provider(provider), "discover");
    return await (await this.#openHosted(hosted, await this.binding())).discover();
  }

  /** Binds the project. A person's consent to replace a binding is the caller's to get. */
  async bind(request: BindRequest): Promise<BindResultOutcome> {
    const known = this.provider(request.provider);
    checkBindRequest(known, request);
    const backend = await this.#open(known, await this.binding());
    if (backend.kind === "local") {
      const binding = await backend.service.bind({
        workspace: request.workspace ?? "",
        credentials: request.credentials ?? null,
        doctrineMode: request.doctrineMode ?? null,
        fieldOwners: request.fieldOwners ?? null,
        strategy: request.strategy ?? null,
      });
      return { kind: "bound_local", binding };
    }
    const { bindRef, select } = request;
    return await this.#leavingLocal<BindResultOutcome>(() =>
      typeof bindRef === "string"
        ? backend.service.validateAndBind(bindRef)
        : backend.service.resolveAndBind(typeof select === "number" ? { select } : {})
    );
  }

  /** Binds the project to a candidate that {@link bind} offered. */
  async bindCandidate(provider: string, candidate: BindCandidate): Promise<BoundOutcome> {
    const hosted = requireHosted(this.provider(provider), "discover");
    const service = await this.#openHosted(hosted, await this.binding());
    return await this.#leavingLocal(() => service.bindCandidate(candidate));
  }

  /** Removes the binding from the config, and what this project saved for a local provider. Sends nothing. */
  async unbind(): Promise<UnbindOutcome> {
    const { platform, root } = this.#options;
    const binding = await this.binding();
    if (binding.provider === null || !(await clearBinding(platform, root))) {
      return { kind: "not_bound" };
    }
    await this.#forgetLocal(binding);
    return { kind: "unbound", binding };
  }

  /** The status of the project. */
  status(): Promise<ByClass<StatusResult, LocalStatus>> {
    return this.#each((hosted) => hosted.status(), (local) => local.status());
  }

  /** The status of the whole installation; hosted bindings only. */
  async statusAll(): Promise<InstallationStatusResult> {
    const binding = await this.#requireBinding();
    const hosted = requireHosted(this.provider(binding.provider), "status_all");
    return await (await this.#openHosted(hosted, binding)).statusAll();
  }

  /** The mappings of the project. */
  mappings(): Promise<ByClass<MappingsResult, LocalMappings>> {
    return this.#each(
      (hosted) => hosted.mappings(),
      async (local) => ({ mappings: await local.mappings() }),
    );
  }

  /** Maps a work package to an issue; local bindings only. */
  async addMapping(mapping: Mapping): Promise<Mapping> {
    return await (await this.#requireLocal("map_add")).addMapping(mapping);
  }

  /** Searches the tickets of the bound resource; hosted bindings only. */
  async searchIssues(search: SearchOptions): Promise<IssueSearchResult> {
    return await (await this.#requireHostedBackend("issue_search")).searchIssues(search);
  }

  /** Pulls issues into the cache. */
  pull(
    choice: { readonly hosted?: PullChoice; readonly local?: LocalSyncChoice } = {},
  ): Promise<ByClass<PullReport, LocalSyncReport>> {
    return this.#each(
      (hosted) => hosted.pull(choice.hosted),
      (local) => local.pull(choice.local ?? {}),
    );
  }

  /** Pushes: items to the host, or pending edits to a local tool. */
  push(
    choice: {
      /** Checked items; hosted bindings only. */
      readonly items?: readonly PushItem[];
      readonly hosted?: PushChoice;
      readonly local?: LocalSyncChoice;
    } = {},
  ): Promise<ByClass<PushOutcome, LocalSyncReport>> {
    return this.#each(
      (hosted) => hosted.push(choice.items ?? [], choice.hosted),
      (local) => local.push(choice.local ?? {}),
    );
  }

  /** Runs a full sync. */
  run(
    choice: { readonly hosted?: RunChoice; readonly local?: LocalSyncChoice } = {},
  ): Promise<ByClass<RunReport, LocalSyncReport>> {
    return this.#each(
      (hosted) => hosted.run(choice.hosted),
      (local) => local.run(choice.local ?? {}),
    );
  }

  /** Waits for an operation at the host; hosted bindings only. */
  async wait(
    operationId: string,
    choice: Pick<PushChoice, "signal" | "onProgress"> = {},
  ): Promise<PushResult | RunResult> {
    return await (await this.#requireHostedBackend("wait")).wait(operationId, choice);
  }

  /** The local backend that a snapshot can be published of. */
  requirePublishable(): Promise<LocalBackend> {
    return this.#requireLocal("publish");
  }

  /**
   * The cached issues, for reading; `null` before the first pull. Needs no network, no session and no gate.
   */
  async openCache(): Promise<{ binding: BindingConfig; store: IssueStore | null }> {
    const { platform } = this.#options;
    const binding = await this.#requireBinding();
    const known = this.provider(binding.provider);
    if (known.kind === "local") {
      const local = await this.#openLocal(known.provider, binding);
      return { binding, store: await local.openCache() };
    }
    const { IssueCache } = await import("../client/sync_cache.ts");
    const { resolveHostUrl } = await import("../user/settings.ts");
    const baseUrl = (await resolveHostUrl(platform))?.url ?? null;
    const cache = new IssueCache({ platform, provider: known.provider, baseUrl });
    return { binding, store: await cache.openForReading(binding) };
  }

  /**
   * The whole service of a local binding, for what only such a one has: edits and conflicts.
   *
   * @throws {TrackerError} `missing_mission_binding`; `local_only` for a hosted binding.
   */
  async local(action: string): Promise<LocalTrackerService> {
    const binding = await this.#requireBinding();
    const known = this.provider(binding.provider);
    if (known.kind === "hosted") {
      throw new TrackerError({
        code: "local_only",
        message:
          `\`tracker ${action}\` is for local providers; "${known.provider}" is a hosted one`,
        details: { provider: known.provider },
      });
    }
    const { LocalTrackerService } = await import("../local/service.ts");
    const { platform, root } = this.#options;
    return new LocalTrackerService({ platform, root });
  }

  /** Binds at a host; what the project saved for the local provider it was bound to goes with that binding. */
  async #leavingLocal<Outcome extends BindResultOutcome>(
    bind: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const left = await this.binding();
    const outcome = await bind();
    if (outcome.kind === "bound") await this.#forgetLocal(left);
    return outcome;
  }

  async #forgetLocal({ provider }: BindingConfig): Promise<void> {
    const known = classifyProvider(provider ?? "");
    if (known.kind !== "local") return;
    const { platform, root } = this.#options;
    const { CredentialStore } = await import("../user/credentials.ts");
    await new CredentialStore({ platform }).clearProjectCredentials(known.provider, root);
  }

  async #each<Hosted, Local>(
    hosted: (service: HostedTrackerService) => Promise<Hosted>,
    local: (service: LocalBackend) => Promise<Local>,
  ): Promise<ByClass<Hosted, Local>> {
    const binding = await this.#requireBinding();
    const backend = await this.#open(this.provider(binding.provider), binding);
    if (backend.kind === "local") {
      return { kind: "local", binding, result: await local(backend.service) };
    }
    const result = await hosted(backend.service);
    return { kind: "hosted", binding: backend.service.binding, result };
  }

  async #requireLocal(action: "map_add" | "publish"): Promise<LocalBackend> {
    const binding = await this.#requireBinding();
    const known = this.provider(binding.provider);
    if (known.kind === "hosted") stopHosted(known.provider, action);
    return await this.#openLocal(known.provider, binding);
  }

  async #requireHostedBackend(action: "issue_search" | "wait"): Promise<HostedTrackerService> {
    const binding = await this.#requireBinding();
    return await this.#openHosted(requireHosted(this.provider(binding.provider), action), binding);
  }

  async #requireBinding(): Promise<BindingConfig & { readonly provider: string }> {
    const binding = await this.binding();
    const { provider } = binding;
    if (provider !== null) return { ...binding, provider };
    throw notBound();
  }

  async #open(known: KnownProvider, binding: BindingConfig): Promise<Backend> {
    return known.kind === "hosted"
      ? { kind: "hosted", service: await this.#openHosted(known.provider, binding) }
      : { kind: "local", service: await this.#openLocal(known.provider, binding) };
  }

  async #openHosted(
    provider: HostedProvider,
    binding: BindingConfig,
  ): Promise<HostedTrackerService> {
    const { platform, root, version, onRequestLog, debug, warn } = this.#options;
    requireHostedSync(platform.env);
    const open = this.#options.openHosted ?? (await import("../client/open_service.ts")).openHosted;
    return await open({ platform, root, provider, binding, version, onRequestLog, debug, warn });
  }

  async #openLocal(
    provider: LocalProvider,
    binding: BindingConfig,
  ): Promise<LocalBackend> {
    const { platform, root } = this.#options;
    const open = this.#options.openLocal ?? (await import("./open_local.ts")).openLocal;
    return await open({ platform, root, provider, binding });
  }
}
