import { usageError } from "../../../platform/tracker_error.ts";
import { openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { reportEdit } from "./edit_report.ts";
import type { IssueFields } from "./field_options.ts";
import { editFrom } from "./fields.ts";
import { projectContext } from "../../services/tracker.ts";

/** What to create. */
export interface IssueCreateOptions {
  readonly title: string | undefined;
  /** The issue whose content it takes over. */
  readonly from: string | undefined;
  readonly fields: IssueFields;
}

/** Refuses an issue without a title. */
export function check(_context: Context, { title, from }: IssueCreateOptions): void {
  if (title !== undefined || from !== undefined) return;
  throw usageError(
    "Name the issue: `tracker issue create --title TEXT`",
    "`--from KEY` takes title and content of another issue.",
  );
}

/** Creates an issue in the cache. */
export async function run(context: Context, options: IssueCreateOptions): Promise<number> {
  const { title, from } = options;
  const { fields } = options;
  const edit = await editFrom(context, {
    ...fields,
    assignees: [...fields.assignees, ...fields.assign],
  });
  const { service } = await openBackend(await projectContext(context));
  const result = from === undefined
    ? await service.issueCreate({ ...edit, title: title ?? "" })
    : await service.issueCreateFrom(from, { ...edit, ...(title === undefined ? {} : { title }) });
  return reportEdit(context, result, "Created");
}
