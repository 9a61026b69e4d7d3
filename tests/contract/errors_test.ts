import assert from "node:assert/strict";
import {
  ERROR_CODES,
  errorEnvelope,
  ErrorEnvelopeSchema,
  parseErrorEnvelope,
  parseWith,
  STALE_BINDING_CODES,
} from "../../src/contract/mod.ts";

const ENVELOPE = {
  category: "binding",
  http_status: 404,
  message: "There is no such binding",
  retryable: false,
  user_action_required: false,
  source: "saas",
} as const;

Deno.test("an envelope is read under both spellings of its code", () => {
  const expected = { ...ENVELOPE, error_code: "binding_not_found" };
  assert.deepEqual(
    parseErrorEnvelope({ ...ENVELOPE, error_code: "binding_not_found" }),
    expected,
  );
  assert.deepEqual(parseErrorEnvelope({ ...ENVELOPE, code: "binding_not_found" }), expected);
});

Deno.test("of two spellings the newer wins", () => {
  const parsed = parseErrorEnvelope({ ...ENVELOPE, error_code: "new", code: "old" });
  assert.equal(parsed?.error_code, "new");
});

Deno.test("an envelope keeps fields it does not know, and drops nulls of optional ones", () => {
  const parsed = parseErrorEnvelope({
    ...ENVELOPE,
    error_code: "x",
    request_id: "r1",
    provider: null,
    retry_after_seconds: null,
    details: null,
  });
  assert.deepEqual(parsed, { ...ENVELOPE, error_code: "x", request_id: "r1" });
});

Deno.test("optional fields of an envelope are read", () => {
  const optional = { retry_after_seconds: 7, provider: "jira", details: ["a", { b: 1 }] };
  const parsed = parseErrorEnvelope({ ...ENVELOPE, error_code: "x", ...optional });
  assert.deepEqual(parsed, { ...ENVELOPE, error_code: "x", ...optional });
});

Deno.test("an envelope without a code under either name says which field is missing", () => {
  assert.deepEqual(parseWith(ErrorEnvelopeSchema, ENVELOPE), {
    ok: false,
    path: "error_code",
    message: "is missing",
  });
});

Deno.test("a body that is not an envelope is null", () => {
  for (const body of [null, "<html>", [], {}, { detail: "Not found." }, { error_code: "x" }, 404]) {
    assert.equal(parseErrorEnvelope(body), null);
  }
});

Deno.test("the codes of a stale binding have their places in the table of codes", () => {
  assert.deepEqual([...STALE_BINDING_CODES], [
    "binding_not_found",
    "mapping_disabled",
    "project_mismatch",
  ]);
  for (const code of STALE_BINDING_CODES) assert.equal(ERROR_CODES[code].category, "binding");
});

Deno.test("every built envelope can be read back and has its code's status", () => {
  for (const code of Object.keys(ERROR_CODES).filter(isCode)) {
    const envelope = errorEnvelope({ code, message: "Because" });
    assert.deepEqual(parseErrorEnvelope(envelope), envelope);
    assert.equal(envelope.http_status, ERROR_CODES[code].status);
  }
});

Deno.test("a built envelope is retryable for rate limits and server faults, and calls for a person for access", () => {
  assert.equal(errorEnvelope({ code: "rate_limited", message: "m" }).retryable, true);
  assert.equal(errorEnvelope({ code: "internal_error", message: "m" }).retryable, true);
  assert.equal(errorEnvelope({ code: "validation_error", message: "m" }).retryable, false);
  assert.equal(errorEnvelope({ code: "no_installation", message: "m" }).user_action_required, true);
  assert.equal(errorEnvelope({ code: "already_bound", message: "m" }).user_action_required, false);
});

Deno.test("what a builder is told goes before what follows from the code", () => {
  assert.deepEqual(
    errorEnvelope({
      code: "mapping_disabled",
      message: "Off",
      status: 403,
      retryable: true,
      userActionRequired: true,
      source: "provider",
      retryAfterSeconds: 3,
      provider: "jira",
      details: { a: 1 },
    }),
    {
      error_code: "mapping_disabled",
      category: "binding",
      http_status: 403,
      message: "Off",
      retryable: true,
      user_action_required: true,
      source: "provider",
      retry_after_seconds: 3,
      provider: "jira",
      details: { a: 1 },
    },
  );
});

function isCode(code: string): code is keyof typeof ERROR_CODES {
  return code in ERROR_CODES;
}
