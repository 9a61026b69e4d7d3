import { isRecord } from "./yaml_document.ts";

/** The data with `value` under `path`, or without it when `undefined`; mappings that lose their last key go too. */
export function withValue(
  data: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key = "", ...rest] = path;
  const entries = Object.entries(data).filter(([name]) => name !== key);
  const inner = rest.length === 0 ? value : withValue(asRecord(data[key]), rest, value);
  const gone = inner === undefined || (value === undefined && isRecord(inner) && isEmpty(inner));
  return Object.fromEntries(gone ? entries : [...entries, [key, inner]]);
}

/** The value when it is a mapping, else an empty one. */
export function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isEmpty(value: Record<string, unknown>): boolean {
  return Object.keys(value).length === 0;
}

/** Whether two values are the same data, whatever the order of keys. */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameData(item, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameData(a[key], b[key]));
  }
  return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
}

/** The data without keys that are set to nothing: for a reader they say the same as no key. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null || item === undefined ? [] : [[key, withoutNulls(item)]]
    ),
  );
}
