/** Delivery: what is pushed to a project at a provider is sent once, merged, and told. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import { retryOutboxItem } from "../../src/server/jobs/retry.ts";
import type { FakeProvider, Moment } from "../standins/fake_provider.ts";
import {
  creating,
  type DeliveryScene,
  storedIssues,
  updating,
  withProvider,
} from "./delivery_support.ts";

/** Steps in once, at the first such moment. */
function once(provider: FakeProvider, at: Moment, act: () => void): void {
  let isDone = false;
  provider.stepIn = ({ method, phase }) => {
    if (isDone || method !== at.method || phase !== at.phase) return;
    isDone = true;
    act();
  };
}

const die = () => {
  throw new LeaseLostError();
};

async function connection({ host }: DeliveryScene): Promise<Record<string, unknown>> {
  return { ...await host.store.one("SELECT state, state_detail, state_at FROM connections") };
}

Deno.test("a push to a connected project is accepted, delivered, and told with what the provider made of it", () =>
  withProvider(async ({ host, provider, issueId, push, ended }) => {
    const accepted = await push([updating(issueId, { title: "New" }), creating("WP1")]);
    assert.equal(accepted.status, 202);
    const { at } = await ended(accepted);
    assert.equal(at("status"), "completed");
    assert.equal(at("result.items.0.outcome"), "updated");
    assert.equal(at("result.items.1.outcome"), "created");
    assert.equal(at("result.items.1.remote_ref.id"), "remote-37");
    assert.deepEqual(provider.writes, [`update ${issueId} {"title":"New"}`, "create Issue WP1"]);
    assert.deepEqual(await storedIssues(host.store), [...provider.issues.values()]);
  }));

Deno.test("pushes of one issue are delivered in their order, each knowing of the one before", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    const titles = ["One", "Two", "Three"];
    const accepted = await push(titles.map((title) => updating(issueId, { title })));
    const { at } = await ended(accepted);
    assert.equal(at("result.summary.succeeded"), 3);
    assert.deepEqual(
      provider.writes,
      titles.map((title) => `update ${issueId} {"title":"${title}"}`),
    );
  }));

Deno.test("an edit that comes between two deliveries of one issue is not overwritten by the second", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    once(provider, { method: "update", phase: "after" }, () => {
      provider.edit(issueId, { title: "Theirs" });
    });
    const titles = ["One", "Two"];
    const { at } = await ended(await push(titles.map((title) => updating(issueId, { title }))));
    assert.equal(at("result.item_errors.0.code"), "version_conflict");
    assert.equal(provider.issues.get(issueId)?.title, "Theirs");
  }));

for (const method of ["get", "update", "create"] as const) {
  for (const phase of ["before", "after"] as const) {
    Deno.test(`a process that dies ${phase} it asks the provider to ${method} doubles and loses nothing`, () =>
      withProvider(async ({ provider, issueId, push, ended }) => {
        once(provider, { method, phase }, die);
        const accepted = await push([updating(issueId, { title: "New" }), creating("WP1")]);
        const { at } = await ended(accepted);
        assert.equal(at("status"), "completed");
        assert.equal(at("result.summary.failed"), 0);
        assert.deepEqual(provider.writes, [
          `update ${issueId} {"title":"New"}`,
          "create Issue WP1",
        ]);
      }));
  }
}

Deno.test("a provider that cannot be reached is waited for, and what was pushed is delivered then", () =>
  withProvider(async (scene) => {
    const { provider, push, ended, host } = scene;
    const begun = host.platform.clock.now();
    provider.stepIn = () => {
      if (host.platform.clock.now() < begun + 50_000) {
        throw new ProviderError({ kind: "unreachable" }, "No answer");
      }
    };
    const accepted = await push([creating("WP1")]);
    await host.host.worker.idle();
    assert.deepEqual(await connection(scene), {
      state: "unreachable",
      state_detail: "No answer",
      state_at: begun,
    });
    assert.equal((await ended(accepted)).at("result.items.0.outcome"), "created");
    assert.deepEqual(provider.writes, ["create Issue WP1"]);
    assert.equal((await connection(scene))["state"], "ok");
  }));

