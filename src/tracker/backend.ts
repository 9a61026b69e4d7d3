import type { HostedProvider, LocalProvider } from "../contract/providers.ts";
import type { RequestLogEntry } from "../client/client.ts";
import type { HostedTracker } from "../client/hosted_tracker.ts";
import type { HostedTrackerService } from "../client/service.ts";
import type { LocalTracker } from "../local/local_tracker.ts";
import type { Platform } from "../platform/platform.ts";
import { notBound } from "../user/readiness_wording.ts";
import { type BindingConfig, loadBinding } from "../project/config.ts";
import { hostedOnly, knownProvider, localOnly } from "./provider_class.ts";

/** The project that is worked on, and how. */
export interface ProjectContext {
  /** The machine to work on. */
  readonly platform: Platform;
  /** The project's root. */
  readonly root: string;
  /** Requests to the host carry it: `User-Agent: tracker/VERSION`. */
  readonly version: string;
  /** Told of every request to the host when it has ended. */
  readonly onRequestLog?: ((entry: RequestLogEntry) => void) | undefined;
  /** Told of faults that change no result, one line each. */
  readonly debug?: ((message: string) => void) | undefined;
  /** Told what a person should know; standard error unless given. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A binding whose provider is known to be there. */
export type SavedBinding = BindingConfig & { readonly provider: string };

/** The service of a project that is bound to a host. */
export interface HostedBackend {
  /** Tells a {@link HostedBackend} from a {@link LocalBackend}. */
  readonly kind: "hosted";
  /** The provider of the binding. */
  readonly provider: HostedProvider;
  /** The binding as it was saved; `service.binding` is the one after upgrades. */
  readonly binding: SavedBinding;
  /** What the project can do at its host. */
  readonly service: HostedTracker;
}

/** The service of a project that is bound to a tool on this machine. */
export interface LocalBackend {
  /** Tells a {@link LocalBackend} from a {@link HostedBackend}. */
  readonly kind: "local";
  /** The provider of the binding. */
  readonly provider: LocalProvider;
  /** The binding. */
  readonly binding: SavedBinding;
  /** What the project can do with its tool. */
  readonly service: LocalTracker;
}

/** The service behind the project's binding. */
export type Backend = HostedBackend | LocalBackend;

/**
 * Opens the service behind the project's binding, and loads only that one. There is no way from one class to the other.
 *
 * @throws {TrackerError} `missing_mission_binding`, `provider_removed`, `usage` for an unknown provider; for a hosted
 * binding `rollout_disabled` and `missing_host_config`.
 */
export async function openBackend(context: ProjectContext): Promise<Backend> {
  const { platform, root } = context;
  const binding = await requireBinding(context);
  const known = knownProvider(platform.env, binding.provider);
  if (known.kind === "local") {
    const { LocalTrackerService } = await import("../local/service.ts");
    return { ...known, binding, service: new LocalTrackerService({ platform, root }) };
  }
  const service = await openHostedService(context, known.provider, binding);
  return { ...known, binding, service };
}

/**
 * Opens the service of a binding to a host.
 *
 * @throws {TrackerError} `hosted_only`; what {@link openBackend} throws.
 */
export async function openHostedBackend(
  context: ProjectContext,
  action: string,
): Promise<HostedBackend> {
  const backend = await openBackend(context);
  if (backend.kind === "hosted") return backend;
  throw hostedOnly(backend.provider, action);
}

/**
 * Opens the service of a binding to a tool on this machine.
 *
 * @throws {TrackerError} `local_only`; what {@link openBackend} throws.
 */
export async function openLocalBackend(
  context: ProjectContext,
  action: string,
): Promise<LocalBackend> {
  const backend = await openBackend(context);
  if (backend.kind === "local") return backend;
  throw localOnly(backend.provider, `${action} is for local providers only`);
}

/**
 * Returns the project's binding.
 *
 * @throws {TrackerError} `missing_mission_binding`.
 */
export async function requireBinding(
  { platform, root }: Pick<ProjectContext, "platform" | "root">,
): Promise<SavedBinding> {
  const binding = await loadBinding(platform, root);
  const { provider } = binding;
  if (provider !== null) return { ...binding, provider };
  throw notBound();
}

/** Opens the service of a hosted provider, for a binding that is there or is to come. */
export async function openHostedService(
  context: ProjectContext,
  provider: HostedProvider,
  binding: BindingConfig,
): Promise<HostedTrackerService> {
  const { openHosted } = await import("../client/open_service.ts");
  return await openHosted({ ...context, provider, binding });
}
