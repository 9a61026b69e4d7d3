import pg, { type ClientConfig } from "pg";
import type { Clock } from "../../platform/clock.ts";
import type { Platform } from "../../platform/platform.ts";
import { Channels } from "./channels.ts";
import { CHANNEL } from "./postgres_statements.ts";
import type { Stop } from "./store.ts";

/** Milliseconds before the first attempt to connect again; each further attempt waits twice as long. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Hears the notifications of all processes on one connection of its own, which is opened when somebody first listens.
 * When it breaks it is opened again; then all are woken, since nobody knows what was missed.
 */
export class PostgresListener {
  readonly #config: ClientConfig;
  readonly #clock: Clock;
  readonly #sender: string;
  readonly #channels = new Channels();
  readonly #names = new Set<string>();
  readonly #closing = new AbortController();
  #client: pg.Client | null = null;
  /** The same while it hears. */
  #hearing: pg.Client | null = null;
  #connected: Promise<void> | null = null;
  #lasting: Promise<void> = Promise.resolve();

  constructor(config: ClientConfig, { clock, random }: Pick<Platform, "clock" | "random">) {
    this.#config = config;
    this.#clock = clock;
    this.#sender = random.uuid();
  }

  /** Calls `wake` at each notification of a channel. Once this resolves none is missed, if the database was there. */
  async listen(channel: string, wake: () => void): Promise<Stop> {
    const stop = this.#channels.listen(channel, wake);
    this.#names.add(channel);
    if (this.#connected === null) {
      const first = Promise.withResolvers<void>();
      this.#connected = first.promise;
      this.#lasting = this.#stayConnected(first.resolve);
    }
    await this.#connected;
    return stop;
  }

  /** What is sent for a notification of a channel: it names this process, which does not wait for what it sends. */
  payloadOf(channel: string): string {
    return `${channel} ${this.#sender}`;
  }

  /** Wakes who listens in this process, once what it has notified of is stored. */
  wake(channel: string): void {
    this.#channels.notify(channel);
  }

  /** Returns the connection for a short read now and then; `null` while there is none. */
  connection(): pg.Client | null {
    return this.#hearing;
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client?.end();
    await this.#lasting;
  }

  async #stayConnected(tried: () => void): Promise<void> {
    const { signal } = this.#closing;
    for (let wait = FIRST_WAIT_MS, isFirst = true; !signal.aborted;) {
      const connection = await this.#connect();
      if (connection !== null) {
        wait = FIRST_WAIT_MS;
        if (!isFirst) { for (const name of this.#names) this.#channels.notify(name); }
      }
      isFirst = false;
      tried();
      await connection?.broken;
      if (signal.aborted) return;
      await this.#clock.sleep(wait, { signal }).catch(() => {
        // Closed meanwhile.
      });
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }

  /** Returns when the connection breaks; `null` when there is none now. */
  async #connect(): Promise<{ readonly broken: Promise<void> } | null> {
    const client = new pg.Client(this.#config);
    const broken = Promise.withResolvers<void>();
    const end = () => {
      if (this.#hearing === client) this.#hearing = null;
      broken.resolve();
    };
    client.on("end", end);
    // The reason does not matter: what follows is another attempt.
    client.on("error", end);
    client.on("notification", ({ payload = "" }) => {
      const [channel = "", sender] = payload.split(" ");
      // Its own it has told already.
      if (sender !== this.#sender) this.#channels.notify(channel);
    });
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.#hearing = client;
      return { broken: broken.promise };
    } catch {
      // What is wrong with the database is told by the statements of the store, which have somebody to tell.
      await client.end();
      return null;
    }
  }
}
