import { TrackerError, usageError } from "../../../platform/tracker_error.ts";
import type { EditResult, IssueEdit } from "../../../sync/edits.ts";
import { type Backend, openBackend, type ProjectContext } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { reportEdit } from "./edit_report.ts";
import type { IssueFields } from "./field_options.ts";
import { editFrom, withRelated } from "./fields.ts";
import { notCreatedJson } from "./json.ts";
import { assignees } from "../../services/me.ts";
import { projectContext } from "../../services/tracker.ts";

/** What to create. */
export interface IssueCreateOptions {
  readonly title: string | undefined;
  /** Whether a person writes title and body in an editor. */
  readonly editor: boolean;
  /** The issue whose content it takes over. */
  readonly from: string | undefined;
  readonly fields: IssueFields;
}

/** Refuses an issue without a title, where no person can be asked for one. */
export function check(context: Context, options: IssueCreateOptions): void {
  const { title, from, editor } = options;
  if (title !== undefined || from !== undefined || editor || asksForText(context, options)) return;
  throw nameless();
}

function nameless(): TrackerError {
  return usageError(
    "Name the issue: `tracker issue create --title TEXT`",
    "`--editor` has you write title and body; `--from KEY` takes them over from another issue.",
  );
}

/** Whether title and body are asked for, as they were not given: a person sits at the terminal. */
function asksForText(
  { globals, platform: { terminal } }: Context,
  { title, from, fields }: IssueCreateOptions,
): boolean {
  if (title !== undefined || from !== undefined) return false;
  if (fields.body !== undefined || fields.bodyFile !== undefined) return false;
  if (globals.json || globals.noInput) return false;
  return terminal.stdin.isTerminal && terminal.stderr.isTerminal;
}

/** Creates an issue in the cache. */
export async function run(context: Context, options: IssueCreateOptions): Promise<number> {
  const { fields } = options;
  const isWritten = options.editor || asksForText(context, options);
  if (isWritten) {
    const { checkEditor } = await import("./in_editor.ts");
    checkEditor(context, fields);
  }
  const project = await projectContext(context);
  const given = await editFrom(context, {
    ...fields,
    assignees: await assignees(context, project, [...fields.assignees, ...fields.assign]),
  });
  const edit = await withRelated(context, project, given);
  const from = await sourceOf(context, project, options);
  if (edit === null || from === null) {
    return (await import("../../services/named_issue.ts")).nothingChosen(context);
  }
  const named = { ...options, from };
  const { service } = await openBackend(project);
  if (isWritten) return await inEditor(context, service, named, edit);
  return reportEdit(context, await create(service, named, edit), "Created");
}

/** Returns the id of the issue that `--from` names; `null` when a person leaves without a choice. */
async function sourceOf(
  context: Context,
  project: ProjectContext,
  { from }: IssueCreateOptions,
): Promise<string | undefined | null> {
  if (from === undefined) return undefined;
  const { knownIssue } = await import("../../services/named_issue.ts");
  const issue = await knownIssue(context, project, from);
  return issue === null ? null : issue.id;
}

async function create(
  service: Backend["service"],
  { title, from }: IssueCreateOptions,
  edit: IssueEdit,
): Promise<EditResult> {
  return from === undefined
    ? await service.issueCreate({ title: title ?? "", ...edit })
    : await service.issueCreateFrom(from, { ...(title === undefined ? {} : { title }), ...edit });
}

/** Has title and body written in an editor; an empty or unchanged text creates nothing. */
async function inEditor(
  context: Context,
  service: Backend["service"],
  options: IssueCreateOptions,
  edit: IssueEdit,
): Promise<number> {
  const { title, from } = options;
  const { writeIssue } = await import("./in_editor.ts");
  const source = from === undefined ? null : (await service.issueShow(from)).issue;
  const outcome = await writeIssue(context, {
    before: {
      title: title === undefined ? source?.title ?? "" : undefined,
      body: source?.body ?? null,
    },
    command: "tracker issue create --title TEXT",
    enter: (written) => create(service, options, { ...edit, ...written }),
  }).catch((error) => {
    const isUnasked = !options.editor && error instanceof TrackerError;
    throw isUnasked && error.code === "no_editor" ? nameless() : error;
  });
  if (outcome.kind === "entered") return reportEdit(context, outcome.result, "Created");
  if (context.globals.json) context.output.json(notCreatedJson());
  else context.output.result(`Nothing was created: the text is ${outcome.kind}`);
  return 0;
}
