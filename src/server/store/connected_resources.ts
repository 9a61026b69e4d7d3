import type { HostedProvider } from "../../contract/providers.ts";
import { text, textOrNull } from "./row.ts";
import { forgetSync } from "./sync_state.ts";
import type { HostStore, Transaction } from "./store.ts";

/** Returns the resource of an installation by the provider's own id, and which connection brings it. */
export async function connectedResource(
  store: HostStore,
  installationId: string,
  externalId: string,
): Promise<{ readonly resourceId: string; readonly connectionId: string | null } | null> {
  const row = await store.one(
    "SELECT id, connection_id FROM resources WHERE installation_id = ? AND external_id = ?",
    installationId,
    externalId,
  );
  return row === null
    ? null
    : { resourceId: text(row, "id"), connectionId: textOrNull(row, "connection_id") };
}

/** Returns which connection of a team brings each place of a provider: its name, by the provider's own id of the place. */
export async function connectedPlaces(
  store: HostStore,
  teamId: string,
  provider: HostedProvider,
): Promise<ReadonlyMap<string, string>> {
  const rows = await store.all(
    `SELECT r.external_id, c.name FROM resources r JOIN connections c ON c.id = r.connection_id
       JOIN installations i ON i.id = c.installation_id
     WHERE c.team_id = ? AND i.provider = ?`,
    teamId,
    provider,
  );
  return new Map(rows.map((row) => [text(row, "external_id"), text(row, "name")]));
}

/** Has a connection bring a resource, of which nothing has been read yet. */
export async function connectResource(
  tx: Transaction,
  resourceId: string,
  connectionId: string,
): Promise<void> {
  await tx.run("UPDATE resources SET connection_id = ? WHERE id = ?", connectionId, resourceId);
  await forgetSync(tx, resourceId);
}

/** Returns the encrypted credential of a connection of a team; `null` when the team has none with this id. */
export async function credentialOf(
  store: HostStore,
  teamId: string,
  connectionId: string,
): Promise<string | null> {
  const row = await store.one(
    "SELECT credential FROM connections WHERE id = ? AND team_id = ?",
    connectionId,
    teamId,
  );
  return row === null ? null : text(row, "credential");
}

/** Gives a connection another credential, with which it works again; returns whether it is still there. */
export async function renewCredential(
  tx: Transaction,
  connectionId: string,
  { credential, kind, site }: {
    /** Encrypted. */
    readonly credential: string;
    readonly kind: string;
    readonly site: string | null;
  },
): Promise<boolean> {
  return await tx.run(
    `UPDATE connections SET credential = ?, credential_kind = ?, site = ?, state = 'ok', state_detail = NULL,
       state_at = NULL WHERE id = ?`,
    credential,
    kind,
    site,
    connectionId,
  ) > 0;
}
