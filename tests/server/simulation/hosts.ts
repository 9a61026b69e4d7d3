import { STATUSES } from "../../../src/contract/issue.ts";
import assert from "node:assert/strict";
import type { Remote, Remotes } from "../../../src/providers/mod.ts";
import { hostContext } from "../../../src/server/context/host_context.ts";
import { requireHostKey } from "../../../src/server/context/key_source.ts";
import { addConnection } from "../../../src/server/connections/connect.ts";
import { findConnection, mapWords } from "../../../src/server/connections/admin.ts";
import { choosePlaces } from "../../../src/server/connections/choose.ts";
import { addUserUnchecked } from "../../../src/server/accounts/users.ts";
import { COMMAND_LINE } from "../../../src/server/model/actor.ts";
import { openHost, type SocketlessHost } from "../../../src/server/mod.ts";
import { webhookSecretId } from "../../../src/server/store/connections.ts";
import type { HostStore } from "../../../src/server/store/store.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import type { TestPlatform } from "../../support/platform.ts";
import { signedIn, type TestHost, valueAt } from "../support.ts";
import { Killed, Life, mortalStore } from "./mortal.ts";
import type { Side } from "./side.ts";

/** The secret of the webhooks. */
export const WEBHOOK_SECRET = "a secret of webhooks";

/** How often is looked for work that is due. */
const MOST_LOOKS = 50;

const USER = { username: "ada", password: "a password", team: "acme" };

/** An answer of a host. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Member {
  readonly store: HostStore;
  life: Life;
  host: SocketlessHost | null;
}

/** What the hosts of a simulation share with it. */
export interface HostTools {
  readonly side: Side;
  readonly below: (n: number) => number;
  /** Returns the id of the issue that was created with a title. */
  readonly madeAs: (title: string) => string | undefined;
}

/** Processes of a host on one database, each of which may die at any step. */
export class Hosts {
  readonly #platform: TestPlatform;
  readonly #side: Side;
  readonly #below: (n: number) => number;
  readonly #members: Member[];
  readonly #endings: Promise<void>[] = [];
  /** Issues of which a process may be between reading and writing, and the titles of those that it may be creating. */
  readonly #busy = new Set<string>();
  readonly #creating = new Set<string>();
  readonly #madeAs: (title: string) => string | undefined;
  /** Whether processes may die. */
  isMortal = false;
  #headers: Readonly<Record<string, string>> = {};
  connectionId = "";
  resourceId = "";
  bindingRef = "";
  kills = 0;
  #keys = 0;

  constructor(
    platform: TestPlatform,
    stores: readonly HostStore[],
    { side, below, madeAs }: HostTools,
  ) {
    this.#platform = platform;
    this.#side = side;
    this.#below = below;
    this.#madeAs = madeAs;
    this.#members = stores.map((store) => ({ store, life: new Life(Infinity), host: null }));
  }

  /** Whether a process may be between reading and writing an issue: nobody could tell what is written over there. */
  isBusy(id: string): boolean {
    return this.#busy.has(id) || [...this.#creating].some((title) => this.#madeAs(title) === id);
  }

  /** What the host has stored, read beside it. */
  get store(): HostStore {
    const [first] = this.#members;
    if (first === undefined) throw new Error("There is no host");
    return first.store;
  }

  /** Connects the provider, and starts all. */
  async begin(): Promise<void> {
    const { provider, place, credential } = this.#side;
    this.#platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
    const context = hostContext(this.#platform, this.store, "quick");
    await addUserUnchecked(context, USER);
    const team = await this.store.one("SELECT id FROM teams");
    const loaded = await requireHostKey(context, { directory: null });
    assert.ok(loaded !== null);
    const teamId = String(team?.["id"]);
    this.connectionId = await addConnection(context, COMMAND_LINE, loaded.key, {
      teamId,
      provider,
      credential: { site: null, ...credential },
      account: "ada",
    });
    const found = await findConnection(context, COMMAND_LINE, { name: this.connectionId, teamId });
    await choosePlaces(context, COMMAND_LINE, found, [place]);
    const words = Object.entries(this.#side.statusWords ?? {});
    const changes = words.flatMap(([name, words]) => {
      const status = STATUSES.find((one) => one === name) ?? null;
      return words.map((word) => ({ word, status }));
    });
    await mapWords(context, COMMAND_LINE, { name: this.connectionId, teamId }, changes);
    await this.store.run(
      "UPDATE connections SET webhook_secret = ?",
      await loaded.key.encrypt(webhookSecretId(this.connectionId), WEBHOOK_SECRET),
    );
    const row = await this.store.one("SELECT id FROM resources");
    this.resourceId = String(row?.["id"]);
    for (const member of this.#members) await this.#start(member);
    const host = this.#members[0]?.host;
    assert.ok(host != null);
    const caller: TestHost = await signedIn(
      this.#platform,
      host,
      USER.username,
      USER.password,
      USER.team,
    );
    this.#headers = caller.headers;
    this.bindingRef = await caller.bind(provider, place.label);
  }

  /** Sends a request until some process answers it, as a client does. */
  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const key = `key-${++this.#keys}-0000`;
    const text = body === undefined ? null : JSON.stringify(body);
    const send = () => this.send(method, path, { "idempotency-key": key, ...this.#headers }, text);
    const answer = await send();
    if (answer.status !== 401) return answer;
    await this.#signIn();
    return await send();
  }

  /** The token does not last as long as a simulation. */
  async #signIn(): Promise<void> {
    const { username, password, team } = USER;
    const signIn = JSON.stringify({ username, password });
    const { status, body } = await this.send("POST", "/api/v1/token/", {}, signIn);
    assert.equal(status, 200, JSON.stringify(body));
    const token = String(valueAt(body, "access"));
    this.#headers = { authorization: `Bearer ${token}`, "x-team-slug": team };
  }

  /** Sends a request with headers of its own. */
  async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | null,
  ): Promise<Answer> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const member = this.#members[this.#below(this.#members.length)];
      if (member === undefined) continue;
      if (member.host === null || member.life.isOver) await this.#start(member);
      const url = `http://127.0.0.1:8080${path}`;
      const request = new Request(url, { method, headers, body });
      try {
        const answer = await member.host?.handle(request, { remoteAddress: "127.0.0.1" });
        const text = await answer?.text() ?? "";
        if (!member.life.isOver && answer !== undefined && answer.status < 500) {
          return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
        }
        if (!member.life.isOver) throw new Error(`${method} ${path}: ${answer?.status} ${text}`);
      } catch (error) {
        if (!(error instanceof Killed) && !member.life.isOver) throw error;
      }
    }
    throw new Error(`Nobody answers ${method} ${path}`);
  }

