import assert from "node:assert/strict";
import { AUTH_PATHS, ENDPOINTS, operationPath } from "../../src/contract/mod.ts";

Deno.test("an operation's path holds its id as one step", () => {
  assert.equal(operationPath("0b0e7c1e"), "/api/v1/tracker/operations/0b0e7c1e/");
  assert.equal(operationPath("../me?x=1"), "/api/v1/tracker/operations/..%2Fme%3Fx%3D1/");
});

Deno.test("every path but those of OAuth and the user ends in a slash", () => {
  const bare: string[] = [
    AUTH_PATHS.device,
    AUTH_PATHS.deviceToken,
    AUTH_PATHS.me,
    AUTH_PATHS.revoke,
  ];
  for (const { path } of ENDPOINTS) assert.equal(path.endsWith("/"), !bare.includes(path), path);
});

Deno.test("the calls with an idempotency key are those the page marks", () => {
  const marked = ENDPOINTS.filter(({ idempotent }) => idempotent);
  assert.deepEqual(
    marked.map(({ operation }) => operation),
    ["push", "run", "confirm", "bindOrigin", "addComment", "snapshots"],
  );
});

Deno.test("only a push and a run may continue at the host", () => {
  const asynchronous = ENDPOINTS.filter(({ mayAnswer202 }) => mayAnswer202);
  assert.deepEqual(asynchronous.map(({ operation }) => operation), ["push", "run"]);
});
