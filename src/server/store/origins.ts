import { insertRow } from "./insert.ts";
import { integer, text } from "./row.ts";
import type { HostStore } from "./store.ts";

/** The mission of a project, and the installation its origin is looked for in. */
export interface OriginPlace {
  readonly installationId: string;
  readonly projectUuid: string;
  readonly featureSlug: string;
}

/** The issue that a mission comes from. */
export interface OriginLink {
  readonly id: string;
  readonly issueId: string;
  /** Milliseconds since 1970. */
  readonly boundAt: number;
}

/** Returns the origin of a mission, or `null`. */
export async function findOrigin(
  store: HostStore,
  { installationId, projectUuid, featureSlug }: OriginPlace,
): Promise<OriginLink | null> {
  const row = await store.one(
    `SELECT id, external_id, bound_at FROM origin_links
     WHERE installation_id = ? AND project_uuid = ? AND feature_slug = ?`,
    installationId,
    projectUuid,
    featureSlug,
  );
  return row === null ? null : {
    id: text(row, "id"),
    issueId: text(row, "external_id"),
    boundAt: integer(row, "bound_at"),
  };
}

/** Stores the origin of a mission; leaves the one it has already. */
export async function insertOrigin(
  store: HostStore,
  origin: OriginPlace & OriginLink & {
    /** The request in JSON. */
    readonly json: string;
  },
): Promise<void> {
  await insertRow(store, "origin_links", {
    id: origin.id,
    installation_id: origin.installationId,
    project_uuid: origin.projectUuid,
    feature_slug: origin.featureSlug,
    external_id: origin.issueId,
    json: origin.json,
    bound_at: origin.boundAt,
  }, "ON CONFLICT (installation_id, project_uuid, feature_slug) DO NOTHING");
}
