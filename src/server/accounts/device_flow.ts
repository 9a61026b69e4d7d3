import { DEVICE_CLIENT_ID } from "../../contract/auth.ts";
import { randomHex, sha256Hex } from "../../platform/random.ts";
import type { Host } from "../http/context.ts";
import type { HostData } from "../store/host_data.ts";
import { integer, integerOrNull, text, textOrNull } from "../store/row.ts";
import { tidy } from "../jobs/cleanup.ts";

/** A device flow that has begun, or the error of RFC 8628. */
export type DeviceStart =
  | {
    readonly ok: true;
    readonly deviceCode: string;
    readonly userCode: string;
    /** Seconds. */
    readonly expiresIn: number;
    /** Seconds. */
    readonly interval: number;
  }
  | { readonly ok: false; readonly error: string };

/** The user who approved the device, or the error of RFC 8628. */
export type DevicePoll =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly error: string };

/** Letters that are hard to take for others, and make no words. */
const USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** Milliseconds a poll may come early: networks are not even. */
const EARLY_MS = 200;

/** Starts a device flow. Hosted API, Authentication. */
export async function startDevice(host: Host, form: URLSearchParams): Promise<DeviceStart> {
  if (form.get("client_id") !== DEVICE_CLIENT_ID) return { ok: false, error: "invalid_client" };
  const { data, levers } = host;
  tidy(data);
  const deviceCode = randomHex(data.platform.random, 32);
  const hash = await sha256Hex(deviceCode);
  const expiresIn = levers?.deviceExpiresIn ?? 600;
  const interval = levers?.deviceInterval ?? 5;
  let userCode = newUserCode(data);
  while (data.one("SELECT 1 FROM device_codes WHERE user_code = ?", userCode) !== null) {
    userCode = newUserCode(data);
  }
  data.run(
    `INSERT INTO device_codes (device_hash, user_code, expires_at, interval_seconds, state)
     VALUES (?, ?, ?, ?, 'pending')`,
    hash,
    userCode,
    data.now() + expiresIn * 1000,
    interval,
  );
  if (levers?.deviceDecision === "deny") decideDevice(data, userCode, null);
  if (levers?.deviceDecision === "approve") {
    const user = data.one("SELECT id FROM users WHERE removed_at IS NULL ORDER BY id LIMIT 1");
    if (user !== null) decideDevice(data, userCode, text(user, "id"));
  }
  return { ok: true, deviceCode, userCode, expiresIn, interval };
}

/** One poll of a device. Hosted API, Authentication. */
export async function pollDevice(data: HostData, form: URLSearchParams): Promise<DevicePoll> {
  const hash = await sha256Hex(form.get("device_code") ?? "");
  return data.transaction((): DevicePoll => {
    const row = data.one("SELECT * FROM device_codes WHERE device_hash = ?", hash);
    if (row === null || text(row, "state") === "used") return { ok: false, error: "invalid_grant" };
    const now = data.now();
    if (integer(row, "expires_at") <= now) return { ok: false, error: "expired_token" };
    const polledAt = integerOrNull(row, "polled_at");
    const interval = integer(row, "interval_seconds");
    const early = polledAt !== null && now < polledAt + interval * 1000 - EARLY_MS;
    data.run(
      "UPDATE device_codes SET polled_at = ?, interval_seconds = ? WHERE device_hash = ?",
      now,
      interval + (early ? 5 : 0),
      hash,
    );
    if (early) return { ok: false, error: "slow_down" };
    const userId = textOrNull(row, "user_id");
    switch (text(row, "state")) {
      case "denied":
        return { ok: false, error: "access_denied" };
      case "approved":
        if (userId === null) return { ok: false, error: "access_denied" };
        data.run("UPDATE device_codes SET state = 'used' WHERE device_hash = ?", hash);
        return { ok: true, userId };
      default:
        return { ok: false, error: "authorization_pending" };
    }
  });
}

/** Approves a waiting user code for a user, or denies it (`null`); false when none waits. */
export function decideDevice(data: HostData, userCode: string, userId: string | null): boolean {
  return data.run(
    `UPDATE device_codes SET state = ?, user_id = ?
     WHERE user_code = ? AND state = 'pending' AND expires_at > ?`,
    userId === null ? "denied" : "approved",
    userId,
    canonicalUserCode(userCode),
    data.now(),
  ) === 1;
}

/** A user code as it is stored: people type it in lower case, with or without the dash. */
export function canonicalUserCode(typed: string): string {
  const letters = typed.toUpperCase().replace(/[^A-Z]/g, "");
  return letters.length === 8 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}

/** Eight letters; bytes that would favour some letters are thrown away. */
function newUserCode(data: HostData): string {
  const fair = 256 - 256 % USER_CODE_LETTERS.length;
  let letters = "";
  while (letters.length < 8) {
    for (const byte of data.platform.random.bytes(16)) {
      if (byte < fair) letters += USER_CODE_LETTERS[byte % USER_CODE_LETTERS.length] ?? "";
    }
  }
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}`;
}
