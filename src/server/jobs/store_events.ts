import type { EventResult } from "../../contract/events.ts";
import type { Pause } from "../../platform/pauses.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import { insertEvents, type NewEvent } from "../store/events.ts";
import type { Transaction } from "../store/store.ts";
import {
  byPackage,
  notePackage,
  type PackageNews,
  type TeamProject,
} from "../store/work_packages.ts";
import { moveIssues } from "./noted_items.ts";

/** An event that can be stored, and what it says of a work package; or why it cannot. */
export type Judged =
  | { readonly ok: true; readonly event: NewEvent; readonly news: PackageNews | null }
  | { readonly ok: false; readonly result: EventResult };

/** Events and characters that are stored in one transaction, before others get their turn. */
const SLICE = { events: 100, characters: 4 * 1024 * 1024 };

/** Characters that are stored in a few milliseconds. */
const SHORT_CHARACTERS = 256 * 1024;

/**
 * Stores a batch in slices; of two events with one id, the second is a duplicate. What was stored before a fault is a
 * duplicate when the batch comes again.
 */
export async function storeEvents(
  context: HostContext,
  judged: readonly Judged[],
  pause: Pause,
): Promise<EventResult[]> {
  const results = new Map<Judged, EventResult>();
  const due = new Map<string, TeamProject>();
  for (const slice of slicesOf(judged.toSorted(byEventId))) {
    await pause();
    const isShort = charactersOf(slice) <= SHORT_CHARACTERS;
    const stored = await inTransaction(context, ({ store }) => storeSlice(store, slice), {
      isShort,
    });
    for (const [one, result] of stored.results) results.set(one, result);
    for (const project of stored.due) due.set(`${project.teamId}/${project.projectUuid}`, project);
  }
  // Once all is stored: of the steps of a package, only the last one moves its issue.
  for (const project of due.values()) {
    await inTransaction(context, (context) => moveIssues(context, project));
  }
  return judged.flatMap((one) => results.get(one) ?? []);
}

function slicesOf(judged: readonly Judged[]): Judged[][] {
  const slices: Judged[][] = [];
  let characters = 0;
  for (const one of judged) {
    characters += one.ok ? one.event.json.length : 0;
    const slice = slices.at(-1);
    if (slice === undefined || slice.length >= SLICE.events || characters > SLICE.characters) {
      slices.push([one]);
      characters = one.ok ? one.event.json.length : 0;
    } else slice.push(one);
  }
  return slices;
}

function charactersOf(slice: readonly Judged[]): number {
  return slice.reduce((sum, one) => sum + (one.ok ? one.event.json.length : 0), 0);
}

/** What became of a slice. */
interface StoredSlice {
  readonly results: readonly (readonly [Judged, EventResult])[];
  /** The projects of which issues have yet to follow. */
  readonly due: readonly TeamProject[];
}

async function storeSlice(store: Transaction, slice: readonly Judged[]): Promise<StoredSlice> {
  const good = slice.filter((one) => one.ok);
  const isNew = await insertEvents(store, good.map(({ event }) => event));
  const stored = good.map((one, place): readonly [Judged, EventResult] => {
    const status = isNew.has(place) ? "success" : "duplicate";
    return [one, { event_id: one.event.eventId, status }];
  });
  const refused = slice.flatMap((one): (readonly [Judged, EventResult])[] =>
    one.ok ? [] : [[one, one.result]]
  );
  const told = good.flatMap(({ news }, place) => isNew.has(place) && news !== null ? [news] : []);
  return { results: [...refused, ...stored], due: await noteAll(store, told) };
}

/** Takes down what events tell of work packages; returns the projects of which issues have yet to follow. */
export async function noteAll(
  store: Transaction,
  told: readonly PackageNews[],
): Promise<TeamProject[]> {
  const due: TeamProject[] = [];
  for (const news of told.toSorted(byPackage)) {
    if ((await notePackage(store, news)).isDue) due.push(news);
  }
  return due;
}

/** Batches that hold the same events store them in one order, so that no two wait for each other. */
function byEventId(a: Judged, b: Judged): number {
  const [first, second] = [a, b].map((one) => one.ok ? one.event.eventId : "");
  return first === second ? 0 : (first ?? "") < (second ?? "") ? -1 : 1;
}
