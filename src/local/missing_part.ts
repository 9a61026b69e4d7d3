import { isJsonObject } from "../contract/field.ts";

/** Members that say by `true` that there is more. */
const MORE: readonly string[] = ["truncated", "is_truncated", "isTruncated", "has_more", "hasMore"];

/** Members that name the place where the rest begins. */
const NEXT: readonly string[] = ["next", "next_cursor", "nextCursor", "next_page", "nextPage"];

/** Members that count all there are. */
const TOTALS: readonly string[] = ["total", "total_count", "totalCount"];

/** Objects that hold such members in their turn. */
const NESTED: readonly string[] = ["pagination", "page_info", "pageInfo", "meta"];

/**
 * Why a list of `count` elements is not the whole one, from what stands beside it in its answer; `null`
 * when nothing says so.
 */
export function missingPart(beside: ReadonlyMap<string, unknown>, count: number): string | null {
  const error = beside.get("error");
  if (typeof error === "string" && error !== "") return `it comes with the error "${error}"`;
  if (isJsonObject(error)) return "it comes with an error";
  for (const name of MORE) if (beside.get(name) === true) return `it says "${name}"`;
  for (const name of NEXT) {
    const next = beside.get(name);
    const isPlace = (typeof next === "string" && next !== "") || typeof next === "number";
    if (isPlace || isJsonObject(next)) return `it names a "${name}"`;
  }
  for (const name of TOTALS) {
    const total = beside.get(name);
    if (typeof total === "number" && total > count) return `it has ${count} of ${total} issues`;
  }
  for (const name of NESTED) {
    const nested = beside.get(name);
    if (!isJsonObject(nested)) continue;
    const missing = missingPart(new Map(Object.entries(nested)), count);
    if (missing !== null) return missing;
  }
  return null;
}
