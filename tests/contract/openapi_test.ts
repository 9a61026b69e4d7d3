import assert from "node:assert/strict";
import type * as v from "valibot";
import * as contract from "../../src/contract/mod.ts";
import { isJsonObject } from "../../src/contract/field.ts";
import { compile, DOCUMENT, examples, object, operations, parameters } from "./openapi_document.ts";

type AnySchema = v.GenericSchema<unknown, unknown>;

/** The code's schema of every request body, and of every answer by status; other statuses are envelopes. */
const SCHEMAS: Readonly<Record<contract.Operation, Readonly<Record<string, AnySchema>>>> = {
  token: {
    "request": contract.PasswordTokenRequestSchema,
    "200": contract.TokenResponseSchema,
  },
  refresh: { "request": contract.RefreshTokenRequestSchema, "200": contract.TokenResponseSchema },
  device: {
    "request": contract.DeviceAuthorizationRequestSchema,
    "200": contract.DeviceAuthorizationSchema,
    "400": contract.DeviceTokenErrorSchema,
  },
  deviceToken: {
    "request": contract.DeviceTokenRequestSchema,
    "200": contract.DeviceTokenSchema,
    "400": contract.DeviceTokenErrorSchema,
  },
  me: { "200": contract.MeSchema },
  revoke: {
    "request": contract.RevokeRequestSchema,
    "200": contract.RevokeResultSchema,
    "400": contract.DeviceTokenErrorSchema,
  },
  status: { "200": contract.StatusResultSchema },
  mappings: { "200": contract.MappingsResultSchema },
  pull: { "request": contract.PullRequestSchema, "200": contract.PullResultSchema },
  push: {
    "request": contract.PushRequestSchema,
    "200": contract.PushResultSchema,
    "202": contract.OperationAcceptedSchema,
  },
  run: {
    "request": contract.RunRequestSchema,
    "200": contract.RunResultSchema,
    "202": contract.OperationAcceptedSchema,
  },
  operation: { "200": contract.OperationResultSchema },
  health: { "200": contract.HealthResultSchema },
  resources: { "200": contract.ResourcesResultSchema },
  resolve: {
    "request": contract.BindResolveRequestSchema,
    "200": contract.ResolutionResultSchema,
  },
  confirm: { "request": contract.BindConfirmRequestSchema, "200": contract.BindResultSchema },
  validate: {
    "request": contract.BindValidateRequestSchema,
    "200": contract.ValidationResultSchema,
  },
  search: {
    "request": contract.IssueSearchRequestSchema,
    "200": contract.IssueSearchResultSchema,
  },
  bindOrigin: {
    "request": contract.BindOriginRequestSchema,
    "200": contract.BindOriginResultSchema,
  },
  listComments: {
    "request": contract.ListCommentsRequestSchema,
    "200": contract.CommentsResultSchema,
  },
  addComment: {
    "request": contract.AddCommentRequestSchema,
    "200": contract.IssueCommentSchema,
  },
  eventsBatch: {
    "request": contract.EventBatchRequestSchema,
    "200": contract.EventBatchResponseSchema,
  },
  snapshots: {
    "request": contract.SnapshotRequestSchema,
    "200": contract.SnapshotReceiptSchema,
  },
};

/** Examples with the two schemas that must agree on them. */
const PAIRS = examples()
  // The refusal of a batch is read by `parseBatchFailure`, which has no schema; see events_test.ts.
  .filter(({ operation, place }) => !(operation === "eventsBatch" && place === "400"))
  .map((example) => {
    const isInstallation = example.operation === "status" && example.name === "installation";
    // The caller of status knows which of the two it asked for.
    const schema = example.operation === "status" && example.place === "200"
      ? { $ref: `#/components/schemas/${isInstallation ? "Installation" : ""}StatusResult` }
      : example.schema;
    const code = isInstallation
      ? contract.InstallationStatusResultSchema
      : schemaOf(example.operation, example.place);
    return { ...example, fits: compile(schema), code };
  });

Deno.test("the document has every call of the contract, by the names the code has for them", () => {
  const documented = operations().map(({ operation, method, path }) => ({
    operation,
    method,
    path,
  }));
  const known = contract.ENDPOINTS.map(({ operation, method, path }) => ({
    operation,
    method,
    path,
  }));
  assert.deepEqual(documented, known);
});

Deno.test("the document asks for an idempotency key and offers 202 exactly where the code does", () => {
  for (const { operation, definition } of operations()) {
    const endpoint = contract.ENDPOINTS.find((known) => known.operation === operation);
    const headers = parameters(definition).map((parameter) => parameter["name"]);
    assert.equal(headers.includes("Idempotency-Key"), endpoint?.idempotent, operation);
    assert.equal("202" in object(definition["responses"]), endpoint?.mayAnswer202, operation);
  }
});

