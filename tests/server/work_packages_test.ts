/** Issues of work packages: one for each, whichever clone asks for it, and found again by mission and package. */
import assert from "node:assert/strict";
import { ProviderError } from "../../src/providers/mod.ts";
import type { FakeProvider } from "../standins/fake_provider.ts";
import { withProvider } from "./delivery_support.ts";
import { type Answered, type TestHost, withHost } from "./support.ts";

const ENG = { system: "linear", workspace: "acme" };
const MISSION = "014-log-in-01KP8NAX";

function creating(wp_id: string, more: object = {}, patch: object = {}): object {
  return {
    ref: { ...ENG, id: `${MISSION}/${wp_id}` },
    action: "create",
    patch: { title: `${wp_id} Log in`, issue_type: "subtask", ...patch },
    work_package: { mission: MISSION, wp_id },
    ...more,
  };
}

async function push(host: TestHost, ref: string, items: readonly object[]): Promise<Answered> {
  const body = { provider: "linear", binding_ref: ref, items };
  return await host.call("POST", "/api/v1/tracker/push/", body);
}

async function mappings(host: TestHost, ref: string): Promise<Record<string, unknown>[]> {
  const answer = await host.call(
    "GET",
    `/api/v1/tracker/mappings/?provider=linear&binding_ref=${ref}`,
  );
  return answer.list("mappings").map((mapping) => ({ ...Object(mapping) }));
}

Deno.test("a package of a mission has one issue, which any clone finds by mission and package", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const [one, other] = await Promise.all([
      push(host, ref, [creating("WP01")]),
      push(host, ref, [creating("WP01")]),
    ]);
    const outcomes = [one, other].map(({ at }) => at("items.0.outcome")).sort();
    assert.deepEqual(outcomes, ["created", "unchanged"]);
    const id = one?.at("items.0.remote_ref.id");
    assert.equal(other?.at("items.0.remote_ref.id"), id);
    const found = (await mappings(host, ref)).filter(({ mission }) => mission === MISSION);
    assert.deepEqual(found.map(({ wp_id, external_id }) => [wp_id, external_id]), [["WP01", id]]);
  }));

Deno.test("what the demo maps without a mission is listed without one", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const found = await mappings(host, ref);
    assert.deepEqual(found.map(({ wp_id }) => wp_id), ["WP01", "WP02", "WP03"]);
    assert.ok(found.every((mapping) => !("mission" in mapping)));
  }));

Deno.test("parents and links of a push name packages that the same push creates", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const blocked = { type: "blocked_by", ref: { ...ENG, id: `${MISSION}/WP01` } };
    const parent_ref = { ...ENG, id: "7c1f0a52-team-eng-0001" };
    const done = await push(host, ref, [
      creating("WP01", {}, { parent_ref }),
      creating("WP02", {}, { parent_ref, links_add: [blocked] }),
      {
        ref: { ...ENG, id: `${MISSION}/WP02` },
        action: "transition",
        target_status: "in_progress",
      },
    ]);
    assert.equal(done.at("status"), "ok");
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "linear",
      binding_ref: ref,
      limit: 1000,
    });
    const place = pulled.list("items").map(Object).findIndex(({ title }) =>
      title === "WP02 Log in"
    );
    const of = (path: string) => pulled.at(`items.${place}.${path}`);
    assert.equal(of("parent_ref.id"), parent_ref.id);
    assert.equal(of("links.0.type"), "blocked_by");
    assert.equal(of("links.0.ref.id"), done.at("items.0.remote_ref.id"));
    assert.equal(of("issue_type"), "subtask");
    assert.equal(of("status"), "in_progress");
  }));

