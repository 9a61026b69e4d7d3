import type { ErrorEnvelopeInput } from "../../contract/errors.ts";
import { type JsonExcess, jsonExcessInSteps, type JsonLimits } from "../../contract/json_limits.ts";
import { parseLargeJson } from "../../contract/large_json.ts";
import { MAX_NESTING } from "../../contract/nesting.ts";
import { PartedText } from "../../contract/parted_text.ts";
import { collectBytes } from "../../platform/byte_collector.ts";
import { decodeParts } from "../../platform/decode_text.ts";
import { type Pause, pausesOf } from "../../platform/pauses.ts";
import type { BodyRooms } from "./body_room.ts";
import type { Call } from "./context.ts";
import { HttpError } from "./http_error.ts";

/** Most bytes of a request body. */
export const MAX_BODY_BYTES: number = 8 * 1024 * 1024;

/** Most bytes of a body that is read before its sender is known. */
export const MAX_SIGN_IN_BYTES: number = 64 * 1024;

/** Milliseconds a body may take to arrive: as long as the slowest call of the client. */
export const BODY_WITHIN_MS = 60_000;

/** A JSON body: the bytes as sent, for their hash, their text, and the value. */
export interface JsonBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: PartedText;
  readonly value: unknown;
}

/** What a JSON body may hold; a snapshot holds a whole project. */
export const BODY_LIMITS: JsonLimits = { levels: MAX_NESTING, values: 1_000_000 };

/**
 * Reads a JSON body. Its nesting and its values are counted on the bytes: a small body that would take gigabytes
 * is refused before it is parsed.
 *
 * @throws {HttpError} `validation_error`: 413 when it is too large, 422 when it is not UTF-8, not JSON or holds too much.
 */
export async function readJson(
  call: Call,
  limit: number = MAX_BODY_BYTES,
  limits: JsonLimits = BODY_LIMITS,
): Promise<JsonBody> {
  const bytes = await readWhole(call, limit);
  const pause = pausesOf(call.env.clock);
  const excess = await jsonExcessInSteps(bytes, limits, pause);
  if (excess !== null) {
    const fault = excessFault(excess, limits);
    throw new HttpError({
      code: "validation_error",
      message: `The request body ${fault}`,
      details: [{ field: "", message: fault }],
    });
  }
  const text = await decoded(call, bytes, pause);
  await pause();
  try {
    return { bytes, text, value: await parseLargeJson(text, pause) };
  } catch {
    throw new HttpError({
      code: "validation_error",
      message: isBlank(text) ? "The request has no body" : "The request body is not JSON",
      details: [{ field: "", message: "must be a JSON document in UTF-8" }],
    });
  }
}

/** Returns whether a text is empty, as far as its first characters tell of a large one. */
function isBlank(text: PartedText): boolean {
  return text.slice(0, SMALL_BYTES).trim() === "";
}

/** Says of a document what is wrong with it: completes the sentence "The document …". */
export function excessFault(excess: JsonExcess, limits: JsonLimits): string {
  return excess === "levels"
    ? `must not be nested deeper than ${limits.levels} levels`
    : `must not hold more than ${limits.values} values`;
}

/** Reads a form body (`application/x-www-form-urlencoded`) of somebody who has yet to sign in. */
export async function readForm(call: Call): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(call, MAX_SIGN_IN_BYTES));
}

/** Reads a body as text. */
export async function readText(call: Call, limit: number = MAX_BODY_BYTES): Promise<string> {
  const text = await decoded(call, await readWhole(call, limit), pausesOf(call.env.clock));
  return text.toString();
}

async function readWhole(call: Call, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readBytes(call, limit);
  if (bytes !== null) return bytes;
  throw new HttpError({
    code: "validation_error",
    status: 413,
    message: `The request body is larger than ${limit} bytes`,
  });
}

