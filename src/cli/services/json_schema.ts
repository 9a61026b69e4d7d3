/** The number of the shape of this program's own documents: within it no key goes away (json.md, One document). */
export const SCHEMA = 1;
