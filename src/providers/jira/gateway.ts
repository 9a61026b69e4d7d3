import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { Budget } from "../budget.ts";
import type { ConnectingTools, Credential } from "../connecting.ts";
import { ProviderError } from "../remote.ts";
import { readStored } from "../stored.ts";
import { callProvider } from "../transport.ts";
import { TokenSchema } from "./credential.ts";
import { JIRA_BUDGETS } from "./faults.ts";

/** Returns where the gateway has the site of this id. */
export function gatewayOf(api: string, cloudId: string): string {
  return `${api}/ex/jira/${encodeURIComponent(cloudId)}`;
}

const TenantSchema = v.looseObject({ cloudId: v.pipe(v.string(), v.uuid()) });

/**
 * Returns a person's token as the gateway takes it, which alone takes tokens with scopes. A site says its own id to
 * anybody (`GET /_edge/tenant_info`). `null` where it does not, and for what goes through the gateway already.
 *
 * @throws {ProviderError} `limited`, `unreachable`.
 */
export async function throughGateway(
  credential: Credential,
  api: string,
  { fetch, clock, signal }: ConnectingTools,
): Promise<{ readonly credential: Credential; readonly gateway: string } | null> {
  const stored = readStored(TokenSchema, credential.secret);
  if (stored === null || stored.gateway !== undefined) return null;
  const wire = {
    provider: "Jira",
    baseUrl: credential.baseUrl,
    headers: {},
    fetch,
    clock,
    signal,
    budget: new Budget(clock, JIRA_BUDGETS),
    secrets: [credential.secret, stored.token],
    judge: () => null,
  };
  try {
    const path = "/_edge/tenant_info";
    const { body } = await callProvider(wire, { name: "name the site", method: "GET", path });
    const tenant = parseWith(TenantSchema, body);
    if (!tenant.ok) return null;
    const gateway = gatewayOf(api, tenant.value.cloudId);
    const secret = JSON.stringify({ ...stored, gateway });
    return { credential: { ...credential, secret }, gateway };
  } catch (error) {
    if (error instanceof ProviderError && isAnswer(error)) return null;
    throw error;
  }
}

/** Whether a call was answered, if not as it was to be. */
function isAnswer({ fault: { kind } }: ProviderError): boolean {
  return kind === "refused" || kind === "rejected" || kind === "failing";
}
