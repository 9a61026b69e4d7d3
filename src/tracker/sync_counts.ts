import type { RunKind } from "../store/runs.ts";
import { number, plural } from "../user/numbers.ts";

/** What is counted of a sync, in the order in which it is told. */
export const COUNTS = [
  "new",
  "changed",
  "unchanged",
  "removed",
  "pulled",
  "sent",
  "not_sent",
  "conflicts",
  "settled",
  "held",
  "refused",
  "left",
  "failed",
] as const;

/** What is told of a pull even where it is none. */
export const PULL_COUNTS: readonly CountName[] = ["new", "changed", "unchanged"];

/** One thing that is counted. */
export type CountName = typeof COUNTS[number];

/** The counts of a sync, of local tools and of hosts alike; one left out is none. */
export type SyncCounts = Readonly<Partial<Record<CountName, number>>>;

const WORDS: Readonly<Record<CountName, (count: number) => string>> = {
  new: (count) => `${number(count)} new`,
  changed: (count) => `${number(count)} changed`,
  unchanged: (count) => `${number(count)} unchanged`,
  removed: (count) => `${number(count)} gone from the tracker`,
  pulled: (count) => `${number(count)} pulled`,
  sent: (count) => `${number(count)} sent`,
  not_sent: (count) => `${number(count)} not sent`,
  conflicts: (count) => plural(count, "conflict"),
  settled: (count) => `${plural(count, "conflict")} settled`,
  held: (count) => `${plural(count, "conflict")} to decide`,
  refused: (count) => `${plural(count, "issue")} with refused edits`,
  left: (count) => `${plural(count, "issue")} with edits left here`,
  failed: (count) => `${number(count)} failed`,
};

/** Returns one count in words: `3 new`, `1 conflict to decide`. */
export function countWord(name: CountName, count: number): string {
  return WORDS[name](count);
}

/** Returns the counts in words, those that are none left out unless they are wanted: `3 new, 12 unchanged`. */
export function countWords(counts: SyncCounts, wanted: readonly CountName[] = []): string {
  return factsOf(counts, wanted).join(", ");
}

/** How the names in the log of syncs are counted, by what was synced. Every version's names stay readable. */
const LOGGED: Readonly<Record<RunKind, Readonly<Record<string, CountName>>>> = {
  pull: {
    created: "new",
    updated: "changed",
    unchanged: "unchanged",
    skipped: "unchanged",
    removed: "removed",
    conflicts: "conflicts",
    failed: "failed",
  },
  push: {
    created: "sent",
    updated: "sent",
    pushed: "sent",
    skipped: "not_sent",
    conflicts: "conflicts",
    failed: "failed",
  },
  run: {
    created: "new",
    updated: "changed",
    unchanged: "unchanged",
    removed: "removed",
    pulled: "pulled",
    pushed: "sent",
    failed: "failed",
  },
};

/** What a row of the log of syncs says, a fact each; a name that is not known is told as it is. */
export function loggedFacts(kind: RunKind, logged: Readonly<Record<string, number>>): string[] {
  const counts: Partial<Record<CountName, number>> = {};
  const others: string[] = [];
  for (const [name, count] of Object.entries(logged)) {
    const known = countNamed(kind, name);
    if (known !== undefined) counts[known] = (counts[known] ?? 0) + count;
    else if (count > 0) {
      others.push(`${number(count)} ${name.replaceAll("_", " ")}`);
    }
  }
  return [...factsOf(counts), ...others];
}

function countNamed(kind: RunKind, name: string): CountName | undefined {
  const [, half, rest = ""] = /^(pull|push)ed_(.+)$/.exec(name) ?? [];
  const table = half === "pull" || half === "push" ? LOGGED[half] : LOGGED[kind];
  const key = half === undefined ? name : rest;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function factsOf(counts: SyncCounts, wanted: readonly CountName[] = []): string[] {
  return COUNTS.flatMap((name) => {
    const count = counts[name] ?? 0;
    return count > 0 || wanted.includes(name) ? [WORDS[name](count)] : [];
  });
}