async function decoded(call: Call, bytes: Uint8Array, pause: Pause): Promise<PartedText> {
  try {
    const text = new PartedText(await decodeParts(bytes, pause));
    call.set("body", text);
    return text;
  } catch {
    throw new HttpError({ code: "validation_error", message: "The request body is not UTF-8" });
  }
}

/**
 * Reads a body, or gives `null` once it is longer than `limit` bytes.
 *
 * @throws {HttpError} `validation_error`: 408 when it takes too long, 400 when its chunks are malformed;
 * `internal_error` (503) when the connection or the host ends before it does.
 */
export async function readBytes(
  call: Call,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const deadline = call.env.clock.deadline(BODY_WITHIN_MS);
  const late = Promise.withResolvers<never>();
  deadline.signal.addEventListener("abort", () => late.reject(TOO_LATE), { once: true });
  try {
    const declared = Number(call.req.header("content-length") ?? Number.NaN);
    if (declared > limit) return null;
    const most = Number.isNaN(declared) ? limit : declared;
    const reading = readLimited(call.req.raw.body, limit, {
      onLarge: () => takeRoom(call, "bodies", most),
    });
    return await Promise.race([reading, late.promise]);
  } catch (error) {
    if (error instanceof HttpError) throw error;
    // What may still come of it is not waited for.
    throw new HttpError(faultOfArrival(error), { connection: "close" });
  } finally {
    deadline.clear();
  }
}

const TOO_LATE = new Error("The body is late");

function faultOfArrival(error: unknown): ErrorEnvelopeInput {
  if (error === TOO_LATE) {
    return {
      code: "validation_error",
      status: 408,
      retryable: true,
      message: `The request body did not arrive within ${BODY_WITHIN_MS / 1000} s`,
    };
  }
  return error instanceof Error && error.name === "InvalidData"
    ? { code: "validation_error", status: 400, message: error.message }
    : {
      code: "internal_error",
      status: 503,
      message: "The request body did not arrive whole. Send the request again.",
    };
}

/** Bytes of a body that are read whatever else is in memory. */
export const SMALL_BYTES: number = 64 * 1024;

/** Seconds until a body without room is sent again. */
const ROOM_AGAIN_SECONDS = 2;

/**
 * Takes room for a large body until its call is answered.
 *
 * @throws {HttpError} `internal_error` (503) when there is none in time.
 */
export async function takeRoom(call: Call, room: keyof BodyRooms, bytes: number): Promise<void> {
  const { rooms, remoteAddress } = call.env;
  const leave = await rooms[room].take(call.get("userId") ?? remoteAddress, bytes);
  if (leave !== null) {
    const held = call.get("leaveRooms");
    // A call that was given up meanwhile has nobody to give it back later.
    if (held === null) leave();
    else call.set("leaveRooms", [...(held ?? []), leave]);
    return;
  }
  call.set("hadNoRoom", true);
  throw new HttpError({
    code: "internal_error",
    status: 503,
    message: "The host is busy with other large requests. Send the request again.",
    retryAfterSeconds: ROOM_AGAIN_SECONDS,
  }, { connection: "close", "retry-after": String(ROOM_AGAIN_SECONDS) });
}

/**
 * Reads a stream to its end, or gives `null` once it is longer than `limit` bytes. Waits for `onLarge` before it
 * reads more than 64 KiB. A stream that computes its bytes lets no other work have its turn by itself: `pause` does.
 */
export async function readLimited(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
  { onLarge, pause }: { readonly onLarge?: () => Promise<void>; readonly pause?: Pause } = {},
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (stream === null) return new Uint8Array();
  const collector = collectBytes(limit);
  let length = 0;
  for await (const chunk of stream) {
    const before = length;
    length += chunk.length;
    if (before <= SMALL_BYTES && length > SMALL_BYTES) await onLarge?.();
    if (!collector.add(chunk)) return null;
    await pause?.();
  }
  return collector.bytes();
}
