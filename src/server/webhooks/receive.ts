import type { Hono } from "hono";
import { TrackerError } from "../../platform/tracker_error.ts";
import { ProviderError, type RemoteWebhooks } from "../../providers/mod.ts";
import { readBytes } from "../http/body.ts";
import { type Call, type Host, type HostEnv, sendJson } from "../http/context.ts";
import { HttpError } from "../http/http_error.ts";
import { webhookSecretId } from "../store/connections.ts";
import { type WebhookDelivery, type WebhookReceiver, webhookReceiver } from "../store/webhooks.ts";
import { Intake } from "./intake.ts";

/** The path that providers send to. */
export const WEBHOOK_ROUTE = "/webhooks/:provider/:connection";

/** Most bytes of a webhook, as GitHub sends it. */
const MAX_WEBHOOK_BYTES = 25 * 1024 * 1024;

/** Secrets that are remembered decrypted: their decryption would take longer than all the rest. */
const MOST_SECRETS = 1_000;

/**
 * Adds what providers send by themselves. A signature over the bytes says that it is the provider; a delivery is stored
 * once, as a hint to read issues, and answered at once. An unknown connection and a wrong signature are told apart for
 * nobody.
 */
export function addWebhookRoute(app: Hono<HostEnv>, host: Host): void {
  const secrets = new Map<string, string>();
  const intake = new Intake(host.context);
  const opened = async (id: string, sealed: string): Promise<string> => {
    const known = secrets.get(sealed);
    if (known !== undefined) return known;
    const secret = await host.secretOf({ id, credential: sealed });
    if (secrets.size >= MOST_SECRETS) secrets.clear();
    secrets.set(sealed, secret);
    return secret;
  };
  const isSigned = async (
    { verify, byCredential }: RemoteWebhooks,
    { connectionId, secret, credentialKind, credential }: WebhookReceiver,
    headers: Headers,
    body: Uint8Array,
  ): Promise<boolean> => {
    const now = host.context.now();
    const id = webhookSecretId(connectionId);
    if (await verify(await opened(id, secret), headers, body, now)) return true;
    if (byCredential?.kind !== credentialKind) return false;
    try {
      return await byCredential.verify(await opened(connectionId, credential), headers, now);
    } catch (error) {
      if (!isBroken(error)) throw error;
      return false;
    }
  };

  app.post(WEBHOOK_ROUTE, async (call) => {
    const { provider = "", connection = "" } = call.req.param();
    const receiver = await webhookReceiver(host.context.store, provider, connection);
    const webhooks = receiver === null ? null : host.remotes[receiver.provider]?.webhooks ?? null;
    if (receiver === null || webhooks === null) throw unknown(host, "unknown");
    const body = await bodyOf(host, call);
    const { headers } = call.req.raw;
    if (!await isSigned(webhooks, receiver, headers, body)) throw unknown(host, "refused");
    const delivery = read(host, webhooks, headers, body);
    const isNew = await intake.store({ receiver, delivery });
    host.metrics.webhooks.add([isNew ? "accepted" : "repeated"]);
    return sendJson({}, 202);
  });
}

/** Returns whether a stored credential cannot be read, or is none: it signs nothing then. */
function isBroken(error: unknown): boolean {
  return error instanceof ProviderError ||
    error instanceof TrackerError && error.code === "credential_unreadable";
}

async function bodyOf(host: Host, call: Call): Promise<Uint8Array> {
  const body = await readBytes(call, MAX_WEBHOOK_BYTES);
  if (body !== null) return body;
  host.metrics.webhooks.add(["refused"]);
  throw new HttpError({
    code: "validation_error",
    status: 413,
    message: `The webhook is larger than ${MAX_WEBHOOK_BYTES} bytes`,
  });
}

function read(
  host: Host,
  webhooks: RemoteWebhooks,
  headers: Headers,
  body: Uint8Array,
): WebhookDelivery {
  try {
    const { deliveryId: id, hints } = webhooks.read(headers, body);
    if (id !== "") return { id, hints };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // Told below, as a delivery without a name is.
  }
  host.metrics.webhooks.add(["unreadable"]);
  throw new HttpError({ code: "validation_error", message: "The webhook cannot be read" });
}

function unknown({ metrics }: Host, why: "unknown" | "refused"): HttpError {
  metrics.webhooks.add([why]);
  return new HttpError({
    code: "validation_error",
    status: 404,
    message: "No webhook is expected here",
  });
}
