import { isJsonObject, type JsonObject } from "../../contract/field.ts";
import { classifyProvider, type HostedProvider } from "../../contract/providers.ts";

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** Returns a text column. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`Column "${column}" holds no text`);
  return value;
}

/** Returns a text column that may be NULL. */
export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

/** Returns a number column. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`Column "${column}" holds no number`);
  return value;
}

/** Returns a number column that may be NULL. */
export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

/** Returns a column of numbers that SQLite has joined with commas; none for NULL. */
export function numbersOf(row: Row | null, column: string): number[] {
  const joined = row === null ? null : textOrNull(row, column);
  return joined === null ? [] : joined.split(",").map(Number);
}

const ENCODER = new TextEncoder();

/** Returns a text in UTF-8. */
export function encoded(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

/** Returns a column of bytes of SQLite, which are nobody else's; none for NULL. */
export function bytesOf(row: Row | null, column: string): Uint8Array<ArrayBuffer> {
  const value = row?.[column] ?? null;
  if (value === null) return new Uint8Array();
  if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) {
    throw new TypeError(`Column "${column}" holds no bytes`);
  }
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** Returns a text column that holds a JSON object. */
export function jsonObject(row: Row, column: string): JsonObject {
  const value: unknown = JSON.parse(text(row, column));
  if (!isJsonObject(value)) throw new TypeError(`Column "${column}" holds no JSON object`);
  return value;
}

/** Reads a stored text that should be a JSON object; `null` when it is damaged. */
export function storedJson(json: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(json);
    return isJsonObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Returns, in JSON, what `jsonMember` of `dialect.ts` has selected. */
export function memberOf(row: Row, column: string, member: string): string {
  const found = jsonObject(row, column);
  return member in found ? JSON.stringify(found[member]) : text(row, column);
}

/** Returns a text column that names a hosted provider. */
export function hostedProvider(row: Row, column: string): HostedProvider {
  const found = classifyProvider(text(row, column));
  if (found.kind !== "hosted") throw new TypeError(`Column "${column}" names no hosted provider`);
  return found.provider;
}
