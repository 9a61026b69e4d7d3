import type { ProjectIdentity } from "../../contract/routing.ts";
import { isoTime } from "../../platform/clock.ts";
import { belongsTo, type MappingState, type ProjectMapping } from "../model/binding.ts";
import type { Installation, Resource } from "../model/resource.ts";
import { insertRow } from "./insert.ts";
import { readInstallation } from "./installations.ts";
import { readResource, RESOURCE_COLUMNS } from "./resources.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A mapping to be stored; it is active. */
export interface NewMapping {
  readonly bindingRef: string;
  readonly installationId: string;
  readonly resourceId: string;
  readonly project: Omit<ProjectIdentity, "node_id">;
  readonly boundAt: number;
}

/** Returns a mapping that is not deleted, by the resource it holds. */
export async function mappingOfResource(
  store: HostStore,
  resourceId: string,
): Promise<ProjectMapping | null> {
  return readOne(
    await store.one(
      "SELECT * FROM mappings WHERE resource_id = ? AND state <> 'deleted'",
      resourceId,
    ),
  );
}

/** Returns the mapping of a project in an installation that is not deleted; the active one first. */
export async function mappingOfProject(
  store: HostStore,
  installationId: string,
  project: ProjectIdentity,
): Promise<ProjectMapping | null> {
  const rows = await store.all(
    `SELECT * FROM mappings WHERE installation_id = ? AND state <> 'deleted'
     ORDER BY state, bound_at DESC`,
    installationId,
  );
  return rows.map(readMapping).find((mapping) => belongsTo(mapping, project)) ?? null;
}

/** Returns a mapping by its reference, in whatever state. */
export async function mappingByRef(
  store: HostStore,
  bindingRef: string,
): Promise<ProjectMapping | null> {
  return readOne(await store.one("SELECT * FROM mappings WHERE binding_ref = ?", bindingRef));
}

/** Returns a mapping by its reference, in whatever state, when its installation is one of a team. */
export async function mappingOfTeam(
  store: HostStore,
  teamId: string,
  bindingRef: string,
): Promise<ProjectMapping | null> {
  return readOne(
    await store.one(
      `SELECT m.* FROM mappings m JOIN installations i ON i.id = m.installation_id
       WHERE m.binding_ref = ? AND i.team_id = ?`,
      bindingRef,
      teamId,
    ),
  );
}

/** A mapping with what it connects a project to. */
export interface MappedPlace {
  readonly mapping: ProjectMapping;
  readonly installation: Installation;
  readonly resource: Resource;
}

/** Does the same, in one statement with what every call about the mapping needs. */
export async function placeOfTeam(
  store: HostStore,
  teamId: string,
  bindingRef: string,
): Promise<MappedPlace | null> {
  const row = await store.one(
    `SELECT ${RESOURCE_COLUMNS}, m.binding_ref, m.resource_id, m.project_uuid, m.project_slug, m.repo_slug,
       m.state, m.bound_at, m.last_sync_at, m.synced_change, i.team_id, i.provider_account_id
     FROM mappings m JOIN installations i ON i.id = m.installation_id
     JOIN resources r ON r.id = m.resource_id AND r.installation_id = i.id
     WHERE m.binding_ref = ? AND i.team_id = ?`,
    bindingRef,
    teamId,
  );
  return row === null ? null : {
    mapping: readMapping(row),
    installation: readInstallation({ ...row, id: text(row, "installation_id") }),
    resource: readResource(row),
  };
}

/** Returns the id of the team that a mapping belongs to, deleted ones left out. */
export async function teamOfMapping(
  store: HostStore,
  bindingRef: string,
): Promise<string | null> {
  const row = await store.one(
    `SELECT i.team_id FROM mappings m JOIN installations i ON i.id = m.installation_id
     WHERE m.binding_ref = ? AND m.state <> 'deleted'`,
    bindingRef,
  );
  return row === null ? null : text(row, "team_id");
}

/** Returns the mappings of an installation, deleted ones left out, oldest first. */
export async function mappingsOf(
  store: HostStore,
  installationId: string,
): Promise<ProjectMapping[]> {
  const rows = await store.all(
    `SELECT * FROM mappings WHERE installation_id = ? AND state <> 'deleted'
     ORDER BY bound_at, binding_ref`,
    installationId,
  );
  return rows.map(readMapping);
}

/** Returns the mappings of an installation to a project of this slug, deleted ones left out, the active and newest first. */
export async function mappingsOfSlug(
  store: HostStore,
  installationId: string,
  projectSlug: string,
): Promise<ProjectMapping[]> {
  const rows = await store.all(
    `SELECT * FROM mappings WHERE installation_id = ? AND project_slug = ? AND state <> 'deleted'
     ORDER BY state, bound_at DESC, binding_ref`,
    installationId,
    projectSlug,
  );
  return rows.map(readMapping);
}

/** Adds an active mapping, and returns it. */
export async function insertMapping(tx: Transaction, made: NewMapping): Promise<ProjectMapping> {
  const { project } = made;
  await insertRow(tx, "mappings", {
    binding_ref: made.bindingRef,
    installation_id: made.installationId,
    resource_id: made.resourceId,
    project_uuid: project.uuid,
    project_slug: project.slug,
    repo_slug: project.repo_slug ?? null,
    state: "active",
    bound_at: made.boundAt,
  });
  const stored = await mappingByRef(tx, made.bindingRef);
  if (stored === null) throw new TypeError("The mapping was not stored");
  return stored;
}

/** Enables, disables or deletes a mapping; false when none that is not deleted has this reference. */
export async function setMappingState(
  store: HostStore,
  bindingRef: string,
  state: MappingState,
): Promise<boolean> {
  return await store.run(
    "UPDATE mappings SET state = ? WHERE binding_ref = ? AND state <> 'deleted'",
    state,
    bindingRef,
  ) === 1;
}

/** Notes when a full sync was done. */
export async function setLastSync(
  store: HostStore,
  bindingRef: string,
  now: number,
): Promise<void> {
  await store.run("UPDATE mappings SET last_sync_at = ? WHERE binding_ref = ?", now, bindingRef);
}

/** Notes the last change that a full sync has seen. */
export async function setSyncedChange(
  store: HostStore,
  bindingRef: string,
  change: number,
): Promise<void> {
  await store.run(
    "UPDATE mappings SET synced_change = ? WHERE binding_ref = ?",
    change,
    bindingRef,
  );
}

function readMapping(row: Row): ProjectMapping {
  const state = text(row, "state");
  const lastSync = integerOrNull(row, "last_sync_at");
  return {
    bindingRef: text(row, "binding_ref"),
    installationId: text(row, "installation_id"),
    resourceId: text(row, "resource_id"),
    projectUuid: text(row, "project_uuid"),
    projectSlug: text(row, "project_slug"),
    repoSlug: textOrNull(row, "repo_slug"),
    state: state === "active" || state === "disabled" ? state : "deleted",
    boundAt: isoTime(integer(row, "bound_at")),
    lastSyncAt: lastSync === null ? null : isoTime(lastSync),
    syncedChange: integer(row, "synced_change"),
  };
}

function readOne(row: Row | null): ProjectMapping | null {
  return row === null ? null : readMapping(row);
}
