import assert from "node:assert/strict";
import { isoTime } from "../../src/platform/clock.ts";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { GONE } from "../../src/sync/sync_report.ts";
import { EMPTY_RUN } from "./support.ts";
import { pullPage } from "../support/answers.ts";
import { TEST_START } from "../support/clock.ts";
import type { Stub } from "../support/fetch.ts";
import { BOUND, issue, operation, type ServiceMachine, withService } from "./service_support.ts";

/** When issue 1 is edited here. */
const EDITED = TEST_START + 60_000;
/** When what the tests look at begins. */
const NOW = EDITED + 60_000;

/** A page of these issues by a host whose clock is `offset` from ours, or that does not tell its time. */
function shown(
  items: readonly NormalizedIssue[],
  { offset = null, extra = {} }: {
    readonly offset?: number | null;
    readonly extra?: Readonly<Record<string, unknown>>;
  } = {},
): Stub {
  const headers = offset === null ? undefined : { date: new Date(NOW + offset).toUTCString() };
  const reply = { status: 200, json: pullPage(items, extra), ...(headers && { headers }) };
  return { request: "POST /api/v1/tracker/pull/", reply };
}

function changed(at: number, changes: Partial<NormalizedIssue>): NormalizedIssue {
  return { ...issue(1), updated_at: isoTime(at), ...changes };
}

/** A project with issues 1 and 2 in its cache, of which the first was edited here. */
async function edited(
  stubs: readonly Stub[],
  test: (machine: ServiceMachine) => Promise<void>,
  config: string = BOUND,
): Promise<void> {
  await withService(config, stubs, async (machine) => {
    const { clock } = machine.platform;
    {
      using store = await machine.store();
      store.putPage([issue(1), issue(2)]);
    }
    clock.advance(EDITED - clock.now());
    await machine.service.issueEdit("WEB-1", { title: "Ours", labels: ["mine"] });
    clock.advance(NOW - clock.now());
    await test(machine);
  });
}

Deno.test("a pull keeps an edit, and takes what others changed of the same issue", () =>
  edited(
    [shown([changed(EDITED - 1, { body: "Theirs", labels: ["yours"] })])],
    async ({ service }) => {
      const { updated, held, status } = await service.pull();
      assert.deepEqual([updated, held, status], [1, 0, "ok"]);
      const { issue: now, pending } = await service.issueShow("WEB-1");
      assert.deepEqual([now.title, now.body], ["Ours", "Theirs"]);
      assert.deepEqual([...now.labels].sort(), ["mine", "yours"]);
      assert.deepEqual(pending.map(({ field }) => field), ["title", "labels"]);
    },
  ));

Deno.test("a conflict that no times decide is held: the pull that met it is partial, later ones are not", () =>
  edited([
    shown([changed(EDITED - 5_000, { title: "Theirs" })]),
    shown([changed(EDITED - 5_000, { title: "Theirs" })]),
  ], async ({ service }) => {
    const first = await service.pull();
    assert.deepEqual([first.conflicts, first.held, first.status], [1, 1, "partial"]);
    assert.deepEqual([first.result.status, first.counts.held], ["partial", 1]);
    const second = await service.pull();
    assert.deepEqual([second.conflicts, second.held, second.status], [0, 0, "ok"]);
    const [conflict] = await service.conflicts();
    assert.deepEqual(
      [conflict?.field, conflict?.base, conflict?.ours, conflict?.theirs, conflict?.taken],
      ["title", "Issue 1", "Ours", "Theirs", null],
    );
    assert.equal((await service.issueShow("WEB-1")).issue.title, "Ours");
  }));

Deno.test("a conflict whose issue a pull finds gone does not stay open", () =>
  edited([
    shown([changed(EDITED - 5_000, { title: "Theirs", labels: ["mine"] })]),
    shown([], { extra: { removed: [issue(1).ref] } }),
  ], async ({ service, store }) => {
    assert.equal((await service.pull()).held, 1);
    // No edit is left then that would keep the issue.
    await service.issueEdit("WEB-1", { title: "Theirs" });
    assert.deepEqual((await service.pull()).gone.removed.map(({ id }) => id), ["id-1"]);
    using cached = await store();
    assert.deepEqual(cached.conflicts.open(), []);
    assert.ok(cached.conflicts.list().some(({ taken }) => taken === "dropped"));
  }));

Deno.test("a pull closes what an older version left open of issues that are gone, and nothing else", () =>
  edited([
    shown([changed(EDITED - 5_000, { title: "Theirs" })]),
    shown([]),
  ], async ({ service, store }) => {
    await service.pull();
    {
      using cached = await store();
      const [held] = cached.conflicts.open();
      assert.ok(held !== undefined);
      cached.conflicts.record({ ...held, issueId: "id-9", taken: null }, NOW);
      assert.deepEqual(cached.conflicts.open().map(({ issueId }) => issueId), ["id-1", "id-9"]);
    }
    await service.pull();
    using cached = await store();
    assert.deepEqual(cached.conflicts.open().map(({ issueId }) => issueId), ["id-1"]);
    assert.deepEqual(
      cached.conflicts.list().map(({ issueId, taken }) => [issueId, taken]),
      [["id-1", null], ["id-9", "dropped"]],
    );
  }));

