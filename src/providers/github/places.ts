import type { NewPlace } from "../provider.ts";
import type { GitHubRepository } from "./schemas.ts";

/** Returns a repository as a place: it is known by its number, which a rename does not change. */
export function placeOf(repository: GitHubRepository): NewPlace {
  const { id, name, full_name, html_url, archived, owner } = repository;
  return {
    externalId: String(id),
    workspace: String(id),
    key: full_name,
    url: html_url.replace(/\/+$/, ""),
    workflow: "open",
    name,
    label: full_name,
    context: {
      workspace_name: owner.login,
      repository: full_name,
      ...(archived === true ? { archived: true } : {}),
    },
  };
}
