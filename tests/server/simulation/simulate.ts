import assert from "node:assert/strict";
import { inTransaction } from "../../../src/server/context/host_context.ts";
import { hostContext } from "../../../src/server/context/host_context.ts";
import { syncNow } from "../../../src/server/jobs/start_syncing.ts";
import type { HostStore } from "../../../src/server/store/store.ts";
import { chanceOf } from "../../support/chance.ts";
import type { TestPlatform } from "../../support/platform.ts";
import { Client } from "./client.ts";
import { shown } from "./fake_side.ts";
import { Hosts, WEBHOOK_SECRET } from "./hosts.ts";
import { Ledger } from "./ledger.ts";
import type { Fault, PersonsEdit, Sent, Shown, Side } from "./side.ts";

/** A simulation of a provider. */
export interface Simulation {
  readonly platform: TestPlatform;
  /** The database, as each process of the host reaches it. */
  readonly stores: readonly HostStore[];
  readonly side: Side;
  readonly seed: number;
  readonly steps: number;
}

const MOST_ISSUES = 14;
const MOST_ROUNDS = 40;
const MINUTE_MS = 60_000;

const FAULTS: readonly Fault[] = ["lost", "failing", "lost", "failing", "limited", "refused"];

/** Ends that a person is told of and has to decide. */
const TOLD = [
  "version_conflict",
  "issue_not_found",
  "provider_error",
  "invalid_parent",
  "delivery_refused",
  "link_unknown",
  // An issue below itself.
  "not_taken",
];

/**
 * Lets people at a provider and clients of the host work, then rest, and checks that both sides agree, that nothing is
 * lost or doubled, and that the host writes only what it was asked for, once.
 */
export async function simulate(simulation: Simulation): Promise<void> {
  const run = new Run(simulation);
  try {
    await run.play();
  } catch (error) {
    run.tell();
    throw error;
  } finally {
    await run.hosts.close();
  }
}

class Run {
  readonly hosts: Hosts;
  readonly #simulation: Simulation;
  readonly #below: (n: number) => number;
  readonly #ledger: Ledger;
  readonly #clients: readonly Client[];
  #webhooks: Sent[] = [];
  #words = 0;
  #isTroubled = false;

