/** The id that an issue had before its provider took it keeps naming the issue. */
import assert from "node:assert/strict";
import { creating, type DeliveryScene, updating, withProvider } from "./delivery_support.ts";
import { again, alone } from "./detached_support.ts";

/** Returns the id that the host has given to the issue of "WP1". */
async function ownId({ host: { store } }: DeliveryScene): Promise<string> {
  const row = await store.one("SELECT external_id FROM package_mappings WHERE wp_id = 'WP1'");
  const id = String(row?.["external_id"]);
  assert.match(id, /^iss_/);
  return id;
}

Deno.test("what is pushed, commented and bound under the id that the host had given reaches the issue of the provider", () =>
  withProvider(async (scene) => {
    const { host, provider, bindingRef, push, ended } = scene;
    await alone(scene, [creating("WP1", "Made here")]);
    const old = await ownId(scene);
    const route = { provider: "linear", binding_ref: bindingRef };
    const origin = {
      ...route,
      feature_slug: "001-made-here",
      external_issue_key: "ENG-1",
      external_issue_url: "https://tracker.test/1",
      title: "Made here",
    };
    const bind = (external_issue_id: string) =>
      host.call("POST", "/api/v1/tracker/mission-origin/bind/", { ...origin, external_issue_id });
    const bound = await bind(old);
    assert.equal(bound.status, 200);
    await again(scene);
    const made = [...provider.issues.values()].find(({ title }) => title === "Made here");
    assert.ok(made !== undefined);

    const { at } = await ended(await push([updating(old, { title: "Changed" })]));
    assert.equal(at("result.items.0.outcome"), "updated");
    assert.equal(at("result.items.0.ref.id"), old);
    assert.equal(at("result.items.0.remote_ref.id"), made.ref.id);
    assert.equal(provider.issues.get(made.ref.id)?.title, "Changed");

    const child = {
      ...creating("WP2", "Child"),
      patch: { title: "Child", parent_ref: { system: "linear", workspace: "acme", id: old } },
    };
    await ended(await push([child]));
    const below = [...provider.issues.values()].find(({ title }) => title === "Child");
    assert.equal(below?.parent_ref?.id, made.ref.id);

    const comment = await host.call("POST", "/api/v1/tracker/comments/add/", {
      ...route,
      external_issue_id: old,
      body: "Hello",
    });
    assert.equal(comment.status, 200);
    await scene.pass();
    assert.equal(provider.commentsOf.get(made.ref.id)?.length, 1);

    for (const id of [old, made.ref.id]) {
      const again = await bind(id);
      assert.equal(again.at("origin_link_id"), bound.at("origin_link_id"));
    }
    const mapped = await host.call(
      "GET",
      `/api/v1/tracker/mappings/?provider=linear&binding_ref=${bindingRef}`,
    );
    assert.match(JSON.stringify(mapped.at("mappings")), /"wp_id":"WP1"/);
    assert.doesNotMatch(JSON.stringify(mapped.at("mappings")), /iss_/);
  }));

Deno.test("an issue that was removed at its provider since is not there under the id that it had before", () =>
  withProvider(async (scene) => {
    const { provider, push, ended } = scene;
    await alone(scene, [creating("WP1", "Made here")]);
    const old = await ownId(scene);
    await again(scene);
    const made = [...provider.issues.values()].find(({ title }) => title === "Made here");
    provider.remove(made?.ref.id ?? "");
    const { at } = await ended(await push([updating(old, { title: "Changed" })]));
    assert.equal(at("result.item_errors.0.code"), "issue_not_found");
  }));
