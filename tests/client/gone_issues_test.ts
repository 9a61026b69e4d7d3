import assert from "node:assert/strict";
import type { PullReport } from "../../src/client/sync_pull.ts";
import type { PullChoice } from "../../src/client/sync_pull.ts";
import { TEST_START } from "../support/clock.ts";
import type { Stub } from "../support/fetch.ts";
import { failing } from "./support.ts";
import { BOUND, issue, page, pull, type ServiceMachine, withService } from "./service_support.ts";
import { ok } from "../support/answers.ts";

const whole = (json: unknown, cursor?: string): Stub =>
  pull({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) }, ok(json));
const failure = { ref: issue(9).ref, code: "unreadable_item", message: "x", retryable: false };

async function cachedIds({ store }: ServiceMachine): Promise<string[]> {
  using cached = await store();
  return [...cached.issues.ids()].sort();
}

/** A project with issues 1 to 4 in its cache. */
async function withCache(
  stubs: readonly Stub[],
  test: (machine: ServiceMachine) => Promise<void>,
): Promise<void> {
  await withService(BOUND, stubs, async (machine) => {
    {
      using cached = await machine.store();
      cached.putPage([1, 2, 3, 4].map((n) => issue(n)));
    }
    await test(machine);
  });
}

/** What a pull leaves of issues 1 to 4. */
function leaves(
  name: string,
  stubs: readonly Stub[],
  choice: PullChoice,
  left: readonly string[],
  look: (report: PullReport) => void = () => {},
): void {
  Deno.test(name, () =>
    withCache(stubs, async (machine) => {
      look(await machine.service.pull(choice));
      assert.deepEqual(await cachedIds(machine), left);
    }));
}

const ALL = ["id-1", "id-2", "id-3", "id-4"];

leaves(
  "a listing of everything that came to its end takes away what it did not show",
  [whole(page(1, 1, "c1")), whole(page(3, 3, null), "c1")],
  { limit: "all" },
  ["id-1", "id-3"],
  ({ gone, unchanged }) => {
    assert.deepEqual(gone.removed.map(({ key }) => key), ["WEB-2", "WEB-4"]);
    assert.deepEqual([gone.cutOff, unchanged], [false, 2]);
  },
);

for (
  const [name, stubs, choice] of [
    ["of one status", [
      pull({ limit: 1_000, filters: { status: ["done"] } }, ok(page(1, 1, null))),
    ], { limit: "all", status: ["done"] }],
    ["up to a limit", [pull({ limit: 5 }, ok(page(1, 1, null)))], { limit: 5 }],
    ["of what has changed", [pull({}, ok(page(1, 1, null)))], {}],
    ["with an unreadable item", [
      whole(page(1, 1, "c1", { status: "partial", item_errors: [failure] })),
      whole(page(2, 2, null), "c1"),
    ], { limit: "all" }],
    ["with an item error in an answer that is called ok", [
      whole(page(1, 1, null, { item_errors: [failure] })),
    ], { limit: "all" }],
    ["whose summary counts a failure", [
      whole(page(1, 1, null, { summary: { total: 1, succeeded: 0, failed: 1, skipped: 0 } })),
    ], { limit: "all" }],
  ] as const
) {
  leaves(`a listing ${name} takes nothing away`, stubs, choice, ALL);
}

for (
  const [name, json] of [
    ["whose total is above what came", page(1, 1, null, { total: 4 })],
    [
      "whose summary has a total above what came",
      page(1, 1, null, { summary: { total: 4, succeeded: 4, failed: 0, skipped: 0 } }),
    ],
    ["without an issue where there were some", page(1, 0, null)],
    ["that says it is truncated", page(1, 1, null, { truncated: true })],
  ] as const
) {
  leaves(
    `a listing ${name} takes nothing away and says that it was cut off`,
    [whole(json)],
    { limit: "all" },
    ALL,
    ({ gone }) => assert.equal(gone.cutOff, true),
  );
}

Deno.test("a listing that breaks off takes nothing away, and its continuation all that neither part showed", () =>
  withCache([
    whole(page(1, 1, "c1")),
    pull({ limit: 1_000, cursor: "c1" }, { fail: "connection reset" }),
    whole(page(3, 3, null), "c1"),
  ], async (machine) => {
    await failing(machine.service.pull({ limit: "all" }), "network_error");
    assert.deepEqual(await cachedIds(machine), ALL);
    const { gone } = await (await machine.again()).pull({ limit: "all" });
    assert.equal(gone.removed.length, 2);
    assert.deepEqual(await cachedIds(machine), ["id-1", "id-3"]);
  }));

const BROKEN_OFF: readonly Stub[] = [
  whole(page(1, 1, "c1")),
  pull({ limit: 1_000, cursor: "c1" }, { fail: "connection reset" }),
];
const FORGOTTEN = pull({ limit: 1_000, cursor: "c1" }, {
  status: 410,
  json: { error_code: "gone", message: "x" },
});

Deno.test("a listing that had to start over counts from its new start", () =>
  withCache([...BROKEN_OFF, FORGOTTEN, whole(page(2, 3, null))], async (machine) => {
    await failing(machine.service.pull({ limit: "all" }), "network_error");
    await (await machine.again()).pull({ limit: "all" });
    assert.deepEqual(await cachedIds(machine), ["id-2", "id-3"]);
  }));

Deno.test("a listing whose new start fails starts over once more, and takes away what it does not show", () =>
  withCache([
    ...BROKEN_OFF,
    FORGOTTEN,
    pull({ limit: 1_000 }, { fail: "connection reset" }),
    FORGOTTEN,
    whole(page(2, 3, null)),
  ], async (machine) => {
    await failing(machine.service.pull({ limit: "all" }), "network_error");
    await failing((await machine.again()).pull({ limit: "all" }), "network_error");
    assert.deepEqual(await cachedIds(machine), ALL);
    await (await machine.again()).pull({ limit: "all" });
    assert.deepEqual(await cachedIds(machine), ["id-2", "id-3"]);
  }));

