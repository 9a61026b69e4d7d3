import { type Bench, type Case, type Figure, spread } from "./bench.ts";
import { startProgram } from "./programs/child.ts";
import { type MeasuredHost, places, startMeasured } from "./programs/measured.ts";

const CLIENTS = 50;
const REQUESTS = 2_000;
const PUSHED_ITEMS = 10_000;

/** What the host serves under load, next to a bare server that answers as many bytes. */
export const bench: Bench = {
  name: "host",
  what: `${REQUESTS} requests of ${CLIENTS} clients at the host on SQLite and on PostgreSQL, ` +
    "as ratios to a bare server",
  rounds: 5,
  async prepare() {
    const data = await places();
    const hosts = new Map<string, MeasuredHost>();
    for (const name of data.names) hosts.set(name, await startMeasured(await data.make(name), 0));
    const sqlite = hosts.get("SQLite");
    if (sqlite === undefined) throw new Error("No host on SQLite");
    const bytes = (await (await fetch(statusOf(sqlite))).arrayBuffer()).byteLength;
    const bare = await startProgram("answer_server.ts", [String(bytes)]);
    const baseline = new Load("bare server", () => new Request(bare.line, sqlite), {});
    const cases = [...hosts].flatMap(([name, host]) => loadsOf(name, host));
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
function loadsOf(name: string, host: MeasuredHost): Load[] {
  const isJudged = name === "SQLite";
  return [
    new Load(`${name}: status`, () => statusOf(host), {
      // A third of the bare server's rate.
      limits: isJudged ? { ratio: 3.03, p99: 20 } : {},
    }),
    new Load(`${name}: pull of 20 issues`, () => pullOf(host), {
      limits: isJudged ? { ratio: 12 } : {},
    }),
    new BusyLoad(
      `${name}: status while ${PUSHED_ITEMS} items are pushed`,
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

/** Clients that each send the next request when the last is answered, until enough are. */
class Load implements Case {
  readonly name: string;
  readonly limit?: number;
  readonly #request: () => Request;
  readonly #limits: Limits;
  readonly #perSecond: number[] = [];
  readonly #p99: number[] = [];
  /** Milliseconds of the slowest request of each round. */
  protected readonly slowest: number[] = [];

  constructor(name: string, request: () => Request, { limits = {} }: { limits?: Limits }) {
    this.name = name;
    this.#request = request;
    this.#limits = limits;
    if (limits.ratio !== undefined) this.limit = limits.ratio;
  }

  async run(): Promise<void> {
    const waits: number[] = [];
    let left = REQUESTS;
    const started = performance.now();
    await Promise.all(Array.from({ length: CLIENTS }, async () => {
      while (left-- > 0) {
        const sent = performance.now();
        const answer = await fetch(this.#request());
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`${this.name} was answered with ${answer.status}`);
        waits.push(performance.now() - sent);
      }
    }));
    this.#perSecond.push(REQUESTS / ((performance.now() - started) / 1000));
    waits.sort((a, b) => a - b);
    this.#p99.push(waits[Math.ceil(waits.length * 0.99) - 1] ?? 0);
    this.slowest.push(waits.at(-1) ?? 0);
  }

  /** Without the round that only warms up. */
  figures(): Figure[] {
    const { p99 } = this.#limits;
    return [
      { name: `${this.name}, rate`, value: warm(this.#perSecond), unit: "/s" },
      {
        name: `${this.name}, p99`,
        value: warm(this.#p99),
        unit: "ms",
        ...(p99 === undefined ? {} : { limit: p99 }),
      },
    ];
  }
}

/** Milliseconds that no request waits longer than for another's work. */
const OTHERS_WORK_MS = 100;

/** Requests while the host works on a large push that was accepted before. */
class BusyLoad extends Load {
  readonly #host: MeasuredHost;
  readonly #stalls: number[] = [];
  readonly #pushed: number[] = [];
  #end: () => Promise<void> = () => Promise.resolve();

  constructor(name: string, host: MeasuredHost, limits: Limits) {
    super(name, () => statusOf(host), { limits });
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

  override async run(): Promise<void> {
    await super.run();
    this.#stalls.push((await this.#host.usage()).stallMs);
    await this.#end();
  }

  override figures(): Figure[] {
    return [
      ...super.figures(),
      { name: `${this.name}, slowest`, value: warm(this.slowest), unit: "ms" },
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
