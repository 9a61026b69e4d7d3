import { join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { HOST_MIGRATIONS } from "../store/migrations/migrations.ts";
import { readSchema, storedKeyCheck } from "../store/reading_facts.ts";
import { hostSetting, setHostSettingOnce } from "../store/settings.ts";
import { type HostContext, inTransaction } from "./host_context.ts";
import { type HostLocation, readData } from "./location.ts";
import { type HostKey, hostKey, KEY_BYTES, keyBytes } from "./host_key.ts";

/** Where the host's key may be; the first that is given counts. */
export interface KeySource {
  /** A file with the key as base64. */
  readonly keyFile?: string | undefined;
  /** The directory of the data, which holds a key of its own; `null` where several processes share a database. */
  readonly directory: string | null;
}

/** A key, and what is to be said of how it is kept. */
export interface LoadedKey {
  readonly key: HostKey;
  /** The file it comes from, or `null` for the environment. */
  readonly file: string | null;
  /** Whether other users of the machine can read the file. */
  readonly isExposed: boolean;
}

/** The variable that may hold the key as base64. */
export const KEY_VARIABLE = "TRACKER_HOST_KEY";

const KEY_FILE = "host.key";
/** A key file is never larger. */
const MAX_KEY_FILE_BYTES = 4_096;

/** Returns where the key of the data at a location may be. */
export function keySource(location: HostLocation, keyFile: string | undefined): KeySource {
  return { keyFile, directory: "dataDir" in location ? location.dataDir : null };
}

/** Returns the path of the key that a directory of data holds. */
export function keyFileIn(directory: string): string {
  return join(directory, KEY_FILE);
}

/**
 * Returns the key of a source, or `null` when none is there and none is named.
 *
 * @throws {TrackerError} `host_key_missing` for a named file that is not there, `host_key_invalid`.
 */
export async function loadKey(platform: Platform, source: KeySource): Promise<LoadedKey | null> {
  if (source.keyFile !== undefined) {
    const loaded = await keyIn(platform, source.keyFile);
    if (loaded === null) {
      throw missingKey(`There is no key file "${source.keyFile}"`, { path: source.keyFile });
    }
    return loaded;
  }
  const variable = platform.env.get(KEY_VARIABLE)?.trim() ?? "";
  if (variable !== "") {
    const bytes = keyBytes(variable);
    if (bytes === null) throw invalidKey(`\`${KEY_VARIABLE}\``);
    return { key: await hostKey(bytes, platform.random), file: null, isExposed: false };
  }
  return source.directory === null ? null : await keyIn(platform, keyFileIn(source.directory));
}

/**
 * Returns the key of a source, which must hold one.
 *
 * @throws {TrackerError} `host_key_missing`, `host_key_invalid`.
 */
export async function requireKey(platform: Platform, source: KeySource): Promise<LoadedKey> {
  const loaded = await loadKey(platform, source);
  if (loaded === null) throw missingKey("The host has no key");
  return loaded;
}

/** Puts the key of a file into another one, private to the user. */
export async function copyKeyFile(platform: Platform, from: string, to: string): Promise<void> {
  const text = await platform.files.readText(from, { maxBytes: MAX_KEY_FILE_BYTES });
  if (text === null) throw missingKey(`There is no key file "${from}"`, { path: from });
  await platform.files.writeAtomic(to, text, { mode: 0o600, forceMode: true });
}

/**
 * Fails when the key is not the one of the data at a location. Nothing is created or migrated: a host that is started
 * with another host's key leaves the data as it is, whatever its version.
 *
 * @throws {TrackerError} `host_key_wrong`, `host_key_missing`, `host_key_invalid`, and what keeps the data from being
 * opened.
 */
export async function requireKeyOfData(
  platform: Platform,
  location: HostLocation,
  source: KeySource,
): Promise<void> {
  const loaded = await loadKey(platform, source);
  const reader = await readData(platform, location);
  if (reader === null) return;
  try {
    const { version, tables } = await readSchema(reader);
    // What is not this program's, or is of a newer version, is refused when it is opened.
    if (version > HOST_MIGRATIONS.length || !tables.includes("host_settings")) return;
    const known = await storedKeyCheck(reader);
    if (known === null) return;
    // Another process may have made the key since its file was looked for.
    const key = loaded ?? await loadKey(platform, source);
    if (key === null) throw missingKey("The host's key is missing");
    if (key.key.check !== known) throw wrongKey(key.file);
  } finally {
    await reader.close();
  }
}

/**
 * Returns the key, once it is known to be the one that the host's credentials are encrypted under; `null` when there
 * is none and none has been used yet. The first key that a host is started with is its key.
 *
 * @throws {TrackerError} `host_key_wrong`, `host_key_missing`; nothing is changed then.
 */
export async function requireHostKey(
  context: HostContext,
  source: KeySource,
): Promise<LoadedKey | null> {
  // Another process may make the key meanwhile: its file is there before its check is.
  const known = await hostSetting(context.store, "key_check");
  const loaded = await loadKey(context.platform, source);
  if (loaded === null) {
    if (known === null) return null;
    throw missingKey("The host's key is missing");
  }
  const { check } = loaded.key;
  const used = known ?? await inTransaction(
    context,
    (context) => setHostSettingOnce(context.store, "key_check", check),
  );
  if (used !== check) throw wrongKey(loaded.file);
  return loaded;
}

/**
 * Returns the key to encrypt a new credential under. In a directory of data it is made when none has been used yet;
 * a shared database has no place for one.
 *
 * @throws {TrackerError} `host_key_missing`, `host_key_wrong`, `host_key_invalid`.
 */
export async function provideHostKey(context: HostContext, source: KeySource): Promise<LoadedKey> {
  const loaded = await requireHostKey(context, source);
  if (loaded !== null) return loaded;
  if (source.directory !== null) {
    await createKeyFile(context.platform, keyFileIn(source.directory));
  }
  return await requireHostKey(context, source) ?? await requireKey(context.platform, source);
}

/** Makes a file with a new key, private to the user; returns false, and changes nothing, when there is a file. */
export async function createKeyFile(platform: Platform, path: string): Promise<boolean> {
  const lockPath = `${path}.lock`;
  const lock = await platform.files.lock(lockPath, { purpose: "makes a key" });
  try {
    if (await platform.files.stat(path) !== null) return false;
    const text = `${platform.random.bytes(KEY_BYTES).toBase64()}\n`;
    await platform.files.writeAtomic(path, text, { mode: 0o600 });
    return true;
  } finally {
    // Who waited for it finds the key in its place.
    await platform.files.remove(lockPath);
    await lock.release();
  }
}

async function keyIn(platform: Platform, path: string): Promise<LoadedKey | null> {
  const text = await platform.files.readText(path, { maxBytes: MAX_KEY_FILE_BYTES });
  if (text === null) return null;
  const bytes = keyBytes(text);
  if (bytes === null) throw invalidKey(`"${path}"`);
  const { mode = null } = await platform.files.stat(path) ?? {};
  return {
    key: await hostKey(bytes, platform.random),
    file: path,
    isExposed: mode !== null && (mode & 0o077) !== 0,
  };
}

/** Returns the failure of a host that has lost its key. */
export function missingKey(
  message: string,
  details: { readonly path?: string } = {},
): TrackerError {
  return new TrackerError({
    code: "host_key_missing",
    message: `${message}: without it the credentials of the host's connections cannot be read`,
    nextAction: `Name its file with \`--key-file FILE\`, or set \`${KEY_VARIABLE}\`. ` +
      "A host that never had a key gets one with `tracker host key create FILE`.",
    details,
  });
}

function invalidKey(place: string): TrackerError {
  return new TrackerError({
    code: "host_key_invalid",
    message: `${place} holds no key: a key is ${KEY_BYTES} bytes as base64`,
    nextAction: "Name the right file, or make a key with `tracker host key create FILE`.",
  });
}

function wrongKey(file: string | null): TrackerError {
  const name = file === null ? `The key in \`${KEY_VARIABLE}\`` : `The key in "${file}"`;
  return new TrackerError({
    code: "host_key_wrong",
    message: `${name} is not the key of this host: its credentials are encrypted under another one`,
    nextAction: "Use the key that the host's other processes use. Nothing was changed.",
    details: file === null ? {} : { path: file },
  });
}