Deno.test("an issue that is stored while a listing starts over is not taken away by it", async () => {
  let store: () => Promise<void> = () => Promise.resolve();
  const answer: Stub["reply"] = async () => {
    await store();
    return Response.json(page(2, 3, null));
  };
  const stubs = [...BROKEN_OFF, FORGOTTEN, pull({ limit: 1_000 }, answer)];
  await withCache(stubs, async (machine) => {
    store = async () => {
      using cached = await machine.store();
      cached.putPage([issue(7)]);
    };
    await failing(machine.service.pull({ limit: "all" }), "network_error");
    await (await machine.again()).pull({ limit: "all" });
    assert.deepEqual(await cachedIds(machine), ["id-2", "id-3", "id-7"]);
  });
});

Deno.test("an unreadable item before a listing was interrupted is not forgotten after it", () =>
  withCache([
    whole(page(1, 1, "c1", { status: "partial", item_errors: [failure] })),
    pull({ limit: 1_000, cursor: "c1" }, { fail: "connection reset" }),
    whole(page(3, 3, null), "c1"),
  ], async (machine) => {
    await failing(machine.service.pull({ limit: "all" }), "network_error");
    await (await machine.again()).pull({ limit: "all" });
    assert.deepEqual(await cachedIds(machine), ALL);
  }));

Deno.test("a listing that cannot be continued is forgotten", () =>
  withCache([
    whole(page(1, 1, "c1")),
    pull({ limit: 1_000, cursor: "c1" }, { fail: "connection reset" }),
    pull({ limit: 5 }, ok(page(1, 1, null))),
    pull({ limit: 5 }, ok(page(1, 1, null))),
  ], async (machine) => {
    await failing(machine.service.pull({ limit: "all" }), "network_error");
    const stands = async () => {
      using cached = await machine.store();
      return cached.listings.current() !== null;
    };
    const seen = [await stands()];
    for (let turn = 0; turn < 2; turn++) {
      await machine.service.pull({ limit: 5, collect: true });
      seen.push(await stands());
    }
    assert.deepEqual(seen, [true, true, false]);
  }));

Deno.test("a listing during which another one began takes nothing away", async () => {
  let begin: () => Promise<void> = () => Promise.resolve();
  const interrupted: Stub["reply"] = async () => {
    await begin();
    return Response.json(page(2, 2, null));
  };
  await withCache([
    whole(page(1, 1, "c1")),
    pull({ limit: 1_000, cursor: "c1" }, interrupted),
  ], async (machine) => {
    begin = async () => {
      using store = await machine.store();
      store.listings.begin(TEST_START + 1);
    };
    await machine.service.pull({ limit: "all" });
    assert.deepEqual(await cachedIds(machine), ALL);
  });
});

Deno.test("an issue that was stored while a listing was under way is not taken away by it", () =>
  withCache([], ({ store }) =>
    store().then((cached) => {
      using _closing = cached;
      cached.listings.begin(TEST_START);
      cached.putPage([issue(1)]);
      cached.putPage([issue(7)]);
      cached.listings.complete();
      assert.deepEqual([...cached.issues.ids()].sort(), ["id-1", "id-7"]);
    })));

Deno.test("a gone issue with edits is kept and told once, and again after it came back", () =>
  withCache([
    whole(page(1, 2, null)),
    whole(page(1, 2, null)),
    whole(page(1, 4, null)),
    whole(page(1, 2, null)),
  ], async (machine) => {
    {
      using cached = await machine.store();
      const edited = { ...issue(4), title: "Edited" };
      cached.issues.put({
        issue: edited,
        base: issue(4),
        edits: { title: { at: TEST_START } },
        seenAt: null,
      });
      const made = { ...issue(5), ref: { ...issue(5).ref, id: "local-1" } };
      cached.issues.put({
        issue: made,
        base: null,
        edits: { title: { at: TEST_START } },
        seenAt: null,
      });
    }
    const told: string[][] = [];
    for (let turn = 0; turn < 4; turn++) {
      const { gone } = await machine.service.pull({ limit: "all" });
      told.push(gone.kept.map(({ id }) => id));
      if (turn !== 2) continue;
      using cached = await machine.store();
      const edited = { ...issue(4), title: "Edited" };
      cached.issues.put({
        issue: edited,
        base: issue(4),
        edits: { title: { at: TEST_START } },
        seenAt: null,
      });
    }
    assert.deepEqual(told, [["id-4"], [], [], ["id-4"]]);
    assert.deepEqual(await cachedIds(machine), ["id-1", "id-2", "id-4", "local-1"]);
  }));

leaves(
  "issues that an answer names as removed are taken away, whatever was asked for",
  [pull({}, ok(page(1, 1, null, { removed: [issue(3).ref, issue(1).ref, { id: 7 }, "x"] })))],
  {},
  ["id-1", "id-2", "id-4"],
  ({ gone }) => assert.deepEqual(gone.removed.map(({ id }) => id), ["id-3"]),
);

Deno.test("the result of a pull has what all of its pages say is removed", async () => {
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(page(1, 1, "c1", { removed: [issue(7).ref] }))),
    pull({ limit: 1_000, cursor: "c1" }, ok(page(2, 1, null, { removed: [issue(8).ref] }))),
  ], async ({ service }) => {
    const { result } = await service.pull({ limit: "all" });
    assert.deepEqual(result.removed?.map(({ id }) => id), ["id-7", "id-8"]);
  });
});
