import assert from "node:assert/strict";
import { join } from "../../src/platform/paths.ts";
import { type NormalizedIssue, STATUSES } from "../../src/contract/issue.ts";
import { createIssue, type EditContext, editIssue } from "../../src/sync/edits.ts";
import { SyncEngine } from "../../src/local/engine.ts";
import { differingFields, type FieldPatch, fieldsOf } from "../../src/sync/fields.ts";
import {
  everyField,
  type Ownership,
  parseOwnership,
  STRATEGIES,
  type Strategy,
} from "../../src/sync/ownership.ts";
import { resolveConflict } from "../../src/sync/resolve.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { generator, seedOf } from "../support/chance.ts";
import { countingRandom, withPlatform } from "../support/platform.ts";
import { fakeTracker } from "./fake_tracker.ts";
import { burn, type Fuse, fusedDatabaseOpener } from "./fused_database.ts";

const STEPS = 2_000;
const DAY_MS = 24 * 60 * 60_000;

type Edit = Pick<FieldPatch, "title" | "status" | "labels" | "assignees"> & {
  readonly body?: string;
};

const MIXED = parseOwnership("split_ownership", {
  title: "spec_kitty",
  labels: "spec_kitty",
  assignees: "external",
  body: "external",
});

interface Simulation {
  readonly name: string;
  readonly strategy: Strategy;
  readonly ownership: Ownership;
  readonly seed: number;
  readonly steps: number;
}

const SIMULATIONS: readonly Simulation[] = [
  ...STRATEGIES.map((strategy) => ({ name: strategy, strategy, ownership: everyField("shared") })),
  { name: "split_ownership", strategy: "newer_timestamp", ownership: MIXED } as const,
].map((simulation) => ({
  ...simulation,
  seed: seedOf(variableOf(simulation.name)),
  steps: STEPS,
}));

/** Runs that went wrong once, as short as shows it. */
const FORMER_FAILURES: readonly Simulation[] = [
  // Labels given at the tracker to an issue of which the push had been killed.
  {
    name: "external_wins",
    strategy: "external_wins",
    ownership: everyField("shared"),
    seed: 313347167,
    steps: 300,
  },
];

