/** What a text loses in the form that a provider keeps is told with the item. */
import assert from "node:assert/strict";
import { creating, updating, withProvider } from "./delivery_support.ts";

Deno.test("what a text loses at the provider is told with the item, each loss once", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    const { change, create } = provider;
    provider.change = (access, ...rest) => {
      for (const what of ["a heading becomes strong words", "a heading becomes strong words"]) {
        access.onLoss?.(what);
      }
      return change(access, ...rest);
    };
    provider.create = (access, ...rest) => {
      access.onLoss?.("a picture becomes a link");
      return create(access, ...rest);
    };
    const { at } = await ended(
      await push([updating(issueId, { body: "# Text" }), creating("WP1")]),
    );
    assert.equal(at("status"), "completed");
    const words = "The provider keeps the text in a form of its own: ";
    assert.equal(at("result.items.0.message"), `${words}a heading becomes strong words`);
    assert.equal(at("result.items.1.message"), `${words}a picture becomes a link`);
  }));
