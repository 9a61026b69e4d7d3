import type { IssueEdit } from "../../../sync/edits.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { reportEdit } from "./edit_report.ts";
import type { CLEARABLE } from "./edit.ts";
import type { IssueFields, MemberFields } from "./field_options.ts";
import { editFrom, membersFrom } from "./fields.ts";
import { withIssue } from "../../services/named_issue.ts";

/** What to change. */
export interface IssueEditOptions {
  readonly key: string | undefined;
  readonly title: string | undefined;
  readonly fields: IssueFields;
  readonly members: MemberFields;
  readonly clear: readonly typeof CLEARABLE[number][];
}

/** Changes an issue in the cache. */
export async function run(context: Context, options: IssueEditOptions): Promise<number> {
  const given = await editFrom(context, options.fields);
  const both = options.clear.find((field) => given[field] !== undefined);
  if (both !== undefined) {
    throw usageError(`\`--clear ${both}\` and a new value of it exclude each other`);
  }
  const edit: IssueEdit = {
    ...given,
    ...membersFrom(options.fields, options.members, options.clear),
    ...(options.title === undefined ? {} : { title: options.title }),
    ...Object.fromEntries(
      options.clear.map((field) => [field, field === "body" || field === "parent" ? null : []]),
    ),
  };
  if (Object.keys(edit).length === 0) {
    throw usageError(
      "There is nothing to change",
      "Name a field: `tracker issue edit --help` lists them.",
    );
  }
  return await withIssue(context, options.key, async ({ id }, project) => {
    const { service } = await openBackend(project);
    return reportEdit(context, await service.issueEdit(id, edit), "Changed");
  });
}
