import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { spliceJson } from "../../contract/splice_json.ts";
import type { PullFilters, PullRequest } from "../../contract/requests.ts";
import { sha256Hex } from "../../platform/random.ts";
import { allSucceeded } from "./full_cycle.ts";
import type { HostData } from "../store/host_data.ts";
import { countThatFit } from "../store/issues.ts";
import { Refusal } from "../http/http_error.ts";
import { identityPath } from "../store/resources.ts";
import type { Route } from "../bindings/route.ts";
import { integer, text } from "../store/row.ts";

/**
 * One page of issues as PullResult in JSON, in the order of their last change. Stored issues go into the
 * answer as the text they are. An issue that changes while its reader pages moves to the end: it may be
 * met twice and is never missed. Hosted API, Shapes (PullResult).
 *
 * @throws {Refusal} `validation_error` for a cursor this call did not issue.
 */
export async function pullPage(
  data: HostData,
  route: Route,
  userId: string,
  request: PullRequest,
): Promise<string> {
  const scope = await scopeOf(route, request.filters ?? {});
  const after = request.cursor == null ? 0 : readCursor(request.cursor, scope);
  const { sql, values } = filtered(request.filters ?? {});
  const matching = `FROM issues WHERE resource_id = ? AND change > ?${sql} ORDER BY change LIMIT ?`;
  const read = (columns: string, limit: number) =>
    data.all(`SELECT ${columns} ${matching}`, route.resource.id, after, ...values, limit);
  const sizes = read("octet_length(json) AS bytes", request.limit + 1);
  const page = read("json, change", countThatFit(sizes.slice(0, request.limit)));
  const hasMore = page.length < sizes.length;
  const last = page.at(-1);
  const head = JSON.stringify({
    status: "ok",
    summary: allSucceeded(page.length),
    item_errors: null,
    identity_path: identityPath(data, route.installation.id, userId),
    has_more: hasMore,
    next_cursor: hasMore && last !== undefined ? writeCursor(integer(last, "change"), scope) : null,
    ...route.upgrade,
  });
  return spliceJson(head, { items: page.map((row) => text(row, "json")) });
}

function filtered(filters: PullFilters): { sql: string; values: (string | number)[] } {
  const values: (string | number)[] = [];
  let sql = "";
  if (filters.updated_since != null) {
    sql += " AND updated_ms >= ?";
    values.push(Date.parse(filters.updated_since));
  }
  for (const column of ["status", "issue_type"] as const) {
    const allowed = eachOnce(filters[column]);
    if (allowed.length === 0) continue;
    sql += ` AND ${column} IN (${allowed.map(() => "?").join(", ")})`;
    values.push(...allowed);
  }
  return { sql, values };
}

/** A cursor is good for one resource and one set of filters. */
async function scopeOf(route: Route, filters: PullFilters): Promise<string> {
  const { updated_since, status, issue_type } = filters;
  const lists = [eachOnce(status), eachOnce(issue_type)];
  const identity = [route.resource.id, updated_since ?? null, ...lists];
  return (await sha256Hex(JSON.stringify(identity))).slice(0, 16);
}

/** A caller may name a value as often as it likes; each statement that differs is kept prepared. */
function eachOnce(values: readonly string[] | null | undefined): readonly string[] {
  return [...new Set(values ?? [])].sort();
}

const CursorSchema = v.tuple([v.pipe(v.number(), v.integer(), v.minValue(0)), v.string()]);

function writeCursor(change: number, scope: string): string {
  return btoa(JSON.stringify([change, scope])).replaceAll("=", "");
}

function readCursor(cursor: string, scope: string): number {
  const parsed = parseWith(CursorSchema, decoded(cursor));
  if (parsed.ok && parsed.value[1] === scope) return parsed.value[0];
  throw new Refusal({
    code: "validation_error",
    message: "The cursor is not one of this pull. Start again without a cursor.",
    details: [{ field: "cursor", message: "was not issued for this resource and these filters" }],
  });
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor));
  } catch {
    return null;
  }
}
