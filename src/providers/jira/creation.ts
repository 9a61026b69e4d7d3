import type { NormalizedIssue } from "../../contract/issue.ts";
import { findNumbered, wantedOf } from "../creation.ts";
import type { IssueChange } from "../provider.ts";
import { newLinks } from "../refs.ts";
import { ProviderError, type RemoteCreation, unlessRefused, whereTaken } from "../remote.ts";
import * as v from "valibot";
import { MARKER } from "./edition.ts";
import { rejected } from "./faults.ts";
import {
  priorityName,
  requireKnown,
  requireLabels,
  requireType,
  textFor,
  titleFor,
} from "./fields.ts";
import { projectKeyIn } from "./issues.ts";
import { addLinks, linksToMake, type NewLink } from "./links.ts";
import { namingPermission } from "./naming.ts";
import { parentFor, requireParent } from "./parents.ts";
import { assigneeFor } from "./people.ts";
import type { JiraFields, JiraIssue, JiraProject, JiraType } from "./schemas.ts";
import { stepTo } from "./transitions.ts";
import { requireHere, requireProject, shownIssue, type Work } from "./work.ts";
import { typeIn } from "./words.ts";

/** The newest issues that are looked through for one that was created. */
const LOOKED_THROUGH = 100;

/** As many of them are read where a search does not show which it is. */
const READ_THROUGH = 20;

/** Numbers from the newest issue that is listed on under which a new one is looked for: Jira leaves some out. */
const NUMBERS_TRIED = 21;

/** Creates an issue that is found again by its marker, and writes what a creation cannot. */
export async function createIssue(work: Work, creation: RemoteCreation): Promise<NormalizedIssue> {
  const wanted = wantedOf(creation);
  requireKnown(wanted);
  const links = await linksToMake(work, wanted.links_add ?? []);
  const id = await namingPermission(work, work.place.key, ["CREATE_ISSUES"], async () => {
    const fields = await fieldsOfNew(work, { ...wanted, title: creation.fields.title });
    return await work.calls.issues.create(fields, creation.clientId);
  });
  return await finish(work, id, wanted, links);
}

/** Finds the issue of a creation whose answer was lost, and writes what was not written then. */
export async function findCreation(
  work: Work,
  creation: RemoteCreation,
): Promise<NormalizedIssue | null> {
  const found = await listed(work, creation) ?? await unlisted(work, creation);
  if (found === null) return null;
  requireHere(work, found);
  const wanted = wantedOf(creation);
  const { links } = await shownIssue(work, found);
  const missing = newLinks(links, wanted.links_add ?? []);
  return await finish(work, found.id, wanted, await linksToMake(work, missing));
}

async function listed(work: Work, creation: RemoteCreation): Promise<JiraIssue | null> {
  const { issues } = await work.calls.issues.search({
    jql: `project = ${work.projectId} AND creator = currentUser() ORDER BY created DESC`,
    after: null,
    size: LOOKED_THROUGH,
  });
  if (work.edition.name === "cloud") return issues.find((issue) => isOf(issue, creation)) ?? null;
  // A search of a server of a team's own shows no properties.
  for (const { id } of issues.slice(0, READ_THROUGH)) {
    const issue = await work.calls.issues.issue(id);
    if (issue !== null && isOf(issue, creation)) return issue;
  }
  return null;
}

async function unlisted(work: Work, creation: RemoteCreation): Promise<JiraIssue | null> {
  const { calls, projectId } = work;
  const project = await requireProject(work);
  const { issues: [newest] } = await calls.issues.search({
    jql: `project = ${projectId} ORDER BY key DESC`,
    after: null,
    size: 1,
  });
  const key = newest === undefined ? project.key : projectKeyIn(newest.key);
  // Since it was looked for in the other list, this one may show it.
  const first = newest === undefined ? 1 : Number(newest.key.slice(key.length + 1));
  return await findNumbered(
    { after: first - 1, tried: NUMBERS_TRIED, missing: NUMBERS_TRIED },
    (number) => calls.issues.issue(`${key}-${number}`),
    (issue) => isOf(issue, creation),
  );
}

const MarkerSchema = v.looseObject({ id: v.string() });

function isOf({ properties }: JiraIssue, { clientId }: RemoteCreation): boolean {
  const marker = v.safeParse(MarkerSchema, properties[MARKER]);
  return marker.success && marker.output.id === clientId;
}

