import type { CredentialFault, CredentialField } from "./connecting.ts";

/** A field that has to be filled in, with one line that may be shown; a form changes what is different. */
export const FIELD: Omit<CredentialField, "name" | "label"> = {
  hint: null,
  isSecret: false,
  isRequired: true,
  isLong: false,
  preset: "",
};

/** Returns what is wrong with what was entered in a field; `null` for all of it. */
export function fault(field: string | null, message: string): CredentialFault {
  return { ok: false, field, message };
}

/** Returns the names that were entered, with blanks or commas between them, each once. */
export function namesIn(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((one) => one !== ""))];
}

/** Returns whether a text can stand in a header: it has no spaces and no strange characters. */
export function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]{1,1000}$/.test(text);
}
