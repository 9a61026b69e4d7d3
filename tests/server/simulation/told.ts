import assert from "node:assert/strict";
import type { PushPatch } from "../../../src/contract/push.ts";
import type { ItemError } from "../../../src/contract/results.ts";
import { valueAt } from "../support.ts";
import type { Asked } from "./ledger.ts";

/** Takes the errors of one item from those of a push: their words are its message. */
export function takeTold(
  errors: ItemError[],
  message: string | null | undefined,
): readonly ItemError[] {
  const counts = errors.keys().map((index) => index + 1);
  const count = counts.find((one) =>
    errors.slice(0, one).map((error) => error.message).join("; ") === message
  );
  assert.ok(count !== undefined, `no error says "${message}"`);
  return errors.splice(0, count);
}

/** Returns a patch without the fields that were held back. */
export function wantedWithout(patch: PushPatch, held: ReadonlySet<unknown>): PushPatch {
  return Object.fromEntries(Object.entries(patch).filter(([field]) => !held.has(field)));
}

/** What a client knew is no conflict with what it asks for. */
export function judgeConflict(asked: readonly Asked[], details: unknown): void {
  const one = asked.find(({ field }) => field === valueAt(details, "field"));
  const theirs = String(valueAt(details, "theirs"));
  const isWord = one?.field === "title" || one?.field === "body";
  if (!isWord || one.known === null || valueAt(details, "theirs") === null) return;
  assert.ok(!one.known.has(theirs), `${one.field} ${theirs} was known, and told as a conflict`);
}

/** Returns whether the client is to merge first: it was brought the issue as the host has it. */
export function isOutdated(details: unknown): boolean {
  return valueAt(details, "current.version") !== undefined;
}
