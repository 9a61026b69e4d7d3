import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import {
  type Access,
  Budget,
  connectedRemotes,
  type LoggedCall,
  ProviderError,
  type ProviderFault,
  type Remote,
  type RemotePlace,
} from "../../../src/providers/mod.ts";
import { ADMIN_KEY, type FakeLinear, fakeLinear } from "../../standins/linear/fake_linear.ts";
import { linearSchema } from "../../standins/linear/schema.ts";
import { uuid } from "../../standins/linear/state.ts";
import { type TestClock, testClock } from "../../support/clock.ts";

/** Linear behind its interface, with a stand-in at the other end. */
export interface LinearRig {
  readonly linear: FakeLinear;
  readonly remote: Remote;
  readonly access: Access;
  readonly clock: TestClock;
  /** The team ENG. */
  readonly place: RemotePlace;
  readonly log: readonly LoggedCall[];
  /** Reads an issue, which must be there. */
  issue(id: string): Promise<NormalizedIssue>;
  /** Lists everything that has changed since, over all pages. */
  changes(since: string | null): Promise<Changes>;
}

/** What a round has shown. */
export interface Changes {
  readonly issues: readonly NormalizedIssue[];
  readonly removed: readonly string[];
  readonly highWater: string | null;
  readonly pages: number;
}

/** The id of the team ENG, and of OPS. */
export const ENG: string = uuid(2, 1);
export const OPS: string = uuid(2, 2);

/** Defines a test with a workspace of its own; it fails when Linear was asked what its schema does not allow. */
export function linearTest(
  name: string,
  work: (rig: LinearRig) => Promise<void>,
  changes: Partial<Access> = {},
): void {
  Deno.test(name, async () => {
    const clock = testClock();
    const rig = linearRig(fakeLinear(linearSchema(), clock), clock, changes);
    await work(rig);
    assert.deepEqual(rig.linear.faults, []);
  });
}

/** Returns Linear as a connection reaches it. */
export function linearRig(
  linear: FakeLinear,
  clock: TestClock,
  changes: Partial<Access> = {},
): LinearRig {
  const remote = connectedRemotes().linear;
  assert.ok(remote !== undefined);
  const log: LoggedCall[] = [];
  const access: Access = {
    baseUrl: "https://api.linear.app",
    site: null,
    credential: { kind: "key", secret: ADMIN_KEY },
    statusWords: {},
    fetch: linear.fetch,
    clock,
    budget: new Budget(clock, remote.budgetRules),
    onCall: (call) => log.push(call),
    signal: new AbortController().signal,
    ...changes,
  };
  const place = placeOf(ENG, "ENG");
  return {
    linear,
    remote,
    access,
    clock,
    place,
    log,
    async issue(id) {
      const found = await remote.get(access, place, id);
      assert.ok(found !== null, `Issue "${id}" is gone`);
      return found;
    },
    async changes(since) {
      const issues: NormalizedIssue[] = [];
      const removed: string[] = [];
      for (let cursor: string | null = null, pages = 1;; pages++) {
        const page = await remote.listChanged(access, place, { since, cursor });
        issues.push(...page.issues);
        removed.push(...page.removed);
        cursor = page.cursor;
        if (cursor === null) return { issues, removed, highWater: page.highWater, pages };
      }
    },
  };
}

/** Returns a team as a place. */
export function placeOf(id: string, key: string): RemotePlace {
  return {
    externalId: id,
    workspace: id,
    key,
    url: `https://linear.app/acme/team/${key}`,
    workflow: "open",
  };
}

/** Returns why something failed. */
export async function faultOf(work: Promise<unknown>): Promise<ProviderFault & { words: string }> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof ProviderError, String(error));
  return { ...error.fault, words: error.message };
}
