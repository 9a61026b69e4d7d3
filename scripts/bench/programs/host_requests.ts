/** What clients ask a measured host for. */
import type { PullFilters } from "../../../src/contract/requests.ts";
import { anEvent } from "../../../tests/server/event.ts";
import { EVENTS } from "./bare_store.ts";
import { SERIAL } from "./load.ts";
import { cursorIn, type MeasuredHost } from "./measured.ts";

/** Issues of a page. */
export const PAGE = 1_000;

/** Pages that are asked for in turn at most: more than a host remembers while nothing is written, and fewer than it keeps. */
const PAGES = 20;

/** Returns the length of an answer. */
export async function bytesOf(request: Request): Promise<number> {
  return (await (await fetch(request)).arrayBuffer()).byteLength;
}

/** Asks for the status of the large resource. */
export function statusOf({ url, headers, ref }: MeasuredHost): Request {
  return new Request(`${url}/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`, {
    headers,
  });
}

function posted(
  { url, headers }: MeasuredHost,
  path: string,
  body: unknown,
  key?: string,
): Request {
  return new Request(`${url}${path}`, {
    method: "POST",
    headers: {
      ...headers,
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: JSON.stringify(body),
  });
}

/** Asks for the page of issues after a cursor. */
export function pageOf(
  host: MeasuredHost,
  cursor: string | null,
  filters: PullFilters = {},
): Request {
  const body = { provider: "linear", binding_ref: host.ref, limit: PAGE, cursor, filters };
  return posted(host, "/api/v1/tracker/pull/", body);
}

/** Returns requests for full pages of the resource. */
export async function pagesOf(host: MeasuredHost, filters: PullFilters = {}): Promise<Request[]> {
  const pages: Request[] = [];
  let cursor: string | null = null;
  do {
    const page: Request = pageOf(host, cursor, filters);
    pages.push(page);
    cursor = cursorIn(await (await fetch(page.clone())).text());
  } while (cursor !== null && pages.length < PAGES);
  // The last one may hold fewer.
  return cursor === null && pages.length > 1 ? pages.slice(0, -1) : pages;
}

/** Returns the references of the issues in a page. */
export function refsOf(page: string): unknown[] {
  const { items } = JSON.parse(page);
  return items.map(({ ref }: { readonly ref: unknown }) => ref);
}

/** Returns requests that each rename an issue in a way that no other request does. */
export function pushes(host: MeasuredHost, refs: readonly unknown[]): Request[] {
  const run = crypto.randomUUID();
  return refs.map((ref) =>
    posted(host, "/api/v1/tracker/push/", {
      provider: "linear",
      binding_ref: host.ref,
      items: [{ ref, action: "update", patch: { title: `Renamed ${SERIAL} ${run}` } }],
    }, `${run}-${SERIAL}`)
  );
}

/** Sends events with ids that no other request has. */
export function eventsOf(host: MeasuredHost): Request {
  const run = crypto.randomUUID().slice(0, 8);
  const events = Array.from({ length: EVENTS }, (_, index) =>
    anEvent(index, {
      event_id: `${run}-0000-4000-8000-${String(index).padStart(4, "0")}${SERIAL}`,
      event_type: "ErrorLogged",
      payload: { error_type: "runtime", error_message: "It has failed." },
    }));
  return posted(host, "/api/v1/events/batch/", { events });
}

/** Fails when a write has another effect than the one to be measured. */
export async function requireEffects(host: MeasuredHost, refs: readonly unknown[]): Promise<void> {
  const answers = [pushes(host, refs.slice(0, 1))[0], eventsOf(host)].map(async (request) => {
    if (request === undefined) throw new Error("There is nothing to push");
    const { url, method, headers } = request;
    const number = "0".repeat(SERIAL.length - 1);
    const body = (await request.text()).replaceAll(SERIAL, `${number}0`);
    return await (await fetch(url, { method, headers, body })).text();
  });
  const [pushed = "", stored = ""] = await Promise.all(answers);
  if (!pushed.includes('"outcome":"updated"')) throw new Error(`A push has not renamed: ${pushed}`);
  if (!stored.includes('"success"') || stored.includes('"rejected"')) {
    throw new Error(`Events were not stored: ${stored.slice(0, 500)}`);
  }
}

/** Searches, and fails when nothing is found. */
export async function search(host: MeasuredHost, query_text: string): Promise<void> {
  const { candidates } = await host.post("/api/v1/tracker/issue-search/", {
    provider: "linear",
    binding_ref: host.ref,
    limit: 10,
    query_text,
  });
  if (!Array.isArray(candidates) || candidates.length === 0) {
    throw new Error(`The search for "${query_text}" has found nothing`);
  }
}
