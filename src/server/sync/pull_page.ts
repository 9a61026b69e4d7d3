import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import type { PullFilters, PullRequest } from "../../contract/requests.ts";
import { spliceJson } from "../../contract/splice_json.ts";
import { sha256Hex } from "../../platform/random.ts";
import type { Route } from "../bindings/route.ts";
import type { HostContext } from "../context/host_context.ts";
import { HostError } from "../model/host_error.ts";
import { changesAfter } from "../store/changes.ts";
import { identityPath } from "../store/installations.ts";
import { allSucceeded } from "./full_cycle.ts";

/**
 * Returns one page of issues as PullResult in JSON, in the order of their last change. Stored issues go into the
 * answer as the text they are. An issue that changes while its reader pages moves to the end: it may be
 * met twice and is never missed (wire.md, Results).
 *
 * @throws {HostError} `validation_error` for a cursor this call did not issue.
 */
export async function pullPage(
  context: HostContext,
  route: Route,
  userId: string,
  request: PullRequest,
): Promise<string> {
  const { updated_since, status, issue_type } = request.filters ?? {};
  const { store } = context;
  const scope = await scopeOf(route, request.filters ?? {});
  const { issues, through, hasMore } = await changesAfter(store, {
    resourceId: route.resource.id,
    after: request.cursor == null ? 0 : readCursor(request.cursor, scope),
    limit: request.limit,
    updatedSince: updated_since == null ? null : Date.parse(updated_since),
    statuses: eachOnce(status),
    issueTypes: eachOnce(issue_type),
    deliveredOnly: false,
  });
  const head = JSON.stringify({
    status: "ok",
    summary: allSucceeded(issues.length),
    item_errors: null,
    identity_path: await identityPath(store, route.installation.id, userId),
    has_more: hasMore,
    next_cursor: hasMore ? writeCursor(through, scope) : null,
    ...route.upgrade,
  });
  return spliceJson(head, { items: issues.map(({ json }) => json) });
}

/** Derives what a cursor is valid for: one resource and one set of filters. */
async function scopeOf(route: Route, filters: PullFilters): Promise<string> {
  const { updated_since, status, issue_type } = filters;
  const lists = [eachOnce(status), eachOnce(issue_type)];
  const identity = [route.resource.id, updated_since ?? null, ...lists];
  return (await sha256Hex(JSON.stringify(identity))).slice(0, 16);
}

/** Sorts values and drops repeats: a caller may name one twice. */
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
  throw new HostError({
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
