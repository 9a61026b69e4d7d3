import type { HostContext } from "../context/host_context.ts";
import { type KeySource, missingKey, requireHostKey } from "../context/key_source.ts";
import type { StoredCredential } from "../store/connections.ts";

/** Returns what decrypts the credentials of connections; the key is read when the first one is needed. */
export function secretsOf(
  context: HostContext,
  source: KeySource,
): (connection: StoredCredential) => Promise<string> {
  return async ({ id, credential }) => {
    const loaded = await requireHostKey(context, source);
    if (loaded === null) throw missingKey("The host's key is missing");
    return await loaded.key.decrypt(id, credential);
  };
}
