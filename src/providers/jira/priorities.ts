import type { Priority } from "../../contract/issue.ts";
import type { JiraPriority } from "./schemas.ts";
import { priorityIn } from "./words.ts";

/** The ids of the priorities that each site begins with, from the highest on, and what they are here. */
const FIRST_IDS: readonly (readonly [string, Priority])[] = [
  ["1", 1],
  ["2", 2],
  ["3", 3],
  ["4", 4],
  ["5", 4],
];

/** What priorities are here by their order, for as many as a site has; more than five are spread evenly. */
const BY_ORDER: readonly (readonly Priority[])[] = [
  [],
  [3],
  [2, 4],
  [2, 3, 4],
  [1, 2, 3, 4],
  [1, 2, 3, 4, 4],
];

/** Says what priorities are here, by their names or by the list of their site. */
export class Priorities {
  readonly #byList: ReadonlyMap<string, Priority>;

  /** Begins with the priorities of a site, from the highest on. */
  constructor(list: readonly JiraPriority[]) {
    this.#byList = new Map([...byOrder(list), ...byFirstIds(list)]);
  }

  /** Returns what a priority is here; 0 for none, and for one that means nothing here. */
  of(priority: JiraPriority | null | undefined): Priority {
    if (priority == null) return 0;
    const { id, name } = priority;
    return priorityIn(name) ?? this.#byList.get(id ?? "") ?? 0;
  }
}

/** Those that each site begins with keep their ids, in whatever language they are called, and are read by them. */
function byFirstIds(list: readonly JiraPriority[]): (readonly [string, Priority])[] {
  const places = FIRST_IDS.map(([id]) => list.findIndex((one) => one.id === id));
  const isKept = places.every((place, at) => place !== -1 && (places[at - 1] ?? -1) < place);
  return isKept ? [...FIRST_IDS] : [];
}

/** Where no name says anything, all go by the order of the list. */
function byOrder(list: readonly JiraPriority[]): (readonly [string, Priority])[] {
  if (list.some(({ name }) => (priorityIn(name) ?? 0) !== 0)) return [];
  const ordered = list.filter(({ name }) => priorityIn(name) === null);
  const table = BY_ORDER[ordered.length];
  return ordered.flatMap(({ id }, at) => {
    if (id === undefined) return [];
    return [[id, table?.[at] ?? spread(at, ordered.length)] as const];
  });
}

function spread(at: number, count: number): Priority {
  const quarter = Math.floor(4 * at / count);
  return quarter === 0 ? 1 : quarter === 1 ? 2 : quarter === 2 ? 3 : 4;
}
