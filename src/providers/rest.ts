import * as v from "valibot";
import { parseOwn } from "../contract/parse.ts";
import { whereWrong } from "./harmless.ts";
import { ProviderError } from "./remote.ts";
import { callProvider, type ProviderAnswer, type ProviderCall, type Wire } from "./transport.ts";

/** Entries of a page at most, as GitHub and GitLab allow. */
export const PAGE = 100;

/** Pages of a list that is read as a whole at most. */
export const MAX_PAGES = 1_000;

/** The code of a call that the credential lacks a permission for. */
export const PERMISSION_MISSING = "permission_missing";

/** One page of a list. */
export interface Page<T> {
  readonly entries: readonly T[];
  /** The address of the next page; `null` at the end. */
  readonly next: string | null;
}

/** Makes calls of a REST API whose lists have pages under one credential, and reads the answers. */
export class RestCaller {
  readonly #provider: string;
  readonly #wire: () => Promise<Wire>;

  /** `provider` is its name for messages; `wire` returns how calls are made now: a token may change every hour. */
  constructor(provider: string, wire: () => Promise<Wire>) {
    this.#provider = provider;
    this.#wire = wire;
  }

  /** Makes a call. */
  async call(call: ProviderCall): Promise<ProviderAnswer> {
    return await callProvider(await this.#wire(), call);
  }

  /** As a call, but `null` for what is not there, or is there no more. */
  async found(call: ProviderCall): Promise<ProviderAnswer | null> {
    try {
      return await this.call(call);
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /**
   * Returns all entries of a list, page by page.
   *
   * @throws {ProviderError} `failing` for a list that has no end.
   */
  async all<T>(
    schema: v.GenericSchema<unknown, T>,
    what: string,
    call: Omit<ProviderCall, "method">,
  ): Promise<readonly T[]> {
    const found: T[] = [];
    let next: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const answer = await this.call({ ...call, method: "GET", ...firstOr(next, call) });
      const page = this.page(schema, answer, what);
      found.push(...page.entries);
      if (page.next === null) return found;
      next = page.next;
    }
    throw tooManyPages(this.#provider, what);
  }

  /** Reads a page of a list. After a page without entries nothing comes, whatever address it names. */
  page<T>(schema: v.GenericSchema<unknown, T>, answer: ProviderAnswer, what: string): Page<T> {
    const entries = this.read(v.array(schema), answer, what);
    return { entries, next: entries.length === 0 ? null : nextPage(answer.headers) };
  }

  /**
   * Reads an answer.
   *
   * @throws {ProviderError} `failing` when it is not as expected.
   */
  read<T>(schema: v.GenericSchema<unknown, T>, { body }: ProviderAnswer, what: string): T {
    const parsed = parseOwn(schema, body);
    if (parsed.ok) return parsed.value;
    const words = `${this.#provider} gave no ${what} as expected${whereWrong(parsed)}`;
    throw new ProviderError({ kind: "failing" }, words);
  }
}

/** Returns the failure of a list that has more than {@link MAX_PAGES}. */
export function tooManyPages(provider: string, what: string): ProviderError {
  const words = `${provider} lists more than ${MAX_PAGES} pages of ${what}`;
  return new ProviderError({ kind: "failing" }, words);
}

/** Returns whether a call has failed because something is not there, or is there no more. */
export function isGone(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    (error.fault.code === "http_404" || error.fault.code === "http_410");
}

/** Returns whether a call has failed because something was there, and is there no more. */
export function isDeleted(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    error.fault.code === "http_410";
}

/** Returns whether a call has failed because its answer was too large to be read. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "failing" &&
    error.fault.isTooLarge === true;
}

/** Returns whether the credential may not do what a call was for: what it does not reach is hidden, too. */
export function isRefusal(error: unknown): boolean {
  return isGone(error) || error instanceof ProviderError && error.fault.kind === "rejected" &&
      (error.fault.code === "http_403" || error.fault.code === PERMISSION_MISSING);
}

/** Returns where a page is: the next one has its query in its address. */
export function firstOr(
  next: string | null,
  { path, query = {} }: Pick<ProviderCall, "path" | "query">,
): Pick<ProviderCall, "path" | "query"> {
  return next === null
    ? { path, query: { per_page: String(PAGE), ...query } }
    : { path: next, query: {} };
}

/** The address of the next page, as the header `Link` names it. */
export function nextPage(headers: Headers): string | null {
  for (const link of (headers.get("link") ?? "").split(",")) {
    const found = /<([^>]+)>\s*;(?:[^,]*;)?\s*rel="?next"?/.exec(link);
    if (found?.[1] !== undefined) return found[1];
  }
  return null;
}
