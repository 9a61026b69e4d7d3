import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import {
  type Access,
  Budget,
  type IssueChange,
  ProviderError,
  type Remote,
  type RemoteCreation,
  type RemotePlace,
} from "../../src/providers/mod.ts";
import type { TestClock } from "../support/clock.ts";

export const CLIENT_ID = "01234567-89ab-4def-8123-456789abcdef";

/** A place at a tracker of a test's own, and how it is reached. */
export interface Scene {
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  readonly clock: TestClock;
  create(fields: RemoteCreation["fields"]): ReturnType<Remote["create"]>;
  get(id: string): ReturnType<Remote["get"]>;
  /** Changes an issue as the outbox does. */
  change(id: string, change: IssueChange): Promise<void>;
}

type Reached = Pick<Scene, "remote" | "access" | "place">;

/** What a scene is made of. */
export interface SceneOptions
  extends
    Pick<Scene, "remote" | "place" | "clock">,
    Pick<Access, "baseUrl" | "site" | "credential" | "statusWords" | "fetch"> {}

/** Returns a place as a connection reaches it. */
export function sceneOf({ remote, place, clock, ...reached }: SceneOptions): Scene {
  const access: Access = {
    ...reached,
    clock,
    budget: new Budget(clock, remote.budgetRules),
    signal: new AbortController().signal,
  };
  return {
    remote,
    access,
    place,
    clock,
    create: (fields) => remote.create(access, place, { clientId: CLIENT_ID, fields }),
    get: (id) => remote.get(access, place, id),
    async change(id, change) {
      await remote.change(access, place, await there({ remote, access, place }, id), change);
    },
  };
}

/** Changes an issue, and returns it as it is then. */
export async function changed(reached: Reached, id: string, change: IssueChange) {
  const { remote, access, place } = reached;
  await remote.change(access, place, await there(reached, id), change);
  return await there(reached, id);
}

async function there({ remote, access, place }: Reached, id: string): Promise<NormalizedIssue> {
  const issue = await remote.get(access, place, id);
  assert.ok(issue !== null);
  return issue;
}

/** What the pages of a round have shown. */
export interface ShownRound {
  readonly issues: ReadonlyMap<string, NormalizedIssue>;
  /** In the order in which they were shown, as often as they were. */
  readonly shown: readonly NormalizedIssue[];
  readonly removed: readonly string[];
  readonly pages: number;
  readonly highWater: string | null;
}

/** Reads a round to its end; `between` is called after each page but the last. */
export async function round(
  { remote, access, place }: Scene,
  since: string | null,
  between: () => void = () => {},
): Promise<ShownRound> {
  const issues = new Map<string, NormalizedIssue>();
  const shown: NormalizedIssue[] = [];
  const removed: string[] = [];
  for (let cursor: string | null = null, pages = 1;; pages++) {
    const page = await remote.listChanged(access, place, { since, cursor });
    shown.push(...page.issues);
    for (const issue of page.issues) issues.set(issue.ref.id, issue);
    removed.push(...page.removed);
    if (page.cursor === null) return { issues, shown, removed, pages, highWater: page.highWater };
    cursor = page.cursor;
    between();
  }
}

/** Reads all pages of a sweep. */
export async function sweep(
  { remote, access, place }: Scene,
): Promise<{ readonly ids: readonly string[]; readonly issues: readonly NormalizedIssue[] }> {
  const ids: string[] = [];
  const issues: NormalizedIssue[] = [];
  for (let cursor: string | null = null;;) {
    const page = await remote.listAll(access, place, cursor);
    ids.push(...page.ids);
    issues.push(...page.issues);
    if (page.cursor === null) return { ids, issues };
    cursor = page.cursor;
  }
}

/** Returns why a call failed. */
export async function faultOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}

/** Returns the code of what one issue cannot be, and the words that name it. */
export async function refusalOf(
  work: Promise<unknown>,
): Promise<{ readonly code: string; readonly words: string }> {
  const { fault, message } = await faultOf(work);
  assert.equal(fault.kind, "rejected", message);
  return { code: fault.kind === "rejected" ? fault.code : "", words: message };
}

/** Returns the code of what one issue cannot be. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await refusalOf(work)).code;
}
