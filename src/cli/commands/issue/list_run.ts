import { type NormalizedIssue, PRIORITY_WORDS } from "../../../contract/issue.ts";
import { issueNotFound } from "../../../store/issues.ts";
import { type IssueFilter, markedPosition, positionMark } from "../../../store/issue_filter.ts";
import type { IssueStore } from "../../../store/issue_store.ts";
import type { IssueView } from "../../../sync/issue_view.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import { type CachedIssues, openCache } from "../../../tracker/cache.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import type { PastTime } from "../../command/values.ts";
import { statusWords } from "./refused.ts";
import { writeTable } from "../../terminal/table.ts";
import { ago, changedAgo, number } from "../../terminal/format.ts";
import { statusColor } from "../../terminal/status_color.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { myself, namesMe, withMyself } from "../../services/me.ts";
import { projectContext } from "../../services/tracker.ts";
import { dim, text } from "../../terminal/text.ts";
import type { ListFilter } from "./web_filter.ts";
import { ISSUE_FIELDS } from "./issue_fields.ts";

/** Which issues to list, and how. */
export interface IssueListOptions extends ListFilter {
  readonly limit: number | undefined;
  readonly all: boolean;
  /** What `next` said of the page before. */
  readonly after: string | undefined;
  readonly fields: ChosenFields;
  /** Whether the tracker's own list is opened instead. */
  readonly web: boolean;
}

/** More issues than there are anywhere. */
const EVERY = 1e9;

/** Refuses what excludes each other. */
export function check(_context: Context, options: IssueListOptions): void {
  const { web, limit, all, after, fields } = options;
  const isPaged = limit !== undefined || all || after !== undefined || fields !== undefined;
  if (!web || !isPaged) return;
  throw usageError(
    "`--web` opens the list of the tracker, which has pages of its own",
    "Leave `--limit`, `--all`, `--after` and `--fields` away, or leave `--web` away.",
  );
}

/** Lists cached issues; needs no network. */
export async function run(context: Context, options: IssueListOptions): Promise<number> {
  if (options.all && options.limit !== undefined) {
    throw usageError("`--all` and `--limit` exclude each other", "Give one of them.");
  }
  const choose = fieldChoice(context, options.fields, ISSUE_FIELDS);
  const project = await projectContext(context);
  const { store, binding, side } = await openCache(project);
  try {
    if (options.web) return await openList(context, store, binding.provider, options);
    const { sort } = options;
    const isMine = options.mine || namesMe(options.assignees);
    const me = isMine ? await myself(context, project.root, binding.provider) : [];
    const parent = await parentOf(context, project, store, options);
    if (parent === null) {
      return (await import("../../services/named_issue.ts")).nothingChosen(context);
    }
    const filter = filterOf(context, options, { me, parent });
    const limit = options.all ? EVERY : options.limit ?? 50;
    // What a person does not ask for is not counted where that takes long.
    const isCounted = context.globals.json;
    const found = store?.issues.page({ ...filter, limit, isCounted }) ??
      { issues: [], total: 0, next: null };
    const pulledAt = store?.pulledAt() ?? null;
    const next = found.next === null ? null : positionMark(found.next, sort);
    if (context.globals.json) {
      const { listedJson } = await import("./json.ts");
      const { views } = await waitingIn(store, side);
      context.output.json({
        issues: choose(found.issues.map((issue) => listedJson(issue, views))),
        has_more: next !== null,
        next,
        total: found.total,
        pulled_at: pulledAt === null ? null : new Date(pulledAt).toISOString(),
      });
      return 0;
    }
    if (found.issues.length === 0) {
      tellNone(context, store, me);
      return 0;
    }
    show(context, found.issues, await waitingIn(store, side));
    if (next !== null) {
      context.output.result();
      const shown = number(found.issues.length);
      const more = `\`--limit ${limit * 4}\` or \`--all\` shows`;
      context.output.result(
        found.total === null
          ? `${shown}, and there are more; ${more} them.`
          : `${shown} of ${number(found.total)}; ${more} more.`,
      );
    }
    tellAge(context, pulledAt);
    return 0;
  } finally {
    store?.close();
  }
}

/** How many issues are looked at for the address of their list, the last changed first. */
const LOOKED_AT = 100;

async function openList(
  context: Context,
  store: IssueStore | null,
  provider: string,
  options: IssueListOptions,
): Promise<number> {
  const [{ listAddress }, { narrowedAddress }, { placeOf }, { openAddress }] = await Promise.all([
    import("./web.ts"),
    import("./web_filter.ts"),
    import("./place.ts"),
    import("../../services/browser.ts"),
  ]);
  const issues = store?.issues.page({ limit: LOOKED_AT }).issues ?? [];
  const place = placeOf(provider);
  const list = listAddress(issues.map(({ ref }) => ref), place);
  const narrowed = narrowedAddress(context, list, { provider, tracker: place.tracker }, options);
  return openAddress(context, narrowed);
}

