import { TrackerError } from "../../platform/tracker_error.ts";
import type { Connectable, WebhookForm } from "../../providers/mod.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { HostKey } from "../context/host_key.ts";
import { syncNow } from "../jobs/start_syncing.ts";
import type { Actor } from "../model/actor.ts";
import { type ListedConnection, webhookSecretId } from "../store/connections.ts";
import { hostSetting, lockHostSetting } from "../store/settings.ts";
import { replaceWebhookSecret } from "../store/webhooks.ts";
import { provideWebhookSecret, webhookPath } from "../context/webhook_address.ts";
import { findConnection, type NamedConnection } from "./admin.ts";
import { credentialsChanged } from "./rotate_key.ts";

/** Where a provider is to send webhooks for a connection, and how a person has it do so. Holds no secret. */
export interface WebhookPlace {
  /** `null` while nobody has told the host where it is reached. */
  readonly url: string | null;
  /** What follows the host's address. */
  readonly path: string;
  /** What the provider asks for; `null` when this version does not know. */
  readonly form: WebhookForm | null;
}

/** Returns where the provider of a connection is to send. */
export async function webhookPlace(
  { store }: HostContext,
  connectable: Connectable,
  connection: Pick<ListedConnection, "id" | "provider">,
): Promise<WebhookPlace> {
  const publicUrl = await hostSetting(store, "public_url");
  const path = webhookPath(connection);
  const form = connectable[connection.provider]?.webhooks ?? null;
  return { url: publicUrl === null ? null : publicUrl + path, path, form };
}

/** The fewest characters of a secret that a person enters. */
const MIN_SECRET = 16;

/** The most characters of a secret that a person enters. */
const MAX_SECRET = 500;

/**
 * Returns the secret that the webhooks of a connection are signed with, for an admin who enters it at the provider. It
 * is made at first. That it was shown is recorded; the secret is not.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`, `credential_unreadable`,
 * `credentials_changed` when the key was rotated just now.
 */
export async function showWebhookSecret(
  context: HostContext,
  actor: Actor,
  key: HostKey,
  named: NamedConnection,
): Promise<string> {
  const { id, teamId, name } = await findConnection(context, actor, named);
  const secret = await provideWebhookSecret(context, key, id);
  if (secret === null) throw credentialsChanged();
  await inTransaction(context, (context) => {
    const details = { secret: "shown" };
    return audit(context, { actor, teamId, action: "connection.webhook", target: name, details });
  });
  return secret;
}

/**
 * Stores the secret that the provider has made for the webhooks of a connection, in place of the host's own.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`, `webhook_secret_invalid`,
 * `credentials_changed` when the key was rotated, or the connection removed, meanwhile.
 */
export async function enterWebhookSecret(
  context: HostContext,
  actor: Actor,
  key: HostKey,
  named: NamedConnection,
  secret: string,
): Promise<void> {
  const { id, teamId, name } = await findConnection(context, actor, named);
  if (!/^[\x21-\x7e]+$/.test(secret) || secret.length < MIN_SECRET || secret.length > MAX_SECRET) {
    throw invalidSecret();
  }
  const sealed = await key.encrypt(webhookSecretId(id), secret);
  await inTransaction(context, async (context) => {
    const { store } = context;
    if (await lockHostSetting(store, "key_check", key.check) !== key.check) {
      throw credentialsChanged();
    }
    if (!await replaceWebhookSecret(store, id, sealed)) throw credentialsChanged();
    await syncNow(context, id);
    const details = { secret: "entered" };
    await audit(context, { actor, teamId, action: "connection.webhook", target: name, details });
  });
}

function invalidSecret(): TrackerError {
  return new TrackerError({
    code: "webhook_secret_invalid",
    message:
      `A secret of webhooks has ${MIN_SECRET} to ${MAX_SECRET} visible characters, and no blank`,
    nextAction: "Copy it whole from the provider's page of the webhook.",
  });
}
