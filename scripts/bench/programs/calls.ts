import { type Case, type Figure, spread } from "../bench.ts";
import { search } from "./host_requests.ts";
import type { LoadClient } from "./load.ts";
import type { MeasuredHost } from "./measured.ts";

/** A case with figures of its own. */
export interface Measured extends Case {
  figures(): Figure[];
}

/** Clients that call at once. */
export const CLIENTS = 10;
/** Searches in one round. */
export const SEARCHES = 20;
/** Calls whose time is told. */
const CALLS = 1_000;
/** How long each load lasts. */
export const SECONDS = 1;

export interface LoadOptions {
  readonly name: string;
  readonly client: LoadClient;
  readonly requests: () => readonly Request[];
  readonly of?: string;
  readonly limit?: number;
  /** Milliseconds within which 99 of 100 are answered. */
  readonly p99?: number;
}

/** Clients that each send the next request when the last is answered, for a while. */
export class Load implements Measured {
  readonly name: string;
  readonly of?: string;
  readonly limit?: number;
  readonly #options: LoadOptions;
  readonly #rates: number[] = [];
  readonly #p99: number[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.name = options.name;
    this.of = options.of ?? options.name;
    if (options.limit !== undefined) this.limit = options.limit;
  }

  /** Returns the milliseconds of {@link CALLS}. */
  async run(): Promise<number> {
    const { client, requests } = this.#options;
    const result = await client.send(requests(), SECONDS, CLIENTS);
    this.#rates.push(result.requests / result.seconds);
    this.#p99.push(result.p99);
    return CALLS * 1_000 * result.seconds / result.requests;
  }

  figures(): Figure[] {
    const { p99 } = this.#options;
    return [
      { name: `${this.name}, rate`, value: warm(this.#rates), unit: "/s" },
      ...(p99 === undefined
        ? []
        : [{ name: `${this.name}, p99`, value: warm(this.#p99), unit: "ms", limit: p99 }]),
    ];
  }
}

interface BesideOptions extends LoadOptions {
  readonly search: (time: number) => Promise<unknown>;
  /** Tells the memory of the host. */
  readonly usage: {
    readonly name: string;
    readonly of: MeasuredHost["usage"];
    /** MB. */
    readonly limit: number;
  };
}

/** The same while somebody searches all the time. */
export class BesideSearches extends Load {
  readonly #search: BesideOptions["search"];
  readonly #usage: BesideOptions["usage"];
  #peakMb = 0;

  constructor(options: BesideOptions) {
    super(options);
    this.#search = options.search;
    this.#usage = options.usage;
  }

  override async run(): Promise<number> {
    let isOver = false;
    const searching = (async () => {
      for (let time = 0; !isOver; time++) await this.#search(time);
    })();
    try {
      return await super.run();
    } finally {
      isOver = true;
      await searching;
      this.#peakMb = (await this.#usage.of()).peakMb;
    }
  }

  override figures(): Figure[] {
    const { name, limit } = this.#usage;
    return [
      ...super.figures(),
      { name, value: this.#peakMb, unit: "MB", limit },
    ];
  }
}

/** Work of the bare database: `work` returns the milliseconds of one. */
export class BareWork implements Measured {
  readonly name: string;
  readonly of: string;
  readonly #work: () => Promise<number>;

  constructor(name: string, work: () => Promise<number>) {
    this.name = name;
    this.of = name;
    this.#work = work;
  }

  /** Returns the milliseconds of {@link CALLS}. */
  async run(): Promise<number> {
    return CALLS * await this.#work();
  }

  figures(): Figure[] {
    return [];
  }
}

/** One client that searches, one search after the other. */
export class Searches implements Measured {
  readonly name: string;
  readonly of: string;
  readonly #options: {
    readonly host: MeasuredHost;
    readonly words: (time: number) => string;
    readonly limit: number;
  };
  readonly #medians: number[] = [];

  constructor(
    options: {
      readonly name: string;
      readonly of: string;
      readonly host: MeasuredHost;
      readonly words: (time: number) => string;
      readonly limit: number;
    },
  ) {
    this.name = options.name;
    this.of = options.of;
    this.#options = options;
  }

  /** Returns the milliseconds of {@link CALLS}. */
  async run(): Promise<number> {
    const { host, words } = this.#options;
    const times: number[] = [];
    for (const time of upTo(SEARCHES)) {
      const started = performance.now();
      await search(host, words(time));
      times.push(performance.now() - started);
    }
    const { median } = spread(times);
    this.#medians.push(median);
    return CALLS * median;
  }

  figures(): Figure[] {
    const { limit } = this.#options;
    return [{ name: `${this.name}, each`, value: warm(this.#medians), unit: "ms", limit }];
  }
}

/** The median without the first round. */
function warm(samples: readonly number[]): number {
  return spread(samples.slice(1)).median;
}

/** The numbers from 0 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
