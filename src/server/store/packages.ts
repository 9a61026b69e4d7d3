import type { ExternalRef } from "../../contract/issue.ts";
import { OWN_ISSUE } from "../model/own_issue.ts";
import { jsonMember } from "./dialect.ts";
import { insertRow } from "./insert.ts";
import { readRef } from "./issues.ts";
import { integer, text } from "./row.ts";
import type { HostStore } from "./store.ts";

/** A work package of a caller, and the issue that was created for it. */
export interface PackageMapping {
  readonly packageId: string;
  readonly ref: ExternalRef;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** Returns the id of the issue that a work package was mapped to, or `null`. */
export async function issueIdOfPackage(
  store: HostStore,
  resourceId: string,
  packageId: string,
): Promise<string | null> {
  const row = await store.one(
    "SELECT external_id FROM package_mappings WHERE resource_id = ? AND wp_id = ?",
    resourceId,
    packageId,
  );
  return row === null ? null : text(row, "external_id");
}

/** Begins the ids that issues had before their provider took them: they name no work packages. */
const OWN = `${OWN_ISSUE}_`;

/** Maps a work package, or the id that an issue had before, to an issue, instead of one that was removed. */
export async function mapPackage(
  store: HostStore,
  mapping: {
    readonly resourceId: string;
    readonly packageId: string;
    readonly issueId: string;
    /** Milliseconds since 1970. */
    readonly at: number;
  },
): Promise<void> {
  await insertRow(
    store,
    "package_mappings",
    {
      resource_id: mapping.resourceId,
      wp_id: mapping.packageId,
      external_id: mapping.issueId,
      created_at: mapping.at,
      updated_at: mapping.at,
    },
    "ON CONFLICT (resource_id, wp_id) DO UPDATE SET external_id = excluded.external_id, updated_at = excluded.updated_at",
  );
}

/** Returns the work packages of a resource whose issues are there, by their ids. */
export async function listPackages(
  store: HostStore,
  resourceId: string,
): Promise<PackageMapping[]> {
  const rows = await store.all(
    `SELECT wp_id, created_at, p.updated_at, ${jsonMember(store, "json", "ref")} AS ref
     FROM package_mappings p
     JOIN issues ON issues.resource_id = p.resource_id AND issues.external_id = p.external_id
     WHERE p.resource_id = ? AND substr(wp_id, 1, ${OWN.length}) <> '${OWN}' ORDER BY wp_id`,
    resourceId,
  );
  return rows.map((row) => ({
    packageId: text(row, "wp_id"),
    ref: readRef(row),
    createdAt: integer(row, "created_at"),
    updatedAt: integer(row, "updated_at"),
  }));
}
