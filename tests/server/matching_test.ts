import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { slugOf } from "../../src/contract/slug.ts";
import { confidentMatch, rankResources } from "../../src/server/bindings/matching.ts";
import type { Resource } from "../../src/server/model/resource.ts";
import { identity } from "./support.ts";

function resource(name: string, index: number): Resource {
  return {
    id: `res_${index}`,
    installationId: "ins_1",
    provider: "linear",
    resourceType: "linear_team",
    externalId: `team-${index}`,
    workspace: "acme",
    key: `K${index}`,
    name,
    label: name,
    url: "https://linear.example/acme",
    context: {},
    workflow: "open",
  };
}

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 8 });

Deno.test("the order of candidates does not depend on the order they are stored in", () => {
  fc.assert(fc.property(names, fc.string({ minLength: 1 }), (labels, slug) => {
    const all = labels.map((name, index) => ({ resource: resource(name, index), mapping: null }));
    const forwards = rankResources(identity(slug), all).map((match) => match.resource.id);
    const backwards = rankResources(identity(slug), [...all].reverse());
    assert.deepEqual(backwards.map((match) => match.resource.id), forwards);
  }));
});

Deno.test("confidence never rises along the list, and labels rise within a confidence", () => {
  const ranks = { high: 0, medium: 1, low: 2 };
  fc.assert(fc.property(names, fc.string({ minLength: 1 }), (labels, slug) => {
    const all = labels.map((name, index) => ({ resource: resource(name, index), mapping: null }));
    const matches = rankResources(identity(slug), all);
    for (const [index, match] of matches.entries()) {
      const before = matches[index - 1];
      if (before === undefined) continue;
      const step = ranks[match.confidence] - ranks[before.confidence];
      assert.ok(step > 0 || (step === 0 && before.resource.label < match.resource.label));
    }
  }));
});

Deno.test("two equally sure resources are no match", () => {
  const all = [resource("Web App", 1), resource("web-app", 2), resource("Other", 3)]
    .map((one) => ({ resource: one, mapping: null }));
  assert.equal(confidentMatch(rankResources(identity("web-app"), all)), null);
  const one = confidentMatch(rankResources(identity("web-app"), all.slice(1)));
  assert.equal(one?.resource.id, "res_2");
});

Deno.test("names are compared as slugs, whatever their case, accents and punctuation", () => {
  assert.equal(slugOf("  Café — Größe/2 "), "cafe-große-2");
  assert.equal(slugOf("日本 語"), "日本-語");
  assert.equal(slugOf("!!!"), "");
});
