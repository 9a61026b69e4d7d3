import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { isJsonObject, type JsonObject } from "../../src/contract/field.ts";

/** An official description of an interface (OpenAPI 3.0), which judges requests and answers. */
export interface OfficialDescription {
  /** Returns what is wrong with a request; `null` when it is allowed, and for a path that stands outside the description. */
  requestFault(method: string, path: string, query: URLSearchParams, body: unknown): string | null;
  /** Whether a path stands in it. */
  knows(path: string): boolean;
  /** Returns what is wrong with an answer; `null` when it is allowed. */
  answerFault(method: string, path: string, status: number, body: unknown): string | null;
}

/** Reads a description; `null` when the file is not on this machine. */
export async function officialDescription(file: URL): Promise<OfficialDescription | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return descriptionFrom(object(JSON.parse(text)));
}

interface Operation {
  readonly method: string;
  readonly pattern: RegExp;
  /** Parts of the path that are names of parameters. */
  readonly open: number;
  readonly pointer: string;
  readonly definition: JsonObject;
}

function descriptionFrom(document: JsonObject): OfficialDescription {
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false });
  addFormats.default(ajv);
  ajv.addSchema(object(withNulls(document)), "official");
  const operations = operationsOf(document);
  const compiled = new Map<string, ValidateFunction>();
  const validator = (pointer: string) => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `official#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  const fault = (pointer: string, value: unknown) => {
    const validate = validator(pointer);
    return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: "body" });
  };
  const find = (method: string, path: string) =>
    operations.find((one) => one.method === method && one.pattern.test(path)) ?? null;
  const resolve = (value: unknown): JsonObject => {
    const given = object(value);
    const ref = given["$ref"];
    if (typeof ref !== "string") return given;
    let found: unknown = document;
    for (const part of ref.slice(2).split("/")) found = object(found)[part];
    return object(found);
  };
  return {
    knows: (path) => operations.some(({ pattern }) => pattern.test(path)),
    requestFault(method, path, query, body) {
      const operation = find(method, path);
      if (operation === null) return null;
      const { definition, pointer } = operation;
      const parameters = array(definition["parameters"] ?? []).map(resolve);
      for (const [name, value] of query) {
        const parameter = parameters.find((one) => one["in"] === "query" && one["name"] === name);
        if (parameter === undefined) return `no query parameter "${name}"`;
        const allowed = object(parameter["schema"] ?? {})["enum"];
        if (Array.isArray(allowed) && !allowed.includes(value)) return `no ${name} "${value}"`;
      }
      const asked = definition["requestBody"];
      if (asked === undefined) return body === undefined ? null : "no body is taken";
      if (body === undefined) {
        return object(asked)["required"] === true ? "a body is needed" : null;
      }
      return fault(`${pointer}/requestBody/content/application~1json/schema`, body);
    },
    answerFault(method, path, status, body) {
      const operation = find(method, path);
      // Redirects and refusals for all calls alike are described for none.
      if (operation === null || [301, 307, 401, 403, 429, 500, 502, 503].includes(status)) {
        return null;
      }
      const { definition, pointer } = operation;
      const described = object(definition["responses"])[String(status)];
      // That issues are turned off is answered to all calls about issues, and described for some.
      if (described === undefined) return status === 410 ? null : `no status ${status}`;
      const inside = object(described)["$ref"];
      const at = typeof inside === "string" ? inside.slice(1) : `${pointer}/responses/${status}`;
      const content = resolve(described)["content"];
      if (content === undefined) return body === undefined ? null : `no body with ${status}`;
      return fault(`${at}/content/application~1json/schema`, body);
    },
  };
}

function operationsOf(document: JsonObject): readonly Operation[] {
  return Object.entries(object(document["paths"])).flatMap(([path, methods]) => {
    const pattern = new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
    const open = path.split("{").length - 1;
    return Object.entries(object(methods)).map(([method, definition]) => ({
      method: method.toUpperCase(),
      pattern,
      open,
      pointer: `/paths/${path.replaceAll("~", "~0").replaceAll("/", "~1")}/${method}`,
      definition: object(definition),
    }));
  }).toSorted((one, other) => one.open - other.open);
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has `null` among the types. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (!isJsonObject(value)) return value;
  const { nullable, ...rest } = value;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([name, one]) => [name, withNulls(one)]),
  );
  // A property may be called so.
  if (typeof nullable !== "boolean") {
    return nullable === undefined ? inner : { ...inner, nullable: withNulls(nullable) };
  }
  return nullable ? { anyOf: [{ type: "null" }, inner] } : inner;
}

function object(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Error(`Not an object: ${JSON.stringify(value)}`);
}

function array(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`Not a list: ${JSON.stringify(value)}`);
}
