import * as v from "valibot";
import { type NormalizedIssue, type Priority, PRIORITY_WORDS } from "../../contract/issue.ts";
import type { IssueChange } from "../provider.ts";
import type { Written } from "./calls.ts";
import { rejected } from "./faults.ts";
import { namingPermission } from "./naming.ts";
import { parentFor } from "./parents.ts";
import { unlessRefused } from "../remote.ts";
import { assigneeFor } from "./people.ts";
import {
  type JiraField,
  type JiraFields,
  type JiraIssue,
  type JiraType,
  PrioritySchema,
} from "./schemas.ts";
import { priorityFor, typeFor } from "./words.ts";
import type { Work } from "./work.ts";

/** What assigning an issue takes. */
const ASSIGNING = ["EDIT_ISSUES", "ASSIGN_ISSUES"] as const;

/** Characters of a title, as Jira has it. */
const MAX_TITLE = 255;

/**
 * Returns what Jira is sent for a change of an issue, its status and its links aside.
 *
 * @throws {ProviderError} `rejected`, with the name of what cannot be written; nothing was written then.
 */
export async function fieldsFor(
  work: Work,
  { raw, issue, editable, mayWait }: {
    readonly raw: JiraIssue;
    readonly issue: NormalizedIssue;
    readonly editable: JiraFields;
    /** Whether what cannot be edited now is written later. */
    readonly mayWait: boolean;
  },
  change: IssueChange,
): Promise<Written> {
  requireKnown(change);
  const field = (id: string) => editableField(editable, id, raw.key, TITLES[id] ?? id);
  const { title, body, priority, issue_type, assignees, labels, parent_ref } = change;
  const fields: Record<string, unknown> = {};
  const update: Record<string, readonly unknown[]> = {};
  if (title !== undefined) {
    field("summary");
    fields["summary"] = titleFor(title);
  }
  if (body !== undefined) {
    field("description");
    const text = await textFor(work, body, raw.fields.description ?? null);
    if (text !== undefined) fields["description"] = text;
  }
  if (priority !== undefined) {
    fields["priority"] = { name: await priorityName(work, priority, field("priority")) };
  }
  if (issue_type !== undefined) {
    fields["issuetype"] = { id: requireType(issue_type, typesIn(field("issuetype"))).id };
  }
  if (assignees !== undefined) {
    if (mayWait) field("assignee");
    const person = await unlessRefused(
      work.access,
      () =>
        namingPermission(work, raw.fields.project.key, ASSIGNING, async () => {
          field("assignee");
          return await assigneeFor(work, raw.key, assignees);
        }),
    );
    if (person !== undefined) fields["assignee"] = person;
  }
  if (labels !== undefined) {
    field("labels");
    update["labels"] = labelChanges(issue.labels, labels);
  }
  if (parent_ref !== undefined) {
    const { field: id, value, operations } = await parentFor(
      work,
      raw.fields.issuetype,
      parent_ref,
    );
    editableField(editable, id, raw.key, "parent");
    if (operations !== null) update[id] = operations;
    else fields[id] = value;
  }
  return {
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(Object.keys(update).length === 0 ? {} : { update }),
  };
}

/** Refuses what no Jira can hold. */
export function requireKnown(
  { custom_fields, links_add = [], links_remove = [] }: IssueChange,
): void {
  if (Object.keys(custom_fields ?? {}).length > 0) {
    throw rejected("field_not_supported", "Jira's custom fields are not written from here");
  }
  for (const { ref } of [...links_add, ...links_remove]) {
    if (ref.system === "jira") continue;
    const words = `"${ref.key ?? ref.id}" is an issue of ${ref.system}, to which Jira has no links`;
    throw rejected("link_unknown", words);
  }
}

/** Returns a title as Jira takes it. */
export function titleFor(title: string): string {
  const line = title.replaceAll(/[\r\n]+/g, " ");
  if (line.length <= MAX_TITLE) return line;
  throw rejected("title_too_long", `A title has ${MAX_TITLE} characters at Jira at most`);
}

