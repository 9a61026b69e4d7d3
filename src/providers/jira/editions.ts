import { DOCUMENT_TEXTS } from "./document_texts.ts";
import type { Edition } from "./edition.ts";

const CLOUD: Edition = { name: "cloud", api: "/rest/api/3", texts: DOCUMENT_TEXTS };

/** Returns which Jira a credential is of. */
export function editionOf(_credential: { readonly kind: string }): Edition {
  return CLOUD;
}
