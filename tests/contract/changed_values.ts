import assert from "node:assert/strict";

/** The paths of all parts of a value. */
export function placesIn(value: unknown): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    [name],
    ...placesIn(part).map((place) => [name, ...place]),
  ]);
}

/** A copy of a value with another part at a path; without it for `undefined`. */
export function changed(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to;
  const copy: unknown = Array.isArray(value) ? [...value] : Object.assign({}, value);
  assert.ok(typeof copy === "object" && copy !== null);
  if (rest.length === 0 && to === undefined) Reflect.deleteProperty(copy, name);
  else Reflect.set(copy, name, changed(Reflect.get(copy, name), rest, to));
  return copy;
}
