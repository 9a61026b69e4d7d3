import { TrackerError } from "../../platform/tracker_error.ts";
import { ProviderError, type RenewSecret } from "../../providers/mod.ts";
import { connectionById, replaceCredential, type StoredCredential } from "../store/connections.ts";
import { leaveRenewal, type Renewal, takeRenewal } from "../store/renewals.ts";
import { lockHostSetting } from "../store/settings.ts";
import { isStoreFault } from "../store/store_faults.ts";
import { type HostContext, inTransaction } from "./host_context.ts";
import type { HostKey } from "./host_key.ts";

/** How stored credentials are read and written. */
export interface CredentialKeys {
  /** Decrypts the credential of a connection. */
  readonly secretOf: (connection: StoredCredential) => Promise<string>;
  /** Returns the key that new secrets are encrypted under. */
  readonly provideKey: () => Promise<HostKey>;
}

/** A connection whose credential is renewed. */
export interface RenewedConnection {
  readonly connectionId: string;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Told of the credential that is stored now. */
  readonly onStored?: (credential: string) => void;
}

/**
 * Milliseconds that a process has the renewal of a credential: longer than all attempts to reach the provider, and so
 * short that another one can take over while the provider still takes what is stored.
 */
const TAKEN_MS = 2 * 60_000;

/** Milliseconds between two looks at what another process does. */
const LOOK_MS = 250;

/**
 * Returns how the credential of a connection is renewed: by one of all processes of the host, with its result stored
 * before anybody uses it. The others wait, and take what that one has stored.
 */
export function renewalOf(
  context: HostContext,
  { secretOf, provideKey }: CredentialKeys,
  { connectionId, signal, onStored }: RenewedConnection,
): RenewSecret {
  const { store, platform: { clock } } = context;
  const readStored = async () => {
    const stored = await connectionById(store, connectionId);
    if (stored === null) {
      throw new ProviderError({ kind: "refused" }, "The connection was removed");
    }
    return { stored, secret: await readable(() => secretOf(stored)) };
  };
  return async (used, renew) => {
    const renewal = { connectionId, by: context.newId("rnw") };
    for (;;) {
      if ((await readStored()).secret !== used) break;
      if (await take(context, renewal)) {
        try {
          // Another process may have stored one, and left, since it was looked at.
          const { stored, secret } = await readStored();
          if (secret !== used) break;
          const key = await readable(provideKey);
          const next = await renew(used);
          const credential = await key.encrypt(connectionId, next);
          if (await replace(context, key, stored, credential)) {
            onStored?.(credential);
            return next;
          }
          // A person has entered another one meanwhile.
          break;
        } finally {
          await inTransaction(context, ({ store }) => leaveRenewal(store, renewal));
        }
      }
      await clock.sleep(LOOK_MS, { signal });
    }
    const { stored, secret } = await readStored();
    onStored?.(stored.credential);
    return secret;
  };
}

async function take(context: HostContext, renewal: Renewal): Promise<boolean> {
  return await inTransaction(context, ({ store, now }) => {
    const at = now();
    return takeRenewal(store, renewal, { now: at, until: at + TAKEN_MS });
  });
}

async function replace(
  context: HostContext,
  key: HostKey,
  { id, credential: before }: StoredCredential,
  credential: string,
): Promise<boolean> {
  return await inTransaction(context, async ({ store }) => {
    if (await lockHostSetting(store, "key_check", key.check) !== key.check) return false;
    return await replaceCredential(store, { id, credential: before }, credential);
  });
}

/** A credential that cannot be read or stored is as one that is refused. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TrackerError) || isStoreFault(error)) throw error;
    throw new ProviderError({ kind: "refused" }, error.message);
  }
}
