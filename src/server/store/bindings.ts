import type { PartialIdentity, ProjectIdentity } from "../../contract/routing.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import { isoTime } from "../../platform/clock.ts";
import type { HostData } from "./host_data.ts";
import { refuse } from "../http/http_error.ts";
import type { Resource } from "./resources.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";

/** State of a mapping. */
export type MappingState = "active" | "disabled" | "deleted";

/** A project mapped to a resource: what a `binding_ref` names. */
export interface ProjectMapping {
  readonly bindingRef: string;
  readonly installationId: string;
  readonly resourceId: string;
  readonly projectUuid: string;
  readonly projectSlug: string;
  readonly repoSlug: string | null;
  readonly state: MappingState;
  /** ISO 8601. */
  readonly boundAt: string;
  /** ISO 8601, or `null` before the first sync. */
  readonly lastSyncAt: string | null;
  /** Number of the last change that a full sync has seen. */
  readonly syncedChange: number;
}

/** A mapping that is not deleted, by the resource it holds. */
export function mappingOfResource(data: HostData, resourceId: string): ProjectMapping | null {
  return readOne(
    data.one("SELECT * FROM mappings WHERE resource_id = ? AND state <> 'deleted'", resourceId),
  );
}

/** The mapping of a project in an installation that is not deleted; the active one first. */
export function mappingOfProject(
  data: HostData,
  installationId: string,
  project: ProjectIdentity,
): ProjectMapping | null {
  return data.all(
    `SELECT * FROM mappings WHERE installation_id = ? AND state <> 'deleted'
     ORDER BY state, bound_at DESC`,
    installationId,
  ).map(readMapping).find((mapping) => belongsTo(mapping, project)) ?? null;
}

/** A mapping by its reference, in whatever state. */
export function mappingByRef(data: HostData, bindingRef: string): ProjectMapping | null {
  return readOne(data.one("SELECT * FROM mappings WHERE binding_ref = ?", bindingRef));
}

/** Mappings of an installation, deleted ones left out, oldest first. */
export function mappingsOf(data: HostData, installationId: string): ProjectMapping[] {
  return data.all(
    `SELECT * FROM mappings WHERE installation_id = ? AND state <> 'deleted'
     ORDER BY bound_at, binding_ref`,
    installationId,
  ).map(readMapping);
}

/** Whether a mapping is this project's: the same project, or another clone of the same repository. */
export function belongsTo(mapping: ProjectMapping, project: PartialIdentity): boolean {
  if (mapping.repoSlug !== null && mapping.repoSlug === project.repo_slug) return true;
  const uuid = project.uuid ?? null;
  // A checkout without a saved identity, as in CI, is known by its slug.
  if (uuid === null) return mapping.projectSlug === project.slug;
  return mapping.projectUuid.toLowerCase() === uuid.toLowerCase();
}

/**
 * Maps a project to a resource. The same pair again keeps its reference; a project that moves to
 * another resource leaves the old one free.
 *
 * @throws {Refusal} `already_bound`, `mapping_disabled`.
 */
export function bindProject(
  data: HostData,
  resource: Resource,
  project: ProjectIdentity,
): ProjectMapping {
  return data.transaction(() => {
    const held = mappingOfResource(data, resource.id);
    if (held !== null && !belongsTo(held, project)) {
      throw refuse(
        "already_bound",
        `"${resource.label}" is bound to the project "${held.projectSlug}"`,
        resource.provider,
      );
    }
    if (held?.state === "disabled") throw disabled(held.bindingRef, resource.provider);
    if (held !== null) return held;
    const previous = mappingOfProject(data, resource.installationId, project);
    if (previous !== null) setMappingState(data, previous.bindingRef, "deleted");
    const bindingRef = data.newId("srm");
    data.run(
      `INSERT INTO mappings (binding_ref, installation_id, resource_id, project_uuid, project_slug,
         repo_slug, state, bound_at) VALUES (?, ?, ?, ?, ?, ?, 'active', ?)`,
      bindingRef,
      resource.installationId,
      resource.id,
      project.uuid,
      project.slug,
      project.repo_slug ?? null,
      data.now(),
    );
    const made = mappingByRef(data, bindingRef);
    if (made === null) throw new TypeError("The mapping was not stored");
    return made;
  });
}

/** Enables, disables or deletes a mapping; false when there is none with this reference. */
export function setMappingState(
  data: HostData,
  bindingRef: string,
  state: MappingState,
): boolean {
  return data.run("UPDATE mappings SET state = ? WHERE binding_ref = ?", state, bindingRef) === 1;
}

/** The refusal of a call that is routed to a disabled mapping. */
export function disabled(bindingRef: string, provider: HostedProvider): Error {
  return refuse(
    "mapping_disabled",
    `The mapping "${bindingRef}" is disabled. Enable it in the dashboard or bind again.`,
    provider,
  );
}

/** Reads a row of the table `mappings`. */
export function readMapping(row: Row): ProjectMapping {
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
