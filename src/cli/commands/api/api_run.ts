import { SessionTokens } from "../../../client/session.ts";
import {
  isQuestion,
  rawFailure,
  type RawMethod,
  rawPath,
  sendRaw,
} from "../../../client/raw_call.ts";
import { contentOf, invalidResponse } from "../../../client/answers.ts";
import { MAX_BODY_BYTES, type TransportAnswer } from "../../../client/transport.ts";
import { resolveFrom } from "../../../platform/paths.ts";
import { inputTooLarge } from "../../../platform/terminal.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { nameAndValue } from "../../command/name_value.ts";
import type { Context } from "../../command/context.ts";
import { hostConnection } from "../../services/host_connection.ts";
import { fileMissing } from "../../services/input_file.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { text } from "../../terminal/text.ts";

/** Which call to make. */
export interface ApiOptions {
  readonly method: RawMethod;
  readonly path: string;
  /** `NAME=VALUE` each. */
  readonly fields: readonly string[];
  /** A file, or `-` for standard input. */
  readonly input: string | undefined;
}

/** Refuses a body where none is sent, and two of them. */
export function check(_: Context, { method, fields, input }: ApiOptions): void {
  if (input !== undefined && isQuestion(method)) {
    throw usageError(
      `${method} has no body: \`--input\` does not go with it`,
      "Give what is asked for with `--field`: it becomes the query.",
    );
  }
  if (input !== undefined && fields.length > 0) {
    throw usageError("`--input` and `--field` exclude each other: both are the body");
  }
  const names = fields.map((field) => nameAndValue("--field", field)[0]);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined && !isQuestion(method)) {
    throw usageError(
      `The field "${twice}" is given twice`,
      `Give a list as JSON: \`--field '${twice}=["a","b"]'\`.`,
    );
  }
}

/** Makes the call, and prints its answer as it came. */
export async function run(context: Context, options: ApiOptions): Promise<number> {
  const { method } = options;
  const connection = await hostConnection(context);
  const fields = options.fields.map((field) => nameAndValue("--field", field));
  const path = rawPath(connection.baseUrl, options.path, isQuestion(method) ? fields : []);
  const body = isQuestion(method) ? null : await bodyOf(context, options.input, fields);
  const answer = await untilInterrupted(
    context,
    (signal) =>
      sendRaw({ ...connection, tokens: new SessionTokens(connection) }, {
        method,
        path,
        body,
        signal,
      }),
  );
  const failure = rawFailure(answer, { method, path }, connection.baseUrl);
  if (context.globals.json) {
    if (failure !== null) throw failure;
    context.output.answer(oneDocument(answer, `${method} ${options.path}`));
    return 0;
  }
  if (method === "HEAD") tellHead(context, answer);
  else context.output.answer(answer.body);
  if (failure !== null) throw failure;
  return 0;
}

/** An answer to HEAD has no body: what was asked for is its status and its headers. */
function tellHead({ output }: Context, { status, headers }: TransportAnswer): void {
  output.result(`HTTP ${status}`);
  for (const [name, value] of headers) output.result(text`${name}: ${value}`);
}

/** Under `--json` there is one document on standard output, for an answer without a body, too. */
function oneDocument(answer: TransportAnswer, call: string): Uint8Array {
  const content = contentOf(answer);
  if (content.kind === "json") return answer.body;
  if (answer.body.length === 0) return new TextEncoder().encode("null\n");
  if (content.kind === "excess") return answer.body;
  throw invalidResponse(call, "a body that is not JSON; without `--json` it is printed", null);
}

async function bodyOf(
  context: Context,
  input: string | undefined,
  fields: readonly (readonly [name: string, value: string])[],
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (input !== undefined) return await inputBytes(context, input);
  if (fields.length === 0) return null;
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`);
  return new TextEncoder().encode(`{${members.join(",")}}`);
}

/** A value that is JSON stays as it was typed, with every digit of a number. */
function jsonOf(value: string): string {
  try {
    JSON.parse(value);
    return value.trim();
  } catch {
    return JSON.stringify(value);
  }
}

async function inputBytes(
  { platform }: Context,
  input: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (input === "-") {
    const bytes = await platform.terminal.stdin.readBytes(MAX_BODY_BYTES);
    if (bytes === null) throw inputTooLarge();
    return bytes;
  }
  const path = resolveFrom(platform.system.cwd(), input);
  const bytes = await platform.files.readBytes(path, { maxBytes: MAX_BODY_BYTES });
  if (bytes === null) throw fileMissing(input, "file");
  return bytes;
}
