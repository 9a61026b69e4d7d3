import { type Bench, type Case, type Figure, spread } from "./bench.ts";
import { startProgram } from "./programs/child.ts";
import { CLIENTS, type LoadClient, loadClient, type LoadResult } from "./programs/load.ts";
import { type MeasuredHost, places, startMeasured } from "./programs/measured.ts";

/** Requests whose time is told. */
const REQUESTS = 1_000;
const PUSHED_ITEMS = 10_000;

/** What the host serves under load, next to a bare server that answers as many bytes. */
export const bench: Bench = {
  name: "host",
  what: `${CLIENTS} clients at the host on SQLite and on PostgreSQL, ` +
    "as ratios to a bare server",
  rounds: 5,
  async prepare() {
    const client = await loadClient();
    console.log(`Measured with ${client.name}`);
    const data = await places();
    const hosts = new Map<string, MeasuredHost>();
    for (const name of data.names) hosts.set(name, await startMeasured(await data.make(name), 0));
    const sqlite = hosts.get("SQLite");
    if (sqlite === undefined) throw new Error("No host on SQLite");
    const bytes = (await (await fetch(statusOf(sqlite))).arrayBuffer()).byteLength;
    const bare = await startProgram("answer_server.ts", [String(bytes)]);
    const baseline = new Load("bare server", client, () => new Request(bare.line, sqlite));
    const cases = [...hosts].flatMap(([name, host]) => loadsOf(name, client, host));
    return {
      baseline,
      cases,
      figures: () => [baseline, ...cases].flatMap((load) => load.figures()),
      async clean() {
        await bare.stop();
        for (const host of hosts.values()) await host.stop();
        await data.remove();
      },
    };
  },
};

/** The goals are SQLite's: what PostgreSQL needs stands beside it. */
function loadsOf(name: string, client: LoadClient, host: MeasuredHost): Load[] {
  const isJudged = name === "SQLite";
  return [
    new Load(`${name}: status`, client, () => statusOf(host), {
      ...(isJudged ? { ratio: 3.03, p99: 20 } : {}),
    }),
    new Load(
      `${name}: pull of 20 issues`,
      client,
      () => pullOf(host),
      isJudged ? { ratio: 12 } : {},
    ),
    new BusyLoad(
      `${name}: status while ${PUSHED_ITEMS} items are pushed`,
      client,
      host,
      // PostgreSQL takes the processors of the host and of its clients here.
      isJudged ? { p99: OTHERS_WORK_MS } : {},
    ),
  ];
}

function statusOf({ url, headers, smallRef }: MeasuredHost): Request {
  const query = `provider=linear&binding_ref=${smallRef}`;
  return new Request(`${url}/api/v1/tracker/status/?${query}`, { headers });
}

function pullOf({ url, headers, smallRef }: MeasuredHost): Request {
  return new Request(`${url}/api/v1/tracker/pull/`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ provider: "linear", binding_ref: smallRef, limit: 20 }),
  });
}

/** What is still fine of a load; nothing is judged without it. */
interface Limits {
  readonly ratio?: number;
  /** Milliseconds. */
  readonly p99?: number;
}

/** Clients that each send the next request when the last is answered, for a while. */
class Load implements Case {
  readonly name: string;
  readonly limit?: number;
  readonly #client: LoadClient;
  readonly #request: () => Request;
  readonly #limits: Limits;
  protected readonly results: LoadResult[] = [];

  constructor(name: string, client: LoadClient, request: () => Request, limits: Limits = {}) {
    this.name = name;
    this.#client = client;
    this.#request = request;
    this.#limits = limits;
    if (limits.ratio !== undefined) this.limit = limits.ratio;
  }

  /** Returns the milliseconds of {@link REQUESTS}. */
  async run(): Promise<number> {
    const result = await this.#client.send([this.#request()]);
    this.results.push(result);
    return REQUESTS * 1_000 / rateOf(result);
  }

  /** Without the round that only warms up. */
  figures(): Figure[] {
    const { p99 } = this.#limits;
    return [
      { name: `${this.name}, rate`, value: warm(this.results.map(rateOf)), unit: "/s" },
      {
        name: `${this.name}, p99`,
        value: warm(this.results.map((result) => result.p99)),
        unit: "ms",
        ...(p99 === undefined ? {} : { limit: p99 }),
      },
    ];
  }
}

function rateOf({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

/** Milliseconds that no request waits longer than for another's work. */
const OTHERS_WORK_MS = 100;

/** Requests while the host works on a large push that was accepted before. */
class BusyLoad extends Load {
  readonly #host: MeasuredHost;
  readonly #stalls: number[] = [];
  readonly #pushed: number[] = [];
  #end: () => Promise<void> = () => Promise.resolve();

  constructor(name: string, client: LoadClient, host: MeasuredHost, limits: Limits) {
    super(name, client, () => statusOf(host), limits);
    this.#host = host;
  }

  async before(): Promise<void> {
    await this.#host.usage();
    const started = performance.now();
    const end = await this.#host.beginPush(PUSHED_ITEMS);
    this.#end = async () => {
      await end();
      this.#pushed.push(PUSHED_ITEMS / ((performance.now() - started) / 1000));
    };
  }

  override async run(): Promise<number> {
    const taken = await super.run();
    this.#stalls.push((await this.#host.usage()).stallMs);
    await this.#end();
    return taken;
  }

  override figures(): Figure[] {
    return [
      ...super.figures(),
      {
        name: `${this.name}, slowest`,
        value: warm(this.results.map(({ slowest }) => slowest)),
        unit: "ms",
      },
      {
        name: `${this.name}, longest uninterrupted work`,
        value: warm(this.#stalls),
        unit: "ms",
        limit: OTHERS_WORK_MS,
      },
      { name: `${this.name}, items`, value: warm(this.#pushed), unit: "/s" },
    ];
  }
}

/** The median without the first round. */
function warm(samples: readonly number[]): number {
  return spread(samples.slice(1)).median;
}