for (const { name, strategy, ownership, seed, steps } of [...SIMULATIONS, ...FORMER_FAILURES]) {
  Deno.test(`two sides with ${name} agree once edits stop (${variableOf(name)}=${seed}, ${steps} steps)`, () =>
    withPlatform({}, async (platform) => {
      const chance = generator(seed);
      const below = (n: number) => Math.floor(chance() * n);
      const fuse: Fuse = { count: 0, at: Infinity };
      // The tracker's clock is off by up to a quarter of an hour, and jumps now and then.
      let skew = (chance() - 0.5) * 30 * 60_000;
      let flaky = true;
      const tracker = fakeTracker({
        now: () => platform.clock.now() + skew,
        instant: () => {
          burn(fuse);
          // Somebody edits on our side while a sync waits for the tool.
          if (flaky && below(20) === 0) editDuringSync();
        },
        failWrite: () => flaky && chance() < 0.05 ? "the database is locked" : null,
        pageSize: 5,
      });
      const path = join(platform.home, "simulation.db");
      const machine = { ...platform, openDatabase: fusedDatabaseOpener(fuse) };
      const rules = { ownership, strategy };
      const random = countingRandom();
      let current: IssueStore | null = null;
      const withStore = async (work: (store: IssueStore) => unknown) => {
        const store = current ?? await IssueStore.open(machine, path);
        current = store;
        try {
          await work(store);
        } catch (error) {
          // What was killed is opened again, as by the next process.
          closeStore();
          throw error;
        }
      };
      const closeStore = () => {
        current?.close();
        current = null;
      };
      // The tracker's own fields cannot be edited here, save in an issue that it does not have yet.
      const editOurs = (context: EditContext, id: string) => {
        const stored = context.store.issues.require(id);
        const before = new Set(alive);
        const patch = somePatch(stored.issue);
        try {
          editIssue(context, id, patch);
        } catch (error) {
          if (!(error instanceof TrackerError)) throw error;
          assert.equal(error.code, "field_owned_by_tracker");
          alive.clear();
          for (const value of before) alive.add(value);
        }
      };
      const editDuringSync = () => {
        if (current === null) return;
        const ours = [...current.issues.ids()];
        const id = ours[below(ours.length)];
        if (id === undefined) return;
        const now = platform.clock.now();
        const context = { store: current, rules, random, side: tracker.connector, now };
        const at = fuse.at;
        fuse.at = Infinity;
        editOurs(context, id);
        fuse.at = at;
      };
      const engine = (store: IssueStore) =>
        new SyncEngine({
          store,
          rules,
          connector: tracker.connector,
          clock: platform.clock,
          smallCache: 0,
        });
      // Values that somebody wrote and nobody knowingly replaced; each is written only once.
      const alive = new Set<string>();
      let words = 0;
      const somePatch = (before: NormalizedIssue | null): Edit => {
        const word = `w${words++}`;
        const patch: Edit = [
          { title: word },
          { body: word },
          { status: STATUSES[below(5)] ?? "todo" },
          { labels: [word] },
          { assignees: [word] },
          { title: word, labels: [] },
        ][below(6)] ?? {};
        for (const field of ["title", "body", "labels", "assignees"] as const) {
          if (patch[field] === undefined) continue;
          if (before !== null) { for (const value of wordsOf(before[field])) alive.delete(value); }
          for (const value of wordsOf(patch[field])) alive.add(value);
        }
        return patch;
      };
      let made = 0;
      for (let step = 0; step < steps; step++) {
        platform.clock.advance(below(3 * 60_000));
        if (below(100) === 0) skew += (chance() - 0.5) * 60_000;
        if (below(200) === 0) platform.clock.advance(DAY_MS);
        const dice = below(10);
        const theirs = [...tracker.issues.keys()];
        if (dice < 3) {
          const id = theirs[below(theirs.length)];
          if (id === undefined || (below(8) === 0 && theirs.length < 60)) {
            tracker.add(`t-${made++}`);
          } else tracker.edit(id, somePatch(tracker.issues.get(id) ?? null));
        } else if (dice < 6) {
          await withStore((store) => {
            const context = {
              store,
              rules,
              random,
              side: tracker.connector,
              now: platform.clock.now(),
            };
            const ours = [...store.issues.ids()];
            const id = ours[below(ours.length)];
            const open = store.conflicts.open();
            if (open.length > 0 && below(3) === 0) {
              resolveConflict(context, open[0]?.id ?? 0, below(2) === 0 ? "ours" : "theirs");
            } else if (id === undefined || (below(8) === 0 && ours.length < 60)) {
              createIssue(context, { title: `o-${made++}`, ...somePatch(null) });
            } else editOurs(context, id);
          });
        } else {
          fuse.count = 0;
          fuse.at = below(4) === 0 ? 1 + below(40) : Infinity;
          const kind = (["pull", "push", "run"] as const)[below(3)] ?? "run";
          const options = {
            ...(below(4) === 0 ? { limit: 3 } : {}),
            ...(kind === "pull" ? {} : { retry: below(2) === 0 }),
          };
          await withStore((store) => engine(store)[kind](options))
            .catch((error) => {
              if (!String(error).includes("Killed")) throw error;
            });
          fuse.at = Infinity;
        }
      }
      flaky = false;
      await withStore(async (store) => {
        // All that was changed at the tracker is seen first: it may conflict with an edit of ours.
        await engine(store).pull({ full: true });
        for (const { id } of store.conflicts.open()) {
          const now = platform.clock.now();
          const context = { store, rules, random, side: tracker.connector, now };
          resolveConflict(context, id, "ours");
        }
        await engine(store).run({ full: true, retry: true });
        const last = await engine(store).run({ full: true });
        assert.deepEqual(
          [last.pull.created, last.pull.updated, last.push.created, last.push.updated],
          [0, 0, 0, 0],
          "a sync after the last one changes nothing",
        );
        assert.deepEqual(last.push.failures, []);
        const ours = new Map(store.list().map((issue) => [issue.ref.id, issue]));
        assert.deepEqual([...ours.keys()].sort(), [...tracker.issues.keys()].sort());
        for (const [id, issue] of tracker.issues) {
          const mine = ours.get(id);
          assert.ok(mine !== undefined);
          assert.deepEqual(differingFields(fieldsOf(mine), fieldsOf(issue)), [], id);
        }
        const references = [...tracker.issues.values()]
          .flatMap((issue) => issue.provider_metadata["external_ref"] ?? []);
        assert.equal(new Set(references).size, references.length, "nothing was made twice");
        assert.equal(tracker.issues.size, made, "every issue is there");
        const kept = new Set(
          [
            ...[...tracker.issues.values()].flatMap((issue) => Object.values(fieldsOf(issue))),
            ...store.conflicts.list().flatMap((conflict) => [conflict.ours, conflict.theirs]),
          ].flatMap(wordsOf),
        );
        assert.deepEqual([...alive].filter((value) => !kept.has(value)), [], "no value is lost");
      });
      closeStore();
    }));
}

function variableOf(name: string): string {
  return `TRACKER_SIMULATION_${name.toUpperCase()}`;
}

/** The words of a value; each member of a set is one of its own. */
function wordsOf(value: unknown): string[] {
  const words = Array.isArray(value) ? value : [value];
  return words.filter((word) => typeof word === "string" && word !== "");
}
