import type { NewPlace } from "../provider.ts";
import type { RemotePlace } from "../remote.ts";
import type { JiraProject } from "./schemas.ts";

/**
 * Returns a project as a place. Its number is one of its site's own, so it is known by both: `acme.atlassian.net/10000`.
 */
export function placeFrom({ self, id, key, name, archived }: JiraProject): NewPlace {
  const site = siteOf(self);
  const externalId = placeId(self, id);
  return {
    externalId,
    workspace: externalId,
    key,
    name,
    label: `${site.replace(/^https?:\/\//, "").replace(/\.atlassian\.net$/, "")}/${key}`,
    url: `${site}/browse/${encodeURIComponent(key)}`,
    workflow: "open",
    context: {
      workspace_name: site.replace(/^https?:\/\//, ""),
      project_key: key,
      project_name: name,
      ...(archived === true ? { archived: true } : {}),
    },
  };
}

/** Returns the address of the site that something's own address is of. */
export function siteOf(self: string): string {
  return self.replace(/\/rest\/.*$/, "").replace(/\/+$/, "");
}

/** Returns by what a project is known. */
export function placeId(self: string, id: string): string {
  return `${siteOf(self).replace(/^https?:\/\//, "").toLowerCase()}/${id}`;
}

/** Returns the site's own number of a place. */
export function projectIdOf({ externalId }: Pick<RemotePlace, "externalId">): string {
  return externalId.slice(externalId.lastIndexOf("/") + 1);
}
