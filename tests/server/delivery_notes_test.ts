/** What a provider writes otherwise than it was asked to is told with the item. */
import assert from "node:assert/strict";
import { creating, updating, withProvider } from "./delivery_support.ts";

Deno.test("what a provider writes otherwise than it was asked to is told with the item, once", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    const { change, create } = provider;
    provider.change = (access, ...rest) => {
      for (let time = 0; time < 2; time++) access.onNote?.("A heading becomes strong words");
      return change(access, ...rest);
    };
    provider.create = (access, ...rest) => {
      access.onNote?.("A picture becomes a link");
      access.onNote?.("The step asks for a resolution");
      return create(access, ...rest);
    };
    const { at } = await ended(
      await push([updating(issueId, { body: "# Text" }), creating("WP1")]),
    );
    assert.equal(at("status"), "completed");
    assert.equal(at("result.items.0.message"), "A heading becomes strong words");
    assert.equal(
      at("result.items.1.message"),
      "A picture becomes a link. The step asks for a resolution",
    );
  }));
