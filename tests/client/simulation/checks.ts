/** What holds at every moment of the simulation. */
import assert from "node:assert/strict";
import { fieldsOf, SYNC_FIELDS, type SyncField } from "../../../src/sync/fields.ts";
import type { SyncEvent } from "../../../src/sync/sync_report.ts";
import type { Clone } from "./clone.ts";
import type { Scene } from "./episode.ts";

/** A value that waits for a decision. */
export interface HeldValue {
  readonly conflict: number;
  readonly issue: string;
  readonly field: SyncField;
  readonly value: unknown;
}

/** Returns the values of a clone that wait for a decision. */
export async function heldAt(clone: Clone): Promise<readonly HeldValue[]> {
  const held = await clone.look((store) =>
    store.conflicts.open().flatMap(({ id, issueId, field }) => {
      const stored = store.issues.load(issueId);
      const known = SYNC_FIELDS.find((name) => name === field);
      if (stored === null || known === undefined) return [];
      return [{ conflict: id, issue: issueId, field: known, value: fieldsOf(stored.issue)[known] }];
    })
  );
  return held ?? [];
}

/** What waits for a decision is as it was, unless its person has edited it since `begun`. */
export async function checkHeld(
  { ledger }: Scene,
  clone: Clone,
  before: readonly HeldValue[],
  begun: number,
): Promise<void> {
  for (const { conflict, issue, field, value } of await heldAt(clone)) {
    const was = before.find((one) => one.conflict === conflict);
    if (was === undefined) continue;
    if ((ledger.edit(clone.name, issue, field)?.turn ?? 0) > begun) continue;
    const [then, now] = [was.value, value].map((one) => ledger.plain(one));
    assert.deepEqual(now, then, `${field} of ${issue} is held, and is what it was`);
  }
}

/**
 * No title has been met as another one's that only the clone itself has brought to the host. One that waits because the
 * host has changed the issue each time it was sent is no conflict of values: the host's is the one from before.
 */
export async function checkSelf({ ledger }: Scene, clone: Clone): Promise<void> {
  await clone.look((store) => {
    for (const { issueId, field, base, theirs } of store.conflicts.list()) {
      if (field !== "title" || typeof theirs !== "string" || base === theirs) continue;
      const isOwn = ledger.writers(theirs).size === 1 && ledger.writers(theirs).has(clone.name);
      // Who wrote of a new issue and of the same one as the host shows it has written both values.
      const isOfBoth = ledger.editsOfBoth(clone.name, issueId, field) !== null;
      assert.ok(
        !isOwn || isOfBoth,
        `${clone.name} is in conflict with itself: ${theirs} of ${issueId}`,
      );
    }
  });
}

/**
 * An older value has not replaced a newer one, unless the strategy or the owner says so. Times on either side of a clock's being set are not to be compared.
 */
export function checkConflict(scene: Scene, clone: Clone, event: SyncEvent): void {
  if (event.kind !== "conflict") return;
  const { ledger, strategy, owners } = scene;
  const { id, field, ours, theirs, taken } = event;
  const met = JSON.stringify({ id, field, ours, theirs, taken });
  ledger.tell(`  ${clone.name} meets ${met}`);
  const isByTime = taken !== null && strategy === "newer_timestamp" &&
    (owners[field] ?? "shared") === "shared";
  if (!isByTime) return;
  const own = ledger.isAtHost(id, field, theirs) ? null : ledger.editsOfBoth(clone.name, id, field);
  // Two edits of one person, each by the same clock.
  if (own !== null && own[0].era !== own[1].era) return;
  const [here, there] = own ?? [ledger.edit(clone.name, id, field), ledger.atHost(id, field)];
  if (here === undefined || there === undefined || here.era !== clone.clock.era) return;
  const [newer, older] = taken === "ours" ? [here, there] : [there, here];
  assert.ok(newer.at >= older.at, `${taken} is older by ${older.at - newer.at} ms: ${met}`);
}
