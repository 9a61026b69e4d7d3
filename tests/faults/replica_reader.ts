/** A reader that follows the changes of a resource by cursor. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import type { ReplicaClient } from "./replica_client.ts";

/** An issue as it was read last. */
export interface ReadIssue {
  readonly title: string;
  readonly labels: readonly string[];
  readonly version: string;
}

/** What a reader has met, and how. */
export interface Reading {
  /** The newest of each issue, by its id. */
  readonly issues: ReadonlyMap<string, ReadIssue>;
  readonly pages: number;
}

/** Reads until `isOver`, and then to the end. */
export async function follow(
  client: ReplicaClient,
  bindingRef: string,
  isOver: () => boolean,
): Promise<Reading> {
  const issues = new Map<string, ReadIssue>();
  const clock = systemClock();
  let cursor: string | null = null;
  for (let pages = 1;; pages++) {
    const isLast = isOver();
    const heard = await client.ask({
      method: "POST",
      path: "/api/v1/tracker/pull/",
      body: {
        provider: "jira",
        binding_ref: bindingRef,
        limit: 1 + client.chance.below(200),
        cursor,
      },
    });
    assert.equal(heard.status, 200, JSON.stringify(heard.body));
    for (const { ref, title, labels, version } of heard.body.items) {
      const before = issues.get(ref.id);
      // An issue is never read as it was before.
      assert.ok(before === undefined || Number(before.version) <= Number(version), ref.id);
      issues.set(ref.id, { title, labels, version });
    }
    const next: string | null = heard.body.next_cursor;
    if (next !== null) {
      assert.ok(cursor === null || placeOf(cursor) < placeOf(next), "the cursor goes back");
      // Without a next page, what comes later follows the same cursor.
      cursor = next;
    } else if (isLast) return { issues, pages };
    await clock.sleep(50);
  }
}

/** The change that a cursor stands after. */
function placeOf(cursor: string): number {
  const [place] = JSON.parse(atob(cursor));
  assert.equal(typeof place, "number");
  return place;
}
