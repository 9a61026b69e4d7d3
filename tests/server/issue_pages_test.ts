/** Issues that are stored many at once: as one by one, down to the last column. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { type NormalizedIssue, type Status, STATUSES } from "../../src/contract/issue.ts";
import { storedForm, storeIssue } from "../../src/server/store/issues.ts";
import { storeIssues } from "../../src/server/store/issue_pages.ts";
import { knownAmong } from "../../src/server/store/known_issues.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { anIssue } from "../support/issues.ts";
import { withHost } from "./support.ts";

interface Step {
  /** What a page shows: numbers of issues, with a title and a status each. */
  readonly shown: readonly (readonly [number, string, Status])[];
  readonly removed: readonly number[];
}

const STEP: fc.Arbitrary<Step> = fc.record({
  shown: fc.uniqueArray(
    fc.tuple(
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom("One", "Two", "Ärger\u0000"),
      fc.constantFrom(...STATUSES),
    ),
    { selector: ([number]) => number, maxLength: 60 },
  ),
  removed: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
});

function issuesOf({ shown }: Step, day: number): NormalizedIssue[] {
  return shown.map(([number, title, status]) =>
    anIssue(`i-${number}`, {
      title,
      status,
      // What has an index of its own changes, and stays, from step to step.
      issue_type: (number + day) % 3 === 0 ? "bug" : "task",
      ref: {
        system: "linear",
        workspace: "acme",
        id: `i-${number}`,
        key: `K-${(number + day) % 5}`,
      },
      parent_ref: (number + day) % 7 < 2
        ? { system: "linear", workspace: "acme", id: `i-${(number + day) % 2}` }
        : null,
      updated_at: new Date(Date.UTC(2026, 0, day)).toISOString(),
    })
  );
}

/** All that storing issues may change in a resource. */
async function contentsOf(store: HostStore, resourceId: string): Promise<unknown> {
  const issues = await store.all("SELECT * FROM issues WHERE resource_id = ?", resourceId);
  const key = (one: Readonly<Record<string, unknown>>) => String(one["external_id"]);
  const plain = issues.map(({ id: _row, resource_id: _resource, ...rest }) => rest)
    .toSorted((a, b) => key(a) < key(b) ? -1 : 1);
  const select = "external_id, version, change";
  return {
    issues: plain,
    tombstones: await store.all(
      `SELECT ${select} FROM tombstones WHERE resource_id = ? ORDER BY external_id`,
      resourceId,
    ),
    counts: await store.all(
      "SELECT status, issues FROM issue_counts WHERE resource_id = ? AND issues <> 0 ORDER BY status",
      resourceId,
    ),
    last: await store.one("SELECT last_change FROM resources WHERE id = ?", resourceId),
  };
}

Deno.test("many issues at once are stored as one by one would be", () =>
  withHost(async ({ store }) => {
    const rows = await store.all("SELECT id FROM resources ORDER BY id LIMIT 2");
    const [one = "", many = ""] = rows.map((row) => String(row["id"]));
    const run = fc.asyncProperty(fc.array(STEP, { maxLength: 5 }), async (steps) => {
      await store.transaction(async (tx) => {
        for (const table of ["issues", "tombstones", "issue_counts"]) {
          await tx.run(`DELETE FROM ${table} WHERE resource_id IN (?, ?)`, one, many);
        }
        await tx.run("UPDATE resources SET last_change = 0 WHERE id IN (?, ?)", one, many);
      });
      for (const [index, step] of steps.entries()) {
        const issues = issuesOf(step, index + 1);
        const at = Date.UTC(2026, 1, index + 1);
        const single = await store.transaction(async (tx) => {
          let changes = 0;
          for (const issue of issues) {
            if (await storeIssue(tx, one, issue, false, { at }) !== "unchanged") changes++;
          }
          return changes;
        });
        const together = await store.transaction(async (tx) => {
          const known = await knownAmong(tx, many, issues.map(({ ref }) => ref.id));
          return await storeIssues(tx, many, { issues: issues.map(storedForm), known, at });
        });
        assert.equal(together, single);
        for (const resource of [one, many]) {
          await store.transaction(async (tx) => {
            for (const number of step.removed) await removeIssue(tx, resource, `i-${number}`, at);
          });
        }
        assert.deepEqual(await contentsOf(store, many), await contentsOf(store, one));
      }
    });
    await fc.assert(run, { numRuns: 25 });
  }));
