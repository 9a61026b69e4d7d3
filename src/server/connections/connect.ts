import type { HostedProvider } from "../../contract/providers.ts";
import {
  type CheckedCredential,
  type Connecting,
  type ConnectingTools,
  type Credential,
  type CredentialFault,
  ProviderError,
  type ProviderFault,
  type RenewSecret,
} from "../../providers/mod.ts";
import { ensureInstallation } from "../bindings/resources.ts";
import { requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { HostKey } from "../context/host_key.ts";
import type { Actor } from "../model/actor.ts";
import { connectionsNamed, insertConnection } from "../store/connections.ts";
import { lockTeam } from "../store/locks.ts";
import { lockHostSetting } from "../store/settings.ts";
import type { HostStore, Transaction } from "../store/store.ts";
import { findTeam, insertTeam, type Team } from "../store/teams.ts";
import { nameTaken } from "./admin.ts";
import { credentialsChanged } from "./rotate_key.ts";

/** Milliseconds that a provider has to answer a test. */
const ANSWER_WITHIN_MS = 30_000;

/** A provider to connect. */
export interface NewConnection {
  readonly teamId: string;
  /** The team, where it is made with the connection. */
  readonly newTeam?: Team | undefined;
  readonly provider: HostedProvider;
  /** Tested before. */
  readonly credential: Credential;
  /** Whose credential it is, as the provider names them. */
  readonly account: string;
  /** What it is called; after the provider, with a number when the team has one of that name, unless given. */
  readonly name?: string | undefined;
}

/** What came of a test, and why a test has failed. */
export type TestedCredential =
  | Extract<CheckedCredential, { readonly ok: true }>
  | CredentialFault & { readonly fault: ProviderFault };

/**
 * Tests a credential at its provider. Nothing is stored, and nothing is changed there; one that is stored and has ended
 * is renewed by `renew`.
 */
export async function testCredential(
  context: HostContext,
  connecting: Connecting,
  credential: Credential,
  renew?: (signal: AbortSignal) => RenewSecret,
): Promise<TestedCredential> {
  return await askProvider(
    context,
    credential,
    (tools) => connecting.look(credential, { ...tools, renew: renew?.(tools.signal) }),
  );
}

/** Asks a provider about a credential; what keeps it from an answer is told as what is wrong with that. */
export async function askProvider<T extends { readonly ok: true }>(
  { platform }: HostContext,
  credential: Credential,
  ask: (tools: ConnectingTools) => Promise<T | CredentialFault>,
): Promise<T | CredentialFault & { readonly fault: ProviderFault }> {
  const { clock, fetch } = platform;
  const deadline = clock.deadline(ANSWER_WITHIN_MS);
  const { signal } = deadline;
  try {
    const seen = await ask({ fetch, clock, signal });
    return seen.ok ? seen : { ...seen, fault: { kind: "refused" } };
  } catch (error) {
    const late = `The provider did not answer within ${ANSWER_WITHIN_MS / 1000} s. Try again.`;
    if (deadline.signal.aborted) return failed({ kind: "unreachable" }, late);
    if (!(error instanceof ProviderError)) throw error;
    // What one call may not do, the credential may not do.
    const { fault, message } = error;
    if (fault.kind !== "rejected") return failed(fault, message);
    // What a provider does not reach or know by name, its test says in its own words.
    const isUnknown = fault.code === "http_404" || fault.code === "http_405";
    const where = isUnknown ? `. Is ${credential.baseUrl} the address of its API?` : "";
    return failed({ kind: "refused" }, message + where);
  } finally {
    deadline.clear();
  }
}

function failed(
  fault: ProviderFault,
  message: string,
): CredentialFault & { readonly fault: ProviderFault } {
  return { ok: false, field: null, message, fault };
}

/**
 * Stores a connection whose credential was tested, encrypted under the host's key; returns its id.
 *
 * @throws {TrackerError} `admin_only`; `connection_name_taken`; `credentials_changed` when the key was rotated meanwhile, nothing is stored then.
 */
export async function addConnection(
  context: HostContext,
  actor: Actor,
  key: HostKey,
  { teamId: plannedId, newTeam, provider, credential, account, name: wanted }: NewConnection,
): Promise<string> {
  await requireAdmin(context, actor, plannedId);
  const id = context.newId("con");
  // Before the transaction: it waits for nothing but the store.
  const encrypted = await key.encrypt(id, credential.secret);
  return await inTransaction(context, async (context) => {
    const { store, now } = context;
    if (await lockHostSetting(store, "key_check", key.check) !== key.check) {
      throw credentialsChanged();
    }
    const teamId = newTeam === undefined ? plannedId : await storedTeam(store, newTeam);
    await lockTeam(store, teamId);
    const installation = await ensureInstallation(context, teamId, provider);
    const name = wanted ?? await freeName(store, teamId, provider);
    if ((await connectionsNamed(store, name, teamId)).length > 0) throw nameTaken(name);
    await insertConnection(store, {
      id,
      teamId,
      installationId: installation.id,
      provider,
      name,
      baseUrl: credential.baseUrl,
      site: credential.site,
      credentialKind: credential.kind,
      credential: encrypted,
      madeBy: actor.kind === "user" ? actor.name : null,
      madeAt: now(),
      state: "ok",
      stateDetail: null,
      stateAt: null,
      budgetLeft: null,
      budgetResetsAt: null,
      lastChangeAt: null,
      pausedAt: null,
      webhookState: null,
      webhookAt: null,
      statusWords: {},
    });
    const details = { provider, account, address: credential.baseUrl, kind: credential.kind };
    await audit(context, { actor, teamId, action: "connection.add", target: name, details });
    return id;
  });
}

/** Stores a team; returns its id, or that of the team of this name which was made meanwhile. */
async function storedTeam(store: Transaction, team: Team): Promise<string> {
  await insertTeam(store, team);
  return (await findTeam(store, team.slug) ?? team).id;
}

async function freeName(store: HostStore, teamId: string, provider: string): Promise<string> {
  for (let number = 1;; number++) {
    const name = number === 1 ? provider : `${provider}-${number}`;
    if ((await connectionsNamed(store, name, teamId)).length === 0) return name;
  }
}
