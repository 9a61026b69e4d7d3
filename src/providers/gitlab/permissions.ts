import type { GitLabProject } from "./schemas.ts";

/** The roles that are asked for, by the number that GitLab gives each. */
const PLANNER = 15;
const MAINTAINER = 40;

const READ_ISSUES = "read issues (the scope api)";

const WRITE_ISSUES = "write issues (the scope api)";

/** Says what a token lacks, by its scopes; `null` for those that are not known. */
export function missingScopes(scopes: readonly string[] | null): readonly string[] {
  if (scopes === null || scopes.includes("api")) return [];
  return [scopes.includes("read_api") ? WRITE_ISSUES : READ_ISSUES];
}

/** Says what the role of a token's account lacks in some of these projects. */
export function missingRoles(projects: readonly GitLabProject[]): readonly string[] {
  const without = (level: number) =>
    projects.find((project) => {
      const role = roleIn(project);
      return role !== null && role < level;
    })?.path_with_namespace;
  const writes = without(PLANNER);
  const hooks = without(MAINTAINER);
  return [
    ...(writes === undefined
      ? []
      : [`change issues in ${writes} (the role Planner, Reporter or a higher one)`]),
    ...(hooks === undefined ? [] : [
      `register a webhook in ${hooks} (the role Maintainer; without it changes are found by asking)`,
    ]),
  ];
}

/** An administrator of an instance has no role in a project, and may do all. */
function roleIn({ permissions }: GitLabProject): number | null {
  if (permissions == null) return null;
  const { project_access, group_access } = permissions;
  return Math.max(project_access?.access_level ?? 0, group_access?.access_level ?? 0);
}
