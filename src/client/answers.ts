import { isJsonObject, type JsonObject } from "../contract/field.ts";
import { type HostError, readHostError } from "../contract/host_error.ts";
import { ANSWER_LIMITS, type JsonExcess, jsonExcess } from "../contract/json_limits.ts";
import { type AnswerReader, kindOf, Reading, Unreadable } from "../contract/reading/reading.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { errorFromHost, errorFromPage, type HostedApiError } from "./errors.ts";
import type { TransportAnswer } from "./transport.ts";

/** What a body turned out to be. */
export type BodyContent =
  | { readonly kind: "json"; readonly value: unknown }
  /** Text, but not JSON: an HTML page, or JSON that is cut off. */
  | { readonly kind: "text"; readonly text: string }
  /** JSON that is nested too deep, or holds too many values, to be worked with. */
  | { readonly kind: "excess"; readonly excess: JsonExcess }
  /** Bytes that are not UTF-8. */
  | { readonly kind: "bytes" };

/** What is told of an answer's reading. */
export interface AnswerFacts {
  /** The call as the contract names it. */
  readonly call: string;
  /** Origin of the host. */
  readonly origin: string;
  /** The tracker that was asked about; for references that do not name theirs. */
  readonly system?: string | undefined;
  /** Told what was read as the nearest, such as `status "Triage" as todo`. */
  readonly onOddWords?: ((words: readonly string[]) => void) | undefined;
}

/**
 * Returns the value of a 2xx answer, as far as it can be understood (wire.md, Reading tolerantly).
 *
 * @throws {HostedApiError} for any other status.
 * @throws {TrackerError} `invalid_response` for what is no answer at all, naming the call and, for a part that is
 * missing, the field.
 */
export function readAnswer<T>(
  reader: AnswerReader<T>,
  answer: TransportAnswer,
  facts: AnswerFacts,
): T {
  const { call, origin } = facts;
  if (answer.status < 200 || answer.status > 299) throw answerError(answer, call, origin);
  const content = contentOf(answer);
  if (content.kind !== "json") throw invalidResponse(call, describe(content), null);
  const body = content.value;
  if (!isJsonObject(body)) {
    throw invalidResponse(call, `The body must be an object, not ${kindOf(body)}`, null);
  }
  const error = errorUnderSuccess(body, reader.members);
  if (error !== null) {
    throw invalidResponse(call, `an error under status ${answer.status}: ${error}`, null);
  }
  const reading = new Reading(facts.system ?? "tracker");
  try {
    const value = reader.read(body, reading);
    if (reading.words.length > 0) facts.onOddWords?.(reading.words);
    return value;
  } catch (fault) {
    if (!(fault instanceof Unreadable)) throw fault;
    throw invalidResponse(call, fault.message, fault.field);
  }
}

/** Some hosts answer 200 to what has failed: such a body names an error, and holds nothing of an answer. */
function errorUnderSuccess(body: JsonObject, members: readonly string[]): string | null {
  const isEnvelope = typeof body["error_code"] === "string";
  const isAnswer = members.some((name) => body[name] !== null && body[name] !== undefined);
  const namesError = ["error", "errors", "detail"].some((name) => body[name] != null);
  if (!isEnvelope && (isAnswer || !namesError)) return null;
  const { message, code } = readHostError(body);
  return message ?? code;
}

/**
 * Returns the failure an answer other than 2xx tells of: what its body says, in whatever form, else "HTTP <status>"
 * (wire.md, Errors).
 */
export function answerError(answer: TransportAnswer, call: string, origin: string): HostedApiError {
  const failed = { call, status: answer.status, origin };
  const content = contentOf(answer);
  if (content.kind === "text" && content.text.trimStart().startsWith("<")) {
    return errorFromPage(failed);
  }
  return errorFromHost(hostErrorOf(answer), failed);
}

/** Returns what the body of an answer says of a fault. */
export function hostErrorOf(answer: TransportAnswer): HostError {
  const content = contentOf(answer);
  return readHostError(
    content.kind === "json"
      ? content.value
      : content.kind === "text"
      ? excerpt(content.text)
      : null,
  );
}

/** A text can be of any length; what is wrong stands at its beginning. */
function excerpt(text: string): string | null {
  const line = text.trim().replaceAll(/\s+/g, " ");
  if (line === "" || line.startsWith("<")) return null;
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
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

/** An answer that is not what the page promises (wire.md, Results). */
export function invalidResponse(call: string, fault: string, field: string | null): TrackerError {
  return new TrackerError({
    code: "invalid_response",
    message: `The tracker host gave an invalid answer to "${call}": ${fault}`,
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
  return "a body that is not JSON, or that is cut off";
}
