import type { IssueType, Priority, Status } from "../../../contract/issue.ts";
import type { IssueSort } from "../../../store/issue_filter.ts";
import type { Context } from "../../command/context.ts";
import type { PastTime } from "../../command/values.ts";

/** What a list is narrowed down by, and its order. */
export interface ListFilter {
  /** Words that an issue has. */
  readonly words: readonly string[];
  readonly search: string | undefined;
  readonly mine: boolean;
  readonly assignees: readonly string[];
  readonly statuses: readonly Status[];
  readonly types: readonly IssueType[];
  readonly priorities: readonly Priority[];
  readonly labels: readonly string[];
  readonly parent: string | undefined;
  readonly updated: PastTime | undefined;
  readonly sort: IssueSort | undefined;
}

/** The address of a list at a tracker, and what of the filter it cannot carry. */
export interface FilteredList {
  readonly url: string;
  /** Options such as `--priority`. */
  readonly without: readonly string[];
}

/** Returns what {@link filteredList} does, and tells what the address does without. */
export function narrowedAddress(
  { output, platform }: Pick<Context, "output" | "platform">,
  list: string,
  { provider, tracker }: { readonly provider: string; readonly tracker: string },
  filter: ListFilter,
): string {
  const { url, without } = filteredList(list, provider, filter, platform.clock.now());
  if (without.length > 0) {
    output.warning(
      `The address of ${tracker}'s list cannot carry ${without.join(", ")}: the list shows more`,
    );
  }
  return url;
}

/**
 * Returns the address of a tracker's list with as much of a filter as that tracker's addresses can carry with the same
 * meaning. `now` is in milliseconds since 1970.
 */
export function filteredList(
  list: string,
  provider: string,
  filter: ListFilter,
  now: number,
): FilteredList {
  const asked = askedFor(filter, now);
  const url = new URL(list);
  const carried = CARRIERS[provider]?.(url, asked) ?? new Set();
  const without = asked.map(({ option }) => option).filter((option) => !carried.has(option));
  return { url: url.href, without: [...new Set(without)] };
}

/** One thing that is asked of the issues of a list. */
type Asked =
  | { readonly option: string; readonly kind: "words"; readonly words: readonly string[] }
  | { readonly option: string; readonly kind: "mine" }
  | { readonly option: string; readonly kind: "unassigned" }
  | { readonly option: string; readonly kind: "assignee"; readonly name: string }
  | { readonly option: string; readonly kind: "labels"; readonly labels: readonly string[] }
  | { readonly option: string; readonly kind: "closed" }
  | {
    readonly option: string;
    readonly kind: "updated";
    readonly since: number;
    readonly ago: number;
  }
  | { readonly option: string; readonly kind: "other" };

function askedFor(filter: ListFilter, now: number): readonly Asked[] {
  const words = [...filter.words, ...(filter.search === undefined ? [] : [filter.search])]
    .flatMap((text) => text.split(/\s+/)).filter((word) => word !== "");
  const other = (option: string, isAsked: boolean): Asked[] =>
    isAsked ? [{ option, kind: "other" }] : [];
  return [
    ...(words.length === 0 ? [] : [{ option: "the words", kind: "words", words } as const]),
    ...askedOfPeople(filter),
    ...askedOfStatus(filter.statuses),
    ...other("--type", filter.types.length > 0),
    ...other("--priority", filter.priorities.length > 0),
    ...(filter.labels.length === 0
      ? []
      : [{ option: "--label", kind: "labels", labels: filter.labels } as const]),
    ...other("--parent", filter.parent !== undefined),
    ...(filter.updated === undefined ? [] : [askedOfTime(filter.updated, now)]),
    ...other("--sort", filter.sort !== undefined),
  ];
}

/** Several people are any of them, which the addresses of no tracker say. */
function askedOfPeople({ mine, assignees }: ListFilter): readonly Asked[] {
  const names = [...new Set([...assignees, ...(mine ? ["@me"] : [])])];
  const option = mine ? "--mine" : "--assignee";
  const [name, ...more] = names;
  if (name === undefined) return [];
  if (more.length > 0) return [{ option, kind: "other" }];
  if (name === "@me") return [{ option, kind: "mine" }];
  return [name === "" ? { option, kind: "unassigned" } : { option, kind: "assignee", name }];
}

