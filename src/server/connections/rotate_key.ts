import { TrackerError } from "../../platform/tracker_error.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { HostKey } from "../context/host_key.ts";
import {
  copyKeyFile,
  keyFileIn,
  type KeySource,
  type LoadedKey,
  loadKey,
  requireHostKey,
  requireKey,
} from "../context/key_source.ts";
import type { Actor } from "../model/actor.ts";
import { allCredentials, replaceCredential } from "../store/connections.ts";
import { hostSetting, replaceHostSetting } from "../store/settings.ts";

/**
 * Encrypts all credentials under another key, all or none. `now` must be the host's key. Returns how many there are.
 *
 * @throws {TrackerError} `credential_unreadable`, `credentials_changed`; nothing is changed then.
 */
export async function rotateKey(
  context: HostContext,
  actor: Actor,
  { now, next }: { readonly now: HostKey; readonly next: HostKey },
): Promise<number> {
  // A transaction waits for nothing but the store; encrypting waits for another thread.
  const credentials = await allCredentials(context.store);
  const rotated = await Promise.all(
    credentials.map(async (one) => ({
      one,
      credential: await next.encrypt(one.id, await now.decrypt(one.id, one.credential)),
    })),
  );
  await inTransaction(context, async (context) => {
    const { store } = context;
    // Its row is locked from here on: a new credential waits, and then finds that its key is no longer the host's.
    if (!await replaceHostSetting(store, "key_check", now.check, next.check)) {
      throw credentialsChanged();
    }
    let left = (await allCredentials(store)).length;
    for (const { one, credential } of rotated) {
      if (await replaceCredential(store, one, credential)) left--;
    }
    if (left !== 0) throw credentialsChanged();
    await audit(context, {
      actor,
      teamId: null,
      action: "key.rotate",
      target: "host",
      details: { credentials: rotated.length },
    });
  });
  return rotated.length;
}

/** What a rotation has come to. */
export interface RotatedKey {
  /** How many credentials are under the new key. */
  readonly credentials: number;
  /** Whether the new key was the host's before: nothing was encrypted then. */
  readonly wasHosts: boolean;
  readonly next: LoadedKey;
  /** The key file of the directory of the data, when it was the old key's place and is the new one's; else `null`. */
  readonly replaced: string | null;
}

/**
 * Encrypts all credentials under the key in a file. A directory of data that holds the old key holds the new one then.
 * A rotation that ended before that is completed.
 *
 * @throws {TrackerError} as {@link rotateKey}, {@link requireHostKey} and {@link loadKey} do.
 */
export async function rotateHostKey(
  context: HostContext,
  actor: Actor,
  { now: source, nextFile }: { readonly now: KeySource; readonly nextFile: string },
): Promise<RotatedKey> {
  const { platform } = context;
  const next = await requireKey(platform, { keyFile: nextFile, directory: null });
  const wasHosts = await hostSetting(context.store, "key_check") === next.key.check;
  // The directory may hold the key of before, which is no longer the host's.
  const now = wasHosts
    ? await loadKey(platform, source)
    : await requireHostKey(context, source) ?? await requireKey(platform, source);
  const credentials = wasHosts || now === null
    ? (await allCredentials(context.store)).length
    : await rotateKey(context, actor, { now: now.key, next: next.key });
  const own = source.directory === null ? null : keyFileIn(source.directory);
  const isOwn = now === null ? source.keyFile === undefined : now.file === own;
  if (own === null || !isOwn) return { credentials, wasHosts, next, replaced: null };
  await copyKeyFile(platform, nextFile, own);
  return { credentials, wasHosts, next, replaced: own };
}

/** Returns the failure of what met another change of the host's key, or of a credential under it. */
export function credentialsChanged(): TrackerError {
  return new TrackerError({
    code: "credentials_changed",
    message: "A connection or the host's key was changed at the same time",
    nextAction: "Try again. Nothing was changed.",
  });
}
