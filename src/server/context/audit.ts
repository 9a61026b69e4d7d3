import type { JsonObject } from "../../contract/field.ts";
import type { Actor } from "../model/actor.ts";
import type { AuditAction } from "../model/audit_action.ts";
import { insertAudit } from "../store/audit.ts";
import type { TransactionContext } from "./host_context.ts";

/** What was done, to what, and by whom. */
export interface Deed {
  readonly actor: Actor;
  /** `null` for what concerns the whole host. */
  readonly teamId: string | null;
  readonly action: AuditAction;
  /** What it was done to, as people know it. */
  readonly target: string;
  /** Facts beside it; never a secret. */
  readonly details?: JsonObject;
}

/** Records what an administrator does, in the transaction that does it. */
export async function audit(context: TransactionContext, deed: Deed): Promise<void> {
  const { actor } = deed;
  await insertAudit(context.store, {
    id: context.newId("aud"),
    at: context.now(),
    teamId: deed.teamId,
    userId: actor.kind === "user" ? actor.id : null,
    actor: actor.kind === "user" ? actor.name : "command line",
    action: deed.action,
    target: deed.target,
    details: deed.details ?? {},
  });
}

/** Records what is done to a user in each of the user's teams; for a user without a team, for the host. */
export async function auditOfTeams(
  context: TransactionContext,
  teams: readonly { readonly id: string }[],
  deed: Omit<Deed, "teamId">,
): Promise<void> {
  if (teams.length === 0) await audit(context, { ...deed, teamId: null });
  for (const { id } of teams) await audit(context, { ...deed, teamId: id });
}
