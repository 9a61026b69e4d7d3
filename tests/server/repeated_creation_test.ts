/** Creations that failed and are pushed once more, and what the provider leaves out of them. */
import assert from "node:assert/strict";
import { ProviderError } from "../../src/providers/mod.ts";
import { withProvider } from "./delivery_support.ts";

function creating(patch: object = {}): object {
  const ref = { system: "linear", workspace: "acme", id: "WP1" };
  return { ref, action: "create", patch: { title: "New", ...patch } };
}

Deno.test("a creation that failed after its effect is found when it is pushed once more", () =>
  withProvider(async ({ provider, push, ended, pass }) => {
    provider.stepIn = ({ phase }) => {
      if (phase === "after") throw new ProviderError({ kind: "failing" }, "Bad gateway");
    };
    const first = await push([creating()]);
    await pass(20);
    const { at } = await ended(first);
    assert.equal(at("result.item_errors.0.code"), "provider_error");
    provider.stepIn = () => {};
    const second = await ended(await push([creating()]));
    assert.equal(second.at("result.items.0.outcome"), "created");
    assert.deepEqual(provider.writes, ["create New"]);
  }));

Deno.test("a creation after the end of the one before it is a new one", () =>
  withProvider(async ({ provider, push, ended }) => {
    const first = await ended(await push([creating()]));
    const id = first.text("result.items.0.remote_ref.id");
    provider.remove(id);
    const ref = { system: "linear", workspace: "acme", id };
    const gone = await ended(await push([{ ref, action: "update", patch: { title: "Newer" } }]));
    assert.equal(gone.at("result.item_errors.0.code"), "issue_not_found");
    const second = await ended(await push([creating()]));
    assert.equal(second.at("result.items.0.outcome"), "created");
    assert.deepEqual(provider.writes, ["create New", "create New"]);
  }));

Deno.test("what the provider leaves out of a new issue is told", () =>
  withProvider(async ({ provider, remotes, issueId, push, ended }) => {
    remotes.linear = {
      ...provider,
      create: (access, place, { clientId, fields: { title } }) =>
        provider.create(access, place, { clientId, fields: { title } }),
    };
    const parent_ref = { system: "linear", workspace: "acme", id: issueId };
    const links_add = [{ type: "blocks", ref: parent_ref }];
    const { at } = await ended(await push([creating({ parent_ref, links_add })]));
    assert.equal(at("result.items.0.outcome"), "created");
    assert.equal(
      at("result.items.0.message"),
      'The provider did not take the parent "ENG-1", the link to "7c1f0a52-team-eng-0001"',
    );
  }));
