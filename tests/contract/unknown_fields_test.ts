import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import * as contract from "../../src/contract/mod.ts";
import { examples } from "./openapi_document.ts";
import { anIssue, aPage } from "./samples.ts";

/** Names that JavaScript gives a meaning of its own are not carried over. */
const NAME = fc.string({ minLength: 1 }).map((name) => `x_${name}`);

Deno.test("any unknown field of an issue survives parsing, at every depth", () => {
  fc.assert(fc.property(NAME, fc.jsonValue(), (name, value) => {
    const issue = { ...anIssue(), [name]: value };
    const nested = {
      ...issue,
      ref: { ...issue.ref, [name]: value },
      custom_fields: { [name]: value },
    };
    const page = { ...aPage([nested]), [name]: value };
    assert.deepEqual(contract.parseWith(contract.PullResultSchema, page), {
      ok: true,
      value: page,
    });
  }));
});

const ANSWERS: Readonly<Record<string, Parameters<typeof contract.parseWith>[0]>> = {
  mappings: contract.MappingsResultSchema,
  push: contract.PushResultSchema,
  run: contract.RunResultSchema,
  operation: contract.OperationResultSchema,
  health: contract.HealthResultSchema,
  resources: contract.ResourcesResultSchema,
  resolve: contract.ResolutionResultSchema,
  confirm: contract.BindResultSchema,
  validate: contract.ValidationResultSchema,
  search: contract.IssueSearchResultSchema,
  bindOrigin: contract.BindOriginResultSchema,
  listComments: contract.CommentsResultSchema,
  addComment: contract.IssueCommentSchema,
  eventsBatch: contract.EventBatchResponseSchema,
  snapshots: contract.SnapshotReceiptSchema,
};

for (const [operation, schema] of Object.entries(ANSWERS)) {
  Deno.test(`any unknown field of the answer to ${operation} survives parsing, at every depth`, () => {
    const answers = examples().filter((example) =>
      example.operation === operation && example.place === "200"
    );
    assert.ok(answers.length > 0);
    fc.assert(
      fc.property(fc.constantFrom(...answers), NAME, fc.jsonValue(), (answer, name, value) => {
        const body = withField(answer.value, name, value);
        assert.deepEqual(contract.parseWith(schema, body), { ok: true, value: body });
      }),
      { numRuns: 50 },
    );
  });
}

Deno.test("any unknown field of an error survives parsing", () => {
  fc.assert(fc.property(NAME, fc.jsonValue(), (name, value) => {
    const envelope = {
      ...contract.errorEnvelope({ code: "already_bound", message: "m" }),
      [name]: value,
    };
    assert.deepEqual(contract.parseErrorEnvelope(envelope), envelope);
  }));
});

/** The value with one more field in each of its objects. */
function withField(value: unknown, name: string, extra: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withField(item, name, extra));
  if (!contract.isJsonObject(value)) return value;
  const own = Object.entries(value).map(([key, inner]) => [key, withField(inner, name, extra)]);
  return { ...Object.fromEntries(own), [name]: extra };
}
