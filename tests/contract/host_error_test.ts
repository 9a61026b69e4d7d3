import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { errorEnvelope } from "../../src/contract/errors.ts";
import { isForPerson, readHostError } from "../../src/contract/host_error.ts";

/** What a host of some make answers: the body, the code and the message that are in it. */
const ERRORS: readonly (readonly [string, unknown, string | null, string | null])[] = [
  ["a code and a message alone", { error_code: "a_b", message: "M" }, "a_b", "M"],
  ["an older host's code", { code: "a_b", message: "M" }, "a_b", "M"],
  ["a code that is null", { error_code: null, code: "a_b", message: "M" }, "a_b", "M"],
  ["a code in digits", { code: 404, message: "M" }, null, "M"],
  ["Django's detail", { detail: "M" }, null, "M"],
  ["Django's detail with a code", { detail: "M", code: "token_not_valid" }, "token_not_valid", "M"],
  ["Django's field errors", { ref: ["M", "N"], items: ["O"] }, null, "ref: M ref: N items: O"],
  ["Django's errors of a whole form", { non_field_errors: ["M"] }, null, "M"],
  ["Django's nested errors", { items: [{}, { ref: ["M"] }] }, null, "items.ref: M"],
  ["Django's list", ["M"], null, "M"],
  ["a problem", { type: "about:blank", title: "T", status: 404, detail: "M" }, null, "M"],
  ["a problem without a detail", { type: "about:blank", title: "T" }, null, "T"],
  [
    "a problem whose type is a code of ours",
    { type: "https://x.example/problems/binding_not_found", title: "T" },
    "binding_not_found",
    "T",
  ],
  ["OAuth's error", { error: "invalid_grant", error_description: "M" }, "invalid_grant", "M"],
  ["OAuth's error alone", { error: "invalid_grant" }, "invalid_grant", "invalid_grant"],
  ["an error as a sentence", { error: "It is down" }, null, "It is down"],
  ["an error as an object", { error: { code: "a_b", message: "M" } }, "a_b", "M"],
  ["an error as an object of OAuth", { error: { error: "a_b", detail: "M" } }, "a_b", "M"],
  ["a list of errors", { errors: [{ code: "a_b", message: "M" }, { message: "N" }] }, "a_b", "M"],
  ["a list of texts", { errors: ["M", "N"] }, null, "M"],
  ["errors by field", { errors: { ref: ["M"] } }, null, "ref: M"],
  [
    "FastAPI's faults",
    { detail: [{ loc: ["body", "ref", "id"], msg: "Field required", type: "missing" }] },
    null,
    "body.ref.id: Field required",
  ],
  ["FastAPI's detail as an object", { detail: { code: "a_b", message: "M" } }, "a_b", "M"],
  ["Jira's messages", { errorMessages: ["M", "N"], errors: {} }, null, "M; N"],
  ["a blank message and a detail", { message: " ", detail: "M" }, null, "M"],
  ["a text", "M", null, "M"],
  ["nothing", {}, null, null],
  ["null", null, null, null],
  ["a number", 5, null, null],
];

for (const [name, body, code, message] of ERRORS) {
  Deno.test(`the message and the code are read from ${name}`, () => {
    const error = readHostError(body);
    assert.deepEqual({ code: error.code, message: error.message }, { code, message });
  });
}

Deno.test("the first of message, detail, title, error_description, error and errors is the message", () => {
  const body: Record<string, unknown> = {
    message: "1",
    detail: "2",
    title: "3",
    error_description: "4",
    error: "5",
    errors: ["6"],
  };
  const names = Object.keys(body);
  for (const [index, name] of names.entries()) {
    assert.equal(readHostError(body).message, String(index + 1));
    delete body[name];
  }
});

Deno.test("words of source and category that are not known are kept", () => {
  const error = readHostError({ message: "M", source: "gateway", category: "billing" });
  assert.equal(error.source, "gateway");
  assert.equal(error.category, "billing");
});

Deno.test("the retry time is read as a number or in digits, under either name, and inside the error", () => {
  const seconds = (body: unknown) => readHostError(body).retryAfterSeconds;
  assert.equal(seconds({ message: "M", retry_after_seconds: 1 }), 1);
  assert.equal(seconds({ retry_after_seconds: "2.5" }), 2.5);
  assert.equal(seconds({ retry_after: 3 }), 3);
  assert.equal(seconds({ error: { retry_after_seconds: 4 } }), 4);
  assert.equal(seconds({ retry_after_seconds: "soon" }), null);
  assert.equal(seconds({ retry_after_seconds: -1 }), null);
});

Deno.test("what stands behind the message are the details", () => {
  const details = (body: unknown) => readHostError(body).details;
  assert.deepEqual(details({ message: "M", details: { a: 1 } }), { a: 1 });
  assert.deepEqual(details({ error: { message: "M", details: ["x"] } }), ["x"]);
  assert.deepEqual(details({ ref: ["M"] }), { ref: ["M"] });
  assert.deepEqual(details({ detail: [{ msg: "M" }] }), { detail: [{ msg: "M" }] });
  assert.deepEqual(details({ errors: ["M"] }), { errors: ["M"] });
  assert.equal(details({ message: "M" }), undefined);
});

Deno.test("a link or an installation that is missing is for a person, whatever else the answer says", () => {
  assert.ok(isForPerson(readHostError({ code: "missing_user_link" })));
  assert.ok(isForPerson(readHostError({ error: "no_installation" })));
  assert.ok(isForPerson(readHostError({ error_code: "x", user_action_required: true })));
  assert.ok(!isForPerson(readHostError({ error_code: "unauthorized" })));
  assert.ok(!isForPerson(readHostError({ detail: "x", user_action_required: "yes" })));
});

Deno.test("every part of our own envelope is read", () => {
  const envelope = errorEnvelope({
    code: "rate_limited",
    message: "M",
    source: "provider",
    retryAfterSeconds: 7,
    provider: "jira",
    details: { a: 1 },
  });
  assert.deepEqual(readHostError(envelope), {
    code: "rate_limited",
    message: "M",
    httpStatus: 429,
    category: "rate_limit",
    retryable: true,
    userActionRequired: false,
    source: "provider",
    retryAfterSeconds: 7,
    provider: "jira",
    details: { a: 1 },
  });
});

Deno.test("whatever a host answers, its error can be read", () => {
  fc.assert(fc.property(fc.jsonValue(), (body) => {
    const { message } = readHostError(body);
    assert.ok(message === null || message.trim() !== "");
  }));
});
