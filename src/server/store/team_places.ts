import type { Resource } from "../model/resource.ts";
import { type Row, text, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";
import { LABEL_COLUMNS, readToldResource, TOLD_COLUMNS, toldLabel } from "./told_labels.ts";

/** A resource, and where its issues live. */
export interface Place {
  readonly resource: Resource;
  /** The connection its issues come from; `null` when they live in this host. */
  readonly connectionId: string | null;
}

const SELECT_PLACES = `SELECT ${TOLD_COLUMNS}, r.connection_id
  FROM resources r JOIN installations i ON i.id = r.installation_id`;

/** Returns a resource of a team; `null` when the team has none with this id. */
export async function placeOfTeam(
  store: HostStore,
  teamId: string,
  resourceId: string,
): Promise<Place | null> {
  const row = await store.one(
    `${SELECT_PLACES} WHERE r.id = ? AND i.team_id = ?`,
    resourceId,
    teamId,
  );
  return row === null ? null : readPlace(row);
}

/** A resource by its name. */
export interface NamedPlace {
  readonly id: string;
  readonly label: string;
}

/** Resources that are offered to choose from at most. */
export const MOST_NAMED = 500;

/** Returns the resources of a team by name, {@link MOST_NAMED} at most. */
export async function namedPlaces(store: HostStore, teamId: string): Promise<NamedPlace[]> {
  const rows = await store.all(
    `SELECT r.id, ${LABEL_COLUMNS} FROM resources r JOIN installations i ON i.id = r.installation_id
     WHERE i.team_id = ? ORDER BY r.label, r.id LIMIT ${MOST_NAMED}`,
    teamId,
  );
  return rows.map((row) => ({ id: text(row, "id"), label: toldLabel(row) }));
}

/** Returns the resources of an installation that no project is bound to, by name, {@link MOST_NAMED} at most. */
export async function freePlaces(store: HostStore, installationId: string): Promise<NamedPlace[]> {
  const rows = await store.all(
    `SELECT r.id, ${LABEL_COLUMNS} FROM resources r WHERE r.installation_id = ? AND NOT EXISTS
       (SELECT 1 FROM mappings m WHERE m.resource_id = r.id AND m.state <> 'deleted')
     ORDER BY r.label, r.id LIMIT ${MOST_NAMED}`,
    installationId,
  );
  return rows.map((row) => ({ id: text(row, "id"), label: toldLabel(row) }));
}

function readPlace(row: Row): Place {
  return { resource: readToldResource(row), connectionId: textOrNull(row, "connection_id") };
}

/** Returns the ids and addresses of all resources whose issues live in this host. */
export async function placesInHost(
  store: HostStore,
): Promise<{ readonly id: string; readonly url: string }[]> {
  const rows = await store.all(
    "SELECT id, url FROM resources WHERE connection_id IS NULL ORDER BY id",
  );
  return rows.map((row) => ({ id: text(row, "id"), url: text(row, "url") }));
}

/** Sets the address of a resource. */
export async function setPlaceUrl(store: HostStore, id: string, url: string): Promise<void> {
  await store.run("UPDATE resources SET url = ? WHERE id = ?", url, id);
}
