import { type HostContext, inTransaction } from "./host_context.ts";
import type { HostKey } from "./host_key.ts";
import type { Connection } from "../model/connection.ts";
import { webhookSecretId } from "../store/connections.ts";
import { hostSetting, lockHostSetting } from "../store/settings.ts";
import { setWebhookSecret, webhookSecret } from "../store/webhooks.ts";

/** Where a provider is to send, and what it is to sign with. */
export interface WebhookAddress {
  readonly url: string;
  readonly secret: string;
}

/** Bytes of a new secret. */
const SECRET_BYTES = 32;

/** Returns the path that a provider sends to for a connection. */
export function webhookPath({ id, provider }: Pick<Connection, "id" | "provider">): string {
  return `/webhooks/${provider}/${id}`;
}

/**
 * Returns where a provider is to send for a connection; the secret is made at first. `null` while nobody has told the
 * host where it is reached (`host serve --public-url`), and when its key was rotated just now.
 *
 * @throws {TrackerError} `credential_unreadable`.
 */
export async function webhookAddress(
  context: HostContext,
  key: HostKey,
  connection: Pick<Connection, "id" | "provider">,
): Promise<WebhookAddress | null> {
  const publicUrl = await hostSetting(context.store, "public_url");
  if (publicUrl === null) return null;
  const secret = await provideWebhookSecret(context, key, connection.id);
  return secret === null ? null : { url: publicUrl + webhookPath(connection), secret };
}

/**
 * Returns the secret that the webhooks of a connection are signed with; it is made at first. `null` when the key was
 * rotated just now.
 *
 * @throws {TrackerError} `credential_unreadable`.
 */
export async function provideWebhookSecret(
  context: HostContext,
  key: HostKey,
  connectionId: string,
): Promise<string | null> {
  const name = webhookSecretId(connectionId);
  if (await webhookSecret(context.store, connectionId) === null) {
    const bytes = context.platform.random.bytes(SECRET_BYTES);
    // Before the transaction: it waits for nothing but the store.
    const sealed = await key.encrypt(name, bytes.toHex());
    await inTransaction(context, async ({ store }) => {
      if (await lockHostSetting(store, "key_check", key.check) !== key.check) return;
      await setWebhookSecret(store, connectionId, sealed);
    });
  }
  const sealed = await webhookSecret(context.store, connectionId);
  return sealed === null ? null : await key.decrypt(name, sealed);
}
