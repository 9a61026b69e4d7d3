/** What holds at every moment of the simulation. */
import assert from "node:assert/strict";
import { fieldsOf, SYNC_FIELDS, type SyncField } from "../../../src/sync/fields.ts";
import type { SyncEvent } from "../../../src/sync/sync_report.ts";
import type { Clone } from "./clone.ts";
import type { Scene } from "./episode.ts";
import { wordsOf } from "./words.ts";

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
    assert.ok(
      JSON.stringify(was.value) === JSON.stringify(value),
      `${field} of ${issue} is held, and changed from ${was.value} to ${value}`,
    );
  }
}

/**
 * A conflict that has been met is none with oneself; and an older value has not replaced a newer one, unless the
 * strategy or the owner says so. Times on either side of a clock's being set are not to be compared.
 */
export function checkConflict(scene: Scene, clone: Clone, event: SyncEvent): void {
  if (event.kind !== "conflict") return;
  const { ledger, strategy, owners } = scene;
  const { id, field, ours, theirs, taken } = event;
  const met = JSON.stringify({ id, field, ours, theirs, taken });
  ledger.tell(`  ${clone.name} meets ${met}`);
  const [title] = wordsOf(field, theirs);
  if (field === "title" && title !== undefined) {
    const writers = [...ledger.writers(title)];
    assert.notDeepEqual(writers, [clone.name], `${clone.name} is in conflict with itself: ${met}`);
  }
  const isByTime = taken !== null && strategy === "newer_timestamp" &&
    (owners[field] ?? "shared") === "shared";
  if (!isByTime) return;
  const here = ledger.edit(clone.name, id, field);
  const there = ledger.atHost(id, field);
  if (here === undefined || there === undefined || here.era !== clone.clock.era) return;
  const [newer, older] = taken === "ours" ? [here, there] : [there, here];
  assert.ok(newer.at >= older.at, `${taken} is older by ${older.at - newer.at} ms: ${met}`);
}
