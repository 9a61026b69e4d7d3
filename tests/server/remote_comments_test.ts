/** Comments on issues that are at a provider: read there, and delivered there once. */
import assert from "node:assert/strict";
import { ProviderError, type ProviderFault } from "../../src/providers/mod.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import type { Moment } from "../standins/fake_provider.ts";
import { type DeliveryScene, withProvider } from "./delivery_support.ts";
import { type Answered, valueAt } from "./support.ts";

async function list(
  { host, bindingRef, issueId }: DeliveryScene,
  more: Record<string, unknown> = {},
): Promise<Answered> {
  return await host.call("POST", "/api/v1/tracker/comments/list/", {
    provider: "linear",
    binding_ref: bindingRef,
    external_issue_id: issueId,
    ...more,
  });
}

async function add(
  { host, bindingRef, issueId }: DeliveryScene,
  body: string,
  key = crypto.randomUUID(),
): Promise<Answered> {
  return await host.call("POST", "/api/v1/tracker/comments/add/", {
    provider: "linear",
    binding_ref: bindingRef,
    external_issue_id: issueId,
    body,
  }, { "idempotency-key": key });
}

const deliveriesIn = (page: Answered) =>
  page.list("comments").map((one) => valueAt(one, "delivery"));

const facts = (page: Answered) =>
  page.list("comments").map((one) => [valueAt(one, "author"), valueAt(one, "body")]);

/** Adds a comment as the people at the provider do. */
function theirs(
  { provider, issueId }: DeliveryScene,
  body: string,
  at: string,
  editedAt: string = at,
): void {
  const of = provider.commentsOf.get(issueId) ?? [];
  const id = `theirs-${of.length}`;
  provider.commentsOf.set(issueId, [...of, {
    id,
    author: "eva",
    body,
    createdAt: at,
    updatedAt: editedAt,
    clientId: null,
  }]);
}

const bodiesThere = ({ provider, issueId }: DeliveryScene) =>
  (provider.commentsOf.get(issueId) ?? []).map(({ body }) => body);

async function deliveries({ host }: DeliveryScene): Promise<unknown[]> {
  const rows = await host.store.all("SELECT state, error FROM outbox ORDER BY id");
  return rows.map(({ state, error }) => error === null ? state : [state, JSON.parse(`${error}`)]);
}

Deno.test("comments of the provider are in the list, in the order of time, and those from here once", () =>
  withProvider(async (scene) => {
    theirs(scene, "First", "2020-01-01T00:00:00Z");
    theirs(scene, "Last", "2199-01-01T00:00:00.5Z");
    const looked = Promise.withResolvers<void>();
    // It is delivered as soon as it is stored, unless something keeps it.
    scene.provider.stepIn = ({ method }) => method === "addComment" ? looked.promise : undefined;
    const added = await add(scene, "Ours");
    assert.equal(added.status, 200);
    assert.deepEqual(added.at("delivery"), { state: "waiting" });
    const expected = [["eva", "First"], ["Dana Demo", "Ours"], ["eva", "Last"]];
    const before = await list(scene);
    assert.deepEqual(facts(before), expected);
    assert.deepEqual(deliveriesIn(before), [undefined, { state: "waiting" }, undefined]);
    looked.resolve();
    await scene.pass();
    const page = await list(scene);
    assert.deepEqual(facts(page), expected);
    assert.deepEqual(deliveriesIn(page), [undefined, undefined, undefined]);
    assert.equal(page.at("comments.1.id"), added.at("id"));
    assert.equal(page.at("comments.2.created_at"), "2199-01-01T00:00:00.500Z");
    assert.deepEqual(bodiesThere(scene), ["First", "Last", "Ours"]);
    assert.deepEqual(await deliveries(scene), ["delivered"]);
  }));

Deno.test("a comment that was edited at the provider says when", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    theirs(scene, "Edited", "2020-01-01T00:00:00Z", "2020-02-01T00:00:00.5Z");
    await add(scene, "Ours");
    await scene.pass();
    const of = provider.commentsOf.get(issueId) ?? [];
    const edited = of.map((one) =>
      one.body === "Ours"
        ? { ...one, body: "Ours, edited", updatedAt: "2199-01-01T00:00:00Z" }
        : one
    );
    provider.commentsOf.set(issueId, edited);
    const page = await list(scene);
    assert.equal(page.at("comments.0.created_at"), "2020-01-01T00:00:00.000Z");
    assert.equal(page.at("comments.0.updated_at"), "2020-02-01T00:00:00.500Z");
    assert.deepEqual(facts(page)[1], ["Dana Demo", "Ours, edited"]);
    assert.equal(page.at("comments.1.updated_at"), "2199-01-01T00:00:00.000Z");
  }));

