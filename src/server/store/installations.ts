import type { HostedProvider } from "../../contract/providers.ts";
import type { IdentityPath } from "../../contract/results.ts";
import type { Installation } from "../model/resource.ts";
import { hostedProvider, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";
import { insertRow } from "./insert.ts";

/** Returns the team's connection to a provider, or `null`. */
export async function findInstallation(
  store: HostStore,
  teamId: string,
  provider: HostedProvider,
): Promise<Installation | null> {
  const row = await store.one(
    "SELECT * FROM installations WHERE team_id = ? AND provider = ?",
    teamId,
    provider,
  );
  return row === null ? null : readInstallation(row);
}

/** Returns a team's connections. */
export async function installationsOf(store: HostStore, teamId: string): Promise<Installation[]> {
  const rows = await store.all("SELECT * FROM installations WHERE team_id = ?", teamId);
  return rows.map(readInstallation);
}

/** Returns the connections of all teams with the teams' slugs, by slug and provider. */
export async function allInstallations(
  store: HostStore,
): Promise<(Installation & { readonly teamSlug: string })[]> {
  const rows = await store.all(
    `SELECT i.*, teams.slug FROM installations i JOIN teams ON teams.id = i.team_id
     ORDER BY teams.slug, i.provider`,
  );
  return rows.map((row) => ({ ...readInstallation(row), teamSlug: text(row, "slug") }));
}

/** Adds a connection. */
export async function insertInstallation(
  tx: Transaction,
  installation: Installation,
): Promise<void> {
  await insertRow(tx, "installations", {
    id: installation.id,
    team_id: installation.teamId,
    provider: installation.provider,
    provider_account_id: installation.providerAccountId,
  });
}

/** A user's own account at a connected provider. */
export interface UserLink {
  readonly id: string;
  readonly installationId: string;
  readonly userId: string;
}

/** Links a user's own provider account to an installation; leaves it when it is linked already. */
export async function linkUser(store: HostStore, link: UserLink): Promise<void> {
  await store.run(
    "INSERT INTO user_links (id, installation_id, user_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    link.id,
    link.installationId,
    link.userId,
  );
}

/** Returns whether a user's own account is linked to an installation. */
export async function isLinked(
  store: HostStore,
  installationId: string,
  userId: string,
): Promise<boolean> {
  return await store.one(
    "SELECT 1 FROM user_links WHERE installation_id = ? AND user_id = ?",
    installationId,
    userId,
  ) !== null;
}

/** Returns whose account work on a resource is done with (wire.md, Results). */
export async function identityPath(
  store: HostStore,
  installationId: string,
  userId: string,
): Promise<IdentityPath> {
  const row = await store.one(
    `SELECT i.provider, i.provider_account_id, l.id AS link_id FROM installations i
     LEFT JOIN user_links l ON l.installation_id = i.id AND l.user_id = ? WHERE i.id = ?`,
    userId,
    installationId,
  );
  if (row === null) throw new TypeError(`No installation "${installationId}"`);
  const installation = {
    id: installationId,
    provider: text(row, "provider"),
    providerAccountId: text(row, "provider_account_id"),
  };
  return identityPathOf(installation, textOrNull(row, "link_id"));
}

/** Returns the same for an installation that is known. */
export async function identityAt(
  store: HostStore,
  installation: Installation,
  userId: string,
): Promise<IdentityPath> {
  const row = await store.one(
    "SELECT id FROM user_links WHERE installation_id = ? AND user_id = ?",
    installation.id,
    userId,
  );
  return identityPathOf(installation, row === null ? null : text(row, "id"));
}

/** Returns the same by the id of the user's link to the installation; `null` where there is none. */
export function identityPathOf(
  { id, provider, providerAccountId }: {
    readonly id: string;
    readonly provider: string;
    readonly providerAccountId: string;
  },
  linkId: string | null,
): IdentityPath {
  return {
    type: linkId === null ? "installation" : "user_link",
    installation_id: id,
    user_link_id: linkId,
    provider,
    provider_account_id: providerAccountId,
  };
}

/** Reads a row of the table `installations`. */
export function readInstallation(row: Row): Installation {
  return {
    id: text(row, "id"),
    teamId: text(row, "team_id"),
    provider: hostedProvider(row, "provider"),
    providerAccountId: text(row, "provider_account_id"),
  };
}
