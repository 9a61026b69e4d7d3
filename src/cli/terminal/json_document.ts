/** The number of the shape of this program's own documents: within it no key goes away (json.md, One document). */
const SCHEMA = 1;

/** Returns the document of `--json` as text: `schema` first, then all its members. One that a host named so stays. */
export function documentText(document: object, form: "indented" | "line" = "indented"): string {
  return JSON.stringify({ schema: SCHEMA, ...document }, null, form === "line" ? 0 : 2);
}
