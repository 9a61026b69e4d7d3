import type { Platform } from "../../platform/platform.ts";
import { keySource, type LoadedKey, loadKey } from "../context/key_source.ts";
import type { HostLocation } from "../context/location.ts";
import type { StoreReader } from "../store/reading.ts";
import { sealed } from "../store/waiting_work.ts";
import { broken, doubtful, type HostFinding, many, note, sound } from "./finding.ts";

/** Where the key may be. */
export interface KeyPlace {
  readonly location: HostLocation;
  readonly keyFile: string | undefined;
}

const NAME = "name its file with `--key-file FILE`, or set `TRACKER_HOST_KEY`";

/**
 * Looks whether the key is there, and the one that the credentials are encrypted under. `reader` is `null` when that
 * cannot be read.
 */
export async function examineKey(
  platform: Platform,
  reader: StoreReader | null,
  { location, keyFile }: KeyPlace,
): Promise<readonly HostFinding[]> {
  const loaded = await loadKey(platform, keySource(location, keyFile));
  const exposed = loaded === null ? [] : exposure(loaded);
  if (reader === null) {
    return loaded === null
      ? []
      : [note("key", "there is a key; whether it is this host's is not known"), ...exposed];
  }
  const { keyCheck, credentials } = await sealed(reader);
  if (loaded === null) {
    return keyCheck === null && credentials.length === 0
      ? [sound("key", "no key is needed yet: nothing is encrypted")]
      : [broken("key", "the key is missing: no credential can be read", NAME, {
        code: "host_key_missing",
      })];
  }
  if (keyCheck !== null && keyCheck !== loaded.key.check) {
    const finding = broken("key", "the key is not the one of this host", NAME, {
      code: "host_key_wrong",
    });
    return [finding, ...exposed];
  }
  const unreadable: string[] = [];
  for (const { id, secret } of credentials) {
    await loaded.key.decrypt(id, secret).catch(() => unreadable.push(id));
  }
  const [first] = unreadable;
  if (first === undefined) return [sound("key", "the key is this host's"), ...exposed];
  const finding = broken(
    "key",
    `${many(unreadable.length, "credential")} cannot be read, such as that of "${first}"`,
    "remove these connections and connect again",
    { code: "credential_unreadable", connections: unreadable },
  );
  return [finding, ...exposed];
}

function exposure({ isExposed, file }: LoadedKey): readonly HostFinding[] {
  if (!isExposed || file === null) return [];
  return [doubtful(
    "key file",
    `other users of this machine can read the key in "${file}"`,
    "make it private with `chmod 600`",
    { path: file },
  )];
}
