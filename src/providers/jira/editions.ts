import { DATA_CENTER_TOKEN } from "./credential.ts";
import { DOCUMENT_TEXTS } from "./document_texts.ts";
import type { Edition } from "./edition.ts";
import { MARKUP_TEXTS } from "./markup_texts.ts";

const CLOUD: Edition = { name: "cloud", api: "/rest/api/3", texts: DOCUMENT_TEXTS };

const DATA_CENTER: Edition = { name: "data_center", api: "/rest/api/2", texts: MARKUP_TEXTS };

/** Returns which Jira a credential is of. */
export function editionOf({ kind }: { readonly kind: string }): Edition {
  return kind === DATA_CENTER_TOKEN ? DATA_CENTER : CLOUD;
}
