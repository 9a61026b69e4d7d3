import type { TransportOptions } from "../../client/transport.ts";
import { CredentialStore } from "../../user/credentials.ts";
import { missingHost } from "../../user/readiness_wording.ts";
import { resolveHostUrl } from "../../user/settings.ts";
import type { Context } from "../command/context.ts";
import { requestLog } from "./request_log.ts";
import { VERSION } from "../version.ts";

/** What talking to one host as this user takes. */
export type HostConnection = TransportOptions & { readonly credentials: CredentialStore };

/**
 * The connection to the host given, or to the configured one.
 *
 * @throws {TrackerError} `missing_host_config` when there is none; `invalid_host_url`.
 */
export async function hostConnection(context: Context, host?: string): Promise<HostConnection> {
  const baseUrl = host ?? (await resolveHostUrl(context.platform))?.url;
  if (baseUrl === undefined) throw missingHost("sign_in");
  return {
    platform: context.platform,
    baseUrl,
    version: VERSION,
    onRequestLog: requestLog(context),
    credentials: new CredentialStore({ platform: context.platform }),
  };
}
