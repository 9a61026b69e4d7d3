import type { JsonObject } from "../../contract/field.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import type { IdentityPath } from "../../contract/results.ts";
import type { HostData } from "./host_data.ts";
import { refuse } from "../http/http_error.ts";
import { hostedProvider, jsonObject, type Row, text, textOrNull } from "./row.ts";
import { linkUser } from "./users.ts";

/** A provider a team has connected. */
export interface Installation {
  readonly id: string;
  readonly teamId: string;
  readonly provider: HostedProvider;
  readonly providerAccountId: string;
}

/** A project, team or repository at the provider that issues live in. */
export interface Resource {
  readonly id: string;
  readonly installationId: string;
  readonly provider: HostedProvider;
  /** Such as `linear_team`. */
  readonly resourceType: string;
  readonly externalId: string;
  readonly workspace: string;
  /** Prefix of issue keys, or the repository's path. */
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly url: string;
  readonly context: JsonObject;
  /** `guided` allows only some transitions. */
  readonly workflow: "open" | "guided";
}

/** A resource to be made. */
export type NewResource = Omit<Resource, "id" | "installationId" | "resourceType">;

/** Kind of resource each provider keeps issues in. */
export const RESOURCE_TYPES: Readonly<Record<HostedProvider, string>> = {
  linear: "linear_team",
  jira: "jira_project",
  github: "github_repository",
  gitlab: "gitlab_project",
};

/** The columns {@link readResource} reads; join `installations` as `i`, `resources` as `r`. */
export const RESOURCE_COLUMNS =
  "r.id, r.installation_id, i.provider, r.resource_type, r.external_id, r.workspace, r.key, r.name, r.label, r.url, r.context, r.workflow";

/** The team's connection to a provider, or `null`. */
export function findInstallation(
  data: HostData,
  teamId: string,
  provider: HostedProvider,
): Installation | null {
  const row = data.one(
    "SELECT * FROM installations WHERE team_id = ? AND provider = ?",
    teamId,
    provider,
  );
  return row === null ? null : {
    id: text(row, "id"),
    teamId: text(row, "team_id"),
    provider: hostedProvider(row, "provider"),
    providerAccountId: text(row, "provider_account_id"),
  };
}

/** The team's connection to a provider; refused with `no_installation` when there is none. */
export function requireInstallation(
  data: HostData,
  teamId: string,
  provider: HostedProvider,
): Installation {
  const found = findInstallation(data, teamId, provider);
  if (found !== null) return found;
  throw refuse(
    "no_installation",
    `The team has not connected ${provider}. Connect it in the dashboard.`,
    provider,
  );
}

/** Connects a provider for a team and links all its members; the existing connection when there is one. */
export function ensureInstallation(
  data: HostData,
  teamId: string,
  provider: HostedProvider,
): Installation {
  const found = findInstallation(data, teamId, provider);
  if (found !== null) return found;
  const made = {
    id: data.newId("ins"),
    teamId,
    provider,
    providerAccountId: `${provider}-account-1`,
  };
  data.run(
    "INSERT INTO installations (id, team_id, provider, provider_account_id) VALUES (?, ?, ?, ?)",
    made.id,
    teamId,
    provider,
    made.providerAccountId,
  );
  for (const row of data.all("SELECT user_id FROM members WHERE team_id = ?", teamId)) {
    linkUser(data, made.id, text(row, "user_id"));
  }
  return made;
}

/** Adds a resource to an installation. */
export function addResource(
  data: HostData,
  installation: Installation,
  resource: NewResource,
): Resource {
  const made: Resource = {
    ...resource,
    id: data.newId("res"),
    installationId: installation.id,
    resourceType: RESOURCE_TYPES[resource.provider],
  };
  data.run(
    `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key, name,
       label, url, context, workflow, next_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
    made.id,
    made.installationId,
    made.resourceType,
    made.externalId,
    made.workspace,
    made.key,
    made.name,
    made.label,
    made.url,
    JSON.stringify(made.context),
    made.workflow,
  );
  return made;
}

/** All resources of an installation, by label. */
export function listResources(data: HostData, installationId: string): Resource[] {
  return data.all(
    `SELECT ${RESOURCE_COLUMNS} FROM resources r JOIN installations i ON i.id = r.installation_id
     WHERE i.id = ? ORDER BY r.label, r.id`,
    installationId,
  ).map(readResource);
}

/** A resource of a provider by id, key, name or label, in any team; for the administrator. */
export function findResource(
  data: HostData,
  provider: HostedProvider,
  name: string,
): Resource | null {
  const row = data.one(
    `SELECT ${RESOURCE_COLUMNS} FROM resources r JOIN installations i ON i.id = r.installation_id
     WHERE i.provider = ? AND ? IN (r.id, r.key, r.name, r.label) ORDER BY r.id LIMIT 1`,
    provider,
    name,
  );
  return row === null ? null : readResource(row);
}

/** Whose account work on a resource is done with. Hosted API, Shapes. */
export function identityPath(data: HostData, installationId: string, userId: string): IdentityPath {
  const row = data.one(
    `SELECT i.provider, i.provider_account_id, l.id AS link_id FROM installations i
     LEFT JOIN user_links l ON l.installation_id = i.id AND l.user_id = ? WHERE i.id = ?`,
    userId,
    installationId,
  );
  if (row === null) throw new TypeError(`No installation "${installationId}"`);
  const link = textOrNull(row, "link_id");
  return {
    type: link === null ? "installation" : "user_link",
    installation_id: installationId,
    user_link_id: link,
    provider: text(row, "provider"),
    provider_account_id: text(row, "provider_account_id"),
  };
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
