import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  categoriseFailure,
  EventBatchResponseSchema,
  parseBatchFailure,
  parseWith,
} from "../../src/contract/mod.ts";

Deno.test("the answer to a batch is read with either name for an error", () => {
  const answer = {
    results: [
      { event_id: "a", status: "success" },
      { event_id: "b", status: "duplicate" },
      { event_id: "c", status: "rejected", error: "x" },
      { event_id: "d", status: "rejected", error_message: "y" },
    ],
  };
  assert.deepEqual(parseWith(EventBatchResponseSchema, answer), { ok: true, value: answer });
  const odd = parseWith(EventBatchResponseSchema, { results: [{ event_id: "a", status: "kept" }] });
  assert.ok(!odd.ok);
  assert.equal(odd.path, "results[0].status");
});

Deno.test("a refused batch gives its faults from a list, and from a JSON string of one", () => {
  const details = [{ event_id: "a", error: "Missing field" }, {
    event_id: "b",
    reason: "Bad lane",
  }];
  const faults = [
    { event_id: "a", message: "Missing field" },
    { event_id: "b", message: "Bad lane" },
  ];
  assert.deepEqual(parseBatchFailure({ error: "Refused", details }), faults);
  assert.deepEqual(
    parseBatchFailure({ error: "Refused", details: JSON.stringify(details) }),
    faults,
  );
});

Deno.test("a listed event without a reason of its own gets the batch's", () => {
  assert.deepEqual(parseBatchFailure({ error: "Refused", details: [{ event_id: "a" }] }), [
    { event_id: "a", message: "Refused" },
  ]);
});

Deno.test("a plain text is the reason of the whole batch", () => {
  assert.deepEqual(parseBatchFailure({ error: "Refused", details: "Not gzip" }), [
    { event_id: null, message: "Not gzip" },
  ]);
  assert.deepEqual(parseBatchFailure("Bad gateway"), [{ event_id: null, message: "Bad gateway" }]);
});

Deno.test("whatever a refusal holds, there is a reason", () => {
  assert.deepEqual(parseBatchFailure({ error: "Refused", details: [] }), [
    { event_id: null, message: "Refused" },
  ]);
  assert.deepEqual(parseBatchFailure({ error: "Refused", details: " " }), [
    { event_id: null, message: "Refused" },
  ]);
  assert.deepEqual(parseBatchFailure({ details: { a: 1 } }), [
    { event_id: null, message: '{"a":1}' },
  ]);
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (body, details) => {
    for (const input of [body, { details }, { error: body, details }]) {
      const faults = parseBatchFailure(input);
      assert.ok(faults.length > 0);
      for (const { message } of faults) assert.notEqual(message.trim(), "");
    }
  }));
});

Deno.test("a failure is categorised by its words", () => {
  const cases: Record<string, string> = {
    "Missing field 'error_type'": "schema_mismatch",
    "Invalid schema: the project is not authorised": "schema_mismatch",
    "Token expired": "auth_expired",
    "Invalid token": "auth_expired",
    "Unauthorized": "auth_expired",
    "HTTP 503": "server_error",
    "Internal Server Error": "server_error",
    "Tokenizer is out": "unknown",
    "": "unknown",
    "Who knows": "unknown",
  };
  for (const [message, category] of Object.entries(cases)) {
    assert.equal(categoriseFailure(message), category, message);
  }
});

Deno.test("details of a refused batch that would take gigabytes stay the text they are", () => {
  for (const details of ["[".repeat(1000) + "]".repeat(1000), `[${"[],".repeat(2_000_000)}[]]`]) {
    assert.deepEqual(parseBatchFailure({ details }), [{ event_id: null, message: details }]);
  }
});
