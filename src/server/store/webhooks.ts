import * as v from "valibot";
import type { HostedProvider } from "../../contract/providers.ts";
import type { Connection } from "../model/connection.ts";
import { hostedProvider, text, textOrNull } from "./row.ts";
import { insertRow } from "./insert.ts";
import type { HostStore, Transaction } from "./store.ts";

/** An issue that is to be read again. */
export interface StoredHint {
  /** The provider's own id of the place. */
  readonly placeId: string;
  readonly issueId: string;
}

/** What a provider has sent by itself. */
export interface WebhookDelivery {
  readonly id: string;
  readonly hints: readonly StoredHint[];
}

const HintsSchema = v.array(v.object({ placeId: v.string(), issueId: v.string() }));

/** Stores a delivery; returns whether it is new. */
export async function insertWebhook(
  tx: Transaction,
  connectionId: string,
  { id, hints }: WebhookDelivery,
  at: number,
): Promise<boolean> {
  return await insertRow(tx, "webhook_deliveries", {
    connection_id: connectionId,
    delivery_id: id,
    hints: JSON.stringify(hints.map(({ placeId, issueId }) => ({ placeId, issueId }))),
    received_at: at,
    handled_at: hints.length === 0 ? at : null,
  }, "ON CONFLICT DO NOTHING") > 0;
}

/** Returns the deliveries of a connection that wait for their handling, the oldest first: `limit` at most. */
export async function openWebhooks(
  store: HostStore,
  connectionId: string,
  limit: number,
): Promise<WebhookDelivery[]> {
  const rows = await store.all(
    `SELECT delivery_id, hints FROM webhook_deliveries
     WHERE connection_id = ? AND handled_at IS NULL ORDER BY received_at, delivery_id LIMIT ?`,
    connectionId,
    limit,
  );
  return rows.map((row) => ({
    id: text(row, "delivery_id"),
    hints: v.parse(HintsSchema, JSON.parse(text(row, "hints"))),
  }));
}

/** Records that a delivery was handled. */
export async function setHandled(
  tx: Transaction,
  connectionId: string,
  id: string,
  at: number,
): Promise<void> {
  await tx.run(
    "UPDATE webhook_deliveries SET handled_at = ? WHERE connection_id = ? AND delivery_id = ?",
    at,
    connectionId,
    id,
  );
}

/** Forgets deliveries that came before a time. */
export async function forgetWebhooks(tx: Transaction, before: number): Promise<void> {
  await tx.run("DELETE FROM webhook_deliveries WHERE received_at <= ?", before);
}

/** A connection that takes webhooks. */
export interface WebhookReceiver {
  readonly connectionId: string;
  readonly teamId: string;
  readonly provider: HostedProvider;
  /** The secret that they are signed with, encrypted. */
  readonly secret: string;
  /** Of the credential: what may sign them as well. */
  readonly credentialKind: string;
  /** Encrypted, too. */
  readonly credential: string;
}

/** Returns the connection that webhooks of a provider are for; `null` when it takes none. */
export async function webhookReceiver(
  store: HostStore,
  provider: string,
  connectionId: string,
): Promise<WebhookReceiver | null> {
  const row = await store.one(
    `SELECT c.id, c.team_id, c.webhook_secret, c.credential_kind, c.credential, i.provider
     FROM connections c JOIN installations i ON i.id = c.installation_id
     WHERE c.id = ? AND i.provider = ? AND c.webhook_secret IS NOT NULL`,
    connectionId,
    provider,
  );
  return row === null ? null : {
    connectionId: text(row, "id"),
    teamId: text(row, "team_id"),
    provider: hostedProvider(row, "provider"),
    secret: text(row, "webhook_secret"),
    credentialKind: text(row, "credential_kind"),
    credential: text(row, "credential"),
  };
}

/** Returns the encrypted secret that the webhooks of a connection are signed with; `null` when there is none. */
export async function webhookSecret(
  store: HostStore,
  connectionId: string,
): Promise<string | null> {
  const row = await store.one("SELECT webhook_secret FROM connections WHERE id = ?", connectionId);
  return row === null ? null : textOrNull(row, "webhook_secret");
}

/** Sets the encrypted secret, unless there is one; returns whether it is the one now. */
export async function setWebhookSecret(
  tx: Transaction,
  connectionId: string,
  secret: string,
): Promise<boolean> {
  return await tx.run(
    "UPDATE connections SET webhook_secret = ? WHERE id = ? AND webhook_secret IS NULL",
    secret,
    connectionId,
  ) > 0;
}

/** Replaces the encrypted secret; returns whether the connection is still there. */
export async function replaceWebhookSecret(
  tx: Transaction,
  connectionId: string,
  secret: string,
): Promise<boolean> {
  return await tx.run(
    "UPDATE connections SET webhook_secret = ? WHERE id = ?",
    secret,
    connectionId,
  ) > 0;
}

/** Records whether the provider lets the host register its webhooks. */
export async function setWebhookState(
  tx: Transaction,
  connectionId: string,
  state: NonNullable<Connection["webhookState"]>,
): Promise<void> {
  await tx.run("UPDATE connections SET webhook_state = ? WHERE id = ?", state, connectionId);
}

/** Milliseconds within which a further webhook is not recorded once more. */
const RECORDED_EVERY_MS = 60_000;

/** Records that a webhook came whose signature fits. */
export async function noteWebhook(
  tx: Transaction,
  connectionId: string,
  at: number,
): Promise<void> {
  await tx.run(
    "UPDATE connections SET webhook_at = ? WHERE id = ? AND (webhook_at IS NULL OR webhook_at < ?)",
    at,
    connectionId,
    at - RECORDED_EVERY_MS,
  );
}