/** Returns how a text is written; `undefined` when it is so already. */
export async function textFor(
  { edition: { texts }, access }: Work,
  markdown: string | null,
  before: unknown,
): Promise<unknown> {
  if (markdown === null || markdown.trim() === "") {
    return texts.shown(before) === null ? undefined : null;
  }
  const edited = await texts.edited(markdown, before);
  if (edited.kind === "same") return undefined;
  if (edited.kind === "refused") {
    throw rejected("body_not_supported", "Jira has no form for this description");
  }
  if (edited.lost.length > 0) {
    access.onNote?.(`Jira keeps the text in a form of its own: ${edited.lost.join("; ")}`);
  }
  return edited.text;
}

/** Returns the name of a priority among those that a field may hold: by the names, else as they are read. */
export async function priorityName(
  { session, calls }: Work,
  priority: Priority,
  field: JiraField,
): Promise<string> {
  const names = namesIn(field);
  const name = priorityFor(priority, names);
  if (name !== null) return name;
  if (priority !== 0) {
    const priorities = await session.priorities(calls);
    const values = field.allowedValues.flatMap((value) => {
      const parsed = v.safeParse(PrioritySchema, value);
      return parsed.success ? [parsed.output] : [];
    });
    const found = values.find((value) => priorities.of(value) === priority);
    if (found !== undefined) return found.name;
  }
  const why = names.length === 0 ? "" : `, only ${names.join(", ")}`;
  throw rejected(
    "priority_not_mapped",
    `Jira has no priority for "${PRIORITY_WORDS[priority]}"${why}`,
  );
}

/** Returns the type of a project that a type is written as. */
export function requireType(
  wanted: NonNullable<IssueChange["issue_type"]>,
  types: readonly JiraType[],
): JiraType {
  const type = typeFor(wanted, types);
  if (type !== null) return type;
  const names = types.map(({ name }) => name).join(", ");
  const words = `Jira has no type for "${wanted}" here${names === "" ? "" : `, only ${names}`}`;
  throw rejected("unsupported_type", words);
}

/** Refuses labels that Jira cannot hold. */
export function requireLabels(labels: readonly string[]): void {
  const wrong = labels.find((label) => label === "" || /\s/.test(label) || label.length > 255);
  if (wrong === undefined) return;
  const words = `A label of Jira has 1 to 255 characters and no blank: "${wrong.slice(0, 80)}"`;
  throw rejected("label_invalid", words);
}

/** Labels are added and taken away one by one: what others do to the rest meanwhile stays. */
function labelChanges(before: readonly string[], after: readonly string[]): readonly unknown[] {
  const added = after.filter((label) => !before.includes(label));
  requireLabels(added);
  return [
    ...added.map((label) => ({ add: label })),
    ...before.filter((label) => !after.includes(label)).map((label) => ({ remove: label })),
  ];
}

/** What a field is called here. */
const TITLES: Readonly<Record<string, string>> = {
  summary: "title",
  description: "description",
  priority: "priority",
  issuetype: "type",
  assignee: "assignee",
  labels: "labels",
};

function editableField(
  editable: JiraFields,
  id: string,
  key: string,
  title: string,
): JiraField {
  const field = editable[id];
  if (field !== undefined) return field;
  const words =
    `Jira does not let the ${title} of ${key} be edited now: it is on no edit screen, ` +
    "or the credential may not";
  throw rejected("field_not_editable", words);
}

const NamedSchema = v.looseObject({ name: v.string() });

/** Returns the names of what a field may hold. */
export function namesIn({ allowedValues }: JiraField): readonly string[] {
  return allowedValues.flatMap((value) => {
    const named = v.safeParse(NamedSchema, value);
    return named.success ? [named.output.name] : [];
  });
}

const TypeValueSchema = v.looseObject({
  id: v.string(),
  name: v.string(),
  subtask: v.optional(v.boolean(), false),
  hierarchyLevel: v.nullish(v.number()),
});

function typesIn({ allowedValues }: JiraField): readonly JiraType[] {
  return allowedValues.flatMap((value) => {
    const type = v.safeParse(TypeValueSchema, value);
    return type.success ? [type.output] : [];
  });
}
