import type * as v from "valibot";
import { parseErrorEnvelope } from "../contract/errors.ts";
import { ANSWER_LIMITS, type JsonExcess, jsonExcess } from "../contract/json_limits.ts";
import { parseWith } from "../contract/parse.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { errorFromEnvelope, errorFromStatus, type HostedApiError } from "./errors.ts";
import type { TransportAnswer } from "./transport.ts";

/** What a body turned out to be. */
export type BodyContent =
  | { readonly kind: "json"; readonly value: unknown }
  /** Text, but not JSON: an HTML page, or JSON that broke off. */
  | { readonly kind: "text"; readonly text: string }
  /** JSON that is nested too deep, or holds too many values, to be worked with. */
  | { readonly kind: "excess"; readonly excess: JsonExcess }
  /** Bytes that are not UTF-8. */
  | { readonly kind: "bytes" };

/**
 * The value of a 2xx answer by its schema. Hosted API, Shapes.
 *
 * @throws {HostedApiError} for any other status.
 * @throws {TrackerError} `invalid_response`, naming the call and, for a broken shape, the field.
 */
export function readAnswer<T>(
  schema: v.GenericSchema<unknown, T>,
  call: string,
  answer: TransportAnswer,
  origin: string,
): T {
  if (answer.status < 200 || answer.status > 299) throw answerError(answer, origin);
  const content = contentOf(answer);
  if (content.kind !== "json") throw invalidResponse(call, describe(content), null);
  const parsed = parseWith(schema, content.value);
  if (parsed.ok) return parsed.value;
  const envelope = parseErrorEnvelope(content.value);
  if (envelope !== null) {
    const fault = `an error under status ${answer.status}: ${envelope.message}`;
    throw invalidResponse(call, fault, null);
  }
  const field = parsed.path === "" ? "The body" : `\`${parsed.path}\``;
  throw invalidResponse(call, `${field} ${parsed.message}`, parsed.path);
}

/** The failure an answer other than 2xx tells of: its envelope, else "HTTP <status>". Hosted API, Errors. */
export function answerError(answer: TransportAnswer, origin: string): HostedApiError {
  const content = contentOf(answer);
  const envelope = content.kind === "json" ? parseErrorEnvelope(content.value) : null;
  return envelope === null
    ? errorFromStatus(answer.status)
    : errorFromEnvelope(envelope, answer.status, origin);
}

/** Reads a body strictly: UTF-8, then JSON. What would take too much memory is never parsed. */
export function contentOf(answer: TransportAnswer): BodyContent {
  const excess = jsonExcess(answer.body, ANSWER_LIMITS);
  if (excess !== null) return { kind: "excess", excess };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(answer.body);
  } catch {
    return { kind: "bytes" };
  }
  try {
    const value: unknown = JSON.parse(text);
    return { kind: "json", value };
  } catch {
    return { kind: "text", text };
  }
}

/** An answer that is not what the page promises. Hosted API, Shapes. */
export function invalidResponse(call: string, fault: string, field: string | null): TrackerError {
  return new TrackerError({
    code: "invalid_response",
    message: `The tracker host answered "${call}" with what it should not: ${fault}`,
    nextAction: "Check that the host URL is that of a tracker host, and that both are up to date.",
    details: { call, ...(field === null ? {} : { field }) },
  });
}

function describe(content: Exclude<BodyContent, { kind: "json" }>): string {
  if (content.kind === "excess") {
    return content.excess === "levels"
      ? `JSON that is nested deeper than ${ANSWER_LIMITS.levels} levels`
      : `JSON of more than ${ANSWER_LIMITS.values} values`;
  }
  if (content.kind === "bytes") return "bytes that are not UTF-8 text";
  const text = content.text.trimStart();
  if (text === "") return "an empty body";
  if (text.startsWith("<")) return "an HTML page instead of JSON";
  return "a body that is not JSON, or that broke off";
}
