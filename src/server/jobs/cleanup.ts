import type { HostData } from "../store/host_data.ts";

const HOUR_MS = 60 * 60 * 1000;

/** Milliseconds that a host waits before it looks for what has expired again. */
export const TIDY_EVERY_MS: number = HOUR_MS / 6;

const EXPIRING = ["access_tokens", "refresh_tokens", "candidate_tokens", "authorization_codes"];

/** Milliseconds an operation that has ended can be asked for. */
export const OPERATION_KEPT_MS: number = 7 * 24 * HOUR_MS;

/**
 * Forgets what has expired: tokens, candidate tokens, logins without any token, operations that ended
 * long ago, and device codes once a device can no longer be waiting to hear that they have expired.
 * Called wherever rows are added that expire, by strangers too; looks only once in a while.
 */
export function tidy(data: HostData): void {
  if (!data.isDue(TIDY_EVERY_MS)) return;
  const now = data.now();
  data.transaction(() => {
    for (const table of EXPIRING) {
      data.run(`DELETE FROM ${table} WHERE expires_at <= ?`, now);
    }
    data.run("DELETE FROM device_codes WHERE expires_at <= ?", now - 24 * HOUR_MS);
    data.run("DELETE FROM operations WHERE ended_at <= ?", now - OPERATION_KEPT_MS);
    data.run(
      `DELETE FROM token_families WHERE id NOT IN (SELECT family_id FROM access_tokens
       UNION SELECT family_id FROM refresh_tokens)`,
    );
  });
}
