import type { HostedProvider } from "../contract/providers.ts";
import type { PullResult } from "../contract/results.ts";
import type { RoutingKey } from "../contract/routing.ts";
import type { Clock } from "../platform/clock.ts";
import { LEAVES_MS } from "../platform/pauses.ts";
import type { HostedClient } from "./client.ts";
import { HostedApiError } from "./errors.ts";
import type { PageRequest } from "./pull_plan.ts";
import type { Router } from "./routing.ts";

/** What asking for pages needs. */
export interface PageDeps {
  readonly provider: HostedProvider;
  readonly client: Pick<HostedClient, "pull">;
  readonly router: Router;
  readonly clock: Pick<Clock, "now" | "sleep">;
}

/** What a request for a page came to. */
export type PageAnswer =
  | { readonly kind: "page"; readonly page: PullResult }
  /** The host takes the request for invalid, perhaps because it has forgotten the cursor. */
  | { readonly kind: "refused"; readonly error: HostedApiError };

/** A page that was asked for. */
export interface AskedPage {
  /** When, in milliseconds since 1970. */
  readonly readAt: number;
  /** A fault is told where the answer is awaited, and to no one where it is not. */
  readonly answer: Promise<PageAnswer>;
}

/** The requests for the pages of one listing. All have one key, even when the binding changes before the last one. */
export class PageRequests {
  readonly #deps: PageDeps;
  readonly #routing: RoutingKey | null;
  readonly #signal: AbortSignal | undefined;
  readonly #ending = new AbortController();
  #last: Promise<PageAnswer> | null = null;

  /** Begins with none; `signal` gives each of them up. */
  constructor(deps: PageDeps, routing: RoutingKey | null, signal: AbortSignal | undefined) {
    this.#deps = deps;
    this.#routing = routing;
    // Without a signal Ctrl-C is heard where a request waits; with one of our own it would not be.
    this.#signal = signal === undefined
      ? undefined
      : AbortSignal.any([signal, this.#ending.signal]);
  }

  /** Asks for a page, once the one before has been answered. */
  ask(request: PageRequest): AskedPage {
    const readAt = this.#deps.clock.now();
    const answer = this.#fetch(request);
    answer.catch(() => {});
    this.#last = answer;
    return { readAt, answer };
  }

  /** Asks for a page, and lets the request leave before what follows keeps the process busy. */
  async askAhead(request: PageRequest): Promise<AskedPage> {
    const asked = this.ask(request);
    await this.#deps.clock.sleep(LEAVES_MS);
    return asked;
  }

  /**
   * Gives up a request that is not answered yet, or awaits its answer where it has no signal: what follows may end the
   * process, and a session that is being renewed for it would be lost.
   */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#last?.catch(() => {});
  }

  async #fetch(request: PageRequest): Promise<PageAnswer> {
    const { client, provider, router } = this.#deps;
    const signal = this.#signal;
    try {
      const pull = () => client.pull(provider, this.#routing, { ...request, signal });
      return { kind: "page", page: await router.callBy(this.#routing, pull) };
    } catch (error) {
      const isRefusal = error instanceof HostedApiError && REFUSALS.includes(error.statusCode);
      if (!isRefusal) throw error;
      return { kind: "refused", error };
    }
  }
}

const REFUSALS: readonly number[] = [400, 410, 422];
