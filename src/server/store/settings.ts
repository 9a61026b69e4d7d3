import { lockSetting } from "./locks.ts";
import { text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** Facts that hold for the whole host. */
export type SettingName = "key_check" | "public_url";

/** Returns a fact of the whole host, or `null` when it is not set. */
export async function hostSetting(store: HostStore, name: SettingName): Promise<string | null> {
  const row = await store.one("SELECT value FROM host_settings WHERE name = ?", name);
  return row === null ? null : text(row, "value");
}

/** Sets a fact that no process has set before; returns what is set then, by whichever process came first. */
export async function setHostSettingOnce(
  tx: Transaction,
  name: SettingName,
  value: string,
): Promise<string> {
  await tx.run(
    "INSERT INTO host_settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
    name,
    value,
  );
  return await hostSetting(tx, name) ?? value;
}

/**
 * Sets a fact that is not set yet, and lets no other transaction replace it until this one ends; returns what is set
 * then.
 */
export async function lockHostSetting(
  tx: Transaction,
  name: SettingName,
  value: string,
): Promise<string> {
  const set = await setHostSettingOnce(tx, name, value);
  await lockSetting(tx, name);
  return await hostSetting(tx, name) ?? set;
}

/** Sets a fact, whatever it was. */
export async function setHostSetting(
  store: HostStore,
  name: SettingName,
  value: string,
): Promise<void> {
  await store.run(
    `INSERT INTO host_settings (name, value) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    name,
    value,
  );
}

/** Replaces a fact if it is still `before`; returns whether it was. */
export async function replaceHostSetting(
  tx: Transaction,
  name: SettingName,
  before: string,
  value: string,
): Promise<boolean> {
  const changed = await tx.run(
    "UPDATE host_settings SET value = ? WHERE name = ? AND value = ?",
    value,
    name,
    before,
  );
  return changed > 0;
}