/** What a creation cannot write is left out where it is not possible: the issue is there. */
async function finish(
  work: Work,
  id: string,
  { status }: IssueChange,
  links: readonly NewLink[],
): Promise<NormalizedIssue> {
  const { calls: { issues }, access } = work;
  const created = await read(work, id);
  const shown = await shownIssue(work, created);
  await addLinks(work, id, links, whereTaken);
  const isMoved = status !== undefined && shown.status !== status;
  if (isMoved) {
    const { name: from } = created.fields.status;
    try {
      const wanted = { from, to: status, words: access.statusWords };
      const step = stepTo(wanted, await issues.transitions(id));
      await issues.transition(id, step.id);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
      access.onNote?.(error.message);
    }
  }
  return isMoved || links.length > 0 ? await shownIssue(work, await read(work, id)) : shown;
}

async function read(work: Work, id: string): Promise<JiraIssue> {
  const issue = await work.calls.issues.issue(id);
  if (issue === null) throw rejected("issue_not_found", "The new issue is gone from Jira");
  requireHere(work, issue);
  return issue;
}

/** Returns the fields of a new issue; refuses what its screen does not take, and what it asks for besides. */
async function fieldsOfNew(
  work: Work,
  wanted: IssueChange & { readonly title: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { calls, projectId, session, edition } = work;
  const { title, body = null, priority = 0, assignees = [], labels = [], parent_ref } = wanted;
  const project = await requireProject(work, false);
  const type = await typeOfNew(work, project, wanted);
  if (parent_ref == null && typeIn(type) === "subtask") {
    throw rejected("invalid_parent", "Jira has subtasks below another issue only: give a parent");
  }
  const known = await calls.issues.creatable(projectId, type.id);
  const field = (id: string, name: string) => {
    const found = known[id];
    if (found !== undefined) return found;
    const words = `Jira takes no ${name} for a new issue of this type: it is not on its screen`;
    throw rejected("field_not_editable", words);
  };
  const fields: Record<string, unknown> = {
    project: { id: projectId },
    issuetype: { id: type.id },
    summary: titleFor(title),
  };
  const text = await textFor(work, body, null);
  if (text !== undefined) {
    field("description", "description");
    fields["description"] = text;
  }
  if (priority !== 0) {
    const scheme = field("priority", "priority");
    fields["priority"] = { name: await priorityName(work, priority, scheme) };
  }
  if (assignees.length > 0) {
    const person = await unlessRefused(
      work.access,
      () =>
        namingPermission(work, work.place.key, ["ASSIGN_ISSUES"], async () => {
          field("assignee", "assignee");
          return await assigneeFor(work, null, assignees);
        }),
    );
    if (person !== undefined) fields["assignee"] = person;
  }
  if (labels.length > 0) {
    field("labels", "labels");
    requireLabels(labels);
    fields["labels"] = labels;
  }
  if (parent_ref != null) {
    const { field: id, value } = await parentFor(work, type, parent_ref);
    field(id, "parent");
    fields[id] = value;
  }
  const epicName = typeIn(type) === "epic" ? await session.epicName(calls, edition) : null;
  if (epicName !== null && epicName in known) fields[epicName] = fields["summary"];
  requireComplete(known, fields);
  return fields;
}

/** Jira sets these by itself. */
const OWN_FIELDS: readonly string[] = ["reporter", "project", "issuetype"];

function requireComplete(known: JiraFields, fields: Readonly<Record<string, unknown>>): void {
  const missing = Object.entries(known).filter(([id, { required, hasDefaultValue }]) =>
    required && !hasDefaultValue && !(id in fields) && !OWN_FIELDS.includes(id)
  ).map(([, { name }]) => `"${name}"`);
  if (missing.length === 0) return;
  const words = `A new issue of this type asks for ${missing.join(", ")}: create it at Jira`;
  throw rejected("fields_required", words);
}

async function typeOfNew(
  work: Work,
  { issueTypes }: JiraProject,
  { issue_type, parent_ref }: IssueChange,
): Promise<JiraType> {
  if (issue_type !== undefined) return requireType(issue_type, issueTypes);
  if (parent_ref != null) {
    const parent = await requireParent(work, parent_ref);
    // Below anything but an epic there are subtasks only.
    if (typeIn(parent.fields.issuetype) !== "epic") return requireType("subtask", issueTypes);
  }
  const ordinary = issueTypes.filter((type) => !["epic", "subtask"].includes(typeIn(type)));
  const [first] = ordinary;
  const task = ordinary.find((type) => typeIn(type) === "task") ?? first;
  return task ?? requireType("task", issueTypes);
}
