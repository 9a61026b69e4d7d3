import type { MappingState } from "../model/binding.ts";
import { type Page, pageOf, type PageRequest } from "../model/page.ts";
import type { Resource } from "../model/resource.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";
import { readToldResource, TOLD_COLUMNS } from "./told_labels.ts";

/** A resource as it is listed for people, with what is in it and who uses it. */
export interface ListedPlace {
  readonly resource: Resource;
  /** The connection its issues come from; `null` when they live in this host. */
  readonly connectionId: string | null;
  /** Issues in it, counted up to {@link COUNTED}. */
  readonly issues: number;
  /** When an issue of it was last changed, in milliseconds since 1970; `null` without issues. */
  readonly changedAt: number | null;
  /** The project that is bound to it. */
  readonly project: {
    readonly slug: string;
    readonly state: MappingState;
    /** Milliseconds since 1970; `null` before the first sync. */
    readonly lastSyncAt: number | null;
  } | null;
}

/** Issues of a resource that are counted for a list; there are at least that many when the count is this. */
export const COUNTED = 10_000;

/** Whose resources to list. */
export interface PlaceQuery extends PageRequest {
  readonly teamId: string;
  /** `null` for issues that live in this host; all resources unless given. */
  readonly connectionId?: string | null;
}

/** Returns resources of a team in the order of their ids: of one connection, of none, or all. */
export async function listPlaces(store: HostStore, query: PlaceQuery): Promise<Page<ListedPlace>> {
  const { teamId, connectionId, after, limit } = query;
  const values: SqlValue[] = [teamId];
  if (connectionId != null) values.push(connectionId);
  const ofConnection = connectionId === undefined
    ? ""
    : `AND r.connection_id ${connectionId === null ? "IS NULL" : "= ?"}`;
  if (after !== null) values.push(after);
  const rows = await store.all(
    `SELECT ${TOLD_COLUMNS}, r.connection_id, m.project_slug, m.state AS binding_state, m.last_sync_at,
       (SELECT COUNT(*) FROM
         (SELECT 1 FROM issues s WHERE s.resource_id = r.id LIMIT ${COUNTED}) AS counted) AS issues,
       (SELECT s.updated_ms FROM issues s WHERE s.resource_id = r.id
        ORDER BY s.change DESC LIMIT 1) AS changed_at
     FROM resources r JOIN installations i ON i.id = r.installation_id
     LEFT JOIN mappings m ON m.resource_id = r.id AND m.state <> 'deleted'
     WHERE i.team_id = ? ${ofConnection}
       ${after === null ? "" : "AND r.id > ?"}
     ORDER BY r.id LIMIT ?`,
    ...values,
    limit + 1,
  );
  return pageOf(rows.map(readPlace), limit, ({ resource }) => resource.id);
}

function readPlace(row: Row): ListedPlace {
  const slug = textOrNull(row, "project_slug");
  return {
    resource: readToldResource(row),
    connectionId: textOrNull(row, "connection_id"),
    issues: integer(row, "issues"),
    changedAt: integerOrNull(row, "changed_at"),
    project: slug === null ? null : {
      slug,
      state: text(row, "binding_state") === "active" ? "active" : "disabled",
      lastSyncAt: integerOrNull(row, "last_sync_at"),
    },
  };
}
