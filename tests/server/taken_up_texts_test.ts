/** A description that both sides changed while no connection brought it is merged by lines, as clients do. */
import assert from "node:assert/strict";
import { type DeliveryScene, updating, withProvider } from "./delivery_support.ts";
import { again, alone } from "./detached_support.ts";

/** Gives the issue a body on both sides. */
async function written({ provider, push, ended, issueId }: DeliveryScene, body: string) {
  await ended(await push([updating(issueId, { body })]));
  assert.equal(provider.issues.get(issueId)?.body, body);
}

async function failedCount({ host: { store } }: DeliveryScene): Promise<number> {
  return (await store.all("SELECT id FROM outbox WHERE state = 'failed'")).length;
}

Deno.test("changes of lines that are apart are both kept", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    await written(scene, "One\nTwo\nThree\nFour");
    await alone(scene, [updating(issueId, { body: "Ours\nTwo\nThree\nFour" })]);
    provider.edit(issueId, { body: "One\nTwo\nThree\nTheirs" });
    await again(scene);
    assert.equal(provider.issues.get(issueId)?.body, "Ours\nTwo\nThree\nTheirs");
    assert.equal(await failedCount(scene), 0);
  }));

Deno.test("of what the other side has done already nothing is sent", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    await written(scene, "One\nTwo\nThree\nFour");
    await alone(scene, [updating(issueId, { body: "Same\nTwo\nThree\nFour" })]);
    provider.edit(issueId, { body: "Same\nTwo\nThree\nTheirs" });
    const before = provider.writes.length;
    await again(scene);
    assert.equal(provider.issues.get(issueId)?.body, "Same\nTwo\nThree\nTheirs");
    assert.equal(provider.writes.length, before);
    assert.equal(await failedCount(scene), 0);
  }));

Deno.test("a line that both sides changed is decided by a person", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    await written(scene, "One\nTwo");
    await alone(scene, [updating(issueId, { body: "Ours\nTwo", title: "New" })]);
    provider.edit(issueId, { body: "Theirs\nTwo" });
    await again(scene);
    const { body, title } = provider.issues.get(issueId) ?? {};
    assert.deepEqual([body, title], ["Theirs\nTwo", "New"]);
    assert.equal(await failedCount(scene), 1);
  }));

Deno.test("a description that a client pushes is never merged unseen: the client holds what it sent", () =>
  withProvider(async (scene) => {
    const { provider, push, ended, issueId } = scene;
    await written(scene, "One\nTwo\nThree");
    provider.edit(issueId, { body: "One\nTwo\nTheirs" });
    const { at } = await ended(await push([updating(issueId, { body: "Ours\nTwo\nThree" })]));
    assert.equal(at("result.item_errors.0.details.field"), "body");
    assert.equal(provider.issues.get(issueId)?.body, "One\nTwo\nTheirs");
  }));
