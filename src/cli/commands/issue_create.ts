import type { Deps } from "../deps.ts";
import { reportEdit } from "../edit_report.ts";
import type { IssueFields } from "../grammar/edit.ts";
import { editFrom } from "../issue_fields.ts";
import { trackerService } from "../tracker_service.ts";

/** Makes an issue on the local side. */
export async function run(
  deps: Deps,
  options: { readonly title: string; readonly fields: IssueFields },
): Promise<number> {
  const edit = await editFrom(deps, options.fields);
  const local = await (await trackerService(deps)).local("issue create");
  return reportEdit(deps, await local.issueCreate({ ...edit, title: options.title }), "Created");
}
