import { LINK_TYPES, type LinkType } from "../../../contract/issue.ts";
import type { IssueEdit } from "../../../sync/edits.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { nameAndValue } from "../../command/name_value.ts";
import { readFileOrInput } from "../../services/input_file.ts";
import type { IssueFields, MemberFields } from "./field_options.ts";

/**
 * The edit that the options of a command ask for.
 *
 * @throws {TrackerError} `usage` for a link or field that is not `name=value`; `file_missing`.
 */
export async function editFrom(context: Context, fields: IssueFields): Promise<IssueEdit> {
  const body = await bodyOf(context, fields);
  return {
    ...(body === undefined ? {} : { body }),
    ...(fields.status === undefined ? {} : { status: fields.status }),
    ...(fields.type === undefined ? {} : { issueType: fields.type }),
    ...(fields.priority === undefined ? {} : { priority: fields.priority }),
    ...(fields.assignees.length === 0 ? {} : { assignees: fields.assignees }),
    ...(fields.labels.length === 0 ? {} : { labels: fields.labels }),
    ...(fields.parent === undefined ? {} : { parent: fields.parent }),
    ...(fields.links.length === 0 ? {} : { links: fields.links.map(linkOf) }),
    ...(fields.fields.length === 0 ? {} : {
      customFields: Object.fromEntries(
        fields.fields.map((field) => nameAndValue("--field", field)),
      ),
    }),
  };
}

/**
 * Returns an edit with the ids of the issues that `--parent` and `--link` name, by a key or its short form; `null` when a
 * person leaves without a choice.
 *
 * @throws {TrackerError} `issue_ambiguous`.
 */
export async function withRelated(
  context: Context,
  project: ProjectContext,
  edit: IssueEdit,
): Promise<IssueEdit | null> {
  const { parent, links = [] } = edit;
  if (typeof parent !== "string" && links.length === 0) return edit;
  const { knownIssue } = await import("../../services/named_issue.ts");
  const above = typeof parent === "string" ? await knownIssue(context, project, parent) : undefined;
  if (above === null) return null;
  const linked: { type: LinkType; id: string }[] = [];
  for (const { type, id } of links) {
    const issue = await knownIssue(context, project, id);
    if (issue === null) return null;
    linked.push({ type, id: issue.id });
  }
  return {
    ...edit,
    ...(above === undefined ? {} : { parent: above.id }),
    ...(links.length === 0 ? {} : { links: linked }),
  };
}

/**
 * The members that the options of `issue edit` add and remove.
 *
 * @throws {TrackerError} `usage` where the same set is replaced or emptied, and for a name that is both added and removed.
 */
export function membersFrom(
  { labels, assignees, assign }: IssueFields,
  { addLabels, removeLabels, unassign }: MemberFields,
  clear: readonly string[],
): IssueEdit {
  for (
    const { field, whole, parts } of [
      {
        field: "labels",
        whole: ["--label", labels],
        parts: [["--add-label", addLabels], ["--remove-label", removeLabels]],
      },
      {
        field: "assignees",
        whole: ["--assignee", assignees],
        parts: [["--assign", assign], ["--unassign", unassign]],
      },
    ] as const
  ) {
    const [name, values] = whole;
    const replaced = clear.includes(field)
      ? `--clear ${field}`
      : values.length === 0
      ? undefined
      : name;
    const part = parts.find(([, names]) => names.length > 0)?.[0];
    if (replaced !== undefined && part !== undefined) {
      throw usageError(`\`${part}\` and \`${replaced}\` exclude each other`);
    }
    const [[add, added], [remove, removed]] = parts;
    const both = added.find((name) => removed.includes(name));
    if (both !== undefined) {
      throw usageError(
        `"${both}" cannot be both added and removed`,
        `Give it to \`${add}\` or to \`${remove}\`.`,
      );
    }
  }
  return {
    ...(addLabels.length === 0 ? {} : { addLabels }),
    ...(removeLabels.length === 0 ? {} : { removeLabels }),
    ...(assign.length === 0 ? {} : { assign }),
    ...(unassign.length === 0 ? {} : { unassign }),
  };
}

async function bodyOf(context: Context, fields: IssueFields): Promise<string | undefined> {
  const { body, bodyFile } = fields;
  if (bodyFile === undefined) return body;
  if (body !== undefined) throw usageError("`--body` and `--body-file` exclude each other");
  return await readFileOrInput(context, bodyFile);
}

function linkOf(text: string): { readonly type: LinkType; readonly id: string } {
  const [name, id] = nameAndValue("--link", text);
  const type = LINK_TYPES.find((known) => known === name);
  if (type !== undefined) return { type, id };
  throw usageError(`Unknown link "${name}"`, `Choose one of ${LINK_TYPES.join(", ")}.`);
}
