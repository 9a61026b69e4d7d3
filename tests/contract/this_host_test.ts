/** What the document says that the host in this program takes beyond the contract: `x-this-host`. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/contract/field.ts";
import {
  compile,
  documentOfThisHost,
  examples,
  object,
  operations,
  parameters,
} from "./openapi_document.ts";

const HOST = documentOfThisHost();

function at(...path: string[]): JsonObject {
  return path.reduce((found, step) => object(found[step]), HOST);
}

function takes(schema: JsonObject): (value: unknown) => boolean {
  return compile(schema, HOST);
}

Deno.test("this host takes every request that the contract has", () => {
  const requests = examples().filter(({ place }) => place === "request");
  assert.ok(requests.length > 20);
  for (const { title, schema, value } of requests) assert.ok(takes(schema)(value), title);
});

Deno.test("nothing is left of the extension in the document of this host", () => {
  assert.doesNotMatch(JSON.stringify(HOST), /"x-this-host":/);
});

Deno.test("this host needs no team for its health and for events, and one for all else", () => {
  const needless = operations(HOST)
    .filter(({ definition }) =>
      parameters(definition, HOST).some(({ name, required }) =>
        name === "X-Team-Slug" && required !== true
      )
    );
  assert.deepEqual(needless.map(({ operation }) => operation), ["health", "eventsBatch"]);
});

Deno.test("this host takes keys of 8 to 200 visible characters", () => {
  const own = at("components", "parameters", "IdempotencyKey", "schema");
  for (const key of ["12345678", "of-mine!", "x".repeat(200)]) assert.ok(takes(own)(key), key);
  for (const key of ["1234567", "with space", "x".repeat(201), "d\u00e9j\u00e0-vu-1", null]) {
    assert.ok(!takes(own)(key), String(key));
  }
});

Deno.test("this host takes any slug in a query, for it may stand beside a reference", () => {
  const own = at("components", "parameters", "ProjectSlug", "schema");
  for (const slug of ["my-project", "", " "]) assert.ok(takes(own)(slug), slug);
});

Deno.test("this host takes any scope of a device, or none, and no other client", () => {
  const fits = takes({ $ref: "#/components/schemas/DeviceAuthorizationRequest" });
  assert.ok(fits({ client_id: "cli_native" }));
  assert.ok(fits({ client_id: "cli_native", scope: "repo" }));
  assert.ok(!fits({ client_id: "other", scope: "offline_access" }));
  assert.ok(!fits({ scope: "offline_access" }));
});

Deno.test("this host takes a batch whose events break rules, to a thousand of them", () => {
  const fits = takes({ $ref: "#/components/schemas/EventBatchRequest" });
  assert.ok(fits({ events: [{}, 1, "x"] }));
  assert.ok(!fits({ events: Array.from({ length: 1001 }, () => ({})) }));
  assert.ok(!fits({}));
});
