import { join } from "../../src/platform/paths.ts";
import { SyncEngine } from "../../src/local/engine.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { EditableIssues } from "../../src/sync/editable_issues.ts";
import { type EditContext, editIssue } from "../../src/sync/edits.ts";
import { SYNC_FIELDS } from "../../src/sync/fields.ts";
import {
  everyField,
  type Ownership,
  parseOwnership,
  STRATEGIES,
  type Strategy,
} from "../../src/sync/ownership.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { DIED, type FakeTracker, fakeTracker } from "./fake_tracker.ts";
import { burn, type Fuse, fusedDatabaseOpener, Killed } from "./fused_database.ts";
import { type Clone, simulate, type SyncStart } from "./three_sides.ts";
import { generator, seedOf } from "../support/chance.ts";

const STEPS = 1_000;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Two clones that both own a field for this side would write it over each other for ever. */
const OWNERS: readonly Ownership[] = [
  parseOwnership("split_ownership", {
    title: "spec_kitty",
    labels: "spec_kitty",
    body: "external",
  }),
  parseOwnership("split_ownership", {
    title: "external",
    labels: "external",
    assignees: "external",
  }),
];

interface Simulation {
  readonly name: string;
  readonly strategy: Strategy;
  /** Of each clone. */
  readonly owners: readonly Ownership[];
  /** Whether the clones sync at once, too. */
  readonly together?: boolean;
  readonly seed: number;
  readonly steps: number;
}

const SHARED = [everyField("shared"), everyField("shared")];

const SIMULATIONS: readonly Simulation[] = [
  ...STRATEGIES.map((strategy) => ({ name: strategy, strategy, owners: SHARED })),
  { name: "split_ownership", strategy: "newer_timestamp", owners: OWNERS } as const,
  { name: "syncs_at_once", strategy: "newer_timestamp", owners: SHARED, together: true } as const,
].map((simulation) => ({
  ...simulation,
  seed: seedOf(variableOf(simulation.name)),
  steps: STEPS,
}));

/** Runs that went wrong once, as short as shows it. */
const FORMER_FAILURES: readonly Simulation[] = [
  // The tracker is empty in the end, which no clone believes.
  { name: "newer_timestamp", strategy: "newer_timestamp", owners: SHARED, seed: 169, steps: 12 },
];

const ALL = [...SIMULATIONS, ...FORMER_FAILURES];
for (const { name, strategy, owners, together = false, seed, steps } of ALL) {
  Deno.test(`two clones and a tracker with ${name} agree once edits stop (${variableOf(name)}=${seed}, ${steps} steps)`, () =>
    withPlatform({}, async (platform) => {
      const chance = generator(seed);
      const below = (n: number) => Math.floor(chance() * n);
      const fuse: Fuse = { count: 0, at: Infinity };
      let flaky = true;
      let renamed = 0;
      const tracker = fakeTracker({
        now: platform.clock.now,
        instant: () => burn(fuse),
        failWrite: () =>
          !flaky
            ? null
            : chance() < 0.04
            ? "the database is locked"
            : chance() < 0.02
            ? DIED
            : null,
        loseAnswer: () => flaky && chance() < 0.03,
        cutOff: () => flaky && chance() < 0.1,
        pageSize: 5,
        batch: 4,
        answers: () => chance() < 0.5,
        // What a tool does not compare, a clone can write over between its reading and its write. `bd` compares these
        // two; that nothing is lost by syncs at once can be said only of a tool that compares all.
        compares: together ? SYNC_FIELDS : ["status", "assignees"],
      });
      const clones = owners.map((ownership, at) => {
        // Up to an hour off, either way, and it jumps now and then.
        const clock = { skew: (chance() - 0.5) * 2 * HOUR_MS };
        const clone = new FakeClone({
          platform,
          tracker,
          fuse,
          rules: { ownership, strategy },
          path: join(platform.home, `clone-${at}.db`),
          now: () => platform.clock.now() + (flaky ? clock.skew : 0),
          below,
        });
        return { clone, clock };
      });
      await simulate({
        strategy,
        chance,
        steps,
        together,
        clones: clones.map(({ clone }): Clone => ({
          service: clone,
          edit: (id, editOf) => clone.editBy(id, editOf),
          sync: (start) => clone.sync(start),
        })),
        tool: {
          ids: () => [...tracker.issues.keys()],
          show: (id) => tracker.issues.get(id) ?? missing(id),
          edit: (id, edit) => tracker.edit(id, edit),
          add: (title) => tracker.add(title, { title }).ref.id,
          remove: (id) => void tracker.issues.delete(id),
          rename(id) {
            const to = `r-${renamed++}`;
            tracker.rename(id, to);
            return to;
          },
          referenceOf(id) {
            const reference = tracker.issues.get(id)?.provider_metadata["external_ref"];
            return typeof reference === "string" ? reference.replace("tracker:", "") : null;
          },
        },
        trouble: {
          next() {
            platform.clock.advance(below(3 * 60_000));
            if (below(200) === 0) platform.clock.advance(DAY_MS);
            for (const { clock } of clones) {
              if (below(150) === 0) clock.skew = (chance() - 0.5) * 2 * HOUR_MS;
            }
          },
          end() {
            flaky = false;
          },
        },
      });
      for (const { clone } of clones) clone.close();
    }));
}

