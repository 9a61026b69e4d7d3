import { openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { reportEdit } from "./edit_report.ts";
import type { IssueFields } from "./field_options.ts";
import { editFrom } from "./fields.ts";
import { projectContext } from "../../services/tracker.ts";

/** Creates an issue in the cache. */
export async function run(
  context: Context,
  options: { readonly title: string; readonly fields: IssueFields },
): Promise<number> {
  const edit = await editFrom(context, options.fields);
  const { service } = await openBackend(await projectContext(context));
  return reportEdit(
    context,
    await service.issueCreate({ ...edit, title: options.title }),
    "Created",
  );
}
