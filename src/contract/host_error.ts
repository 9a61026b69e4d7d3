import { ERROR_CODES } from "./errors.ts";
import { isJsonObject, type JsonObject } from "./field.ts";

/**
 * What a host says of a fault, as far as it says it. Hosts of other makes leave parts out or use other names; every
 * part is optional (wire.md, Errors).
 */
export interface HostError {
  /** The host's name for the fault, such as `binding_not_found`. */
  readonly code: string | null;
  readonly message: string | null;
  /** The HTTP status as the body names it; that of the answer counts, where there is one. */
  readonly httpStatus: number | null;
  readonly category: string | null;
  readonly retryable: boolean | null;
  /** A person has to do something in the dashboard. */
  readonly userActionRequired: boolean;
  readonly source: string | null;
  /** Seconds to wait before the one repetition. */
  readonly retryAfterSeconds: number | null;
  readonly provider: string | null;
  readonly details: unknown;
}

/** Codes that ask a person to act in the dashboard, whatever else the answer says (wire.md, Errors). */
export const USER_ACTION_CODES: readonly string[] = ["missing_user_link", "no_installation"];

/**
 * Reads what a body says of a fault: the envelope of the contract, `application/problem+json`, the errors of OAuth, of
 * Django and of FastAPI, and what is like them (wire.md, Errors).
 */
export function readHostError(body: unknown): HostError {
  const parts = partsOf(body);
  const code = codeOf(parts);
  const action = first(parts, "user_action_required", asBoolean);
  return {
    code,
    message: messageOf(body),
    httpStatus: first(parts, "http_status", asStatus) ?? first(parts, "status", asStatus),
    category: first(parts, "category", asText),
    retryable: first(parts, "retryable", asBoolean),
    userActionRequired: action ?? (code !== null && USER_ACTION_CODES.includes(code)),
    source: first(parts, "source", asText),
    retryAfterSeconds: first(parts, "retry_after_seconds", asSeconds) ??
      first(parts, "retry_after", asSeconds),
    provider: first(parts, "provider", asText),
    details: detailsOf(parts),
  };
}

/** Returns whether a fault has nothing to do with the session, so that no other token helps (wire.md, Errors). */
export function isForPerson({ code, userActionRequired }: HostError): boolean {
  return userActionRequired || (code !== null && USER_ACTION_CODES.includes(code));
}

/** Names under which a message is found, the best one first. */
const MESSAGE_NAMES = [
  "message",
  "detail",
  "title",
  "error_description",
  "error",
  "errors",
  "error_message",
  "errorMessages",
  "reason",
  "msg",
] as const;

/** Faults of a list that a message names; the rest is in the details. */
const MAX_LISTED = 5;

/** Returns the objects that may hold a part: the body, then what it holds under `error` or first under `errors`. */
function partsOf(body: unknown): readonly JsonObject[] {
  if (Array.isArray(body)) return partsOf(body[0]);
  if (!isJsonObject(body)) return [];
  const { error, errors } = body;
  const inner = [error, Array.isArray(errors) ? errors[0] : errors, body["detail"]];
  return [body, ...inner.filter(isJsonObject)];
}

function first<T>(
  parts: readonly JsonObject[],
  name: string,
  read: (value: unknown) => T | null,
): T | null {
  for (const part of parts) {
    const value = read(part[name]);
    if (value !== null) return value;
  }
  return null;
}

function codeOf(parts: readonly JsonObject[]): string | null {
  return first(parts, "error_code", asText) ?? first(parts, "code", asText) ??
    first(parts, "error", asCode) ?? first(parts, "type", asProblemType);
}

function messageOf(value: unknown): string | null {
  if (typeof value === "string") return asText(value);
  if (Array.isArray(value)) return listText(value);
  if (!isJsonObject(value)) return null;
  for (const name of MESSAGE_NAMES) {
    const text = name === "errors" ? errorsText(value[name]) : messageOf(value[name]);
    if (text !== null) return text;
  }
  return fieldsText(value);
}

/** Returns the first of a list of errors, or errors by field. */
function errorsText(errors: unknown): string | null {
  return Array.isArray(errors) ? memberText(errors[0]) : messageOf(errors);
}

function listText(list: readonly unknown[]): string | null {
  const texts = list.map(memberText).filter((text) => text !== null);
  return texts.length === 0 ? null : texts.slice(0, MAX_LISTED).join("; ");
}

/** One fault of a list, with the place that it names. */
function memberText(member: unknown): string | null {
  const text = messageOf(member);
  if (text === null || !isJsonObject(member)) return text;
  const place = Array.isArray(member["loc"]) ? member["loc"].join(".") : asText(member["field"]);
  return place === null ? text : `${place}: ${text}`;
}

/** Errors by field, as Django gives them: `{"field": ["…"]}`, also inside each other. */
function fieldsText(object: JsonObject): string | null {
  const texts = fieldTexts(object, "");
  return texts.length === 0 ? null : texts.slice(0, MAX_LISTED).join(" ");
}

const WHOLE: readonly string[] = ["non_field_errors", "__all__"];

function fieldTexts(object: JsonObject, prefix: string): string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    const path = WHOLE.includes(name) ? prefix : prefix === "" ? name : `${prefix}.${name}`;
    const values = Array.isArray(value) ? value : isJsonObject(value) ? [value] : [];
    return values.flatMap((one) => {
      if (isJsonObject(one)) return fieldTexts(one, path);
      const text = asText(one);
      return text === null ? [] : [path === "" ? text : `${path}: ${text}`];
    });
  });
}

/** Returns what is told besides the message, or stands behind it. */
function detailsOf(parts: readonly JsonObject[]): unknown {
  const details = first(parts, "details", (value) => value ?? null);
  const [body] = parts;
  if (details !== null || body === undefined) return details ?? undefined;
  const { errors, detail } = body;
  if (errors != null) return { errors };
  if (Array.isArray(detail)) return { detail };
  const isByField = MESSAGE_NAMES.every((name) => body[name] == null) && fieldsText(body) !== null;
  return isByField ? body : undefined;
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function asBoolean(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** Returns the `error` of OAuth where it is a code; elsewhere it may be a sentence. */
function asCode(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z][\w.-]*$/.test(value) ? value : null;
}

/** A problem's `type` is an address, which may end in a code of the contract. */
function asProblemType(value: unknown): string | null {
  const last = typeof value === "string" ? value.split(/[/#:]/).at(-1) ?? "" : "";
  return Object.hasOwn(ERROR_CODES, last) ? last : null;
}

function asStatus(value: unknown): number | null {
  const isStatus = typeof value === "number" && Number.isInteger(value) && value >= 100 &&
    value <= 599;
  return isStatus ? value : null;
}

function asSeconds(value: unknown): number | null {
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