function variableOf(name: string): string {
  return `TRACKER_THREE_SIDES_${name.toUpperCase()}`;
}

interface FakeCloneOptions {
  readonly platform: TestPlatform;
  readonly tracker: FakeTracker;
  readonly fuse: Fuse;
  readonly rules: EditContext["rules"];
  readonly path: string;
  readonly now: () => number;
  readonly below: (n: number) => number;
}

/** A clone whose tool is the fake one; it can be killed at any instant. */
class FakeClone extends EditableIssues {
  readonly #options: FakeCloneOptions;
  #store: IssueStore | null = null;

  constructor(options: FakeCloneOptions) {
    super();
    this.#options = options;
  }

  editBy(id: string, editOf: Parameters<Clone["edit"]>[1]): Promise<void> {
    return this.editing((context) => {
      // With the edits that were refused: another edit of the field replaces these.
      editIssue(context, id, editOf(context.store.issues.require(id).issue));
    });
  }

  async sync({ kind, ...options }: SyncStart) {
    const { tracker, rules, now, fuse, below } = this.#options;
    fuse.count = 0;
    fuse.at = below(4) === 0 ? 1 + below(60) : Infinity;
    const store = await this.#open();
    const { connector } = tracker;
    const engine = new SyncEngine({ store, rules, connector, clock: { now }, smallCache: 0 });
    try {
      return await engine[kind](options);
    } catch (error) {
      if (!(error instanceof Killed) && !String(error).includes("Killed")) throw error;
      // What was killed is opened again, as by the next process.
      this.close();
      return null;
    } finally {
      fuse.at = Infinity;
    }
  }

  close(): void {
    this.#store?.close();
    this.#store = null;
  }

  protected override async reading<T>(read: (store: IssueStore) => T): Promise<T> {
    return read(await this.#open());
  }

  protected override async editing<T>(edit: (context: EditContext) => T): Promise<T> {
    const { rules, tracker, now, below } = this.#options;
    const bytes = (length: number) => new Uint8Array(length).map(() => below(256));
    return edit({
      store: await this.#open(),
      rules,
      side: tracker.connector,
      now: now(),
      random: { bytes, fraction: () => below(1_000) / 1_000, uuid: () => String(bytes(16)) },
    });
  }

  async #open(): Promise<IssueStore> {
    const { platform, fuse, path } = this.#options;
    const machine = { ...platform, openDatabase: fusedDatabaseOpener(fuse) };
    return this.#store ??= await IssueStore.open(machine, path);
  }
}

function missing(id: string): never {
  throw new Error(`The tracker has no issue ${id}`);
}
