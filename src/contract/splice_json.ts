/**
 * Appends members to a JSON object that is already text. Each value is JSON text itself, and a list of such texts
 * becomes a JSON list, so that what is stored as text goes into an answer without being parsed and written again.
 */
export function spliceJson(
  object: string,
  members: Readonly<Record<string, string | readonly string[]>>,
): string {
  const added = Object.entries(members).map(([name, value]) =>
    `${JSON.stringify(name)}:${typeof value === "string" ? value : `[${value.join(",")}]`}`
  );
  return joined(object, added.join(","));
}

/** Appends the members of one JSON object to another; both are text. */
export function mergeJson(object: string, other: string): string {
  return joined(object, other.slice(1, -1));
}

function joined(object: string, members: string): string {
  const kept = object.slice(1, -1);
  return `{${kept}${kept === "" || members === "" ? "" : ","}${members}}`;
}
