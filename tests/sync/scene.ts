/** The smallest side and what the engine works with around it. */
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { absorb, type AbsorbContext, type SyncRules } from "../../src/sync/absorb.ts";
import type { EditContext } from "../../src/sync/edits.ts";
import { everyField } from "../../src/sync/ownership.ts";
import type { Side } from "../../src/sync/side.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import type { SyncEvent } from "../../src/sync/sync_report.ts";
import { OWN_CLOCK } from "../../src/sync/times.ts";
import { anIssue } from "../support/issues.ts";

/** Both sides share all fields, and the newer value wins. */
export const SHARED: SyncRules = {
  ownership: everyField("shared"),
  strategy: "newer_timestamp",
};

/** A side that takes everything. */
export function aSide(changes: Partial<Side> = {}): Side {
  return {
    provider: "linear",
    workspace: "acme",
    traits: { silent: [], single: [] },
    refusal: () => null,
    ...changes,
  };
}

/** What edits work on, at a time. */
export function editsAt(
  store: SyncStore,
  now: number,
  changes: Partial<EditContext> = {},
): EditContext {
  let next = now % 256;
  const random = {
    bytes: (count: number) => new Uint8Array(count).fill(next++),
    uuid: () => `uuid-${next++}`,
    fraction: () => 0.5,
  };
  return { store, side: aSide(), rules: SHARED, now, random, ...changes };
}

/** An issue of the title "Base", changed at the other side at a time (milliseconds since 1970). */
export function theirsAt(at: number, changes: Partial<NormalizedIssue> = {}): NormalizedIssue {
  return anIssue("a", { title: "Base", updated_at: new Date(at).toISOString(), ...changes });
}

/** Takes in what the other side shows of an issue, at a time; returns what was told of it. */
export function takeIn(
  store: SyncStore,
  theirs: NormalizedIssue,
  now: number,
  changes: Partial<AbsorbContext> = {},
): SyncEvent[] {
  const events: SyncEvent[] = [];
  store.transaction(() => {
    const stored = store.issues.load(theirs.ref.id) ??
      { issue: theirs, base: theirs, edits: {}, seenAt: now };
    const context: AbsorbContext = {
      store,
      side: aSide(),
      rules: SHARED,
      now,
      readAt: now,
      theirClock: OWN_CLOCK,
      onEvent: (event) => void events.push(event),
      ...changes,
    };
    store.issues.put(absorb(context, stored, theirs).stored);
  });
  return events;
}
