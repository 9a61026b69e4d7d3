import type { Pause } from "../../platform/pauses.ts";

/** A file of a form. */
export interface SentFile {
  readonly name: string;
  /** A part of the body, not a copy. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One field of a form, or one file of it. */
export interface FormPart {
  readonly name: string;
  readonly value: string | SentFile;
}

/** Bytes that are looked through before others may have their turn. */
const STEP_BYTES = 1024 * 1024;

/** Bytes of the head of a part at most. */
const MOST_HEAD_BYTES = 16 * 1024;

const [CR, LF, DASH] = [0x0d, 0x0a, 0x2d];

/**
 * Reads a form that a browser sends as `multipart/form-data` (RFC 7578), with pauses: the platform's own reader goes
 * through a file of 30 MiB without one, and copies it.
 *
 * @param type The `Content-Type` of the request.
 * @throws {TypeError} when the body is no such form.
 */
export async function readMultipart(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  pause: Pause,
): Promise<FormPart[]> {
  const delimiter = new TextEncoder().encode(`\r\n--${boundaryOf(type)}`);
  const parts: FormPart[] = [];
  // The first delimiter needs no line before it.
  const first = delimiter.subarray(2);
  let at = holds(body, first, 0) ? first.length : await after(body, delimiter, 0, pause);
  while (!isLast(body, at)) {
    const head = headAt(body, lineAfter(body, at));
    const next = await after(body, delimiter, head.end - 2, pause);
    const bytes = body.subarray(head.end, Math.max(head.end, next - delimiter.length));
    parts.push(partOf(head.text, bytes));
    at = next;
  }
  return parts;
}

function boundaryOf(type: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw new TypeError("The form names no boundary");
  return boundary;
}

/** Returns where the next delimiter has ended. */
async function after(
  body: Uint8Array,
  delimiter: Uint8Array,
  from: number,
  pause: Pause,
): Promise<number> {
  for (let start = from; start < body.length; start += STEP_BYTES) {
    const step = body.subarray(start, start + STEP_BYTES);
    for (let at = step.indexOf(CR); at >= 0; at = step.indexOf(CR, at + 1)) {
      if (holds(body, delimiter, start + at)) return start + at + delimiter.length;
    }
    await pause();
  }
  throw new TypeError("The form has no end");
}

function holds(body: Uint8Array, part: Uint8Array, at: number): boolean {
  if (at + part.length > body.length) return false;
  for (let index = 0; index < part.length; index++) {
    if (body[at + index] !== part[index]) return false;
  }
  return true;
}

/** Returns whether the delimiter before a place is the last one. */
function isLast(body: Uint8Array, at: number): boolean {
  return body[at] === DASH && body[at + 1] === DASH;
}

/** Returns where the line after a delimiter begins; blanks may stand behind the delimiter. */
function lineAfter(body: Uint8Array, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  if (body[at] !== CR || body[at + 1] !== LF) throw new TypeError("A part of the form has no head");
  return at + 2;
}

/** Returns the lines of the head that begins at a place, and where what it is the head of begins. */
function headAt(body: Uint8Array, start: number): { readonly text: string; readonly end: number } {
  const head = body.subarray(start, start + MOST_HEAD_BYTES);
  for (let at = head.indexOf(LF); at >= 0; at = head.indexOf(LF, at + 1)) {
    if (head[at + 1] !== CR || head[at + 2] !== LF) continue;
    return { text: utf8(head.subarray(0, at - 1)), end: start + at + 3 };
  }
  throw new TypeError("The head of a part of the form has no end");
}

function partOf(head: string, bytes: Uint8Array<ArrayBuffer>): FormPart {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(head)?.[1] ?? "";
  const parameters = parametersOf(disposition);
  const name = parameters.get("name");
  if (name === undefined) throw new TypeError("A part of the form has no name");
  const fileName = parameters.get("filename");
  return { name, value: fileName === undefined ? utf8(bytes) : { name: fileName, bytes } };
}

/** Returns parameters by their names. Browsers write a quote in one, and ends of lines, as `%22`, `%0D` and `%0A`. */
function parametersOf(disposition: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const parameter = /;\s*([\w-]+)=(?:"([^"]*)"|([^\s;"]*))\s*/gy;
  for (const [, name = "", quoted, plain = ""] of disposition.matchAll(parameter)) {
    const written = quoted ?? plain;
    const value = written.replace(/%(?:22|0D|0A)/gi, (one) => decodeURIComponent(one));
    found.set(name.toLowerCase(), value);
  }
  return found;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