Deno.test("a package is created under its own name alone", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const named = creating("WP01", { ref: { ...ENG, id: "WP01" } });
    const slashed = creating("WP01", { work_package: { mission: "a/b", wp_id: "WP01" } });
    const unnumbered = creating("WP01", { work_package: { mission: MISSION, wp_id: "WP" } });
    for (
      const [item, field] of [
        [named, "items[0].ref.id"],
        [slashed, "items[0].work_package.mission"],
        [unnumbered, "items[0].work_package.wp_id"],
      ] as const
    ) {
      const refused = await push(host, ref, [item]);
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), field);
    }
  }));

Deno.test("two clones that push a package to a tracker at once get one issue of it", () =>
  withProvider(async ({ host, provider, bindingRef, push, ended }) => {
    const accepted = [await push([creating("WP01")]), await push([creating("WP01")])];
    const results: unknown[] = [];
    for (const each of accepted) {
      const { at } = await ended(each);
      results.push([at("result.items.0.outcome"), at("result.items.0.remote_ref.id")]);
    }
    assert.deepEqual(results, [["created", "remote-37"], ["unchanged", "remote-37"]]);
    assert.deepEqual(provider.writes, ["create WP01 Log in"]);
    const found = (await mappings(host, bindingRef)).filter(({ mission }) => mission === MISSION);
    assert.deepEqual(found.map(({ external_id }) => external_id), ["remote-37"]);
  }));

Deno.test("at a tracker, links and parents name packages that the same push creates", () =>
  withProvider(async ({ provider, push, ended }) => {
    const blocked = { type: "blocked_by", ref: { ...ENG, id: `${MISSION}/WP01` } };
    const { at } = await ended(
      await push([
        creating("WP01"),
        creating("WP02", {}, {
          parent_ref: { ...ENG, id: `${MISSION}/WP01` },
          links_add: [blocked],
        }),
      ]),
    );
    assert.equal(at("result.status"), "ok");
    const second = provider.issues.get("remote-38");
    assert.equal(second?.parent_ref?.id, "remote-37");
    assert.deepEqual(second?.links.map(({ type, ref }) => [type, ref.id]), [
      ["blocked_by", "remote-37"],
    ]);
  }));

Deno.test("where the tracker has no type for a subtask, the issue of a package gets an ordinary one", () =>
  withProvider(async ({ provider, push, ended }) => {
    let refusals = 0;
    provider.stepIn = ({ method, phase }) => {
      if (method !== "create" || phase !== "before" || refusals > 0) return;
      refusals += 1;
      throw new ProviderError({ kind: "rejected", code: "unsupported_type" }, "No type for it");
    };
    const { at } = await ended(await push([creating("WP01")]));
    assert.equal(at("result.items.0.outcome"), "created");
    assert.equal(refusals, 1);
    assert.equal(provider.issues.get("remote-37")?.issue_type, "task");
    refusals = 0;
    const plain = { ref: { ...ENG, id: "draft" }, action: "create", work_package: null };
    const patch = { title: "T", issue_type: "subtask" };
    const refused = await ended(await push([{ ...plain, patch }]));
    assert.equal(refused.at("result.items.0.outcome"), "failed");
  }));

Deno.test("the status of a package's issue is sent over what people made of it, and their title stays", () =>
  withProvider(async ({ provider, push, ended }) => {
    await ended(await push([creating("WP01")]));
    edit(provider, "remote-37", { title: "By people", status: "canceled", assignees: ["mei"] });
    const { at } = await ended(
      await push([{
        ref: { ...ENG, id: `${MISSION}/WP01` },
        action: "transition",
        target_status: "in_progress",
        work_package: { mission: MISSION, wp_id: "WP01" },
      }]),
    );
    assert.equal(at("result.items.0.outcome"), "transitioned");
    const { title, status, assignees } = provider.issues.get("remote-37") ?? {};
    assert.deepEqual([title, status, assignees], ["By people", "in_progress", ["mei"]]);
  }));

function edit(provider: FakeProvider, id: string, fields: object): void {
  const issue = provider.issues.get(id);
  assert.ok(issue !== undefined);
  provider.issues.set(id, { ...issue, ...fields });
}
