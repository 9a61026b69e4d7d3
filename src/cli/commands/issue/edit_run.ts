import type { IssueEdit } from "../../../sync/edits.ts";
import { commandWord } from "../../../platform/command_word.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { type Backend, openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { reportEdit } from "./edit_report.ts";
import type { CLEARABLE } from "./edit.ts";
import type { IssueFields, MemberFields } from "./field_options.ts";
import { editFrom, membersFrom, withRelated } from "./fields.ts";
import { assignees, namesMe } from "../../services/me.ts";
import { type ChosenIssue, nothingChosen, withIssue } from "../../services/named_issue.ts";
import { projectContext } from "../../services/tracker.ts";

/** What to change. */
export interface IssueEditOptions {
  readonly key: string | undefined;
  readonly title: string | undefined;
  /** Whether a person writes title and body in an editor. */
  readonly editor: boolean;
  readonly fields: IssueFields;
  readonly members: MemberFields;
  readonly clear: readonly typeof CLEARABLE[number][];
}

/** Changes an issue in the cache. */
export async function run(context: Context, options: IssueEditOptions): Promise<number> {
  const given = await editOf(context, await withAssignees(context, options));
  if (Object.keys(given).length === 0 && !options.editor) {
    throw usageError(
      "There is nothing to change",
      "Name a field: `tracker issue edit --help` lists them.",
    );
  }
  return await withIssue(context, options.key, async (chosen, project) => {
    const edit = await withRelated(context, project, given);
    if (edit === null) return nothingChosen(context);
    const { service } = await openBackend(project);
    if (options.editor) return await inEditor(context, service, chosen, options, edit);
    return reportEdit(context, await service.issueEdit(chosen.id, edit), "Changed");
  });
}

/** Returns the options with the user's own name for `@me`. */
async function withAssignees(
  context: Context,
  options: IssueEditOptions,
): Promise<IssueEditOptions> {
  const { fields, members } = options;
  if (!namesMe([...fields.assignees, ...fields.assign, ...members.unassign])) return options;
  const project = await projectContext(context);
  const named = (names: readonly string[]) => assignees(context, project, names);
  return {
    ...options,
    fields: {
      ...fields,
      assignees: await named(fields.assignees),
      assign: await named(fields.assign),
    },
    members: { ...members, unassign: await named(members.unassign) },
  };
}

async function editOf(context: Context, options: IssueEditOptions): Promise<IssueEdit> {
  const { clear, fields, members, title } = options;
  if (options.editor) {
    const { checkEditor } = await import("./in_editor.ts");
    checkEditor(context, fields);
    if (clear.includes("body")) {
      throw usageError("`--editor` and `--clear body` exclude each other");
    }
  }
  const given = await editFrom(context, fields);
  const both = clear.find((field) => given[field] !== undefined);
  if (both !== undefined) {
    throw usageError(`\`--clear ${both}\` and a new value of it exclude each other`);
  }
  return {
    ...given,
    ...membersFrom(fields, members, clear),
    ...(title === undefined ? {} : { title }),
    ...Object.fromEntries(
      clear.map((field) => [field, field === "body" || field === "parent" ? null : []]),
    ),
  };
}

/** Has title and body written in an editor, and enters them with the other changes; an empty text changes nothing. */
async function inEditor(
  context: Context,
  service: Backend["service"],
  { id, name }: ChosenIssue,
  { title }: IssueEditOptions,
  edit: IssueEdit,
): Promise<number> {
  const { writeIssue } = await import("./in_editor.ts");
  const { issue } = await service.issueShow(id);
  const { body } = issue;
  const outcome = await writeIssue(context, {
    before: { title: title === undefined ? issue.title : undefined, body },
    command: `tracker issue edit ${commandWord(name)}`,
    enter: (written) =>
      service.issueEdit(id, { ...edit, ...written }, { madeOn: { title: issue.title, body } }),
  });
  if (outcome.kind === "entered") return reportEdit(context, outcome.result, "Changed");
  const nothing = { issue, changes: [], unwritable: [] };
  if (outcome.kind === "empty") {
    context.output.notice("The text is empty, so nothing was changed.");
    return reportEdit(context, nothing, "Changed");
  }
  const others = Object.keys(edit).length > 0;
  return reportEdit(context, others ? await service.issueEdit(id, edit) : nothing, "Changed");
}
