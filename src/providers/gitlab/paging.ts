import type * as v from "valibot";
import { MAX_PAGES, nextPage, PAGE, type RestCaller, tooManyPages } from "../rest.ts";
import type { ProviderCall } from "../transport.ts";

/** Returns a path below a project, which is given by its number, or by its path. */
export function projectPath(project: string, rest = ""): string {
  return `/projects/${encodeURIComponent(project)}${rest}`;
}

/** Returns the path of an issue of a project, or one below it. */
export function issuePath(project: string, iid: string, rest = ""): string {
  return projectPath(project, `/issues/${encodeURIComponent(iid)}${rest}`);
}

/** Whether there is a page after this one. */
export function hasNext(headers: Headers): boolean {
  return nextPage(headers) !== null || (headers.get("x-next-page") ?? "") !== "";
}

/**
 * Returns all entries of a list. Pages are counted: an instance behind a proxy may name its own address in where the next
 * page is.
 */
export async function allPages<T>(
  caller: RestCaller,
  schema: v.GenericSchema<unknown, T>,
  what: string,
  { query = {}, ...call }: Omit<ProviderCall, "method">,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const paged = { ...query, per_page: String(PAGE), page: String(page) };
    const answer = await caller.call({ ...call, method: "GET", query: paged });
    const { entries } = caller.page(schema, answer, what);
    found.push(...entries);
    if (entries.length === 0 || !hasNext(answer.headers)) return found;
  }
  throw tooManyPages("GitLab", what);
}