Deno.test("a comment that is shown before its delivery is recorded is listed once", () =>
  withProvider(async (scene) => {
    await add(scene, "Ours");
    await scene.pass();
    await scene.host.store.run("UPDATE comments SET remote_id = NULL");
    assert.deepEqual(facts(await list(scene)), [["Dana Demo", "Ours"]]);
  }));

Deno.test("a comment that was delivered and then deleted at the provider is gone", () =>
  withProvider(async (scene) => {
    await add(scene, "Ours");
    await scene.pass();
    scene.provider.commentsOf.set(scene.issueId, []);
    assert.deepEqual(facts(await list(scene)), []);
  }));

Deno.test("the same key adds one comment, here and there", () =>
  withProvider(async (scene) => {
    const key = crypto.randomUUID();
    const first = await add(scene, "Ours", key);
    assert.equal((await add(scene, "Ours", key)).at("id"), first.at("id"));
    await scene.pass();
    assert.deepEqual(bodiesThere(scene), ["Ours"]);
  }));

Deno.test("comments and changes of an issue are delivered in their order", () =>
  withProvider(async (scene) => {
    const ref = { system: "linear", workspace: "acme", id: scene.issueId };
    await add(scene, "Before");
    await scene.push([{ ref, action: "update", patch: { title: "New" } }]);
    await add(scene, "After");
    await scene.pass();
    const { issueId } = scene;
    assert.deepEqual(scene.provider.writes, [
      `comment ${issueId} Before`,
      `update ${issueId} {"title":"New"}`,
      `comment ${issueId} After`,
    ]);
  }));

const FAULTS: readonly ProviderFault[] = [
  { kind: "unreachable" },
  { kind: "failing" },
  { kind: "refused" },
];

for (const phase of ["before", "after"] as const) {
  const isAdd = (moment: Moment) => moment.method === "addComment" && moment.phase === phase;
  for (const fault of FAULTS) {
    Deno.test(`a provider that is ${fault.kind} ${phase} the effect gets a comment once`, () =>
      withProvider(async (scene) => {
        // The answer to the first attempt is lost for good: the others only look it up.
        let failures = phase === "before" ? 3 : 1;
        scene.provider.stepIn = (moment) => {
          if (isAdd(moment) && failures-- > 0) throw new ProviderError(fault, "No");
        };
        await add(scene, "Ours");
        await scene.pass(60);
        assert.ok(failures <= 0, "it failed as often as it was to");
        assert.deepEqual(bodiesThere(scene), ["Ours"]);
        assert.deepEqual(await deliveries(scene), ["delivered"]);
      }));
  }

  Deno.test(`a process that dies ${phase} the effect leaves a comment that is added once`, () =>
    withProvider(async (scene) => {
      scene.provider.stepIn = (moment) => {
        if (!isAdd(moment)) return;
        scene.provider.stepIn = () => {};
        throw new LeaseLostError();
      };
      await add(scene, "Ours");
      await scene.pass();
      assert.deepEqual(bodiesThere(scene), ["Ours"]);
      assert.deepEqual(await deliveries(scene), ["delivered"]);
    }));
}

Deno.test("a comment that the provider rejects fails with its words, and holds up none after it", () =>
  withProvider(async (scene) => {
    let isFirst = true;
    scene.provider.stepIn = ({ method, phase }) => {
      if (method !== "addComment" || phase !== "before" || !isFirst) return;
      isFirst = false;
      throw new ProviderError({ kind: "rejected", code: "body_too_long" }, "Too long");
    };
    await add(scene, "One");
    await add(scene, "Two");
    await scene.pass();
    const [first, second] = await deliveries(scene);
    assert.deepEqual(first, ["failed", {
      ref: { system: "linear", workspace: "acme", id: scene.issueId },
      code: "body_too_long",
      message: "Too long",
      retryable: false,
    }]);
    assert.equal(second, "delivered");
    // It stays here, where it was written, and says that it is nowhere else.
    const stateOf = (page: Answered) =>
      page.list("comments").map((one) => [valueAt(one, "body"), valueAt(one, "delivery")]).sort();
    assert.deepEqual(stateOf(await list(scene)), [
      ["One", { state: "failed", message: "Too long" }],
      ["Two", undefined],
    ]);
    // Of one that failed long ago only that is known.
    await scene.host.store.run("DELETE FROM outbox");
    assert.deepEqual(stateOf(await list(scene)), [
      ["One", { state: "failed", message: null }],
      ["Two", undefined],
    ]);
  }));

