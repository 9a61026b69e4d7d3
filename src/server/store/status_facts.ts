import type { ProjectMapping } from "../model/binding.ts";
import { readCounts } from "./issue_counts.ts";
import { IS_OPEN } from "./operations.ts";
import { integer, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";

/** What the status of a project tells of its resource. */
export interface StatusFacts {
  /** Whether its issues come through a connection, or came through one that was removed. */
  readonly hasConnection: boolean;
  /** Whether an operation of the mapping has not ended. */
  readonly isWorkedOn: boolean;
  /** The link of the user's own account to the installation; `null` where there is none. */
  readonly linkId: string | null;
  /** How many issues have each status, and how many there are in all (`total`). */
  readonly counts: Readonly<Record<string, number>>;
}

/** Returns what a status tells of a mapping and its resource to a user, in one statement. */
export async function statusFacts(
  store: HostStore,
  { resourceId, bindingRef }: ProjectMapping,
  userId: string,
): Promise<StatusFacts> {
  const rows = await store.all(
    `SELECT CASE WHEN r.connection_id IS NULL AND r.detached_change IS NULL THEN 0 ELSE 1 END
         AS has_connection,
       (SELECT COUNT(*) FROM (SELECT 1 FROM operations o WHERE o.binding_ref = ? AND ${IS_OPEN} LIMIT 1) AS open_ones)
         AS open_operations,
       (SELECT l.id FROM user_links l WHERE l.installation_id = r.installation_id AND l.user_id = ?) AS link_id,
       c.status, c.issues
     FROM resources r LEFT JOIN issue_counts c ON c.resource_id = r.id AND c.issues <> 0
     WHERE r.id = ? ORDER BY c.status`,
    bindingRef,
    userId,
    resourceId,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError(`No resource "${resourceId}"`);
  return {
    hasConnection: integer(row, "has_connection") === 1,
    isWorkedOn: integer(row, "open_operations") > 0,
    linkId: textOrNull(row, "link_id"),
    counts: readCounts(rows.filter(({ status }) => status !== null)),
  };
}
