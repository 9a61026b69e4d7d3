import { sha256Hex } from "../../platform/random.ts";
import { type RateLimit, type Taken, waitFor } from "../model/rate_limit.ts";
import { giveTokenBack, takeTokens } from "../store/limits.ts";
import type { HostStore } from "../store/store.ts";
import type { HostContext } from "./host_context.ts";
import type { Limiter } from "./limiter.ts";

/** Returns the time that limits count by; `null` for that of the database, which several processes share. */
export function limitTime({ store, now }: HostContext): number | null {
  return store.dialect === "postgres" ? null : now();
}

/** Which buckets of a store a limiter takes from. */
export interface SharedLimit {
  readonly store: HostStore;
  /** Tells its buckets from those of other limits. */
  readonly name: string;
  readonly limit: RateLimit;
  /** Wall time in milliseconds since 1970; the time of the database unless given. */
  readonly now?: () => number;
}

/** Limits the calls of all processes of a store. Each take is one statement. */
export class SharedLimiter implements Limiter {
  readonly #shared: SharedLimit;

  /** Makes a limiter whose buckets start full. */
  constructor(shared: SharedLimit) {
    this.#shared = shared;
  }

  async take(key: string): Promise<Taken> {
    const { granted, tokens } = await this.takeSome(key, 1);
    const { limit } = this.#shared;
    return { wait: granted > 0 ? 0 : waitFor(tokens, limit), used: limit.burst - tokens };
  }

  async giveBack(key: string): Promise<void> {
    const { store, limit } = this.#shared;
    await giveTokenBack(store, { key: await this.#stored(key), limit });
  }

  /** Takes several calls, or as many of them as there are. */
  async takeSome(
    key: string,
    count: number,
  ): Promise<{ readonly granted: number; readonly tokens: number }> {
    const { store, limit, now } = this.#shared;
    const bucket = { key: await this.#stored(key), limit, now: now === undefined ? null : now() };
    return await takeTokens(store, bucket, count);
  }

  /** Strangers write names of any length and kind. */
  async #stored(key: string): Promise<string> {
    return `${this.#shared.name}:${await sha256Hex(key)}`;
  }
}
