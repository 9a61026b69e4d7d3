/** A host that takes webhooks of a repository that it has mirrored. Prints where they are sent, and their secret. */
import { webhookSecretId } from "../../../src/server/store/connections.ts";
import { setWebhookSecret } from "../../../src/server/store/webhooks.ts";
import { connectedHost, mirrored } from "./connected_host.ts";

/** Where webhooks are sent, and what signs them. */
export interface Receiver {
  readonly url: string;
  readonly secret: string;
}

if (import.meta.main) {
  const { url, context, key, connect } = await connectedHost();
  const id = await connect();
  await mirrored(context, id);
  const secret = "a secret of webhooks";
  const sealed = await (await key()).encrypt(webhookSecretId(id), secret);
  await context.store.transaction((tx) => setWebhookSecret(tx, id, sealed));
  const receiver: Receiver = { url: `${url}/webhooks/github/${id}`, secret };
  console.log(JSON.stringify(receiver));
}
