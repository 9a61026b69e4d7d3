import { isJsonObject } from "../../contract/field.ts";
import { faultsOf, parseWith } from "../../contract/parse.ts";
import type { PushItem } from "../../contract/push.ts";
import { type PushRequest, PushRequestSchema } from "../../contract/requests.ts";
import type { Clock } from "../../platform/clock.ts";
import { invalidRequest, parseRequest, requireShortNames } from "./http_error.ts";

/** Items that are read before other requests get their turn: a few milliseconds of work. */
const ITEMS_AT_ONCE = 500;

/**
 * Reads a push a few items at a time: ten thousand of them would hold up every other request. Returns what gives the
 * request, or throws what is wrong with it, so that the caller decides what is looked at first.
 */
export async function readPush(clock: Clock, value: unknown): Promise<() => PushRequest> {
  const all = isJsonObject(value) ? value["items"] : null;
  if (!isJsonObject(value) || !Array.isArray(all) || all.length <= ITEMS_AT_ONCE) {
    return () => withShortNames(parseRequest(PushRequestSchema, value));
  }
  const items: PushItem[] = [];
  for (let from = 0;; from += ITEMS_AT_ONCE) {
    const part = { ...value, items: all.slice(from, from + ITEMS_AT_ONCE) };
    const parsed = parseWith(PushRequestSchema, part);
    if (!parsed.ok) {
      const faults = faultsOf(PushRequestSchema, part).map(({ path, message }) => ({
        path: path.replace(/^items\[(\d+)\]/, (_, index) => `items[${from + Number(index)}]`),
        message,
      }));
      return () => {
        throw invalidRequest(faults);
      };
    }
    items.push(...parsed.value.items);
    if (items.length === all.length) return () => withShortNames({ ...parsed.value, items });
    await clock.sleep(0);
  }
}

/** An item's own id, and that of its parent, are looked up later: they are stored in indexes. */
function withShortNames(request: PushRequest): PushRequest {
  requireShortNames(
    request.items.flatMap(({ ref, patch }, index): (readonly [string, string])[] => {
      const parent = patch?.parent_ref?.id;
      return [
        [`items[${index}].ref.id`, ref.id],
        ...parent === undefined ? [] : [[`items[${index}].patch.parent_ref.id`, parent] as const],
      ];
    }),
  );
  return request;
}
