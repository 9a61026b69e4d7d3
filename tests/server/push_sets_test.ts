import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { type Answered, type TestHost, valueAt, withHost } from "./support.ts";

const ENG = { system: "linear", workspace: "acme" };
const [FIRST, SECOND] = [1, 2].map((n) => ({ ...ENG, id: `7c1f0a52-team-eng-000${n}` }));

async function patch(host: TestHost, ref: string, change: unknown, of = FIRST): Promise<Answered> {
  return await host.call("POST", "/api/v1/tracker/push/", {
    provider: "linear",
    binding_ref: ref,
    items: [{ ref: of, action: "update", patch: change }],
  });
}

async function fields(host: TestHost, ref: string, of = FIRST): Promise<unknown> {
  const page = await host.call("POST", "/api/v1/tracker/pull/", {
    provider: "linear",
    binding_ref: ref,
  });
  return page.list("items").find((item) => valueAt(item, "ref.id") === of?.id);
}

async function withEngineering(
  test: (host: TestHost, ref: string) => Promise<void>,
): Promise<void> {
  await withHost(async (host) => await test(host, await host.bind("linear", "Engineering (ENG)")));
}

Deno.test("a patch adds to a set and takes from it, and leaves the other members alone", () =>
  withEngineering(async (host, ref) => {
    await patch(host, ref, { labels: ["a", "b"], assignees: ["ada"] });
    const change = {
      labels_add: ["c", "a"],
      labels_remove: ["b", "never"],
      assignees_add: ["bob"],
      assignees_remove: ["ada"],
    };
    assert.equal((await patch(host, ref, change)).at("items.0.outcome"), "updated");
    const after = await fields(host, ref);
    assert.deepEqual(valueAt(after, "labels"), ["a", "c"]);
    assert.deepEqual(valueAt(after, "assignees"), ["bob"]);
    assert.equal((await patch(host, ref, change)).at("items.0.outcome"), "unchanged");
  }));

Deno.test("two people who change one set at the same time both find their change in it", () =>
  withEngineering(async (host, ref) => {
    await patch(host, ref, { labels: ["kept", "old"] });
    await Promise.all([
      patch(host, ref, { labels_add: ["ours"], labels_remove: ["old"] }),
      patch(host, ref, { labels_add: ["theirs"] }),
    ]);
    const labels = valueAt(await fields(host, ref), "labels");
    assert.ok(Array.isArray(labels));
    assert.deepEqual(labels.toSorted(), ["kept", "ours", "theirs"]);
  }));

Deno.test("custom fields are merged by name, and null removes one", () =>
  withEngineering(async (host, ref) => {
    const before = valueAt(await fields(host, ref), "custom_fields");
    assert.ok(typeof before === "object" && before !== null);
    await patch(host, ref, { custom_fields: { estimate: 3, sprint: { id: 7 } } });
    await patch(host, ref, { custom_fields: { estimate: null, risk: "high" } });
    assert.deepEqual(valueAt(await fields(host, ref), "custom_fields"), {
      ...before,
      sprint: { id: 7 },
      risk: "high",
    });
  }));

Deno.test("a link is stored with the reference of its issue, by whatever name it came", () =>
  withEngineering(async (host, ref) => {
    await host.call("POST", "/api/v1/tracker/push/", {
      provider: "linear",
      binding_ref: ref,
      items: [{ ref: { ...ENG, id: "WP07" }, action: "create", patch: { title: "Fresh" } }],
    });
    const elsewhere = { system: "linear", workspace: "other", id: "77" };
    const links_add = [
      { type: "blocks", ref: { ...ENG, id: "eng-2" } },
      { type: "relates_to", ref: { ...ENG, id: "WP07" } },
      { type: "duplicates", ref: elsewhere },
    ];
    await patch(host, ref, { links_add });
    const links = valueAt(await fields(host, ref), "links");
    assert.ok(Array.isArray(links));
    const added = links.slice(-3);
    assert.equal(valueAt(added[0], "ref.id"), SECOND?.id);
    assert.equal(valueAt(added[0], "ref.key"), "ENG-2");
    assert.equal(valueAt(added[1], "ref.key"), "ENG-37");
    assert.deepEqual(added[2], { type: "duplicates", ref: elsewhere });
    await patch(host, ref, { links_remove: [...links_add, { type: "blocked_by", ref: SECOND }] });
    assert.deepEqual(valueAt(await fields(host, ref), "links"), links.slice(0, -3));
  }));

Deno.test("an issue is not linked to itself, and one item changes a thousand links at most", () =>
  withEngineering(async (host, ref) => {
    const self = await patch(host, ref, { links_add: [{ type: "blocks", ref: FIRST }] });
    assert.equal(self.at("item_errors.0.code"), "invalid_link");
    assert.equal(self.at("item_errors.0.message"), "An issue cannot be linked to itself");
    const many = Array.from({ length: 1_001 }, (_, n) => ({
      type: "blocks",
      ref: { ...ENG, id: `none-${n}` },
    }));
    const refused = await patch(host, ref, { links_add: many });
    assert.equal(refused.at("item_errors.0.code"), "invalid_link");
    const done = await patch(host, ref, { links_add: many.slice(1) });
    assert.equal(done.at("items.0.outcome"), "updated");
  }));