  constructor(simulation: Simulation) {
    const { platform, stores, side, seed } = simulation;
    this.#simulation = simulation;
    const { below } = chanceOf(seed);
    this.#below = below;
    this.#ledger = new Ledger(side);
    const madeAs = (title: string) => this.#ledger.madeAs(title);
    this.hosts = new Hosts(platform, stores, { side, below, madeAs });
    const word = () => this.#word();
    const mayFail = (code: string) =>
      TOLD.includes(code) && (this.#isTroubled || code !== "provider_error");
    const tools = { hosts: this.hosts, side, ledger: this.#ledger, below, word, mayFail };
    this.#clients = [new Client(tools), new Client(tools)];
  }

  /** Says what happened last. */
  tell(): void {
    const { seed, platform } = this.#simulation;
    const most = Number(Deno.env.get("TRACKER_SIMULATION_LINES") ?? 60);
    console.log([...this.#ledger.log.slice(-most), platform.stderr().slice(-500), `seed ${seed}`]
      .join("\n"));
  }

  async play(): Promise<void> {
    const { side, steps } = this.#simulation;
    for (let count = 0; count < 5; count++) this.#personAdds();
    side.stepIn((moment) => this.#moment(moment));
    await this.hosts.begin();
    await this.hosts.pass(MINUTE_MS);
    this.hosts.isMortal = true;
    this.#isTroubled = true;
    for (let step = 0; step < steps; step++) await this.#step();
    await this.#rest();
    await this.#judge();
  }

  async #step(): Promise<void> {
    const { side } = this.#simulation;
    const below = this.#below;
    const client = this.#clients[below(this.#clients.length)];
    const dice = below(43);
    this.#ledger.noteHost();
    this.#hear();
    if (dice < 9) this.#person();
    else if (dice < 18) await client?.push(side.all().size < MOST_ISSUES);
    else if (dice < 23) await client?.pull();
    else if (dice < 26) await client?.poll();
    else if (dice < 30) await this.#deliverWebhooks();
    else if (dice < 31) await this.#syncNow(below(2) === 0);
    else if (dice < 32) this.hosts.kill();
    else if (dice < 33) side.disturb(below);
    else if (dice < 36) await client?.comment();
    else await this.hosts.pass(below(4) === 0 ? below(30) * MINUTE_MS : below(30_000));
    await this.hosts.revive(false);
  }

  /** Something happens beside a call of the host. */
  #moment({ isWrite, phase }: { readonly isWrite: boolean; readonly phase: string }): Fault | null {
    this.#ledger.noteHost();
    if (!this.#isTroubled) return null;
    const below = this.#below;
    if (below(8) === 0) this.#person();
    if (below(14) > 0) return null;
    const fault = FAULTS[below(FAULTS.length)] ?? "lost";
    // What is limited or refused has had no effect.
    const real = phase === "after" && (fault === "limited" || fault === "refused") ? "lost" : fault;
    this.#ledger.log.push(`${real} ${phase} a ${isWrite ? "write" : "read"}`);
    return real;
  }

  #word(): string {
    return `w${++this.#words}`;
  }

  #personAdds(): void {
    const title = this.#word();
    this.#ledger.byPerson(`adds ${title}`, () => this.#simulation.side.add(title));
  }

  #person(): void {
    const { side } = this.#simulation;
    const below = this.#below;
    const all = [...side.all()].filter(([id]) => !this.hosts.isBusy(id));
    const one = all[below(all.length)];
    const dice = below(20);
    if (one === undefined || (dice < 2 && all.length < MOST_ISSUES)) return this.#personAdds();
    const [id, before] = one;
    if (dice === 2) {
      this.#ledger.byPerson(`removes ${id}`, () => side.remove(id));
      return;
    }
    const isAgain = dice === 3 && side.duplicate !== undefined;
    const [of] = isAgain ? all[below(all.length)] ?? [id] : [id];
    if (of !== id) {
      this.#ledger.byPerson(`closes ${id} as ${of} again`, () => side.duplicate?.(id, of));
      return;
    }
    const edit = this.#someEdit(before);
    this.#ledger.byPerson(`edits ${id} ${JSON.stringify(edit)}`, () => side.edit(id, edit));
  }