Deno.test("the clock of the host, as its answers tell it, decides which change is the later one", async () => {
  const hour = 3_600_000;
  for (const offset of [-hour, 0, hour]) {
    const before = changed(EDITED + offset - 5_000, { title: "Theirs" });
    await edited([shown([before], { offset })], async ({ service }) => {
      const { conflicts, held } = await service.pull();
      assert.deepEqual([conflicts, held], [1, 0], String(offset));
      assert.equal((await service.issueShow("WEB-1")).issue.title, "Ours");
    });
    const after = changed(EDITED + offset + 5_000, { title: "Theirs" });
    await edited([shown([after], { offset })], async ({ service }) => {
      assert.equal((await service.pull()).held, 1, String(offset));
    });
  }
});

Deno.test("a change from after a pull that showed the old value is newer than an edit from before it", () =>
  edited([
    shown([issue(1), issue(2)]),
    shown([changed(NOW + 5_000, { title: "Theirs" })]),
  ], async ({ service, platform }) => {
    await service.pull();
    platform.clock.advance(10_000);
    const { conflicts, held } = await service.pull();
    assert.deepEqual([conflicts, held], [1, 0]);
    assert.equal((await service.issueShow("WEB-1")).issue.title, "Theirs");
  }));

Deno.test("the strategy and the owners of the binding hold for a pull", async () => {
  const theirs = changed(EDITED, { title: "Theirs" });
  const titles = async (config: string) => {
    let title = "";
    await edited([shown([theirs])], async ({ service }) => {
      await service.pull();
      ({ title } = (await service.issueShow("WEB-1")).issue);
    }, BOUND + config);
    return title;
  };
  assert.equal(await titles("  doctrine:\n    strategy: external_wins\n"), "Theirs");
  assert.equal(await titles("  doctrine:\n    strategy: local_wins\n"), "Ours");
  const owner =
    "  doctrine:\n    mode: split_ownership\n    field_owners:\n      title: spec_kitty\n";
  assert.equal(await titles(owner), "Ours");
});

Deno.test("an issue without edits takes the host's version whole, also a field that we own", () =>
  edited(
    [shown([{ ...issue(2), title: "Theirs", body: "Theirs" }])],
    async ({ service }) => {
      await service.pull();
      const { issue: now } = await service.issueShow("WEB-2");
      assert.deepEqual([now.title, now.body], ["Theirs", "Theirs"]);
    },
    `${BOUND}  doctrine:\n    mode: split_ownership\n    field_owners:\n      title: spec_kitty\n`,
  ));

Deno.test("what an operation of the host took in is merged with edits too", () =>
  edited([
    operation("op1", {
      status: "completed",
      result: {
        ...EMPTY_RUN,
        pull: { items: [changed(EDITED, { title: "Theirs", body: "Theirs" })] },
      },
    }),
  ], async ({ service }) => {
    await service.wait("op1");
    const { issue: now, conflicts } = await service.issueShow("WEB-1");
    assert.deepEqual([now.title, now.body, conflicts.length], ["Ours", "Theirs", 1]);
  }));

Deno.test("an issue that is removed at the host is kept with its edits, marked, told once and healed", () =>
  edited([
    shown([], { extra: { removed: [issue(1).ref, issue(2).ref] } }),
    shown([], { extra: { removed: [issue(1).ref] } }),
    shown([issue(1)]),
  ], async ({ service }) => {
    const first = await service.pull();
    assert.deepEqual(first.gone.removed.map(({ id }) => id), ["id-2"]);
    assert.deepEqual(first.gone.kept.map(({ id }) => id), ["id-1"]);
    assert.equal(first.counts.removed, 1);
    const { refused } = await service.issueShow("WEB-1");
    assert.deepEqual(refused.map(({ code }) => code), [GONE.code, GONE.code]);
    assert.deepEqual((await service.pull()).gone.kept, []);
    await service.pull();
    assert.deepEqual((await service.issueShow("WEB-1")).refused, []);
  }));

Deno.test("a pull of everything ends with exactly the host's issues, and what was made here", () =>
  edited([shown([issue(2), issue(7)])], async ({ service }) => {
    await service.issueDiscard("WEB-1");
    await service.issueCreate({ title: "Made here" });
    const { counts } = await service.pull({ limit: "all" });
    assert.deepEqual([counts.new, counts.removed, counts.unchanged], [1, 1, 1]);
    const titles = (await service.issueList()).map(({ title }) => title).toSorted();
    assert.deepEqual(titles, ["Issue 2", "Issue 7", "Made here"]);
  }));
