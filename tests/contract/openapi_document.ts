/** Reads contracts/openapi.yaml as data for the tests of this folder. */
import { parse } from "yaml";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { isJsonObject, type JsonObject } from "../../src/contract/field.ts";

/** One example of one body, with the schema the document gives it. */
export interface DocumentedExample {
  /** Such as `push request three` or `push 202 accepted`. */
  readonly title: string;
  readonly operation: string;
  /** `request`, or the status. */
  readonly place: string;
  readonly name: string;
  readonly schema: JsonObject;
  readonly value: unknown;
}

/** One operation of the document. */
export interface DocumentedOperation {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly definition: JsonObject;
}

const TEXT: string = await Deno.readTextFile(
  new URL("../../contracts/openapi.yaml", import.meta.url),
);

/** The whole document. */
export const DOCUMENT: JsonObject = object(parse(TEXT));

/** Returns the document as the host in this program keeps it: with what it takes beyond the contract. */
export function documentOfThisHost(): JsonObject {
  return object(asThisHostHasIt(DOCUMENT));
}

function asThisHostHasIt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asThisHostHasIt);
  if (!isJsonObject(value)) return value;
  const { "x-this-host": patch, ...rest } = value;
  const patched = patch === undefined ? rest : object(mergePatch(rest, patch));
  return mapValues(patched, asThisHostHasIt);
}

/** Returns the target as a JSON Merge Patch (RFC 7396) has it. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const base = isJsonObject(target) ? target : {};
  const merged = mapValues(patch, (change, name) => mergePatch(base[name], change));
  return Object.fromEntries(
    Object.entries({ ...base, ...merged }).filter(([name]) => patch[name] !== null),
  );
}

function mapValues(value: JsonObject, change: (inner: unknown, name: string) => unknown) {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, change(inner, name)]),
  );
}

/** Compiles a schema of the document; the result tells whether a value fits. */
export function compile(
  schema: JsonObject,
  document: JsonObject = DOCUMENT,
): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  return ajv.compile({ ...schema, components: document["components"] });
}

/** Every operation of the document. */
export function operations(document: JsonObject = DOCUMENT): DocumentedOperation[] {
  return Object.entries(object(document["paths"])).flatMap(([path, item]) =>
    Object.entries(object(item)).map(([method, definition]) => ({
      operation: String(object(definition)["operationId"]),
      method: method.toUpperCase(),
      path,
      definition: object(definition),
    }))
  );
}

/** Every example of every request and answer. */
export function examples(): DocumentedExample[] {
  return operations().flatMap(({ operation, definition }) => {
    const bodies: [string, JsonObject][] = [];
    if (definition["requestBody"] !== undefined) {
      bodies.push(["request", object(definition["requestBody"])]);
    }
    for (const [status, response] of Object.entries(object(definition["responses"]))) {
      bodies.push([status, resolve(response)]);
    }
    return bodies.flatMap(([place, body]) => examplesOf(operation, place, body));
  });
}

/** The parameters of an operation. */
export function parameters(definition: JsonObject, document: JsonObject = DOCUMENT): JsonObject[] {
  const list = definition["parameters"];
  return Array.isArray(list) ? list.map((one) => resolve(one, document)) : [];
}

/** Follows a `$ref` into the document. */
export function resolve(node: unknown, document: JsonObject = DOCUMENT): JsonObject {
  const found = object(node);
  const ref = found["$ref"];
  if (typeof ref !== "string") return found;
  let target: unknown = document;
  for (const step of ref.slice(2).split("/")) target = object(target)[step];
  return resolve(target, document);
}

/** The node as an object; throws when it is none, which fails the test that asked. */
export function object(node: unknown): JsonObject {
  if (!isJsonObject(node)) throw new Error(`Not an object: ${JSON.stringify(node)}`);
  return node;
}

function examplesOf(operation: string, place: string, body: JsonObject): DocumentedExample[] {
  return Object.values(object(body["content"])).flatMap((media) =>
    Object.entries(object(object(media)["examples"])).map(([name, example]) => ({
      title: `${operation} ${place} ${name}`,
      operation,
      place,
      name,
      schema: object(object(media)["schema"]),
      value: resolve(example)["value"],
    }))
  );
}
