import type { TicketLookup } from "../sync/ticket_lookup.ts";
import type { CacheView } from "./cache_reading.ts";
import type { QueueView } from "./state_parts.ts";

/** What was read last of something that has a version, for as long as it has that version. */
export class Remembered<T> {
  #kept: { readonly version: string; readonly value: T } | null = null;

  /**
   * Returns what was read at this version, or reads it. `version` must have been told before: what is written between
   * is read again then. Nothing is kept where the version is `null`, or the reading fails.
   */
  async at(version: string | null, read: () => Promise<T>): Promise<T> {
    if (version !== null && this.#kept?.version === version) return this.#kept.value;
    this.#kept = null;
    const value = await read();
    if (version !== null) this.#kept = { version, value };
    return value;
  }
}

/** What is read of a cache for the state. */
export interface CachePart {
  readonly view: CacheView;
  /** `null` where they were not asked for. */
  readonly tickets: TicketLookup | null;
}

/** What a dashboard remembers between two looks: what takes long to read, and says when it was written. */
export interface DashboardMemory {
  readonly cache: Remembered<CachePart | null>;
  readonly queue: Remembered<QueueView>;
}

/** Returns a memory of nothing. */
export function emptyMemory(): DashboardMemory {
  return { cache: new Remembered(), queue: new Remembered() };
}