Deno.test("more links than one answer may look up are changed after the answer", () =>
  withEngineering(async (host, ref) => {
    const links_add = Array.from({ length: 1_000 }, (_, n) => ({
      type: "relates_to",
      ref: { ...ENG, id: `none-${n}` },
    }));
    const items = Array.from({ length: 11 }, () => ({
      ref: FIRST,
      action: "update",
      patch: { links_add },
    }));
    const accepted = await host.call("POST", "/api/v1/tracker/push/", {
      provider: "linear",
      binding_ref: ref,
      items,
    });
    assert.equal(accepted.status, 202);
    const ended = await host.ended(accepted.text("operation_id"));
    const outcomes = ended.list("result.items").map((item) => valueAt(item, "outcome"));
    assert.deepEqual(outcomes, ["updated", ...Array.from({ length: 10 }, () => "unchanged")]);
  }));

for (
  const [change, field] of [
    [{ labels: [], labels_add: [] }, "items[0].patch.labels_add"],
    [{ labels_add: ["a"], labels_remove: ["a"] }, "items[0].patch.labels_remove"],
    [{ links: [] }, "items[0].patch.links"],
  ] as const
) {
  Deno.test(`a patch of ${JSON.stringify(change)} is refused by the name of its field`, () =>
    withEngineering(async (host, ref) => {
      const refused = await patch(host, ref, change);
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), field);
    }));
}

Deno.test("the changes of two clients to one set end equal in every order they arrive", () =>
  withEngineering(async (host, ref) => {
    const members = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { maxLength: 6 });
    const changes = fc.array(fc.record({ add: members, remove: members }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(members, changes, changes, fc.infiniteStream(fc.boolean()), runs),
      { numRuns: 25 },
    );

    async function runs(
      start: string[],
      ours: readonly Change[],
      theirs: readonly Change[],
      turns: Iterator<boolean>,
    ): Promise<void> {
      // Of a member that one adds and the other removes, the order decides: that is a conflict, and not sent.
      const removed = (list: readonly Change[]) => new Set(list.flatMap(({ remove }) => remove));
      const [byUs, byThem] = [removed(ours), removed(theirs)];
      const sides = [
        ours.map((change) => patchOf(change, byUs, byThem)),
        theirs.map((change) => patchOf(change, byThem, byUs)),
      ] as const;
      for (const [name, order] of [[FIRST, turns], [SECOND, turns]] as const) {
        await patch(host, ref, { labels: start }, name);
        for (const change of interleaved(sides[0], sides[1], order)) {
          const done = await patch(host, ref, change, name);
          assert.equal(done.at("item_errors"), null);
        }
      }
      const ends = [];
      for (const name of [FIRST, SECOND]) {
        const labels = valueAt(await fields(host, ref, name), "labels");
        assert.ok(Array.isArray(labels));
        ends.push(labels.toSorted());
      }
      assert.deepEqual(ends[0], ends[1]);
    }
  }));

interface Change {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A side removes what it removes for good, and adds nothing that either side removes. */
function patchOf(
  { add, remove }: Change,
  mine: ReadonlySet<string>,
  other: ReadonlySet<string>,
): Record<string, readonly string[]> {
  const labels_add = add.filter((label) => !mine.has(label) && !other.has(label));
  return { labels_add, labels_remove: remove };
}

function interleaved<T>(a: readonly T[], b: readonly T[], turns: Iterator<boolean>): T[] {
  const [left, right] = [[...a], [...b]];
  const order: T[] = [];
  while (left.length > 0 || right.length > 0) {
    const first = right.length === 0 || (left.length > 0 && turns.next().value === true);
    order.push(...(first ? left : right).splice(0, 1));
  }
  return order;
}

Deno.test("an issue grows no larger than what a client takes, however often it is added to", () =>
  withEngineering(async (host, ref) => {
    const outcomes: unknown[] = [];
    for (let n = 0; n < 4; n++) {
      const labels_add = [`${n}${"x".repeat(3 * 1024 * 1024)}`];
      const answer = await patch(host, ref, { labels_add });
      outcomes.push(answer.at("items.0.outcome"));
      if (n === 3) {
        assert.equal(answer.at("item_errors.0.code"), "issue_too_large");
        assert.equal(answer.at("item_errors.0.retryable"), false);
      }
    }
    assert.deepEqual(outcomes, ["updated", "updated", "updated", "failed"]);
    const smaller = await patch(host, ref, { labels: ["small"] });
    assert.equal(smaller.at("items.0.outcome"), "updated");
  }));
