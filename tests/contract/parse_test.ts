import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import * as v from "valibot";
import {
  faultsOf,
  NormalizedIssueSchema,
  OperationResultSchema,
  parseWith,
  PullResultSchema,
} from "../../src/contract/mod.ts";
import { compile } from "./openapi_document.ts";
import { anIssue, aPage, aRef } from "./samples.ts";

function faultOf(schema: v.GenericSchema<unknown, unknown>, value: unknown): string {
  const parsed = parseWith(schema, value);
  assert.ok(!parsed.ok, "expected a fault");
  return `${parsed.path}: ${parsed.message}`;
}

Deno.test("a missing field is named by its dotted path", () => {
  const { workspace: _, ...ref } = aRef();
  const page = aPage([anIssue(), anIssue(), anIssue(), { ...anIssue(), ref }]);
  assert.equal(faultOf(PullResultSchema, page), "items[3].ref.workspace: is missing");
});

Deno.test("a missing field of the answer itself is named", () => {
  const { has_more: _, ...page } = aPage([]);
  assert.equal(faultOf(PullResultSchema, page), "has_more: is missing");
});

Deno.test("a wrong type is told in words, with what came instead", () => {
  assert.equal(
    faultOf(PullResultSchema, { ...aPage([]), has_more: "yes" }),
    'has_more: must be a boolean, not "yes"',
  );
  assert.equal(
    faultOf(PullResultSchema, { ...aPage([]), items: null }),
    "items: must be a list, not null",
  );
  assert.equal(faultOf(PullResultSchema, "oops"), ': must be an object, not "oops"');
});

Deno.test("a word that is no choice is answered with the choices", () => {
  const page = { ...aPage([]), status: "fine" };
  assert.equal(
    faultOf(PullResultSchema, page),
    'status: must be one of "ok", "partial", "error", not "fine"',
  );
});

Deno.test("a date without an offset is refused", () => {
  for (
    const created_at of ["2026-02-10T08:00:00", "2026-02-10", "yesterday", "2026-13-01T00:00:00Z"]
  ) {
    assert.equal(
      faultOf(PullResultSchema, aPage([anIssue({ created_at })])),
      "items[0].created_at: must be an ISO 8601 date and time with an offset",
    );
  }
});

Deno.test("a date is taken exactly when JSON Schema takes it", () => {
  const isDateTime = compile({ type: "string", format: "date-time" });
  const two = (min: number, max: number) =>
    fc.integer({ min, max }).map((number) => String(number).padStart(2, "0"));
  const date = fc.tuple(
    fc.integer({ min: 1000, max: 9999 }),
    two(0, 13),
    two(0, 32),
    two(0, 23),
    two(0, 61),
    two(0, 59),
    fc.constantFrom("", ".5", ".123456"),
    fc.constantFrom("Z", "+00:00", "-05:30", "", "+0100"),
  ).map(([year, month, day, hour, minute, second, fraction, offset]) =>
    `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`
  );
  const accepts = (updated_at: string) =>
    parseWith(NormalizedIssueSchema, anIssue({ updated_at })).ok;
  fc.assert(
    fc.property(date, (text) => assert.equal(accepts(text), isDateTime(text), text)),
    { numRuns: 2000 },
  );
  assert.deepEqual(
    [
      "2024-02-29T00:00:00Z",
      "2023-02-29T00:00:00Z",
      "2024-04-31T00:00:00Z",
      "2024-04-30T24:00:00Z",
      "2024-04-30T24:59:00+01:00",
    ].map(accepts),
    [true, false, false, false, false],
  );
});

Deno.test("a long value is cut in the message", () => {
  const message = faultOf(PullResultSchema, { ...aPage([]), status: "x".repeat(500) });
  assert.ok(message.length < 150, message);
});

Deno.test("the fault of an operation's result points into the kind of result it is", () => {
  const operation = { operation_id: "op_1", status: "completed", error: null };
  const { summary, identity_path } = aPage([]);
  const run = { status: "ok", summary, pull: { summary }, push: {}, identity_path };
  assert.equal(
    faultOf(OperationResultSchema, { ...operation, result: run }),
    "result.push.summary: is missing",
  );
  const half = { status: "ok", summary, pull: { summary }, identity_path };
  assert.equal(
    faultOf(OperationResultSchema, { ...operation, result: half }),
    "result.push: is missing",
  );
  const push = { status: "ok", summary, item_errors: null, identity_path };
  assert.equal(
    faultOf(OperationResultSchema, { ...operation, result: push }),
    "result.items: is missing",
  );
});

Deno.test("faultsOf lists every fault, and none for a good value", () => {
  const schema = v.looseObject({ a: v.string(), b: v.number() });
  assert.deepEqual(faultsOf(schema, { b: "2" }), [
    { path: "a", message: "is missing" },
    { path: "b", message: 'must be a number, not "2"' },
  ]);
  assert.deepEqual(faultsOf(schema, { a: "", b: 2 }), []);
});

/** How many times as long as its JSON takes to write and read a page may take to parse: about two, without coverage. */
const TIMES_ITS_JSON = 30;

Deno.test("a page of 100 issues parses in a small multiple of the time that its JSON takes, once warm", () => {
  const page = aPage(Array.from({ length: 100 }, () => anIssue({ labels: ["a", "b", "c"] })));
  // The speed of the machine is in both.
  const best = (work: () => void) => {
    const rounds = Array.from({ length: 60 }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    });
    return Math.min(...rounds.slice(20));
  };
  const parsing = best(() => assert.ok(parseWith(PullResultSchema, page).ok));
  const json = best(() => void JSON.parse(JSON.stringify(page)));
  const times = parsing / json;
  assert.ok(times < TIMES_ITS_JSON, `the best round took ${times.toFixed(1)} times as long`);
});
