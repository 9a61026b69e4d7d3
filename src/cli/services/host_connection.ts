import { type OpenHost, openHost } from "../../client/open_host.ts";
import { CredentialStore } from "../../user/credentials.ts";
import type { Context } from "../command/context.ts";
import { requestLog } from "./request_log.ts";
import { VERSION } from "../version.ts";

/** What talking to one host as this user takes. */
export type HostConnection = OpenHost & { readonly credentials: CredentialStore };

/**
 * Opens the host given, or the configured one.
 *
 * @throws {TrackerError} `rollout_disabled`; `missing_host_config` when there is none; `invalid_host_url`.
 */
export async function hostConnection(context: Context, baseUrl?: string): Promise<HostConnection> {
  const { platform } = context;
  const onRequestLog = requestLog(context);
  const host = await openHost({
    platform,
    baseUrl,
    version: VERSION,
    onRequestLog,
    purpose: "sign_in",
  });
  return { ...host, credentials: new CredentialStore({ platform }) };
}
