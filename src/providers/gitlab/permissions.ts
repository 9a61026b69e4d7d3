import type { GitLabPlaceCalls } from "./place_calls.ts";
import type { GitLabProject, GitLabUser } from "./schemas.ts";

/** The roles that are asked for, by the number that GitLab gives each. */
const PLANNER = 15;
const MAINTAINER = 40;

const READ_ISSUES = "read issues (the scope api)";

const WRITE_ISSUES = "write issues (the scope api)";

/** The scope of a fine-grained token, whose permissions are not told: a call that lacks one is refused. */
const GRANULAR = "granular";

/** Whether a token reads issues, as far as its scopes tell; `null` for those that are not known. */
export function mayRead(scopes: readonly string[] | null): boolean {
  return scopes === null || ["api", "read_api", GRANULAR].some((one) => scopes.includes(one));
}

/** Says what a token lacks, by its scopes; `null` for those that are not known. */
export function missingScopes(scopes: readonly string[] | null): readonly string[] {
  if (scopes === null || scopes.includes("api") || scopes.includes(GRANULAR)) return [];
  return [scopes.includes("read_api") ? WRITE_ISSUES : READ_ISSUES];
}

/** A project, and the role of a token's account in it. */
export interface RoleInProject {
  readonly path: string;
  /** As GitLab numbers them; 0 for none. */
  readonly role: number;
}

/** Says what the role of a token's account lacks in some of these projects. */
export function missingRoles(roles: readonly RoleInProject[]): readonly string[] {
  const below = (level: number) => roles.find(({ role }) => role < level)?.path;
  const writes = below(PLANNER);
  const hooks = below(MAINTAINER);
  return [
    ...(writes === undefined
      ? []
      : [`change issues in ${writes} (the role Planner, Reporter or a higher one)`]),
    ...(hooks === undefined ? [] : [
      `register a webhook in ${hooks} (the role Maintainer; without it changes are found by asking)`,
    ]),
  ];
}

/** Projects whose role is asked for: in those of one group it is mostly the same. */
const PROJECTS_ASKED = 20;

/**
 * Returns the roles of a token's account in the first of these projects. The list of a group tells no role, and a project
 * does not tell the one that comes by a group that was invited.
 */
export async function rolesIn(
  places: GitLabPlaceCalls,
  { id, is_admin }: GitLabUser,
  projects: readonly GitLabProject[],
): Promise<readonly RoleInProject[]> {
  // An administrator of an instance has no role in a project, and may do all.
  if (is_admin === true) return [];
  const roles: RoleInProject[] = [];
  for (const project of projects.slice(0, PROJECTS_ASKED)) {
    const told = roleTold(project);
    const role = told >= MAINTAINER ? told : await places.roleOf(String(project.id), id) ?? told;
    roles.push({ path: project.path_with_namespace, role });
  }
  return roles;
}

function roleTold({ permissions }: GitLabProject): number {
  const { project_access, group_access } = permissions ?? {};
  return Math.max(project_access?.access_level ?? 0, group_access?.access_level ?? 0);
}
