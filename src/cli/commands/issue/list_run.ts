import type { IssueType, NormalizedIssue, Status } from "../../../contract/issue.ts";
import type { RefusedEdit } from "../../../store/edits.ts";
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
      const { withRefused } = await import("./json.ts");
      const refused = store?.issues.refused() ?? [];
      context.output.json({
        issues: issues.map((issue) => withRefused(issue, refused)),
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
    show(context, issues, store?.issues.refused() ?? []);
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

function show(
  context: Context,
  issues: readonly NormalizedIssue[],
  refused: readonly RefusedEdit[],
): void {
  const now = context.platform.clock.now();
  writeTable(
    context.output,
    [
      { title: "KEY" },
      { title: "STATUS" },
      { title: "TYPE", yields: 2 },
      { title: "TITLE", yields: 4, least: 20 },
      { title: "ASSIGNEES", yields: 3 },
      { title: "UPDATED" },
    ],
    issues.map((issue) => [
      issue.ref.key ?? issue.ref.id,
      statusWords(issue, refused),
      issue.issue_type,
      issue.title,
      issue.assignees.join(", ") || "–",
      changedAgo(issue, now),
    ]),
  );
}
