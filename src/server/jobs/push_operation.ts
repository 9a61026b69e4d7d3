import { spliceJson } from "../../contract/splice_json.ts";
import { parseWith } from "../../contract/parse.ts";
import { PushItemSchema } from "../../contract/push.ts";
import type { HostData } from "../store/host_data.ts";
import { applySlice, pushHead } from "../sync/apply_push.ts";
import { identityPath, type Resource } from "../store/resources.ts";
import { integer, type Row, text, textOrNull } from "../store/row.ts";

/** Items of a push that are applied in one transaction, between the turns of others. */
export const SLICE_ITEMS = 50;

/** Applied items that are read at a time for the result. */
const READ_ITEMS = 1_000;

/** Where the push of an operation continues: after the last item that has had its effect. */
function nextPlace(data: HostData, operationId: string): number {
  const row = data.one(
    "SELECT COALESCE(MAX(place) + 1, 0) AS next FROM operation_items WHERE operation_id = ?",
    operationId,
  );
  return row === null ? 0 : integer(row, "next");
}

/**
 * Applies the next items of an operation, as many as others can wait for, and remembers what became of them in
 * the same transaction, so that a kill repeats none. Answers the place after them. Runs inside the caller's
 * transaction.
 */
export function pushSlice(
  data: HostData,
  operationId: string,
  resource: Resource,
  items: readonly unknown[],
): number {
  const place = nextPlace(data, operationId);
  const slice = items.slice(place, place + SLICE_ITEMS).map((item) => {
    const parsed = parseWith(PushItemSchema, item);
    if (!parsed.ok) throw new TypeError(`The stored operation is broken: "${parsed.path}"`);
    return parsed.value;
  });
  const applied = applySlice(data, resource, slice);
  for (const [index, { item, error }] of applied.entries()) {
    data.run(
      "INSERT INTO operation_items (operation_id, place, outcome, item, error) VALUES (?, ?, ?, ?, ?)",
      operationId,
      place + index,
      item.outcome,
      JSON.stringify(item),
      error === null ? null : JSON.stringify(error),
    );
  }
  return place + applied.length;
}

/** Applied items as they go into the result, in JSON. */
export interface AppliedTexts {
  readonly items: string[];
  readonly errors: string[];
}

/** Reads some of what became of the items, from `place` on; adds it to `texts` and answers where to go on. */
export function readApplied(
  data: HostData,
  operationId: string,
  place: number,
  texts: AppliedTexts,
): number {
  const rows: Row[] = data.all(
    `SELECT item, error FROM operation_items WHERE operation_id = ? AND place >= ?
     ORDER BY place LIMIT ?`,
    operationId,
    place,
    READ_ITEMS,
  );
  for (const row of rows) {
    texts.items.push(text(row, "item"));
    const error = textOrNull(row, "error");
    if (error !== null) texts.errors.push(error);
  }
  return place + rows.length;
}

/** The result of an operation whose items have all been applied, as PushResult in JSON. */
export function pushResultJson(
  data: HostData,
  operationId: string,
  resource: Resource,
  userId: string,
  { items, errors }: AppliedTexts,
): string {
  const row = data.one(
    `SELECT COUNT(*) AS unchanged FROM operation_items
     WHERE operation_id = ? AND outcome = 'unchanged'`,
    operationId,
  );
  const head = JSON.stringify({
    ...pushHead({
      total: items.length,
      failed: errors.length,
      unchanged: row === null ? 0 : integer(row, "unchanged"),
    }),
    identity_path: identityPath(data, resource.installationId, userId),
  });
  return spliceJson(head, { items, item_errors: errors.length === 0 ? "null" : errors });
}
