import type { HostedProvider } from "../../contract/providers.ts";
import { PLACE_ID } from "./resources.ts";
import { text, textOrNull } from "./row.ts";
import { forgetSync } from "./sync_state.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A place by the provider's own id, at one server of the provider. */
export interface PlaceAtServer {
  readonly externalId: string;
  /** The base URL of the connections to it. */
  readonly server: string;
  /** The address of the place. */
  readonly url: string;
}

/**
 * Returns the resource of an installation that is a place, and which connection brings it. Where it is not known at
 * which server a resource was, since an earlier version has removed its connection, its address tells.
 */
export async function connectedResource(
  store: HostStore,
  installationId: string,
  { externalId, server, url }: PlaceAtServer,
): Promise<{ readonly resourceId: string; readonly connectionId: string | null } | null> {
  const rows = await store.all(
    `SELECT r.id, r.connection_id, r.url, COALESCE(r.server, c.base_url) AS server
     FROM resources r LEFT JOIN connections c ON c.id = r.connection_id
     WHERE r.installation_id = ? AND ${PLACE_ID} = ? ORDER BY r.id`,
    installationId,
    externalId,
  );
  const row = rows.find((one) => textOrNull(one, "server") === server) ??
    rows.find((one) => textOrNull(one, "server") === null && isSameSite(text(one, "url"), url));
  return row === undefined
    ? null
    : { resourceId: text(row, "id"), connectionId: textOrNull(row, "connection_id") };
}

/** Returns whether two addresses are at one site; one that is no address may be anywhere. */
function isSameSite(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return true;
  return new URL(one).origin === new URL(other).origin;
}

/** A server of a provider, as a team reaches it. */
export interface PlacesAt {
  readonly teamId: string;
  readonly provider: HostedProvider;
  readonly baseUrl: string;
}

/** Returns which connection of a team brings each place of a server: its name, by the provider's own id of the place. */
export async function connectedPlaces(
  store: HostStore,
  { teamId, provider, baseUrl }: PlacesAt,
): Promise<ReadonlyMap<string, string>> {
  const rows = await store.all(
    `SELECT ${PLACE_ID} AS external_id, c.name FROM resources r
       JOIN connections c ON c.id = r.connection_id JOIN installations i ON i.id = c.installation_id
     WHERE c.team_id = ? AND i.provider = ? AND c.base_url = ?`,
    teamId,
    provider,
    baseUrl,
  );
  return new Map(rows.map((row) => [text(row, "external_id"), text(row, "name")]));
}

/** A place that a connection brings. */
export interface BroughtPlace {
  /** The id of its resource. */
  readonly id: string;
  /** The provider's own id of it. */
  readonly externalId: string;
  /** What a credential names it by. */
  readonly key: string;
  readonly label: string;
  readonly url: string;
  /** Why the provider did not let the host read it last; `null` when it did. */
  readonly error: string | null;
}

/** Returns the places that a connection brings, by label. */
export async function broughtPlaces(
  store: HostStore,
  connectionId: string,
): Promise<BroughtPlace[]> {
  const rows = await store.all(
    `SELECT r.id, ${PLACE_ID} AS external_id, r.key, r.label, r.url, r.sync_error FROM resources r
     WHERE r.connection_id = ? ORDER BY r.label, r.id`,
    connectionId,
  );
  return rows.map((row) => ({
    id: text(row, "id"),
    externalId: text(row, "external_id"),
    key: text(row, "key"),
    label: text(row, "label"),
    url: text(row, "url"),
    error: textOrNull(row, "sync_error"),
  }));
}

/** Has a connection bring a resource, of which nothing has been read yet. */
export async function connectResource(
  tx: Transaction,
  resourceId: string,
  { connectionId, server }: { readonly connectionId: string; readonly server: string },
): Promise<void> {
  await tx.run(
    "UPDATE resources SET connection_id = ?, server = ? WHERE id = ?",
    connectionId,
    server,
    resourceId,
  );
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
       state_at = NULL, renewal_by = NULL, renewal_until = NULL WHERE id = ?`,
    credential,
    kind,
    site,
    connectionId,
  ) > 0;
}
