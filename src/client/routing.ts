import { type BindingUpgrade, readBindingUpgrade, type RoutingKey } from "../contract/routing.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import { type BindingConfig, saveBinding } from "../project/config.ts";
import { explainRouting } from "./errors.ts";

/** What routed calls need. */
export interface RouterOptions {
  readonly platform: Pick<Platform, "files">;
  /** The project's root. */
  readonly root: string;
  readonly provider: string;
  readonly binding: BindingConfig;
  /** Told before the config is upgraded: a kill may come between that and {@link onUpgrade}. */
  readonly beforeUpgrade?: ((from: BindingConfig, bindingRef: string) => Promise<void>) | undefined;
  /** Told after the config was upgraded. */
  readonly onUpgrade?: ((from: BindingConfig, to: BindingConfig) => Promise<void>) | undefined;
  /** Told what went wrong where nothing is to be done about it. */
  readonly debug?: ((message: string) => void) | undefined;
}

/**
 * Returns the key that routes calls of a binding: its reference, only without one the legacy slug (wire.md, Routing).
 */
export function routingOf(binding: BindingConfig): RoutingKey | null {
  if (binding.bindingRef !== null) return { binding_ref: binding.bindingRef };
  if (binding.projectSlug !== null) return { project_slug: binding.projectSlug };
  return null;
}

/**
 * Routes the calls of one project: chooses the key, tells a stale binding from other failures, and upgrades a config
 * that routes by the legacy slug when an answer carries the binding's reference.
 */
export class Router {
  readonly #options: RouterOptions;
  #binding: BindingConfig;
  #pending: BindingUpgrade | null = null;

  /** Routes by the binding given. */
  constructor(options: RouterOptions) {
    this.#options = options;
    this.#binding = options.binding;
  }

  /** The binding as it is now, upgrades included. */
  get binding(): BindingConfig {
    return this.#binding;
  }

  /**
   * Makes a call and upgrades the config from its answer. The config is never touched by a failure.
   *
   * @throws {StaleBindingError} when the call was routed by `binding_ref` and the host routes it no more.
   */
  async call<T>(work: (routing: RoutingKey | null) => Promise<T>): Promise<T> {
    const answer = await this.callOnly(work);
    await this.upgrade();
    return answer;
  }

  /** Like {@link call}, but the upgrade waits for {@link upgrade}: calls of one piece of work keep one key. */
  async callOnly<T>(work: (routing: RoutingKey | null) => Promise<T>): Promise<T> {
    const routing = routingOf(this.#binding);
    return await this.callBy(routing, () => work(routing));
  }

  /** Like {@link callOnly}, with the key that an earlier call of the same piece of work had. */
  async callBy<T>(routing: RoutingKey | null, work: () => Promise<T>): Promise<T> {
    let answer: T;
    try {
      answer = await work();
    } catch (error) {
      throw explainRouting(error, this.#options.provider, routing);
    }
    // Only a legacy route is ever upgraded.
    if (routing?.project_slug !== undefined && this.#binding.bindingRef === null) {
      this.#pending = readBindingUpgrade(answer, this.#options.provider) ?? this.#pending;
    }
    return answer;
  }

  /** Whether an answer has offered an upgrade that is not saved yet. */
  get hasUpgrade(): boolean {
    return this.#pending !== null;
  }

  /** Saves the upgrade that answers have offered. A failure changes nothing and is only logged. */
  async upgrade(): Promise<void> {
    const offered = this.#pending;
    this.#pending = null;
    if (offered === null) return;
    const routed = this.#binding;
    try {
      await this.#options.beforeUpgrade?.(routed, offered.binding_ref);
      const saved = await saveBinding(
        this.#options.platform,
        this.#options.root,
        (current) => isSameLegacyRoute(current, routed) ? upgraded(current, offered) : null,
      );
      if (saved.bindingRef !== offered.binding_ref) return;
      this.#binding = saved;
      await this.#options.onUpgrade?.(routed, saved);
    } catch (error) {
      this.#options.debug?.(`The binding could not be upgraded: ${errorText(error)}`);
    }
  }
}

function upgraded(current: BindingConfig, offered: BindingUpgrade): Partial<BindingConfig> {
  return {
    bindingRef: offered.binding_ref,
    displayLabel: offered.display_label ?? current.displayLabel,
    providerContext: offered.provider_context ?? current.providerContext,
  };
}

/** Returns whether the file still says what the call was routed by: another process may have bound it again. */
function isSameLegacyRoute(current: BindingConfig, routed: BindingConfig): boolean {
  return current.bindingRef === null && current.provider === routed.provider &&
    current.projectSlug === routed.projectSlug;
}
