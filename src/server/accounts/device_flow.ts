import { DEVICE_CLIENT_ID } from "../../contract/auth.ts";
import { type Random, randomHex, sha256Hex } from "../../platform/random.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import {
  decideUserCode,
  findDeviceCode,
  insertDeviceCode,
  isWaitingCode,
  notePoll,
  spendDeviceCode,
} from "../store/devices.ts";
import { lockDeviceCode } from "../store/locks.ts";
import { firstUser, lockCheckedUser, lockUser, type StoredUser } from "../store/users.ts";
import { type IssuedTokens, newPair, startSession } from "./tokens.ts";

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

/** How a device flow goes. */
export interface DeviceOptions {
  /** Seconds a code lives; 600 unless given. */
  readonly expiresIn?: number | undefined;
  /** Seconds between two polls; 5 unless given. */
  readonly interval?: number | undefined;
  /** What becomes of the code at once, in the name of the first user; left to the person unless given. */
  readonly decision?: "approve" | "deny" | null | undefined;
}

/** The tokens of a device that was approved, or the error of RFC 8628. */
export type DevicePoll =
  | { readonly ok: true; readonly tokens: IssuedTokens }
  | { readonly ok: false; readonly error: string };

/** Letters that are hard to take for others, and make no words. */
const USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** Milliseconds a poll may come early: networks are not even. */
const EARLY_MS = 200;

/** Starts a device flow (wire.md, Authentication). */
export async function startDevice(
  context: HostContext,
  form: URLSearchParams,
  options: DeviceOptions = {},
): Promise<DeviceStart> {
  if (form.get("client_id") !== DEVICE_CLIENT_ID) return { ok: false, error: "invalid_client" };
  const { expiresIn = 600, interval = 5, decision = null } = options;
  const { random } = context.platform;
  const deviceCode = randomHex(random, 32);
  const deviceHash = await sha256Hex(deviceCode);
  const userCode = await inTransaction(context, async ({ store, now }) => {
    const expiresAt = now() + expiresIn * 1000;
    for (;;) {
      const userCode = newUserCode(random);
      const code = { deviceHash, userCode, expiresAt, intervalSeconds: interval };
      if (await insertDeviceCode(store, code)) return userCode;
    }
  });
  if (decision === "deny") await decideDevice(context, userCode, null);
  if (decision === "approve") {
    const first = await firstUser(context.store);
    if (first !== null) await decideDevice(context, userCode, first);
  }
  return { ok: true, deviceCode, userCode, expiresIn, interval };
}

/**
 * Answers one poll of a device (wire.md, Authentication). An approval and the session that it begins are one
 * transaction, so that neither is there without the other.
 */
export async function pollDevice(context: HostContext, form: URLSearchParams): Promise<DevicePoll> {
  const hash = await sha256Hex(form.get("device_code") ?? "");
  const pair = await newPair(context);
  return await inTransaction(context, async (context): Promise<DevicePoll> => {
    const { store } = context;
    const approver = (await findDeviceCode(store, hash))?.userId ?? null;
    // The user comes first, as where all sign-ins under way are ended.
    const isUser = approver !== null && await lockUser(store, approver);
    await lockDeviceCode(store, hash);
    const found = await findDeviceCode(store, hash);
    if (found === null || found.state === "used") return { ok: false, error: "invalid_grant" };
    const now = context.now();
    if (found.expiresAt <= now) return { ok: false, error: "expired_token" };
    const { polledAt, intervalSeconds, userId } = found;
    const early = polledAt !== null && now < polledAt + intervalSeconds * 1000 - EARLY_MS;
    await notePoll(store, hash, now, intervalSeconds + (early ? 5 : 0));
    if (early) return { ok: false, error: "slow_down" };
    switch (found.state) {
      case "denied":
        return { ok: false, error: "access_denied" };
      case "approved": {
        // Approved since it was looked up: the next poll holds the user.
        if (userId !== approver) return { ok: false, error: "authorization_pending" };
        if (userId === null || !isUser) return { ok: false, error: "access_denied" };
        const tokens = await startSession(context, userId, pair, "device");
        await spendDeviceCode(store, hash);
        return { ok: true, tokens };
      }
      default:
        return { ok: false, error: "authorization_pending" };
    }
  });
}

/** What came of the decision about a user code; `other_password` when the user has another one by now. */
export type DeviceDecision = "decided" | "unknown_code" | "other_password";

/** Approves a waiting user code for a user, or denies it (`null`). */
export async function decideDevice(
  context: HostContext,
  userCode: string,
  approver: StoredUser | null,
): Promise<DeviceDecision> {
  const code = canonicalUserCode(userCode);
  // A guess holds nobody up.
  if (!await isWaitingCode(context.store, code, context.now())) return "unknown_code";
  return await inTransaction(context, async ({ store, now }) => {
    if (approver !== null && !await lockCheckedUser(store, approver)) return "other_password";
    const isDecided = await decideUserCode(store, code, approver?.user.id ?? null, now());
    return isDecided ? "decided" : "unknown_code";
  });
}

/** Returns a user code as it is stored: people type it in lower case, with or without the dash. */
export function canonicalUserCode(typed: string): string {
  const letters = typed.toUpperCase().replace(/[^A-Z]/g, "");
  return letters.length === 8 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}

/** Returns eight letters. Bytes that would favour some letters are thrown away. */
function newUserCode(random: Random): string {
  const fair = 256 - 256 % USER_CODE_LETTERS.length;
  let letters = "";
  while (letters.length < 8) {
    for (const byte of random.bytes(16)) {
      if (byte < fair) letters += USER_CODE_LETTERS[byte % USER_CODE_LETTERS.length] ?? "";
    }
  }
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}`;
}