Deno.test("a provider that allows no more calls is asked nothing until it does", () =>
  withProvider(async (scene) => {
    const { provider, push, ended, host } = scene;
    const until = host.platform.clock.now() + 60_000;
    let calls = 0;
    provider.stepIn = () => {
      calls += 1;
      if (host.platform.clock.now() < until) {
        throw new ProviderError({ kind: "limited", until }, "Too many calls");
      }
    };
    const accepted = await push([creating("WP1")]);
    await host.host.worker.idle();
    host.platform.clock.advance(50_000);
    await host.host.worker.idle();
    assert.equal(calls, 1);
    assert.equal((await connection(scene))["state"], "limited");
    assert.equal((await ended(accepted)).at("result.items.0.outcome"), "created");
  }));

Deno.test("an item that the provider refuses fails by name, the rest continues, and it can be tried again", () =>
  withProvider(async ({ host, provider, push, ended, pass }) => {
    let isStrict = true;
    let creates = 0;
    provider.stepIn = ({ method, phase }) => {
      if (method !== "create" || phase !== "before" || creates++ > 0 || !isStrict) return;
      throw new ProviderError({ kind: "rejected", code: "label_unknown" }, "No such label");
    };
    const { at } = await ended(await push([creating("WP1"), creating("WP2")]));
    assert.equal(at("result.item_errors.0.code"), "label_unknown");
    assert.equal(at("result.items.1.outcome"), "created");
    isStrict = false;
    const row = await host.store.one("SELECT id FROM outbox WHERE state = 'failed'");
    assert.equal(await retryOutboxItem(host.context, COMMAND_LINE, Number(row?.["id"])), true);
    await pass();
    assert.deepEqual(provider.writes, ["create Issue WP2", "create Issue WP1"]);
    const deeds = await host.store.all("SELECT action, target FROM audit");
    assert.deepEqual(deeds.map(({ action, target }) => [action, target]), [[
      "outbox.retry",
      "WP1",
    ]]);
  }));

Deno.test("an item at which the provider keeps failing ends failed, and holds nothing else up", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    provider.stepIn = ({ method }) => {
      if (method === "get") throw new ProviderError({ kind: "failing" }, "Internal error");
    };
    const { at } = await ended(await push([updating(issueId, { title: "New" }), creating("WP1")]));
    assert.equal(at("result.item_errors.0.code"), "provider_error");
    assert.equal(at("result.items.1.outcome"), "created");
  }));

Deno.test("an issue that is gone at the provider is gone here, and the push says so", () =>
  withProvider(async ({ host, provider, issueId, push, ended }) => {
    provider.issues.delete(issueId);
    const { at } = await ended(await push([updating(issueId, { title: "New" })]));
    assert.equal(at("result.item_errors.0.code"), "issue_not_found");
    assert.equal((await storedIssues(host.store)).some(({ ref }) => ref.id === issueId), false);
  }));

Deno.test("a push whose connection is removed ends, and says so", () =>
  withProvider(async ({ host, provider, push, pass }) => {
    provider.stepIn = () => {
      throw new ProviderError({ kind: "unreachable" }, "No answer");
    };
    const accepted = await push([creating("WP1")]);
    await host.host.worker.idle();
    await host.store.run("DELETE FROM connections");
    await host.store.run(
      "UPDATE outbox SET state = 'failed', error = 'The connection was removed'",
    );
    await pass(40);
    const { at } = await host.ended(accepted.text("operation_id"));
    assert.equal(at("result.item_errors.0.message"), "The connection was removed");
  }));

Deno.test("a push whose binding is deleted before its delivery ends, and holds nothing else up", () =>
  withProvider(async ({ host, provider, bindingRef, push, pass, ended }) => {
    once(provider, { method: "create", phase: "before" }, () => {
      throw new ProviderError({ kind: "unreachable" }, "No answer");
    });
    const accepted = await push([creating("WP1"), creating("WP2")]);
    await host.host.worker.idle();
    await host.call("POST", "/dev/mapping-state", { binding_ref: bindingRef, state: "deleted" });
    const { at } = await ended(accepted);
    assert.equal(at("status"), "completed");
    assert.equal(at("result.items.1.outcome"), "created");
    await pass();
    assert.deepEqual(provider.writes, ["create Issue WP1", "create Issue WP2"]);
    assert.doesNotMatch(host.platform.stderr(), /failed/);
  }));

