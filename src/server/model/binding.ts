import type { PartialIdentity } from "../../contract/routing.ts";

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

/** Returns whether a mapping is this project's: the same project, or another clone of the same repository. */
export function belongsTo(mapping: ProjectMapping, project: PartialIdentity): boolean {
  if (mapping.repoSlug !== null && mapping.repoSlug === project.repo_slug) return true;
  const uuid = project.uuid ?? null;
  // A checkout without a saved identity, as in CI, is known by its slug.
  if (uuid === null) return mapping.projectSlug === project.slug;
  return mapping.projectUuid.toLowerCase() === uuid.toLowerCase();
}
