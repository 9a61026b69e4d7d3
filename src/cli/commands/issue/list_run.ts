import type { IssueType, NormalizedIssue, Status } from "../../../contract/issue.ts";
import type { IssueStore } from "../../../store/issue_store.ts";
import type { IssueView } from "../../../sync/issue_view.ts";
import { openCache } from "../../../tracker/cache.ts";
import type { Context } from "../../command/context.ts";
import { statusWords } from "./refused.ts";
import { writeTable } from "../../terminal/table.ts";
import { changedAgo, number } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";

/** Which issues to list. */
export interface IssueListOptions {
  readonly statuses: readonly Status[];
  readonly types: readonly IssueType[];
  readonly search: string | undefined;
  readonly limit: number;
}

/** Lists cached issues; needs no network. */
export async function run(context: Context, options: IssueListOptions): Promise<number> {
  const { store } = await openCache(await projectContext(context));
  try {
    const filter = {
      ...(options.statuses.length === 0 ? {} : { status: options.statuses }),
      ...(options.types.length === 0 ? {} : { issueType: options.types }),
      ...(options.search === undefined ? {} : { text: options.search }),
    };
    // One more than shown tells whether there are more.
    const found = store?.list({ ...filter, limit: options.limit + 1 }) ?? [];
    const issues = found.slice(0, options.limit);
    const hasMore = found.length > options.limit;
    if (context.globals.json) {
      const { listedJson } = await import("./json.ts");
      const { views } = await waitingIn(store);
      context.output.json({
        issues: issues.map((issue) => listedJson(issue, views)),
        has_more: hasMore,
      });
      return 0;
    }
    if (issues.length === 0) {
      const empty = store === null || store.counts().total === 0;
      context.output.result(empty ? "No cached issues." : "No cached issue matches.");
      if (empty) context.output.notice("  Fetch them with `tracker sync pull`.");
      return 0;
    }
    show(context, issues, await waitingIn(store));
    if (hasMore) {
      context.output.result();
      context.output.result(
        `The first ${number(issues.length)}; \`--limit ${options.limit * 4}\` shows more.`,
      );
    }
    return 0;
  } finally {
    store?.close();
  }
}

/** What is known of the issues of a list besides what the tracker has; loaded only where edits wait. */
interface Waiting {
  readonly views: ReadonlyMap<string, IssueView>;
  /** What waits of an issue, in a word or two; what was refused is told with its status. */
  readonly mark: (id: string) => string;
}

async function waitingIn(store: IssueStore | null): Promise<Waiting> {
  if (store === null || store.counts().pending === 0) return { views: new Map(), mark: () => "" };
  const { sendableFields, waitingIssues } = await import("../../../sync/issue_view.ts");
  const views = waitingIssues(store);
  return {
    views,
    mark(id) {
      const view = views.get(id);
      if (view === undefined) return "";
      if (view.conflicts.length > 0) return "conflict";
      if (view.isNew) return view.refused.length > 0 ? "" : "new";
      return sendableFields(view).length > 0 ? "to push" : "";
    },
  };
}

function show(
  context: Context,
  issues: readonly NormalizedIssue[],
  { views, mark }: Waiting,
): void {
  const now = context.platform.clock.now();
  const marks = issues.map(({ ref }) => mark(ref.id));
  const isMarked = marks.some((mark) => mark !== "");
  writeTable(
    context.output,
    [
      { title: "KEY" },
      { title: "STATUS" },
      ...(isMarked ? [{ title: "HERE" }] : []),
      { title: "TYPE", yields: 2 },
      { title: "TITLE", yields: 4, least: 20 },
      { title: "ASSIGNEES", yields: 3 },
      { title: "UPDATED" },
    ],
    issues.map((issue, place) => [
      issue.ref.key ?? issue.ref.id,
      statusWords(issue, views.get(issue.ref.id)?.refused ?? []),
      ...(isMarked ? [marks[place] ?? ""] : []),
      issue.issue_type,
      issue.title,
      issue.assignees.join(", ") || "–",
      changedAgo(issue, now),
    ]),
  );
}