Deno.test("a process without the host's key delivers nothing, says so, and does once it has the key", () =>
  withProvider(async (scene) => {
    const { host, provider, push, pass } = scene;
    host.platform.setEnv("TRACKER_HOST_KEY", "");
    const accepted = await push([creating("WP1")]);
    await pass();
    const { state, state_detail: detail } = await connection(scene);
    assert.equal(state, "refused");
    assert.match(String(detail), /key is missing|this host.s key/);
    host.platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
    await pass(20);
    assert.equal((await host.ended(accepted.text("operation_id"))).at("status"), "completed");
    assert.deepEqual(provider.writes, ["create Issue WP1"]);
  }));

type Step =
  | { readonly kind: "push"; readonly issue: number; readonly field: "title" | "body" }
  | { readonly kind: "create" | "pass" }
  | { readonly kind: "edit"; readonly issue: number; readonly field: "title" | "body" }
  | {
    readonly kind: "fault";
    readonly how: "die" | "unreachable" | "failing";
    readonly in: number;
  };

const issueNumber = fc.integer({ min: 1, max: 3 });
const field = fc.constantFrom("title", "body");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("push"), issue: issueNumber, field }),
  fc.record({ kind: fc.constant("edit"), issue: issueNumber, field }),
  fc.record({ kind: fc.constantFrom("create", "pass") }),
  fc.record({
    kind: fc.constant("fault"),
    how: fc.constantFrom("die", "unreachable", "failing"),
    in: fc.nat({ max: 6 }),
  }),
);

Deno.test("whatever is edited on both sides, and whichever calls are lost or processes die, all converges", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 25 }),
      (steps) =>
        withProvider(async (scene) => {
          const { host, provider, push, pass } = scene;
          const idOf = (issue: number) => `7c1f0a52-team-eng-000${issue}`;
          /** The value that each push was made knowing of. */
          const known = new Map<string, unknown>();
          const faults: { how: string; in: number }[] = [];
          provider.stepIn = () => {
            const [fault] = faults;
            if (fault === undefined || fault.in-- > 0) return;
            faults.shift();
            if (fault.how === "die") die();
            const kind = fault.how === "failing" ? "failing" : "unreachable";
            throw new ProviderError({ kind }, "Lost");
          };
          const { change } = provider;
          provider.change = async (access, place, issue, fields) => {
            for (const name of ["title", "body"] as const) {
              const ours = fields[name];
              const theirs = provider.issues.get(issue.ref.id)?.[name];
              const isEdit = typeof theirs === "string" && theirs.startsWith("R");
              if (ours != null && isEdit) assert.equal(theirs, known.get(ours), "an edit is lost");
            }
            await change(access, place, issue, fields);
          };
          const operations: string[] = [];
          const created: string[] = [];
          for (const [index, one] of steps.entries()) {
            if (one.kind === "push") {
              const stored = await storedIssues(host.store);
              const value = `L${index}`;
              known.set(value, stored.find(({ ref }) => ref.id === idOf(one.issue))?.[one.field]);
              const accepted = await push([updating(idOf(one.issue), { [one.field]: value })]);
              operations.push(accepted.text("operation_id"));
            } else if (one.kind === "create") {
              created.push(`L${index}`);
              operations.push(
                (await push([creating(`WP${index}`, `L${index}`)])).text("operation_id"),
              );
            } else if (one.kind === "edit") {
              provider.edit(idOf(one.issue), { [one.field]: `R${index}` });
            } else if (one.kind === "fault") faults.push({ how: one.how, in: one.in });
            else await pass(1);
          }
          faults.length = 0;
          await pass(12);
          for (const id of operations) {
            assert.equal((await host.ended(id)).at("status"), "completed");
          }
          // Nothing is doubled: each of our values was written once at most, each new issue once.
          assert.equal(new Set(provider.writes).size, provider.writes.length);
          const titles = [...provider.issues.values()].map(({ title }) => title);
          for (const title of created) {
            assert.equal(titles.filter((one) => one === title).length, 1);
          }
          // Once every issue was looked at, both sides are the same.
          await push([1, 2, 3].map((issue) => updating(idOf(issue), { labels_add: [] })));
          await pass(2);
          const byId = (one: { ref: { id: string } }, other: { ref: { id: string } }) =>
            one.ref.id < other.ref.id ? -1 : 1;
          assert.deepEqual(
            (await storedIssues(host.store)).sort(byId),
            [...provider.issues.values()].sort(byId),
          );
        }),
    ),
    { numRuns: Number(Deno.env.get("TRACKER_DELIVERY_RUNS") ?? 20) },
  ));