Deno.test("every call but those of signing in names the team", () => {
  const signingIn: string[] = ["token", "refresh", "device", "deviceToken", "revoke", "me"];
  for (const { operation, definition } of operations()) {
    const names = parameters(definition).map((parameter) => parameter["name"]);
    assert.equal(names.includes("X-Team-Slug"), !signingIn.includes(operation), operation);
  }
});

Deno.test("every schema of the document compiles", () => {
  for (const name of Object.keys(object(object(DOCUMENT["components"])["schemas"]))) {
    assert.doesNotThrow(() => compile({ $ref: `#/components/schemas/${name}` }), name);
  }
});

Deno.test("every parameter's example fits its schema", () => {
  for (const { operation, definition } of operations()) {
    for (const parameter of parameters(definition)) {
      const fits = compile(object(parameter["schema"]));
      assert.ok(fits(parameter["example"]), `${operation} ${String(parameter["name"])}`);
    }
  }
});

Deno.test("every request and every answer has an example", () => {
  const places = new Set(examples().map(({ operation, place }) => `${operation} ${place}`));
  for (const { operation, definition } of operations()) {
    if ("requestBody" in definition) assert.ok(places.has(`${operation} request`), operation);
    for (const status of Object.keys(object(definition["responses"]))) {
      assert.ok(places.has(`${operation} ${status}`), `${operation} ${status}`);
    }
  }
});

for (const operation of Object.keys(SCHEMAS)) {
  Deno.test(`document and code both accept every example of ${operation}`, () => {
    for (
      const { title, fits, code, value } of PAIRS.filter((pair) => pair.operation === operation)
    ) {
      assert.ok(fits(value), `the document refuses its own example ${title}`);
      assert.equal(faultOf(code, value), null, title);
    }
  });
}

Deno.test("document and code agree on every example with any one field removed", () => {
  for (const { title, fits, code, value } of PAIRS) {
    for (const { path, mutant } of mutants(value, () => [undefined])) {
      assert.equal(faultOf(code, mutant) === null, fits(mutant), `${title} without ${path}`);
    }
  }
});

Deno.test("document and code agree on every example with any one field of another type", () => {
  const strange = [null, true, 7, 2.5, -1, "", " ", "strange", [], {}];
  for (const { title, fits, code, value } of PAIRS) {
    for (const { path, mutant } of mutants(value, () => strange)) {
      const note = `${title} with ${path} in ${JSON.stringify(mutant)}`;
      assert.equal(faultOf(code, mutant) === null, fits(mutant), note);
    }
  }
});

Deno.test("queries route as the document says: a key, the reference first, and none for the status alone", () => {
  const one = { provider: "linear", binding_ref: "srm_1" };
  const legacy = { provider: "linear", project_slug: "my-project" };
  const none = { provider: "linear" };
  const both = { ...one, ...legacy };
  const verdicts = (schema: AnySchema) =>
    [one, legacy, none, both].map((query) => faultOf(schema, query) === null);
  assert.deepEqual(verdicts(contract.StatusQuerySchema), [true, true, true, true]);
  assert.deepEqual(verdicts(contract.MappingsQuerySchema), [true, true, false, true]);
  assert.equal(faultOf(contract.ResourcesQuerySchema, none), null);
  assert.equal(faultOf(contract.ResourcesQuerySchema, {}), "provider is missing");
});

function schemaOf(operation: string, place: string): AnySchema {
  const known = Object.entries(SCHEMAS).find(([name]) => name === operation)?.[1];
  const schema = known?.[place];
  if (schema !== undefined) return schema;
  const isFailure = /^[45]/.test(place);
  assert.ok(isFailure, `no schema for ${operation} ${place}`);
  return contract.ErrorEnvelopeSchema;
}

function faultOf(schema: AnySchema, value: unknown): string | null {
  const parsed = contract.parseWith(schema, value);
  return parsed.ok ? null : `${parsed.path} ${parsed.message}`;
}

/** The value once for every field in it and every replacement; `undefined` removes the field. */
function mutants(
  value: unknown,
  replacements: () => readonly unknown[],
  path = "",
): { path: string; mutant: unknown }[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      mutants(item, replacements, `${path}[${index}]`)
        .map((inner) => ({ ...inner, mutant: value.with(index, inner.mutant) }))
    );
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path === "" ? key : `${path}.${key}`;
    const { [key]: _, ...rest } = value;
    return [
      ...replacements().map((replacement) => ({
        path: here,
        mutant: replacement === undefined ? rest : { ...value, [key]: replacement },
      })),
      ...mutants(inner, replacements, here)
        .map((deep) => ({ ...deep, mutant: { ...value, [key]: deep.mutant } })),
    ];
  });
}
