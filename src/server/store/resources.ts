import type { HostedProvider } from "../../contract/providers.ts";
import type { Resource } from "../model/resource.ts";
import { hostedProvider, jsonObject, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";
import { insertRow } from "./insert.ts";

/** The provider's own id of a resource `r`. */
export const PLACE_ID = "COALESCE(r.own_id, r.external_id)";

/** The columns {@link readResource} reads; join `installations` as `i`, `resources` as `r`. */
export const RESOURCE_COLUMNS =
  `r.id, r.installation_id, i.provider, r.resource_type, ${PLACE_ID} AS external_id, r.workspace, r.key, r.name, r.label, r.url, r.context, r.workflow`;

const SELECT_RESOURCES =
  `SELECT ${RESOURCE_COLUMNS} FROM resources r JOIN installations i ON i.id = r.installation_id`;

/** Returns the resource with this id; it must exist. */
export async function resourceById(store: HostStore, id: string): Promise<Resource> {
  const row = await store.one(`${SELECT_RESOURCES} WHERE r.id = ?`, id);
  if (row === null) throw new TypeError(`No resource "${id}"`);
  return readResource(row);
}

/** Returns all resources of an installation, by label. */
export async function listResources(
  store: HostStore,
  installationId: string,
): Promise<Resource[]> {
  const rows = await store.all(
    `${SELECT_RESOURCES} WHERE i.id = ? ORDER BY r.label, r.id`,
    installationId,
  );
  return rows.map(readResource);
}

/** Returns a resource of a provider by id, key, name or label, in any team; for the administrator. */
export async function findResource(
  store: HostStore,
  provider: HostedProvider,
  name: string,
): Promise<Resource | null> {
  const row = await store.one(
    `${SELECT_RESOURCES} WHERE i.provider = ? AND ? IN (r.id, r.key, r.name, r.label)
     ORDER BY r.id LIMIT 1`,
    provider,
    name,
  );
  return row === null ? null : readResource(row);
}

/** A resource with the team it belongs to. */
export interface PlacedResource {
  readonly resource: Resource;
  readonly teamId: string;
  readonly teamSlug: string;
  /** The connection that its issues come through; `null` when they live in this host. */
  readonly connectionId: string | null;
}

/** Returns the resources of a team, or of all teams (`null`), with this id, key, name or label. */
export async function resourcesNamed(
  store: HostStore,
  name: string,
  teamId: string | null,
): Promise<PlacedResource[]> {
  const rows = await store.all(
    `SELECT ${RESOURCE_COLUMNS}, r.connection_id, i.team_id, teams.slug FROM resources r
     JOIN installations i ON i.id = r.installation_id JOIN teams ON teams.id = i.team_id
     WHERE ? IN (r.id, r.key, r.name, r.label) AND (CAST(? AS TEXT) IS NULL OR i.team_id = ?)
     ORDER BY r.id`,
    name,
    teamId,
    teamId,
  );
  return rows.map((row) => ({
    resource: readResource(row),
    teamId: text(row, "team_id"),
    teamSlug: text(row, "slug"),
    connectionId: textOrNull(row, "connection_id"),
  }));
}

/**
 * Adds a resource. `server` is where its provider answers: one that has an id which another server of the installation
 * has used already is stored under an id of both.
 */
export async function insertResource(
  tx: Transaction,
  resource: Resource,
  server: string | null,
): Promise<void> {
  const { installationId, externalId } = resource;
  const isTaken = server !== null && await tx.one(
        "SELECT 1 FROM resources WHERE installation_id = ? AND external_id = ?",
        installationId,
        externalId,
      ) !== null;
  await insertRow(tx, "resources", {
    id: resource.id,
    installation_id: installationId,
    resource_type: resource.resourceType,
    external_id: isTaken ? `${server} ${externalId}` : externalId,
    own_id: isTaken ? externalId : null,
    server,
    workspace: resource.workspace,
    key: resource.key,
    name: resource.name,
    label: resource.label,
    url: resource.url,
    context: JSON.stringify(resource.context),
    workflow: resource.workflow,
    next_number: 1,
  });
}

/** Reads a row of {@link RESOURCE_COLUMNS}. */
export function readResource(row: Row): Resource {
  return {
    id: text(row, "id"),
    installationId: text(row, "installation_id"),
    provider: hostedProvider(row, "provider"),
    resourceType: text(row, "resource_type"),
    externalId: text(row, "external_id"),
    workspace: text(row, "workspace"),
    key: text(row, "key"),
    name: text(row, "name"),
    label: text(row, "label"),
    url: text(row, "url"),
    context: jsonObject(row, "context"),
    workflow: text(row, "workflow") === "guided" ? "guided" : "open",
  };
}
