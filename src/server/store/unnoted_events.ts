import { listed, textList } from "./dialect.ts";
import { text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** An event that nobody has looked into for what it says of a work package. */
export interface UnnotedEvent {
  readonly teamId: string;
  readonly eventId: string;
  readonly userId: string;
  /** In JSON; `null` when it is too large to say anything of a package. */
  readonly json: string | null;
}

/** Most bytes of an event that is looked into. */
const MAX_BYTES = 65_536;

/** Returns the first events that were stored by a process of the version before. */
export async function unnotedEvents(store: HostStore, limit: number): Promise<UnnotedEvent[]> {
  const rows = await store.all(
    `SELECT team_id, event_id, user_id,
       CASE WHEN octet_length(json) <= ${MAX_BYTES} THEN json END AS json
     FROM events WHERE noted = 0 ORDER BY team_id, event_id LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({
    teamId: text(row, "team_id"),
    eventId: text(row, "event_id"),
    userId: text(row, "user_id"),
    json: textOrNull(row, "json"),
  }));
}

/** Says that events of a team were looked into. */
export async function setNoted(
  tx: Transaction,
  teamId: string,
  eventIds: readonly string[],
): Promise<void> {
  await tx.run(
    `UPDATE events SET noted = 1 WHERE team_id = ? AND event_id IN (SELECT value FROM ${
      listed(tx)
    })`,
    teamId,
    textList(eventIds),
  );
}
