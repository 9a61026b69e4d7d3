import { isJsonObject, type JsonObject } from "../../../contract/field.ts";
import type { ItemFields } from "../../services/chosen_fields.ts";

const OF_REFERENCE: readonly string[] = ["key", "id", "url"];

/** The fields of the issues of a list; `key`, `id` and `url` are those of its reference, the key of one that has none is its id. */
export const ISSUE_FIELDS: ItemFields<JsonObject> = {
  names: [
    ...OF_REFERENCE,
    ...["ref", "title", "body", "status", "issue_type", "priority", "assignees", "labels"],
    ...["parent_ref", "links", "custom_fields", "created_at", "updated_at", "provider_metadata"],
    ...["version", "is_new", "pending", "held", "refused", "skipped_fields"],
  ],
  read(issue, name) {
    const { ref } = issue;
    if (!OF_REFERENCE.includes(name)) return issue[name];
    if (!isJsonObject(ref)) return undefined;
    return name === "key" ? ref["key"] ?? ref["id"] : ref[name];
  },
};
