import * as v from "valibot";
import type { PullFilters, PullRequest } from "../../contract/requests.ts";
import type { IdentityPath } from "../../contract/results.ts";
import type { Route } from "../bindings/route.ts";
import type { HostContext } from "../context/host_context.ts";
import {
  type ChangePage,
  type ChangeQuery,
  measureChanges,
  readChanges,
} from "../store/changes.ts";
import { lastChange } from "../store/issues.ts";
import type { HostStore } from "../store/store.ts";
import { encoded } from "../store/row.ts";
import { type RemovalPage, removalsBetween } from "../store/tombstones.ts";
import { type FoundPage, keepPage, keptPage, type KeptPages } from "./kept_pages.ts";
import { cursorScope, readCursor, writeCursor } from "./cursor.ts";
import { allSucceeded } from "./full_cycle.ts";

/**
 * Returns one page of issues as PullResult in JSON, in the order of their last change, and the issues that were removed
 * between the changes of the page, in parts that nobody changes. Stored issues go into the answer as the bytes they
 * are. An issue that changes while its reader pages moves to the end: it may be met twice and is never missed. The same
 * holds for a removal, which has a place in the order of changes, too (wire.md, Results).
 *
 * @throws {HostError} `validation_error` for a cursor this call did not issue.
 */
export async function pullPage(
  { store }: HostContext,
  { route, identity, kept, version }: PullContext,
  request: PullRequest,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const scope = await scopeOf(route, request.filters ?? {});
  const place = request.cursor == null ? START : placeOf(request.cursor, scope);
  const query = queryOf(route, request, place);
  const known = kept === null ? null : await keptPage(store, kept, query, version);
  const last = known?.last ?? await lastChange(store, route.resource.id);
  const begunAt = place.begunAt ?? last;
  const page = await readPage(store, query, { begunAt, last, kept, known });
  const head = JSON.stringify({
    status: "ok",
    summary: allSucceeded(page.count),
    item_errors: null,
    identity_path: identity,
    has_more: page.hasMore,
    next_cursor: page.hasMore ? writeCursor([page.through, scope, begunAt]) : null,
    ...route.upgrade,
  });
  return [
    encoded(`${head.slice(0, -1)},"items":[`),
    page.json,
    encoded(`],"removed":[${page.removed.join(",")}]}`),
  ];
}

/** What a pull works in. */
export interface PullContext {
  readonly route: Route;
  readonly identity: IdentityPath;
  /** Pages that were read before; `null` to read all. */
  readonly kept: KeptPages | null;
  /** What the store has said of its state when the call began; `null` when it did not. */
  readonly version: number | null;
}

/** Where the listing of a reader stands. */
interface Place {
  /** The change to continue after. */
  readonly after: number;
  /**
   * The last change when the listing began, `null` when it begins: a removal before it concerns nothing that the
   * listing has shown.
   */
  readonly begunAt: number | null;
}

const START: Place = { after: 0, begunAt: null };

function queryOf(route: Route, { limit, filters }: PullRequest, { after }: Place): ChangeQuery {
  const { updated_since, status, issue_type } = filters ?? {};
  return {
    resourceId: route.resource.id,
    after,
    limit,
    updatedSince: updated_since == null ? null : Date.parse(updated_since),
    statuses: eachOnce(status),
    issueTypes: eachOnce(issue_type),
    deliveredOnly: false,
  };
}

/**
 * Reads the issues of a page, and the removals up to its last issue; where no issue follows, those up to the `last`
 * change, too. All of them were there when the page was measured. What happens between the reads is in a later page,
 * or, after the last one, newer than anything that this page shows.
 */
async function readPage(
  store: HostStore,
  query: ChangeQuery,
  { begunAt, last, kept, known }: {
    readonly begunAt: number;
    readonly last: number;
    readonly kept: KeptPages | null;
    /** The page, where it was read before. */
    readonly known: FoundPage | null;
  },
): Promise<ChangePage & { readonly removed: readonly string[] }> {
  const { resourceId, after, updatedSince } = query;
  const removals = ({ through, hasMore }: Pick<ChangePage, "through" | "hasMore">) =>
    removalsBetween(store, {
      resourceId,
      after,
      through: hasMore ? through : Math.max(through, last),
      newerThan: begunAt,
      since: updatedSince,
    });
  if (known !== null) {
    const { page, lastRemoval } = known;
    const isNone = lastRemoval <= (updatedSince === null ? Math.max(after, begunAt) : after);
    const { refs, cutAt } = isNone ? NO_REMOVALS : await removals(page);
    if (cutAt === null) return { ...page, removed: refs };
  }
  const measured = await measureChanges(store, query);
  const { refs, cutAt } = await removals(measured);
  if (cutAt === null) {
    const page = await readChanges(store, query, measured);
    const isWhole = page.count === measured.issues.length;
    if (kept !== null && isWhole) keepPage(kept, query, page, last);
    return { ...page, removed: refs };
  }
  const shown = { ...measured, through: Math.min(measured.through, cutAt) };
  const page = await readChanges(store, query, shown);
  return { ...page, through: cutAt, hasMore: true, removed: refs };
}

const NO_REMOVALS: RemovalPage = { refs: [], cutAt: null };

/** Derives what a cursor is valid for: one resource and one set of filters. */
async function scopeOf(route: Route, filters: PullFilters): Promise<string> {
  const { updated_since, status, issue_type } = filters;
  const lists = [eachOnce(status), eachOnce(issue_type)];
  const identity = [route.resource.id, updated_since ?? null, ...lists];
  return await cursorScope(identity);
}

/** Sorts values and drops repeats: a caller may name one twice. */
function eachOnce<T extends string>(values: readonly T[] | null | undefined): readonly T[] {
  return [...new Set(values ?? [])].sort();
}

const ChangeSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The second form was issued before there were removals. */
const CursorSchema = v.union([
  v.tuple([ChangeSchema, v.string(), ChangeSchema]),
  v.tuple([ChangeSchema, v.string()]),
]);

function placeOf(cursor: string, scope: string): Place {
  const [after, , begunAt] = readCursor(CursorSchema, cursor, scope);
  return { after, begunAt: begunAt ?? 0 };
}
