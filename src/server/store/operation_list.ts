import { OPERATION_STATUSES, type OperationStatus } from "../../contract/results.ts";
import { type Page, pageOf, type PageRequest } from "../model/page.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";

/** An operation as it is listed for people. */
export interface ListedOperation {
  readonly id: string;
  /** `null` for a request that this version cannot read. */
  readonly kind: "push" | "run" | null;
  readonly state: OperationStatus;
  /** Who has asked for it. */
  readonly user: string;
  readonly bindingRef: string;
  /** Slug of the bound project; `null` when the binding is not there. */
  readonly project: string | null;
  /** Label of the bound resource; `null` when the binding is not there. */
  readonly resource: string | null;
  /** The name of the provider; `null` when the binding is not there. */
  readonly provider: string | null;
  /** Counts of its items; `null` unless it has completed. */
  readonly counts: OperationCounts | null;
  /** The error envelope in JSON; `null` unless it has failed. */
  readonly error: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; `null` while it is open. */
  readonly endedAt: number | null;
}

/** What the items of an operation have come to. */
export interface OperationCounts {
  readonly total: number;
  readonly failed: number;
}

/** Which operations to list. */
export type OperationFilter = "all" | "open" | "failed" | "completed";

/** A whole request and result, for the page of one operation. */
export interface OperationContent {
  /** In JSON. */
  readonly request: string;
  /** In JSON; `null` unless it has completed. */
  readonly result: string | null;
}

// Literals, so that a partial index of the same words is used.
const CONDITIONS: Readonly<Record<OperationFilter, string>> = {
  all: "",
  open: "AND o.state IN ('pending', 'running')",
  failed: "AND o.state = 'failed'",
  completed: "AND o.state = 'completed'",
};

/** Characters at the start of a stored result, in which its counts stand. */
const HEAD = 200;

// A request and a result may be megabytes: only their beginnings are read for a list.
const COLUMNS = `o.id, o.state, o.binding_ref, o.error, o.created_at, o.ended_at,
  substr(o.request, 1, 20) AS request_head, substr(o.result, 1, ${HEAD}) AS result_head,
  u.name AS user_name, m.project_slug, r.label, i.provider`;

const JOINS = `FROM operations o JOIN users u ON u.id = o.user_id
  LEFT JOIN mappings m ON m.binding_ref = o.binding_ref
  LEFT JOIN resources r ON r.id = m.resource_id
  LEFT JOIN installations i ON i.id = r.installation_id`;

/** Returns operations of a team, newest first. */
export async function listOperations(
  store: HostStore,
  teamId: string,
  { filter, after, limit }: PageRequest & { readonly filter: OperationFilter },
): Promise<Page<ListedOperation>> {
  const values: SqlValue[] = after === null ? [teamId] : [teamId, after];
  const rows = await store.all(
    `SELECT ${COLUMNS} ${JOINS}
     WHERE o.team_id = ? ${CONDITIONS[filter]} ${after === null ? "" : "AND o.id < ?"}
     ORDER BY o.id DESC LIMIT ?`,
    ...values,
    limit + 1,
  );
  return pageOf(rows.map(readListed), limit, ({ id }) => id);
}

/** Returns an operation of a team; `null` when the team has none with this id. */
export async function listedOperation(
  store: HostStore,
  teamId: string,
  id: string,
): Promise<ListedOperation | null> {
  const row = await store.one(
    `SELECT ${COLUMNS} ${JOINS} WHERE o.id = ? AND o.team_id = ?`,
    id,
    teamId,
  );
  return row === null ? null : readListed(row);
}

/** Returns the whole request and result of an operation of a team. */
export async function operationContent(
  store: HostStore,
  teamId: string,
  id: string,
): Promise<OperationContent | null> {
  const row = await store.one(
    "SELECT request, result FROM operations WHERE id = ? AND team_id = ?",
    id,
    teamId,
  );
  return row === null ? null : { request: text(row, "request"), result: textOrNull(row, "result") };
}

function readListed(row: Row): ListedOperation {
  const state = text(row, "state");
  const kind = /^\{"kind":"(push|run)"/.exec(text(row, "request_head"))?.[1];
  return {
    id: text(row, "id"),
    kind: kind === "push" || kind === "run" ? kind : null,
    state: OPERATION_STATUSES.find((status) => status === state) ?? "failed",
    user: text(row, "user_name"),
    bindingRef: text(row, "binding_ref"),
    project: textOrNull(row, "project_slug"),
    resource: textOrNull(row, "label"),
    provider: textOrNull(row, "provider"),
    counts: countsIn(textOrNull(row, "result_head")),
    error: textOrNull(row, "error"),
    createdAt: integer(row, "created_at"),
    endedAt: integerOrNull(row, "ended_at"),
  };
}

/** Reads the counts at the start of a result, as this host writes it. */
function countsIn(head: string | null): OperationCounts | null {
  const found = /"summary":\{"total":(\d{1,9}),"succeeded":\d{1,9},"failed":(\d{1,9})/.exec(
    head ?? "",
  );
  return found === null ? null : { total: Number(found[1]), failed: Number(found[2]) };
}
