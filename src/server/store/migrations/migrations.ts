import { TABLES } from "./v1_tables.ts";
import { TEAMS_AND_PARENTS } from "./v2_teams_and_parents.ts";
import { SESSIONS } from "./v3_sessions.ts";
import { CHANGE_NUMBERS } from "./v4_change_numbers.ts";
import { TOMBSTONES } from "./v5_tombstones.ts";
import { COMMENTS } from "./v6_comments.ts";
import { JOBS } from "./v7_jobs.ts";
import { CONNECTIONS } from "./v8_connections.ts";
import { ACCOUNTS } from "./v9_accounts.ts";
import { LIMITS } from "./v10_limits.ts";
import { COUNTS } from "./v11_counts.ts";
import { SEARCH } from "./v12_search.ts";
import { SYNC } from "./v13_sync.ts";
import { SERVERS } from "./v14_servers.ts";
import { SNAPSHOT_PARTS } from "./v15_snapshots.ts";
import { SIGN_INS } from "./v16_sign_ins.ts";
import { WORK_PACKAGES } from "./v17_work_packages.ts";
import { UPDATES } from "./v18_updates.ts";
import { KINDS } from "./v19_kinds.ts";

/**
 * The host's schema. Each entry brings it one version further and is never edited once released. Times are
 * milliseconds since 1970; secrets are stored as SHA-256 hashes only.
 */
export const HOST_MIGRATIONS: readonly string[] = [
  TABLES,
  TEAMS_AND_PARENTS,
  SESSIONS,
  CHANGE_NUMBERS,
  TOMBSTONES,
  COMMENTS,
  JOBS,
  CONNECTIONS,
  ACCOUNTS,
  LIMITS,
  COUNTS,
  SEARCH,
  SYNC,
  SERVERS,
  SNAPSHOT_PARTS,
  SIGN_INS,
  WORK_PACKAGES,
  UPDATES,
  KINDS,
];
