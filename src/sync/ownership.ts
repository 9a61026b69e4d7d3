import { TrackerError } from "../platform/tracker_error.ts";
import { SYNC_FIELDS, type SyncField } from "./fields.ts";

/** Who is right about fields in general. */
export const DOCTRINE_MODES = [
  "external_authoritative",
  "spec_kitty_authoritative",
  "split_ownership",
] as const;

/** One of {@link DOCTRINE_MODES}. */
export type DoctrineMode = typeof DOCTRINE_MODES[number];

/** Who is right about one field: the tracker, we, or both alike. */
export const FIELD_OWNERS = ["external", "spec_kitty", "shared"] as const;

/** One of {@link FIELD_OWNERS}. */
export type FieldOwner = typeof FIELD_OWNERS[number];

/** How a conflict in a shared field is settled. */
export const STRATEGIES = [
  "newer_timestamp",
  "external_wins",
  "local_wins",
  "manual_review",
] as const;

/** One of {@link STRATEGIES}. */
export type Strategy = typeof STRATEGIES[number];

/** The owner of every field. */
export type Ownership = Readonly<Record<SyncField, FieldOwner>>;

/**
 * The owner of every field: one for all, or with `split_ownership` the map's and `shared` for the rest.
 *
 * @throws {TrackerError} `invalid_doctrine` for an unknown mode, field or owner, or for owners that the
 * mode has no room for.
 */
export function parseOwnership(
  mode: string,
  owners: Readonly<Record<string, string>> = {},
): Ownership {
  const known = oneOf(DOCTRINE_MODES, mode, "doctrine mode", "--doctrine-mode");
  const map = parseFieldOwners(owners);
  if (known === "split_ownership") return { ...everyField("shared"), ...map };
  if (Object.keys(map).length > 0) {
    throw invalid(
      `Field owners need the doctrine mode "split_ownership", not "${known}"`,
      "Add `--doctrine-mode split_ownership`, or leave `--field-owner` out.",
    );
  }
  return everyField(known === "external_authoritative" ? "external" : "spec_kitty");
}

/**
 * The conflict strategy; `newer_timestamp` when none is named.
 *
 * @throws {TrackerError} `invalid_doctrine`.
 */
export function parseStrategy(name: string | null): Strategy {
  return oneOf(STRATEGIES, name ?? "newer_timestamp", "strategy", "--strategy");
}

/** One owner for all fields. */
export function everyField(owner: FieldOwner): Ownership {
  return {
    title: owner,
    body: owner,
    status: owner,
    issue_type: owner,
    priority: owner,
    assignees: owner,
    labels: owner,
    parent: owner,
    links: owner,
    custom_fields: owner,
  };
}

function parseFieldOwners(
  owners: Readonly<Record<string, string>>,
): Partial<Record<SyncField, FieldOwner>> {
  const map: Partial<Record<SyncField, FieldOwner>> = {};
  for (const [name, owner] of Object.entries(owners)) {
    const field = oneOf(SYNC_FIELDS, name, "field", "--field-owner");
    map[field] = oneOf(FIELD_OWNERS, owner, `owner of "${field}"`, "--field-owner");
  }
  return map;
}

function oneOf<T extends string>(
  names: readonly T[],
  given: string,
  what: string,
  flag: string,
): T {
  const spelled = given.trim().toLowerCase().replaceAll("-", "_");
  const found = names.find((name) => name === spelled);
  if (found !== undefined) return found;
  throw invalid(`Unknown ${what} "${given}"`, `Give ${flag} one of: ${names.join(", ")}.`);
}

function invalid(message: string, nextAction: string): TrackerError {
  return new TrackerError({ code: "invalid_doctrine", message, nextAction });
}
