import assert from "node:assert/strict";
import { readHostError } from "../../src/contract/host_error.ts";
import {
  errorFromHost,
  explainRouting,
  HostedApiError,
  StaleBindingError,
} from "../../src/client/errors.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { failing, HOST, STATUS_REQUEST, withClient } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";

const BY_REF = { binding_ref: "srm_1" } as const;

function fromEnvelope(body: Record<string, unknown>, status: number): HostedApiError {
  return errorFromHost(readHostError(body), { call: "status", status, origin: HOST });
}

function errorFromStatus(status: number): HostedApiError {
  return errorFromHost(readHostError(null), { call: "status", status, origin: HOST });
}

Deno.test("enriched error keeps code, status, category, retryable, action, source and details", () => {
  const error = fromEnvelope(
    errorEnvelope(403, "missing_user_link", {
      category: "access",
      retryable: true,
      user_action_required: true,
      source: "provider",
      details: { field: "x" },
    }),
    403,
  );
  assert.equal(error.errorCode, "missing_user_link");
  assert.equal(error.code, "missing_user_link");
  assert.equal(error.statusCode, 403);
  assert.equal(error.category, "access");
  assert.equal(error.retryable, true);
  assert.equal(error.userActionRequired, true);
  assert.equal(error.source, "provider");
  assert.deepEqual(error.details, { field: "x" });
  assert.equal(error.message, "The host says missing_user_link");
  assert.match(error.nextAction ?? "", /dashboard at https:\/\/tracker\.example, /);
});

Deno.test("an older host's `code` is the error code, and missing details are empty", () => {
  const { error_code: _, ...older } = errorEnvelope(409, "x");
  const error = fromEnvelope({ ...older, code: "already_bound" }, 409);
  assert.equal(error.errorCode, "already_bound");
  assert.deepEqual(error.details, {});
  assert.equal(error.nextAction, null);
  assert.deepEqual(fromEnvelope(errorEnvelope(422, "v", { details: ["a"] }), 422).details, {
    details: ["a"],
  });
});

Deno.test("an enriched error is still the one failure type, with a message and exit code 1", () => {
  const error: unknown = errorFromStatus(418);
  assert.ok(error instanceof TrackerError && error instanceof HostedApiError);
  assert.equal(error.message, 'HTTP 418 from "status"');
  assert.equal(error.errorCode, "http_418");
  assert.equal(error.category, null);
  assert.equal(error.source, null);
  assert.equal(error.retryable, false);
  assert.equal(error.exitCode, 1);
  assert.equal(errorFromStatus(503).retryable, true);
  assert.equal(errorFromStatus(429).retryable, true);
});

for (
  const [status, code] of [
    [404, "binding_not_found"],
    [409, "mapping_disabled"],
    [403, "project_mismatch"],
  ] as const
) {
  Deno.test(`${code} reaches the caller, and is a stale binding when routed by binding_ref`, async () => {
    await withClient([
      { request: STATUS_REQUEST, reply: { status, json: errorEnvelope(status, code) } },
    ], async ({ client }) => {
      const error = await failing(client.status("linear", BY_REF), code);
      assert.ok(error instanceof HostedApiError);
      const stale = explainRouting(error, "linear", BY_REF);
      assert.ok(stale instanceof StaleBindingError);
      assert.equal(stale.bindingRef, "srm_1");
      assert.equal(stale.provider, "linear");
      assert.equal(stale.errorCode, code);
      assert.match(stale.message, /"srm_1"/);
      assert.match(stale.nextAction ?? "", /`tracker bind --provider linear`/);
      assert.equal(stale.exitCode, 1);
    });
  });
}

Deno.test("a call that was not routed by binding_ref has no stale binding", () => {
  const error = errorFromStatus(404);
  const notFound = new HostedApiError({
    errorCode: "binding_not_found",
    message: "gone",
    statusCode: 404,
  });
  assert.equal(explainRouting(notFound, "linear", { project_slug: "web" }), notFound);
  assert.equal(explainRouting(notFound, "linear", null), notFound);
  assert.equal(explainRouting(error, "linear", BY_REF), error);
  const other = new Error("x");
  assert.equal(explainRouting(other, "linear", BY_REF), other);
});