Deno.test("a comment is asked for alone, and the provider is not asked for that", () =>
  withProvider(async (scene) => {
    const { provider } = scene;
    theirs(scene, "Theirs", "2026-01-01T00:00:00Z");
    const looked = Promise.withResolvers<void>();
    // It is delivered as soon as it is stored, unless something keeps it.
    provider.stepIn = ({ method }) => method === "addComment" ? looked.promise : undefined;
    const one = (await add(scene, "One")).text("id");
    const alone = async (comment_id: string) => {
      const page = await list(scene, { comment_id });
      assert.equal(page.at("next_cursor"), null);
      return page.list("comments").map((one) => [valueAt(one, "body"), valueAt(one, "delivery")]);
    };
    assert.deepEqual(await alone(one), [["One", { state: "waiting" }]]);
    looked.resolve();
    await scene.pass();
    assert.deepEqual(await alone(one), [["One", undefined]]);
    provider.stepIn = ({ method, phase }) => {
      if (method !== "addComment" || phase !== "before") return;
      throw new ProviderError({ kind: "rejected", code: "body_too_long" }, "Too long");
    };
    const two = (await add(scene, "Two")).text("id");
    await scene.pass();
    assert.deepEqual(await alone(two), [["Two", { state: "failed", message: "Too long" }]]);
    assert.deepEqual(await alone("theirs-0"), []);
    assert.equal(provider.calls.get("listComments"), undefined);
    assert.deepEqual((await list(scene)).list("comments").length, 3);
    const other = { ...scene, issueId: "7c1f0a52-team-eng-0002" };
    assert.deepEqual((await list(other, { comment_id: one })).list("comments"), []);
    await scene.host.store.run("UPDATE resources SET connection_id = NULL");
    assert.deepEqual(await alone(two), [["Two", undefined]]);
  }));

Deno.test("a comment whose connection is tried again still waits, whatever went wrong before", () =>
  withProvider(async (scene) => {
    let attempts = 0;
    scene.provider.stepIn = ({ method, phase }) => {
      if (method !== "addComment" || phase !== "before") return;
      attempts++;
      throw new ProviderError({ kind: "failing" }, "No");
    };
    await add(scene, "Ours");
    await scene.pass(1);
    assert.ok(attempts > 0);
    assert.deepEqual(deliveriesIn(await list(scene)), [{ state: "waiting" }]);
  }));

Deno.test("a comment of a time without a connection says nothing of a delivery, then waits for one", () =>
  withProvider(async (scene) => {
    const { store } = scene.host;
    const [resource] = await store.all(
      "SELECT id, connection_id FROM resources WHERE connection_id IS NOT NULL",
    );
    assert.ok(resource !== undefined);
    await store.run("UPDATE resources SET connection_id = NULL WHERE id = ?", `${resource["id"]}`);
    assert.equal((await add(scene, "Alone")).at("delivery"), undefined);
    assert.deepEqual(deliveriesIn(await list(scene)), [undefined]);
    await store.run(
      "UPDATE resources SET connection_id = ?, detached_change = 0 WHERE id = ?",
      `${resource["connection_id"]}`,
      `${resource["id"]}`,
    );
    assert.deepEqual(deliveriesIn(await list(scene)), [{ state: "waiting" }]);
  }));

Deno.test("a provider that cannot be asked is named, and a paused connection is not asked", () =>
  withProvider(async (scene) => {
    scene.provider.stepIn = () => {
      throw new ProviderError({ kind: "unreachable" }, "No answer");
    };
    const away = await list(scene);
    assert.equal(away.status, 500);
    assert.equal(away.at("source"), "provider");
    assert.equal(away.at("message"), "Linear cannot be asked for the comments: No answer");
    scene.provider.stepIn = () => {};
    await scene.host.store.run("UPDATE connections SET paused_at = 1");
    const before = scene.provider.calls.get("listComments");
    const paused = await list(scene);
    assert.match(paused.text("message"), /the connection is paused/);
    assert.equal(scene.provider.calls.get("listComments"), before);
  }));

Deno.test("a long list comes in pages, and none is missed or shown twice", () =>
  withProvider(async (scene) => {
    for (let n = 0; n < 230; n++) theirs(scene, `c${n}`, `2020-01-01T00:00:${10 + n % 7}Z`);
    const seen: unknown[] = [];
    let cursor: unknown = undefined;
    for (let pages = 0; pages < 4 && cursor !== null; pages++) {
      const page: Answered = await list(scene, { cursor });
      seen.push(...facts(page).map(([, body]) => body));
      cursor = page.at("next_cursor");
    }
    assert.equal(cursor, null);
    assert.equal(seen.length, 230);
    assert.equal(new Set(seen).size, 230);
  }));
