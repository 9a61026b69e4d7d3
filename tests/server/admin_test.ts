import assert from "node:assert/strict";
import {
  COMMAND_LINE,
  deleteMapping,
  disableMapping,
  enableMapping,
  listMappings,
} from "../../src/server/mod.ts";
import { identity, withHost } from "./support.ts";

Deno.test("the administrator sees every mapping with its team, provider and label", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.bind("jira", "Payments (PAY)", "other");
    const listed = await listMappings(host.context, COMMAND_LINE, null);
    assert.deepEqual(listed.map(({ team, provider, label }) => [team, provider, label]), [
      ["acme", "jira", "Payments (PAY)"],
      ["acme", "linear", "Engineering (ENG)"],
    ]);
    assert.equal(listed[1]?.bindingRef, ref);
    assert.equal(listed[1]?.state, "active");
  }));

Deno.test("a mapping can be disabled, enabled and deleted for good", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const status = async () =>
      (await host.call("GET", `/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`)).status;
    await disableMapping(host.context, COMMAND_LINE, ref);
    assert.equal(await status(), 409);
    await enableMapping(host.context, COMMAND_LINE, ref);
    assert.equal(await status(), 200);
    await deleteMapping(host.context, COMMAND_LINE, ref);
    assert.equal(await status(), 404);
    assert.deepEqual(await listMappings(host.context, COMMAND_LINE, null), []);
    for (const change of [disableMapping, enableMapping, deleteMapping]) {
      await assert.rejects(() => change(host.context, COMMAND_LINE, ref), {
        code: "mapping_not_found",
      });
    }
    const found = await host.call("POST", "/api/v1/tracker/bind-resolve/", {
      provider: "linear",
      project_identity: identity("engineering"),
    });
    assert.equal(found.at("match_type"), "exact");
    assert.equal(found.at("binding_ref"), null);
  }));
