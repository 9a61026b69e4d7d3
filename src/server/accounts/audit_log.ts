import { requireAdmin } from "../context/admin.ts";
import type { HostContext } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import { auditEntries, type AuditEntry } from "../store/audit.ts";
import { allTeams } from "../store/teams.ts";

export type { AuditEntry } from "../store/audit.ts";

/** Which of the things done to read. */
export interface AuditRequest {
  /** One team's, and what concerns the whole host; `null` for those of all teams. */
  readonly teamId: string | null;
  readonly limit: number;
  /** Entries before this one: the last one of the page before. */
  readonly before?: string | undefined;
  /** Entries not older than this, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** What the user with this name did; `command line` for the host's command line. */
  readonly user?: string | undefined;
  /** Entries of this action, such as `user.add`. */
  readonly action?: string | undefined;
}

/** What was done, with the team it concerns. */
export interface ReadAuditEntry extends AuditEntry {
  /** The slug; `null` for what concerns the whole host. */
  readonly team: string | null;
}

/**
 * Returns what administrators did, newest first.
 *
 * @throws {TrackerError} `admin_only`.
 */
export async function readAudit(
  context: HostContext,
  actor: Actor,
  { teamId, limit, before, since, user, action }: AuditRequest,
): Promise<ReadAuditEntry[]> {
  await requireAdmin(context, actor, teamId);
  const slugs = new Map((await allTeams(context.store)).map(({ id, slug }) => [id, slug]));
  const entries = await auditEntries(context.store, {
    teamId,
    limit,
    before: before ?? null,
    since: since ?? null,
    actor: user ?? null,
    action: action ?? null,
  });
  return entries.map((entry) => ({
    ...entry,
    team: entry.teamId === null ? null : slugs.get(entry.teamId) ?? entry.teamId,
  }));
}
