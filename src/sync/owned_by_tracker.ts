import { TrackerError } from "../platform/tracker_error.ts";
import { SYNC_FIELDS, type SyncField } from "./fields.ts";
import type { Ownership } from "./ownership.ts";

/** The tracker owns fields that were to be changed here. */
export function ownedByTracker(ownership: Ownership, fields: readonly SyncField[]): TrackerError {
  const isEveryField = SYNC_FIELDS.every((field) => ownership[field] === "external");
  return new TrackerError({
    code: "field_owned_by_tracker",
    message: `The tracker owns ${fields.map((field) => `"${field}"`).join(", ")} in this binding`,
    nextAction: isEveryField
      ? "Change it in the tracker, or bind with `--doctrine-mode split_ownership` to edit on both sides."
      : `Change it in the tracker, or bind again without giving ${
        fields.map((field) => `"${field}"`).join(", ")
      } to it: \`--doctrine-mode split_ownership ${otherOwners(ownership, fields)}\`.`,
    details: { fields },
  });
}

/** The options that share some fields and leave the other owners as they are. */
function otherOwners(ownership: Ownership, shared: readonly SyncField[]): string {
  const others = SYNC_FIELDS.filter((field) =>
    !shared.includes(field) && ownership[field] !== "shared"
  ).map((field) => `--field-owner ${field}=${ownership[field]}`);
  return (others.length === 0 ? shared.map((field) => `--field-owner ${field}=shared`) : others)
    .join(" ");
}
