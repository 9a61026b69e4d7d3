import { insertRow } from "./insert.ts";
import { integer, integerOrNull, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A device code to be stored. */
export interface NewDeviceCode {
  readonly deviceHash: string;
  readonly userCode: string;
  readonly expiresAt: number;
  readonly intervalSeconds: number;
}

/** A device code as stored. */
export interface StoredDeviceCode {
  readonly state: string;
  readonly expiresAt: number;
  readonly polledAt: number | null;
  readonly intervalSeconds: number;
  /** Who approved it. */
  readonly userId: string | null;
}

/** Adds a device code that waits for its user; false when the user code is taken. */
export async function insertDeviceCode(store: HostStore, code: NewDeviceCode): Promise<boolean> {
  return await insertRow(store, "device_codes", {
    device_hash: code.deviceHash,
    user_code: code.userCode,
    expires_at: code.expiresAt,
    interval_seconds: code.intervalSeconds,
    state: "pending",
  }, "ON CONFLICT (user_code) DO NOTHING") === 1;
}

/** Returns a device code by its hash. */
export async function findDeviceCode(
  store: HostStore,
  deviceHash: string,
): Promise<StoredDeviceCode | null> {
  const row = await store.one("SELECT * FROM device_codes WHERE device_hash = ?", deviceHash);
  return row === null ? null : {
    state: text(row, "state"),
    expiresAt: integer(row, "expires_at"),
    polledAt: integerOrNull(row, "polled_at"),
    intervalSeconds: integer(row, "interval_seconds"),
    userId: textOrNull(row, "user_id"),
  };
}

/** Notes a poll, and how long to wait for the next. */
export async function notePoll(
  tx: Transaction,
  deviceHash: string,
  now: number,
  intervalSeconds: number,
): Promise<void> {
  await tx.run(
    "UPDATE device_codes SET polled_at = ?, interval_seconds = ? WHERE device_hash = ?",
    now,
    intervalSeconds,
    deviceHash,
  );
}

/** Marks an approved device code used. */
export async function spendDeviceCode(tx: Transaction, deviceHash: string): Promise<void> {
  await tx.run("UPDATE device_codes SET state = 'used' WHERE device_hash = ?", deviceHash);
}

/** Returns whether a user code waits for its user. */
export async function isWaitingCode(
  store: HostStore,
  userCode: string,
  now: number,
): Promise<boolean> {
  const row = await store.one(
    `SELECT 1 AS waits FROM device_codes
     WHERE user_code = ? AND state = 'pending' AND expires_at > ?`,
    userCode,
    now,
  );
  return row !== null;
}

/** Approves a waiting user code for a user, or denies it (`null`); false when none waits. */
export async function decideUserCode(
  store: HostStore,
  userCode: string,
  userId: string | null,
  now: number,
): Promise<boolean> {
  return await store.run(
    `UPDATE device_codes SET state = ?, user_id = ?
     WHERE user_code = ? AND state = 'pending' AND expires_at > ?`,
    userId === null ? "denied" : "approved",
    userId,
    userCode,
    now,
  ) === 1;
}
