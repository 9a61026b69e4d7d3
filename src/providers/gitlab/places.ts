import type { NewPlace } from "../provider.ts";
import type { GitLabProject } from "./schemas.ts";

/** Returns a project as a place: it is known by its number, which neither a rename nor a move changes. */
export function placeOf(project: GitLabProject): NewPlace {
  const { id, name, path_with_namespace: path, web_url, archived, namespace } = project;
  return {
    externalId: String(id),
    workspace: String(id),
    key: path,
    url: web_url.replace(/\/+$/, ""),
    workflow: "open",
    name,
    label: path,
    context: {
      workspace_name: namespace?.full_path ?? path.slice(0, Math.max(0, path.lastIndexOf("/"))),
      project: path,
      ...(archived === true ? { archived: true } : {}),
    },
  };
}
