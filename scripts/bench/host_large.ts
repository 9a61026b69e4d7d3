import { type Bench, type Case, type Figure, spread } from "./bench.ts";
import { type MeasuredHost, places, startMeasured } from "./programs/measured.ts";
import {
  importBody,
  longPush,
  manyEvents,
  type Sent,
  signInBrowser,
  wholeSnapshot,
} from "./programs/large_requests.ts";

/** Milliseconds that no request waits for another's work. */
const OTHERS_WORK_MS = 100;

/** The largest requests a host takes, and how long each keeps others waiting. */
export const bench: Bench = {
  name: "host-large",
  what: "the largest requests of each kind, and the longest work in them that nothing interrupts",
  rounds: 3,
  async prepare() {
    const data = await places();
    const hosts: MeasuredHost[] = [];
    const cases: Large[] = [];
    for (const name of data.names) {
      const host = await startMeasured(await data.make(name), 0);
      hosts.push(host);
      const cookie = await signInBrowser(host.url);
      cases.push(
        new Large(`${name}: events of 60 MiB, packed`, host, () => manyEvents(host)),
        new Large(`${name}: snapshot of 60 MiB`, host, () => wholeSnapshot(host)),
        new Large(`${name}: push of an issue of 7 MiB`, host, () => longPush(host)),
        new Large(`${name}: import of 30 MiB`, host, () => importBody(host, cookie)),
      );
    }
    const baseline: Case = {
      name: "push of 500 items",
      run: async () => await hosts[0]?.push(500),
    };
    return {
      baseline,
      cases,
      figures: () => cases.flatMap((one) => one.figures()),
      async clean() {
        for (const host of hosts) await host.stop();
        await data.remove();
      },
    };
  },
};

class Large implements Case {
  readonly name: string;
  readonly #host: MeasuredHost;
  readonly #make: () => Promise<Sent>;
  readonly #stalls: number[] = [];
  #peak = 0;
  #sent: Sent | null = null;

  constructor(name: string, host: MeasuredHost, make: () => Promise<Sent>) {
    this.name = name;
    this.#host = host;
    this.#make = make;
  }

  async before(): Promise<void> {
    this.#sent = await this.#make();
    await this.#host.usage();
  }

  async run(): Promise<void> {
    const sent = this.#sent;
    if (sent === null) throw new Error("Nothing was made to send");
    const answer = await fetch(`${this.#host.url}${sent.path}`, {
      method: "POST",
      headers: sent.headers,
      body: sent.body,
      redirect: "manual",
    });
    const text = await answer.text();
    if (!answer.ok || !text.includes(sent.expected)) {
      throw new Error(`${this.name} was answered with ${answer.status}: ${text.slice(0, 2_000)}`);
    }
    const { stallMs, peakMb } = await this.#host.usage();
    this.#stalls.push(stallMs);
    this.#peak = peakMb;
  }

  figures(): Figure[] {
    return [
      {
        name: `${this.name}, longest uninterrupted work`,
        value: spread(this.#stalls.slice(1)).median,
        unit: "ms",
        limit: OTHERS_WORK_MS,
      },
      { name: `${this.name}, largest resident size so far`, value: this.#peak, unit: "MB" },
    ];
  }
}
