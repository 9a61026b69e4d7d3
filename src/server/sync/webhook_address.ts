import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { HostKey } from "../context/host_key.ts";
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

/**
 * Returns where a provider is to send for a connection; the secret is made at first. `null` while nobody has told the
 * host where it is reached (`host serve --public-url`), and when its key was rotated just now.
 *
 * @throws {TrackerError} `credential_unreadable`.
 */
export async function webhookAddress(
  context: HostContext,
  key: HostKey,
  { id, provider }: Pick<Connection, "id" | "provider">,
): Promise<WebhookAddress | null> {
  const publicUrl = await hostSetting(context.store, "public_url");
  if (publicUrl === null) return null;
  const name = webhookSecretId(id);
  if (await webhookSecret(context.store, id) === null) {
    const bytes = context.platform.random.bytes(SECRET_BYTES);
    // Before the transaction: it waits for nothing but the store.
    const sealed = await key.encrypt(name, bytes.toHex());
    await inTransaction(context, async ({ store }) => {
      if (await lockHostSetting(store, "key_check", key.check) !== key.check) return;
      await setWebhookSecret(store, id, sealed);
    });
  }
  const sealed = await webhookSecret(context.store, id);
  if (sealed === null) return null;
  const secret = await key.decrypt(name, sealed);
  return { url: `${publicUrl}/webhooks/${provider}/${id}`, secret };
}
