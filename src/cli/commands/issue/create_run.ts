import { openLocalBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { reportEdit } from "./edit_report.ts";
import type { IssueFields } from "./field_options.ts";
import { editFrom } from "./fields.ts";
import { projectContext } from "../../services/tracker.ts";

/** Makes an issue on the local side. */
export async function run(
  context: Context,
  options: { readonly title: string; readonly fields: IssueFields },
): Promise<number> {
  const edit = await editFrom(context, options.fields);
  const { service } = await openLocalBackend(await projectContext(context), "`issue create`");
  return reportEdit(
    context,
    await service.issueCreate({ ...edit, title: options.title }),
    "Created",
  );
}