  #someEdit({ labels }: Shown): PersonsEdit {
    const below = this.#below;
    const status = this.#simulation.side.statuses[below(this.#simulation.side.statuses.length)];
    const edits: readonly PersonsEdit[] = [
      { title: this.#word() },
      { body: this.#word() },
      { labels: [...labels, this.#word()] },
      { labels: labels.slice(1) },
      status === undefined ? {} : { status },
    ];
    return edits[below(edits.length)] ?? {};
  }

  /** Webhooks are lost, doubled, and come in any order. */
  async #deliverWebhooks(): Promise<void> {
    const { side } = this.#simulation;
    const below = this.#below;
    this.#webhooks.push(...await side.takeWebhooks(WEBHOOK_SECRET));
    const count = below(this.#webhooks.length + 1);
    for (let index = 0; index < count; index++) {
      const [sent] = this.#webhooks.splice(below(this.#webhooks.length), 1);
      if (sent === undefined || below(3) === 0) continue;
      for (let times = below(4) === 0 ? 2 : 1; times > 0; times--) {
        const path = `/webhooks/${side.provider}/${this.hosts.connectionId}`;
        const { status } = await this.hosts.send("POST", path, sent.headers, sent.body);
        // Linear's are refused when they are a minute old.
        assert.ok(status === 202 || status === 404, String(status));
      }
    }
  }

  async #syncNow(sweep: boolean): Promise<void> {
    const context = hostContext(this.#simulation.platform, this.hosts.store, "quick");
    await inTransaction(context, (context) => syncNow(context, this.hosts.connectionId, { sweep }));
  }

  /** Nobody edits any more, and nothing goes wrong. */
  async #rest(): Promise<void> {
    const { side } = this.#simulation;
    this.#isTroubled = false;
    await this.hosts.immortal();
    side.rest();
    this.#ledger.log.push("rest");
    this.#webhooks = [];
    let last = -1;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const startedAt = this.#simulation.platform.clock.now();
      await this.hosts.pass(6 * MINUTE_MS);
      for (const client of this.#clients) {
        await client.poll();
        await client.repeat();
      }
      // What has ended three processes in a row waits until somebody asks for it.
      await this.#syncNow(true);
      for (let turn = 0; turn < 4; turn++) await this.hosts.pass(20_000);
      if (this.#clients.some((client) => client.isWaiting)) continue;
      // A connection whose budget is used up rests for up to an hour: that nothing changes says nothing then.
      if (!await this.#hasReadSince(startedAt)) continue;
      const now = await this.#lastChange();
      if (now === last) return;
      last = now;
    }
    assert.fail("it never comes to rest");
  }

  /** A comment is on its issue once; that it cannot be delivered is said. */
  async #judgeComment(
    { commentId, issueId, body }: Client["comments"][number],
  ): Promise<void> {
    const { side } = this.#simulation;
    if (!side.all().has(issueId)) return;
    const there = side.comments(issueId).filter((text) => text.includes(body)).length;
    const row = await this.hosts.store.one(
      "SELECT state FROM outbox WHERE item LIKE ?",
      `%"${commentId}"%`,
    );
    // A failure whose answers were all lost may have had its effect.
    if (row?.["state"] === "failed") assert.ok(there <= 1, `${body} is there ${there} times`);
    else assert.equal(there, 1, `${body} is on ${issueId} ${there} times`);
  }

  /** What was wrong within a call of the host is said outside of it. */
  #hear(): void {
    if (this.#ledger.failure !== null) throw this.#ledger.failure;
  }

  /** Whether the host has read all that changed, and compared all issues, in whole and begun after a time. */
  async #hasReadSince(at: number): Promise<boolean> {
    const row = await this.hosts.store.one("SELECT last_round_at, last_sweep_at FROM resources");
    return Number(row?.["last_round_at"]) > at && Number(row?.["last_sweep_at"]) > at;
  }

  async #lastChange(): Promise<number> {
    this.#ledger.noteHost();
    this.#hear();
    const row = await this.hosts.store.one("SELECT last_change FROM resources");
    return Number(row?.["last_change"]) + this.#simulation.side.writes().length * 1e6;
  }

  async #judge(): Promise<void> {
    const { side } = this.#simulation;
    const { store } = this.hosts;
    const theirs = new Map([...side.all()].sort(([one], [other]) => one < other ? -1 : 1));
    for (const client of this.#clients) {
      await client.pull();
      const ours = client.view.toSorted((one, other) => one.ref.id < other.ref.id ? -1 : 1);
      assert.deepEqual(new Map(ours.map((issue) => [issue.ref.id, shown(issue)])), theirs);
    }
    for (const { comments } of this.#clients) {
      for (const one of comments) await this.#judgeComment(one);
    }
    const waiting = await store.one(
      `SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting') AS items,
         (SELECT COUNT(*) FROM webhook_deliveries WHERE handled_at IS NULL) AS webhooks,
         (SELECT COUNT(*) FROM jobs WHERE state = 'failed') AS jobs`,
    );
    assert.deepEqual({ ...waiting }, { items: 0, webhooks: 0, jobs: Number(waiting?.["jobs"]) });
    assert.notEqual(side.writes().length, 0);
    assert.deepEqual(side.faults(), []);
  }
}
