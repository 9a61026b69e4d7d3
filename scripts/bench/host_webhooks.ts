import { type Bench, type Case, type Figure, spread } from "./bench.ts";
import { startProgram } from "./programs/child.ts";
import { CLIENTS, type LoadClient, loadClient, SERIAL } from "./programs/load.ts";
import { places } from "./programs/measured.ts";
import type { Receiver } from "./programs/webhook_host.ts";

/** Webhooks whose time is told. */
const WEBHOOKS = 1_000;

/** Issues of the repository that the webhooks are about. */
const ISSUES = 1_000;

/** Milliseconds in which they are taken, at most. */
const LIMIT_MS = 1_000;

/** How many webhooks a host takes, each stored before it is answered, while it reads the issues of which they tell. */
export const bench: Bench = {
  name: "host-webhooks",
  what: `webhooks of ${CLIENTS} senders, next to a bare server that answers them`,
  rounds: 5,
  async prepare() {
    const client = await loadClient();
    console.log(`Measured with ${client.name}`);
    const data = await places();
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-webhooks-" });
    const keyFile = `${base}/host.key`;
    await Deno.writeTextFile(keyFile, new Uint8Array(32).toBase64(), { mode: 0o600 });
    const pages = await startProgram("issue_pages.ts", [String(ISSUES)]);
    const bare = await startProgram("answer_server.ts", ["2"]);
    const programs = [pages, bare];
    const cases: Webhooks[] = [];
    for (const name of data.names) {
      const program = "webhook_host.ts";
      const host = await startProgram(program, [await data.make(name), pages.line, keyFile]);
      programs.push(host);
      const limit = name === "SQLite" ? LIMIT_MS : undefined;
      cases.push(new Webhooks(name, client, JSON.parse(host.line), limit));
    }
    const baseline = new Webhooks("bare server", client, { url: bare.line, secret: "none" });
    return {
      baseline,
      cases,
      figures: () => [baseline, ...cases].flatMap((one) => one.figures()),
      async clean() {
        for (const program of programs) await program.stop();
        await data.remove();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

/** A webhook of each issue, signed before it is sent; each is sent often, as a delivery of its own. */
class Webhooks implements Case {
  readonly name: string;
  readonly #client: LoadClient;
  readonly #receiver: Receiver;
  readonly #limit: number | undefined;
  readonly #taken: number[] = [];
  #signed: readonly Request[] = [];

  constructor(name: string, client: LoadClient, receiver: Receiver, limit?: number) {
    this.name = name;
    this.#client = client;
    this.#receiver = receiver;
    this.#limit = limit;
  }

  async before(): Promise<void> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const secret = new TextEncoder().encode(this.#receiver.secret);
    const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
    const round = crypto.randomUUID();
    this.#signed = await Promise.all(Array.from({ length: ISSUES }, async (_, index) => {
      const body = new TextEncoder().encode(JSON.stringify({
        action: "edited",
        issue: { number: 1 + index, body: "What has changed. ".repeat(100) },
        repository: { id: 4711 },
      }));
      const signature = new Uint8Array(await crypto.subtle.sign(algorithm, key, body));
      return new Request(this.#receiver.url, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "x-github-event": "issues",
          "x-github-delivery": `${round}-${SERIAL}`,
          "x-hub-signature-256": `sha256=${signature.toHex()}`,
        },
      });
    }));
  }

  /** Returns the milliseconds of {@link WEBHOOKS}. */
  async run(): Promise<number> {
    const { requests, seconds } = await this.#client.send(this.#signed);
    const taken = WEBHOOKS * 1_000 * seconds / requests;
    this.#taken.push(taken);
    return taken;
  }

  /** Without the round that only warms up. */
  figures(): Figure[] {
    return [{
      name: `${this.name}, a thousand webhooks`,
      value: spread(this.#taken.slice(1)).median,
      unit: "ms",
      ...(this.#limit === undefined ? {} : { limit: this.#limit }),
    }];
  }
}