/** What a tracker calls its other statuses is not known here. */
function askedOfStatus(statuses: readonly Status[]): readonly Asked[] {
  if (statuses.length === 0) return [];
  const isClosed = new Set(statuses).size === 2 && statuses.includes("done") &&
    statuses.includes("canceled");
  return [{ option: "--status", kind: isClosed ? "closed" : "other" }];
}

function askedOfTime(updated: PastTime, now: number): Asked {
  const since = updated.kind === "at" ? Date.parse(updated.time) : now - updated.ms;
  return { option: "--updated", kind: "updated", since, ago: now - since };
}

/** Adds to an address what it can carry, and returns the options of that. */
type Carrier = (url: URL, asked: readonly Asked[]) => ReadonlySet<string>;

const CARRIERS: Readonly<Record<string, Carrier>> = {
  github(url, asked) {
    return carry(asked, ["is:issue"], gitHubTerm, (terms) => {
      url.searchParams.set("q", terms.join(" "));
    });
  },
  gitlab(url, asked) {
    return carry(asked, [], gitLabTerm, (terms) => {
      if (!terms.some(([name]) => name === "state")) url.searchParams.set("state", "all");
      for (const [name, value] of terms) url.searchParams.append(name, value);
    });
  },
  jira(url, asked) {
    const project = url.searchParams.get("jql") ?? "";
    return carry(asked, project === "" ? [] : [project], jiraTerm, (terms) => {
      url.searchParams.set("jql", terms.join(" AND "));
    });
  },
};

/** Has each thing that is asked become terms; `null` for what cannot. */
function carry<Term>(
  asked: readonly Asked[],
  first: readonly Term[],
  termsOf: (asked: Asked) => readonly Term[] | null,
  write: (terms: readonly Term[]) => void,
): ReadonlySet<string> {
  const terms = [...first];
  const carried = new Set<string>();
  for (const one of asked) {
    const more = termsOf(one);
    if (more === null) continue;
    terms.push(...more);
    carried.add(one.option);
  }
  if (carried.size > 0) write(terms);
  return carried;
}

function gitHubTerm(asked: Asked): readonly string[] | null {
  switch (asked.kind) {
    case "words":
      return quotedAll(asked.words);
    case "mine":
      return ["assignee:@me"];
    case "unassigned":
      return ["no:assignee"];
    case "assignee":
      return /^[\w-]+$/.test(asked.name) ? [`assignee:${asked.name}`] : null;
    case "labels":
      return quotedAll(asked.labels)?.map((label) => `label:${label}`) ?? null;
    case "closed":
      return ["is:closed"];
    case "updated":
      return [`updated:>=${new Date(asked.since).toISOString().slice(0, 19)}Z`];
    case "other":
      return null;
  }
}

function gitLabTerm(asked: Asked): readonly (readonly [string, string])[] | null {
  switch (asked.kind) {
    case "words":
      return [["search", asked.words.join(" ")]];
    case "unassigned":
      return [["assignee_id", "None"]];
    case "assignee":
      return [["assignee_username[]", asked.name]];
    case "labels":
      return asked.labels.map((label) => ["label_name[]", label]);
    case "closed":
      return [["state", "closed"]];
    case "mine":
    case "updated":
    case "other":
      return null;
  }
}

function jiraTerm(asked: Asked): readonly string[] | null {
  switch (asked.kind) {
    case "words":
      return quotedAll(asked.words)?.map((word) => `text ~ ${word}`) ?? null;
    case "mine":
      return ["assignee = currentUser()"];
    case "unassigned":
      return ["assignee IS EMPTY"];
    case "labels":
      return quotedAll(asked.labels)?.map((label) => `labels = ${label}`) ?? null;
    case "closed":
      return ["statusCategory = Done"];
    case "updated":
      // A time of day would be read in the time zone of who looks.
      return [`updated >= -${Math.max(1, Math.ceil(asked.ago / 60_000))}m`];
    case "assignee":
    case "other":
      return null;
  }
}

/** Texts in quotes, so that none is taken for a term; `null` where one has what no quotes hold. */
function quotedAll(texts: readonly string[]): readonly string[] | null {
  return texts.some((text) => /["\\]/.test(text)) ? null : texts.map((text) => `"${text}"`);
}
