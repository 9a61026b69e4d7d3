import { type Bench, type Case, type Figure, spread } from "./bench.ts";
import { startProgram } from "./programs/child.ts";
import { type HostCalls, signIn } from "./programs/host_process.ts";

const CLIENTS = 50;
const REQUESTS = 2_000;

/** What the embedded host serves under load, next to a bare server that answers as many bytes. */
export const bench: Bench = {
  name: "host",
  what:
    `${REQUESTS} requests of ${CLIENTS} clients at the embedded host, as a ratio to a bare server`,
  rounds: 5,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-host-" });
    const host = await startProgram("host_server.ts", [base]);
    const calls = await signIn(host.line);
    const requests = requestsOf(calls, await calls.bind("ENG"));
    const bytes = (await (await fetch(requests.status())).arrayBuffer()).byteLength;
    const bare = await startProgram("answer_server.ts", [String(bytes)]);
    const loads = [
      new Load("bare server", () => new Request(bare.line, { headers: calls.headers })),
      new Load("host: status", requests.status, 8),
      new Load("host: pull of 20 issues", requests.pull, 12),
    ] as const;
    const [baseline, ...cases] = loads;
    return {
      baseline,
      cases,
      figures: () => loads.flatMap((load) => load.figures()),
      async clean() {
        await bare.stop();
        await host.stop();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

function requestsOf(
  { url, headers }: HostCalls,
  ref: string,
): Readonly<Record<"status" | "pull", () => Request>> {
  return {
    status: () =>
      new Request(`${url}/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`, { headers }),
    pull: () =>
      new Request(`${url}/api/v1/tracker/pull/`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ provider: "linear", binding_ref: ref, limit: 20 }),
      }),
  };
}

/** Clients that each send the next request when the last is answered, until enough are. */
class Load implements Case {
  readonly name: string;
  readonly limit?: number;
  readonly #request: () => Request;
  readonly #perSecond: number[] = [];
  #slowest: number[] = [];

  constructor(name: string, request: () => Request, limit?: number) {
    this.name = name;
    this.#request = request;
    if (limit !== undefined) this.limit = limit;
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
    this.#slowest.push(waits[Math.ceil(waits.length * 0.99) - 1] ?? 0);
  }

  /** Without the round that only warms up. */
  figures(): Figure[] {
    return [
      { name: `${this.name}, rate`, value: spread(this.#perSecond.slice(1)).median, unit: "/s" },
      { name: `${this.name}, p99`, value: spread(this.#slowest.slice(1)).median, unit: "ms" },
    ];
  }
}