  /** Starts what is dead, now and then or `all`. */
  async revive(all: boolean): Promise<void> {
    for (const member of this.#members) {
      if (member.life.isOver && (all || this.#below(3) === 0)) await this.#start(member);
    }
  }

  /** Kills a process at once. */
  kill(): void {
    const member = this.#members[this.#below(this.#members.length)];
    if (member !== undefined) this.#end(member);
  }

  /** From now on nobody dies. */
  async immortal(): Promise<void> {
    this.isMortal = false;
    for (const member of this.#members) member.life.left = Infinity;
    await this.revive(true);
  }

  /** Waits until nobody works, and lets time pass. */
  async pass(ms: number): Promise<void> {
    let isDone = false;
    for (let look = 0; look < MOST_LOOKS && !isDone; look++) {
      for (const { host, life } of this.#members) {
        if (host !== null && !life.isOver) await host.worker.idle();
      }
      // A database that is a server of its own wakes the workers in its own time.
      isDone = this.store.dialect === "sqlite" || !await this.#isAnyDue();
      if (!isDone) await systemClock().sleep(2);
    }
    this.#busy.clear();
    this.#creating.clear();
    this.#platform.clock.advance(ms);
  }

  async #isAnyDue(): Promise<boolean> {
    if (this.#members.every(({ life }) => life.isOver)) return false;
    const now = this.#platform.clock.now();
    const row = await this.store.one(
      `SELECT 1 FROM jobs WHERE state = 'open' AND run_at <= ?
         AND (lease_until IS NULL OR lease_until <= ?)`,
      now,
      now,
    );
    return row !== null;
  }

  /** Ends all. */
  async close(): Promise<void> {
    for (const member of this.#members) this.#end(member);
    await Promise.all(this.#endings);
  }

  #end(member: Member): void {
    const { host, life } = member;
    if (host === null) return;
    life.end();
    member.host = null;
    this.kills++;
    this.#endings.push(host.worker.stop());
  }

  async #start(member: Member): Promise<void> {
    this.#end(member);
    for (let attempt = 0;; attempt++) {
      const isLong = !this.isMortal || attempt > 3 || this.#below(3) === 0;
      const life = new Life(isLong ? Infinity : 20 + this.#below(300));
      const fetch = this.#side.fetch ?? this.#platform.fetch;
      const platform = {
        ...this.#platform,
        fetch: (...args: Parameters<typeof fetch>) => life.across(() => fetch(...args)),
      };
      const context = hostContext(platform, mortalStore(member.store, life), "quick");
      const providers: Remotes = { [this.#side.provider]: this.#mortalRemote(life) };
      try {
        const host = await openHost({ platform, context, providers, rateLimit: null });
        Object.assign(member, { life, host });
        return;
      } catch (error) {
        if (!life.isOver) throw error;
      }
    }
  }

  #mortalRemote(life: Life): Remote {
    const { remote, fetch } = this.#side;
    const across = <T>(work: () => Promise<T>) => fetch === null ? life.across(work) : work();
    const busy = this.#busy;
    const creating = this.#creating;
    const { comments } = remote;
    return {
      ...remote,
      listChanged: (...args) => across(() => remote.listChanged(...args)),
      listAll: (...args) => across(() => remote.listAll(...args)),
      readPlace: (...args) => across(() => remote.readPlace(...args)),
      comments: comments === null ? null : {
        list: (...args) => across(() => comments.list(...args)),
        add: (...args) => across(() => comments.add(...args)),
        findAdded: (...args) => across(() => comments.findAdded(...args)),
      },
      async findCreated(access, place, creation) {
        creating.add(creation.fields.title);
        const found = await across(() => remote.findCreated(access, place, creation));
        creating.delete(creation.fields.title);
        return found;
      },
      async create(access, place, creation) {
        creating.add(creation.fields.title);
        const created = await across(() => remote.create(access, place, creation));
        creating.delete(creation.fields.title);
        return created;
      },
      get(access, place, id) {
        busy.add(id);
        return across(() => remote.get(access, place, id));
      },
      async change(access, place, issue, change) {
        busy.add(issue.ref.id);
        await across(() => remote.change(access, place, issue, change));
        busy.delete(issue.ref.id);
      },
    };
  }
}