function filterOf(
  context: Context,
  options: IssueListOptions,
  { me, parent }: { readonly me: readonly string[]; readonly parent: string | undefined },
): IssueFilter {
  const { words, search, updated, sort, after } = options;
  const wanted = [...words, ...(search === undefined ? [] : [search])].join(" ");
  const position = after === undefined ? undefined : markedPosition(after, sort);
  if (position === null) {
    throw usageError(
      `"${after}" is not where a page of this list ends`,
      "Give `--after` the `next` of the page before, with the same `--sort`.",
    );
  }
  return {
    status: options.statuses,
    issueType: options.types,
    priority: options.priorities,
    assignees: withMyself([...options.assignees, ...(options.mine ? me : [])], me),
    labels: options.labels,
    text: wanted,
    ...(parent === undefined ? {} : { parent }),
    ...(updated === undefined ? {} : { updatedSince: sinceOf(context, updated) }),
    ...(sort === undefined ? {} : { sort }),
    ...(position === undefined ? {} : { after: position }),
  };
}

/** Returns the id of the issue that `--parent` names; `null` when a person leaves without a choice. */
async function parentOf(
  context: Context,
  project: ProjectContext,
  store: IssueStore | null,
  { parent }: IssueListOptions,
): Promise<string | undefined | null> {
  if (parent === undefined) return undefined;
  const { knownIssue } = await import("../../services/named_issue.ts");
  const issue = await knownIssue(context, project, parent);
  if (issue === null) return null;
  if (store?.names.withId(issue.id) == null) throw issueNotFound(parent);
  return issue.id;
}

function sinceOf({ platform }: Context, updated: PastTime): number {
  return updated.kind === "at" ? Date.parse(updated.time) : platform.clock.now() - updated.ms;
}

function tellNone(context: Context, store: IssueStore | null, me: readonly string[]): void {
  const empty = store === null || store.counts().total === 0;
  context.output.result(empty ? "No cached issues." : "No cached issue matches.");
  if (empty) context.output.notice("  Fetch them with `tracker sync pull`.");
  else if (me.length > 0) {
    context.output.notice(
      text`  You are looked for as ${
        me.join(", ")
      }; \`tracker config set mission.assignee NAME\` gives another name.`,
    );
  }
}

/** From this age on, the age of a cache is told, in milliseconds. */
const OLD_MS = 60 * 60_000;

function tellAge({ output, platform }: Context, pulledAt: number | null): void {
  const now = platform.clock.now();
  if (pulledAt === null || now - pulledAt < OLD_MS) return;
  output.notice(dim(`Fetched ${ago(pulledAt, now)}; \`tracker sync pull\` fetches what is new.`));
}

/** What is known of the issues of a list besides what the tracker has; loaded only where edits wait. */
interface Waiting {
  readonly views: ReadonlyMap<string, IssueView>;
  /** What waits of an issue, in a word or two; what was refused is told with its status. */
  readonly mark: (id: string) => string;
}

async function waitingIn(
  store: IssueStore | null,
  side: CachedIssues["side"],
): Promise<Waiting> {
  if (store === null || !store.issues.hasPending()) return { views: new Map(), mark: () => "" };
  const { waitingIssues, waitsFor } = await import("../../../sync/issue_view.ts");
  const views = waitingIssues(store, await side());
  return {
    views,
    mark(id) {
      const view = views.get(id);
      return view === undefined ? "" : waitsFor(view) ?? "";
    },
  };
}

function show(
  context: Context,
  issues: readonly NormalizedIssue[],
  { views, mark }: Waiting,
): void {
  const now = context.platform.clock.now();
  const statuses = issues.map(({ status }) => status);
  const marks = issues.map(({ ref }) => mark(ref.id));
  const isMarked = marks.some((mark) => mark !== "");
  writeTable(
    context.output,
    [
      { title: "KEY", yields: 1, least: 12 },
      {
        title: "STATUS",
        paint: (cell, row) => statusColor(statuses[row] ?? "todo", cell),
      },
      ...(isMarked ? [{ title: "HERE", leaves: 1 }] : []),
      { title: "TYPE", yields: 2, leaves: 5 },
      { title: "PRIORITY", leaves: 4 },
      { title: "TITLE", yields: 4, least: 20 },
      { title: "ASSIGNEES", yields: 3, leaves: 3 },
      { title: "UPDATED", leaves: 2 },
    ],
    issues.map((issue, place) => [
      issue.ref.key ?? issue.ref.id,
      statusWords(issue, views.get(issue.ref.id)?.refused ?? []),
      ...(isMarked ? [marks[place] ?? ""] : []),
      issue.issue_type,
      PRIORITY_WORDS[issue.priority],
      issue.title,
      issue.assignees.join(", ") || "–",
      changedAgo(issue, now),
    ]),
  );
}
