import * as v from "valibot";
import { STATUSES } from "../../contract/issue.ts";
import { type Connection, CONNECTION_STATES, type StatusWords } from "../model/connection.ts";
import { markDetached } from "./detached.ts";
import { hostedProvider, integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import { insertRow } from "./insert.ts";
import { SET_BACK } from "./jobs.ts";
import type { HostStore, Transaction } from "./store.ts";
import { NOT_TAKEN } from "./taken_up.ts";

/** A connection with its credential as it is stored: encrypted. */
export interface StoredConnection extends Connection {
  readonly credential: string;
}

/** A connection as the administrator sees it. */
export interface ListedConnection extends Connection {
  /** The team's slug. */
  readonly team: string;
  /** How many resources it brings. */
  readonly resources: number;
  /** How many of them the provider did not let the host read last. */
  readonly unreadable: number;
  /** How many changes wait for their delivery. */
  readonly waiting: number;
  /** How many changes were made while no connection brought their place, and not taken by the provider. */
  readonly notTaken: number;
  /** Why nothing is delivered until a later attempt; `null` when deliveries have not failed at the host. */
  readonly deliveryError: string | null;
}

const SELECT = `SELECT c.*, i.provider, teams.slug,
    (SELECT count(*) FROM resources r WHERE r.connection_id = c.id) AS resources,
    (SELECT count(*) FROM resources r WHERE r.connection_id = c.id AND r.sync_error IS NOT NULL)
      AS unreadable,
    (SELECT count(*) FROM outbox o WHERE o.connection_id = c.id AND o.state = 'waiting') AS waiting,
    (SELECT count(*) FROM outbox o WHERE o.connection_id = c.id AND ${NOT_TAKEN}) AS not_taken,
    (SELECT MIN(j.error) FROM jobs j WHERE j.kind = 'deliver' AND j.key = c.id AND ${SET_BACK})
      AS delivery_error
  FROM connections c JOIN installations i ON i.id = c.installation_id
    JOIN teams ON teams.id = c.team_id`;

/** Returns the connections of a team, or of all with `null`, by team and name. */
export async function listConnections(
  store: HostStore,
  teamId: string | null,
): Promise<ListedConnection[]> {
  const rows = await store.all(
    `${SELECT} WHERE (CAST(? AS TEXT) IS NULL OR c.team_id = ?) ORDER BY teams.slug, c.name`,
    teamId,
    teamId,
  );
  return rows.map(readListed);
}

/** Returns the connections with this id or name, of a team or of all with `null`. */
export async function connectionsNamed(
  store: HostStore,
  name: string,
  teamId: string | null,
): Promise<ListedConnection[]> {
  const rows = await store.all(
    `${SELECT} WHERE (c.id = ? OR c.name = ?) AND (CAST(? AS TEXT) IS NULL OR c.team_id = ?)
     ORDER BY teams.slug`,
    name,
    name,
    teamId,
    teamId,
  );
  return rows.map(readListed);
}

/** A resource that a connection brings. */
export interface BroughtResource {
  readonly id: string;
  readonly label: string;
  readonly url: string;
  /** Why the provider did not let the host read it last; `null` when it did. */
  readonly error: string | null;
  /** Up to when the host has read what changed there; `null` before the first round has ended. */
  readonly lastReadAt: number | null;
  /** When the last comparison of all its issues began. */
  readonly lastComparedAt: number | null;
}

/** Returns the resources that a connection brings, by label. */
export async function resourcesOfConnection(
  store: HostStore,
  connectionId: string,
): Promise<readonly BroughtResource[]> {
  const rows = await store.all(
    `SELECT id, label, url, sync_error, last_round_at, last_sweep_at FROM resources
     WHERE connection_id = ? ORDER BY label, id`,
    connectionId,
  );
  return rows.map((row) => ({
    id: text(row, "id"),
    label: text(row, "label"),
    url: text(row, "url"),
    error: textOrNull(row, "sync_error"),
    lastReadAt: integerOrNull(row, "last_round_at"),
    lastComparedAt: integerOrNull(row, "last_sweep_at"),
  }));
}

/** Adds a connection. */
export async function insertConnection(tx: Transaction, one: StoredConnection): Promise<void> {
  await insertRow(tx, "connections", {
    id: one.id,
    team_id: one.teamId,
    installation_id: one.installationId,
    name: one.name,
    base_url: one.baseUrl,
    site: one.site,
    credential_kind: one.credentialKind,
    credential: one.credential,
    made_by: one.madeBy,
    made_at: one.madeAt,
    state: one.state,
    state_detail: one.stateDetail,
    state_at: one.stateAt,
    budget_left: one.budgetLeft,
    budget_resets_at: one.budgetResetsAt,
    last_change_at: one.lastChangeAt,
    paused_at: one.pausedAt,
    webhook_state: one.webhookState,
    webhook_at: one.webhookAt,
    status_words: JSON.stringify(one.statusWords),
  });
}

/** Pauses a connection, or lets it work again with `null`; returns whether that changed something. */
export async function setPaused(
  tx: Transaction,
  id: string,
  pausedAt: number | null,
): Promise<boolean> {
  return await tx.run(
    `UPDATE connections SET paused_at = ? WHERE id = ? AND paused_at IS ${
      pausedAt === null ? "NOT NULL" : "NULL"
    }`,
    pausedAt,
    id,
  ) > 0;
}

/** Gives a connection another name, unless one of its team has it; returns whether it has it now. */
export async function renameConnection(
  tx: Transaction,
  { id, teamId }: Connection,
  name: string,
): Promise<boolean> {
  return await tx.run(
    `UPDATE connections SET name = ? WHERE id = ? AND NOT EXISTS
       (SELECT 1 FROM connections other WHERE other.team_id = ? AND other.name = ? AND other.id <> ?)`,
    name,
    id,
    teamId,
    name,
    id,
  ) > 0;
}

/** Replaces the words of a connection if they are still `before`; returns whether they were. */
export async function replaceStatusWords(
  tx: Transaction,
  id: string,
  before: StatusWords,
  words: StatusWords,
): Promise<boolean> {
  return await tx.run(
    "UPDATE connections SET status_words = ? WHERE id = ? AND status_words = ?",
    JSON.stringify(words),
    id,
    JSON.stringify(before),
  ) > 0;
}

/**
 * Removes a connection. What waits for its delivery ends as failed; its resources and their issues stay. Returns
 * `null` when it is gone already.
 */
export async function deleteConnection(
  tx: Transaction,
  id: string,
  now: number,
): Promise<{ readonly undelivered: number } | null> {
  await markDetached(tx, id);
  if (await tx.run("DELETE FROM connections WHERE id = ?", id) === 0) return null;
  const undelivered = await tx.run(
    `UPDATE outbox SET state = 'failed', error = ?, ended_at = ?
     WHERE connection_id = ? AND state = 'waiting'`,
    "The connection was removed",
    now,
    id,
  );
  return { undelivered };
}

/** A connection's encrypted credential. */
export interface StoredCredential {
  readonly id: string;
  readonly credential: string;
}

/** Follows the id of a connection in that of the secret which its webhooks are signed with. */
const OF_WEBHOOKS = "/webhooks";

/** Names the secret that the webhooks of a connection are signed with, as something encrypted of its own. */
export function webhookSecretId(connectionId: string): string {
  return `${connectionId}${OF_WEBHOOKS}`;
}

/** Returns all that is encrypted: the credentials of all connections, and the secrets of their webhooks. */
export async function allCredentials(store: HostStore): Promise<StoredCredential[]> {
  const rows = await store.all(
    "SELECT id, credential, webhook_secret FROM connections ORDER BY id",
  );
  return rows.flatMap((row) => {
    const id = text(row, "id");
    const secret = textOrNull(row, "webhook_secret");
    return [
      { id, credential: text(row, "credential") },
      ...(secret === null ? [] : [{ id: webhookSecretId(id), credential: secret }]),
    ];
  });
}

/** Replaces what is encrypted if it is still `before`; returns whether it was. */
export async function replaceCredential(
  tx: Transaction,
  { id, credential: before }: StoredCredential,
  credential: string,
): Promise<boolean> {
  const ofWebhooks = id.endsWith(OF_WEBHOOKS);
  const column = ofWebhooks ? "webhook_secret" : "credential";
  return await tx.run(
    `UPDATE connections SET ${column} = ? WHERE id = ? AND ${column} = ?`,
    credential,
    ofWebhooks ? id.slice(0, -OF_WEBHOOKS.length) : id,
    before,
  ) > 0;
}

const StateSchema = v.picklist(CONNECTION_STATES);
const WebhookStateSchema = v.picklist(["registered", "by_hand"]);
const WordsSchema = v.record(v.picklist(STATUSES), v.array(v.string()));

function readListed(row: Row): ListedConnection {
  return {
    ...readConnection(row),
    team: text(row, "slug"),
    resources: integer(row, "resources"),
    unreadable: integer(row, "unreadable"),
    waiting: integer(row, "waiting"),
    notTaken: integer(row, "not_taken"),
    deliveryError: textOrNull(row, "delivery_error"),
  };
}

/** Reads a row of all columns of a connection, and the provider of its installation. */
export function readConnection(row: Row): Connection {
  return {
    id: text(row, "id"),
    teamId: text(row, "team_id"),
    installationId: text(row, "installation_id"),
    provider: hostedProvider(row, "provider"),
    name: text(row, "name"),
    baseUrl: text(row, "base_url"),
    site: textOrNull(row, "site"),
    credentialKind: text(row, "credential_kind"),
    madeBy: textOrNull(row, "made_by"),
    madeAt: integer(row, "made_at"),
    state: v.parse(StateSchema, text(row, "state")),
    stateDetail: textOrNull(row, "state_detail"),
    stateAt: integerOrNull(row, "state_at"),
    budgetLeft: integerOrNull(row, "budget_left"),
    budgetResetsAt: integerOrNull(row, "budget_resets_at"),
    lastChangeAt: integerOrNull(row, "last_change_at"),
    pausedAt: integerOrNull(row, "paused_at"),
    webhookState: row["webhook_state"] === null
      ? null
      : v.parse(WebhookStateSchema, row["webhook_state"]),
    webhookAt: integerOrNull(row, "webhook_at"),
    statusWords: v.parse(WordsSchema, JSON.parse(text(row, "status_words"))),
  };
}

/** Returns a connection with its encrypted credential, or `null` when it was removed. */
export async function connectionById(
  store: HostStore,
  id: string,
): Promise<StoredConnection | null> {
  const row = await store.one(
    `SELECT c.*, i.provider FROM connections c JOIN installations i ON i.id = c.installation_id
     WHERE c.id = ?`,
    id,
  );
  return row === null ? null : { ...readConnection(row), credential: text(row, "credential") };
}

/** Records how a connection stands with its provider. */
export async function setConnectionState(
  tx: Transaction,
  id: string,
  { state, stateDetail, stateAt }: Pick<Connection, "state" | "stateDetail" | "stateAt">,
): Promise<void> {
  await tx.run(
    "UPDATE connections SET state = ?, state_detail = ?, state_at = ? WHERE id = ?",
    state,
    stateDetail,
    stateAt,
    id,
  );
}

/** What an answer of the provider tells of a connection. */
export interface Answered {
  /** Calls that it still allows; `null` when it says nothing. */
  readonly budget: { readonly left: number; readonly resetsAt: number } | null;
  /** Whether the connection was said to be in trouble. */
  readonly wasTroubled: boolean;
}

/** Records that the provider has answered. */
export async function setAnswered(
  tx: Transaction,
  id: string,
  { budget, wasTroubled }: Answered,
): Promise<void> {
  if (wasTroubled) {
    await setConnectionState(tx, id, { state: "ok", stateDetail: null, stateAt: null });
  }
  if (budget === null) return;
  await tx.run(
    "UPDATE connections SET budget_left = ?, budget_resets_at = ? WHERE id = ?",
    budget.left,
    budget.resetsAt,
    id,
  );
}

/** Records when a change at the provider was seen last. */
export async function setLastChange(tx: Transaction, id: string, at: number): Promise<void> {
  await tx.run("UPDATE connections SET last_change_at = ? WHERE id = ?", at, id);
}
