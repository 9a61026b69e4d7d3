import { forgetAnswers } from "./idempotency.ts";
import { forgetLimits } from "./limits.ts";
import { forgetJobs } from "./jobs.ts";
import { forgetWebhooks } from "./webhooks.ts";
import type { Transaction } from "./store.ts";
import { MAY_BE_TAKEN } from "./taken_up.ts";

const EXPIRING = [
  "access_tokens",
  "refresh_tokens",
  "web_sessions",
  "candidate_tokens",
  "authorization_codes",
];

/** Up to when rows are deleted, in milliseconds since 1970. */
export interface Expiry {
  /** Expiry of tokens, sessions of browsers, candidate tokens and authorization codes. */
  readonly tokens: number;
  /** Expiry of device codes, and of sign-ins at providers. */
  readonly deviceCodes: number;
  /** End of operations, of deliveries, and of jobs that have failed. */
  readonly operations: number;
  /** Age of answers that can be replayed. */
  readonly answers: number;
  /** Expiry of limits; `null` for the time of the database. */
  readonly limits: number | null;
  /** What administrators did, and machine tokens that ended. */
  readonly audit: number;
  /** Arrival of webhooks. */
  readonly webhooks: number;
  /** End of jobs that were done. */
  readonly jobs: number;
}

/** Deletes what has expired, and logins without any token. */
export async function forgetExpired(tx: Transaction, expiry: Expiry): Promise<void> {
  for (const table of EXPIRING) {
    await tx.run(`DELETE FROM ${table} WHERE expires_at <= ?`, expiry.tokens);
  }
  await tx.run("DELETE FROM device_codes WHERE expires_at <= ?", expiry.deviceCodes);
  // Who comes back late is told so; what was entered is forgotten at once.
  await tx.run("UPDATE provider_sign_ins SET request = '' WHERE expires_at <= ?", expiry.tokens);
  await tx.run("DELETE FROM provider_sign_ins WHERE expires_at <= ?", expiry.deviceCodes);
  await forgetAnswers(tx, expiry.answers);
  await forgetWebhooks(tx, expiry.webhooks);
  await forgetLimits(tx, expiry.limits);
  await tx.run("DELETE FROM operations WHERE ended_at <= ?", expiry.operations);
  await tx.run("DELETE FROM audit WHERE at <= ?", expiry.audit);
  await tx.run(
    "DELETE FROM machine_tokens WHERE revoked_at <= ? OR expires_at <= ?",
    expiry.audit,
    expiry.audit,
  );
  await tx.run(
    `DELETE FROM outbox WHERE ended_at <= ? AND NOT (${MAY_BE_TAKEN})`,
    expiry.operations,
  );
  await forgetJobs(tx, { done: expiry.jobs, failed: expiry.operations });
  await tx.run(
    `DELETE FROM token_families WHERE id NOT IN (SELECT family_id FROM access_tokens
     UNION SELECT family_id FROM refresh_tokens UNION SELECT family_id FROM web_sessions)`,
  );
}
