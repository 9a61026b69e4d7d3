/** Steps of two sides that property tests take, by chance. */
import fc from "../support/properties.ts";
import type { Strategy } from "../../src/sync/ownership.ts";
import { memoryStore } from "../support/memory_store.ts";
import { SHARED } from "./scene.ts";
import { type Change, type Clocks, type Effect, type Fate, TwoSides } from "./two_sides.ts";

type Step =
  | { readonly kind: "here" | "there"; readonly change: Change }
  | { readonly kind: "pull"; readonly meanwhile: Change | null }
  | { readonly kind: "push"; readonly fate: Fate; readonly meanwhile: Change | null }
  | { readonly kind: "resolve"; readonly at: number; readonly take: typeof TAKES[number] }
  | { readonly kind: "discard" }
  | { readonly kind: "wait"; readonly ms: number };

export const TAKES = ["ours", "theirs", "base", "both"] as const;
export const HOUR = 3_600_000;

export const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>({ kind: "title" }),
  fc.record({ kind: fc.constant("line" as const), at: fc.nat(5) }),
  fc.constant<Change>({ kind: "add" }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat(5) }),
);
const meanwhile = fc.option(changes, { freq: 3 });
export const fates = fc.constantFrom<Fate>("answered", "answered", "lost before", "lost after");

const syncs: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("here" as const, "there" as const), change: changes }),
  fc.record({ kind: fc.constantFrom("here" as const, "there" as const), change: changes }),
  fc.record({ kind: fc.constant("pull" as const), meanwhile }),
  fc.record({ kind: fc.constant("push" as const), fate: fates, meanwhile }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(2 * HOUR) }),
);
const decisions: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "discard" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("resolve" as const),
      at: fc.nat(3),
      take: fc.constantFrom(...TAKES),
    }),
  },
);
export const steps = fc.array(
  fc.oneof({ weight: 6, arbitrary: syncs }, { weight: 1, arbitrary: decisions }),
  {
    maxLength: 14,
  },
);

const skew = fc.integer({ min: -HOUR, max: HOUR });
export const clocks: fc.Arbitrary<Clocks> = fc.record({
  here: skew,
  there: skew,
  measure: fc.oneof(
    fc.constantFrom("none" as const, "exact" as const),
    fc.integer({ min: -5_000, max: 5_000 }).map((error) => ({
      error,
      uncertainty: Math.abs(error),
    })),
  ),
});
export const strategies = fc.constantFrom<Strategy>(
  "newer_timestamp",
  "external_wins",
  "local_wins",
  "manual_review",
);

export function sidesOf(
  clocks: Clocks,
  strategy: Strategy = "newer_timestamp",
  name?: string,
): TwoSides {
  return new TwoSides(memoryStore(), { ...SHARED, strategy }, clocks, name);
}

/** Takes a step; returns what syncing did. */
export function take(sides: TwoSides, step: Step): readonly Effect[] {
  switch (step.kind) {
    case "here":
      sides.editHere(step.change);
      return [];
    case "there":
      sides.editThere(step.change);
      return [];
    case "pull":
      return sides.pull(there(sides, step.meanwhile));
    case "push":
      return sides.push(step.fate, there(sides, step.meanwhile));
    case "resolve":
      sides.resolve(step.at, step.take);
      return [];
    case "discard":
      sides.discard();
      return [];
    case "wait":
      sides.tick(step.ms);
      return [];
  }
}

function there(sides: TwoSides, change: Change | null): () => void {
  return () => {
    if (change !== null) sides.editThere(change);
  };
}

/** Syncs until everything is settled and sent. */
export function settle(sides: TwoSides, decide: typeof TAKES[number]): void {
  sides.push();
  for (let left = 10; left > 0 && sides.store.conflicts.open().length > 0; left--) {
    sides.resolve(0, decide);
  }
  sides.push();
}
