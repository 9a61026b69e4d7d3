import { hex, type Random } from "../../platform/random.ts";
import { TrackerError } from "../../platform/tracker_error.ts";

/** The key that a host encrypts the credentials of its connections under. */
export interface HostKey {
  /** Tells this key from another one, and nothing else about it. */
  readonly check: string;
  /** Encrypts a secret for the row with this id: in another row it cannot be decrypted. */
  encrypt(rowId: string, secret: string): Promise<string>;
  /**
   * Decrypts the secret of a row.
   *
   * @throws {TrackerError} `credential_unreadable` for another key, another row, or a changed text.
   */
  decrypt(rowId: string, stored: string): Promise<string>;
}

/** Bytes of a key. */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/** Begins a stored secret, so that another way to encrypt can follow one day. */
const FORM = "v1:";

/** Returns the key made of 32 bytes: AES-256-GCM with a nonce of its own for each secret. */
export async function hostKey(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
): Promise<HostKey> {
  const cipher = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
  return {
    check: await checkOf(bytes),
    async encrypt(rowId, secret) {
      const nonce = random.bytes(NONCE_BYTES);
      const sealed = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv: nonce, additionalData: encoded(rowId) },
        cipher,
        encoded(secret),
      );
      return `${FORM}${nonce.toBase64()}:${new Uint8Array(sealed).toBase64()}`;
    },
    async decrypt(rowId, stored) {
      try {
        if (!stored.startsWith(FORM)) throw unreadableCredential(rowId);
        const [nonce = "", sealed = ""] = stored.slice(FORM.length).split(":");
        const opened = await crypto.subtle.decrypt(
          {
            name: "AES-GCM",
            iv: Uint8Array.fromBase64(nonce),
            additionalData: encoded(rowId),
          },
          cipher,
          Uint8Array.fromBase64(sealed),
        );
        return new TextDecoder().decode(opened);
      } catch {
        // The cause says nothing, and could quote what is stored.
        throw unreadableCredential(rowId);
      }
    },
  };
}

/** Returns the key that a text holds, as base64, or `null` when it holds none. */
export function keyBytes(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = Uint8Array.fromBase64(text.trim());
    return bytes.length === KEY_BYTES ? bytes : null;
  } catch {
    return null;
  }
}

async function checkOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const mac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, mac, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoded("tracker host key"))));
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function unreadableCredential(rowId: string): TrackerError {
  return new TrackerError({
    code: "credential_unreadable",
    message: `Cannot read the credential of the connection "${rowId}" with this host's key`,
    nextAction: "Serve with the key it was stored under (`--key-file FILE`), or connect again.",
    details: { connection: rowId },
  });
}
