import { assignableAmong } from "../assignees.ts";
import { blankIssue, type IssueLink, type NormalizedIssue } from "../../contract/issue.ts";
import { patchedIssue } from "../../contract/patch.ts";
import type { IssueChange } from "../provider.ts";
import { EACH_WRITE } from "../refs.ts";
import {
  type Access,
  ProviderError,
  rejected,
  type RemotePlace,
  unlessRefused,
} from "../remote.ts";
import type { IssueInput, LinearCalls } from "./calls.ts";
import { OPERATIONS } from "./operations.ts";
import type { LinearUser } from "./schemas.ts";
import { labelsForType, stateFor, type StatusWords } from "./words.ts";

/** What a change is written with. */
export interface WriteTools {
  readonly access: Access;
  readonly calls: LinearCalls;
  readonly place: RemotePlace;
  readonly words: StatusWords;
}

/** Returns the tools for a place. */
export function writeTools(calls: LinearCalls, access: Access, place: RemotePlace): WriteTools {
  return { access, calls, place, words: access.statusWords };
}

/** Returns an issue of which nothing is there yet. */
function unwritten({ workspace }: RemotePlace): NormalizedIssue {
  return blankIssue({ system: "linear", workspace, id: "new" }, "1970-01-01T00:00:00Z");
}

/**
 * Returns what Linear is sent for a change of an issue, or for a new one, its links aside. Everything is looked up first, so that what cannot be
 * written is refused before anything is.
 *
 * @throws {ProviderError} `rejected`, with the name of what Linear does not know.
 */
export async function inputFor(
  tools: WriteTools,
  issue: NormalizedIssue | null,
  change: IssueChange,
): Promise<IssueInput> {
  const before = issue ?? unwritten(tools.place);
  const after = patchedIssue(before, change);
  const { custom_fields, parent_ref, status } = change;
  if (Object.keys(custom_fields ?? {}).length > 0) {
    throw rejected("field_not_supported", "Linear has no custom fields");
  }
  if (parent_ref != null) requireLinear(parent_ref.system, parent_ref.key ?? parent_ref.id);
  requireLinks(change);
  return {
    ...(change.title === undefined ? {} : { title: after.title }),
    ...(change.body === undefined ? {} : { description: after.body ?? "" }),
    ...(change.priority === undefined ? {} : { priority: after.priority }),
    ...(parent_ref === undefined ? {} : { parentId: parent_ref?.id ?? null }),
    ...(changesSet(change, "assignees")
      ? await unlessRefused(tools.access, () => assigneeInput(tools, after.assignees))
      : {}),
    ...(status === undefined ? {} : { stateId: await stateId(tools, status) }),
    ...(changesSet(change, "labels") || change.issue_type !== undefined
      ? await labelInput(tools, issue, labelsAfter(after, change))
      : {}),
  };
}

function changesSet(change: IssueChange, set: "assignees" | "labels"): boolean {
  return change[set] !== undefined || change[`${set}_add`] !== undefined ||
    change[`${set}_remove`] !== undefined;
}

function labelsAfter(after: NormalizedIssue, { issue_type }: IssueChange): readonly string[] {
  return issue_type === undefined ? after.labels : labelsForType(issue_type, after.labels);
}

async function stateId(
  { calls, place, words }: WriteTools,
  status: NonNullable<IssueChange["status"]>,
): Promise<string> {
  const state = stateFor(status, await calls.states(place.externalId), words);
  if (state !== null) return state.id;
  const named = (words[status] ?? []).map((word) => `"${word}"`);
  const why = named.length === 0
    ? `The team "${place.key}" has no state for "${status}", and the connection names none`
    : `The team "${place.key}" has no state ${named.join(" or ")}, which the connection names ` +
      `for "${status}"`;
  throw rejected("status_not_mapped", why);
}

async function assigneeInput(
  tools: WriteTools,
  assignees: readonly string[],
): Promise<IssueInput> {
  if (assignees.length === 0) return { assigneeId: null };
  const people = await assignableAmong(tools.access, assignees, (name) => personId(tools, name));
  const [assigneeId] = people;
  if (assigneeId !== undefined && people.length === 1) return { assigneeId };
  const words = `Linear assigns an issue to one person, not to ${people.length}`;
  throw rejected("too_many_assignees", words);
}

async function personId({ calls }: WriteTools, name: string): Promise<string> {
  const found = bestOf(await calls.users(name), name);
  const [person] = found;
  if (person === undefined) {
    throw rejected("assignee_unknown", `Linear knows no active person "${name}"`);
  }
  if (found.length > 1) {
    const words = `${found.length} people at Linear are called "${name}": give the mail address`;
    throw rejected("assignee_unknown", words);
  }
  if (!person.isAssignable) {
    throw rejected("assignee_unknown", `Linear assigns nothing to "${name}"`);
  }
  return person.id;
}

/** Those whose display name it is; else those whose mail it is; else those whose full name it is. */
function bestOf(people: readonly LinearUser[], name: string): readonly LinearUser[] {
  const folded = name.toLowerCase();
  for (const field of ["displayName", "email", "name"] as const) {
    const exact = people.filter((person) => person[field] === name);
    if (exact.length > 0) return exact;
    const found = people.filter((person) => person[field].toLowerCase() === folded);
    if (found.length > 0) return found;
  }
  return [];
}

/** Labels are added and taken away one by one: what others do to the rest meanwhile stays. */
async function labelInput(
  tools: WriteTools,
  before: NormalizedIssue | null,
  wanted: readonly string[],
): Promise<IssueInput> {
  if (before === null) return { labelIds: await labelIds(tools, wanted) };
  const added = wanted.filter((name) => !before.labels.includes(name));
  const removed = new Set(before.labels.filter((name) => !wanted.includes(name)));
  const ids = await labelIds(tools, added);
  return {
    ...(ids.length === 0 ? {} : { addedLabelIds: ids }),
    ...(removed.size === 0 ? {} : {
      removedLabelIds: labelsOn(before).filter(({ name }) => removed.has(name)).map(({ id }) => id),
    }),
  };
}

/** Returns the ids of labels; one that is not there is created in the team. */
async function labelIds(
  { calls, place }: WriteTools,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const known = await calls.labels(place.externalId, names);
  const ids: string[] = [];
  for (const name of names) {
    const folded = name.toLowerCase();
    const label = known.find((label) => label.name === name) ??
      known.find((label) => label.name.toLowerCase() === folded) ??
      await createdLabel(calls, place, name);
    if (!ids.includes(label.id)) ids.push(label.id);
  }
  return ids;
}

async function createdLabel(
  calls: LinearCalls,
  { externalId }: RemotePlace,
  name: string,
): Promise<{ readonly id: string; readonly name: string }> {
  try {
    return await calls.createLabel(externalId, name);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
    const words = `Linear has no label "${name}", and did not create it: ${error.message}`;
    throw rejected("label_unknown", words);
  }
}

/** The labels of an issue with their ids, as it was just read. */
function labelsOn(
  { provider_metadata }: NormalizedIssue,
): readonly { readonly id: string; readonly name: string }[] {
  const { label_ids } = provider_metadata;
  if (!Array.isArray(label_ids)) return [];
  return label_ids.flatMap((label) =>
    typeof label === "object" && label !== null && "id" in label && "name" in label &&
      typeof label["id"] === "string" && typeof label["name"] === "string"
      ? [{ id: label["id"], name: label["name"] }]
      : []
  );
}

function requireLinks({ links_add = [], links_remove = [] }: IssueChange): void {
  for (const { ref } of [...links_add, ...links_remove]) {
    requireLinear(ref.system, ref.key ?? ref.id);
  }
}

function requireLinear(system: string, name: string): void {
  if (system === "linear") return;
  throw rejected(
    "link_unknown",
    `"${name}" is an issue of ${system}, to which Linear has no links`,
  );
}

/**
 * Finds out whether the issues that links are to lead to are there.
 *
 * @throws {ProviderError} `rejected` when one is not.
 */
export async function requireLinked(
  { calls }: WriteTools,
  links: readonly IssueLink[],
): Promise<void> {
  const known = await calls.knownIssues([...new Set(links.map(({ ref }) => ref.id))]);
  const missing = links.find(({ ref }) => !known.has(ref.id));
  if (missing === undefined) return;
  const { key, id } = missing.ref;
  throw rejected("link_unknown", `Linear has no issue "${key ?? id}" to link`);
}

/** How Linear writes each kind of link, and whether it begins at the other issue. */
const RELATIONS = {
  blocks: { type: "blocks", isInverse: false },
  blocked_by: { type: "blocks", isInverse: true },
  relates_to: { type: "related", isInverse: false },
  duplicates: { type: "duplicate", isInverse: false },
} as const;

/** Links an issue; `add` does each of its writes. */
export async function addLinks(
  { calls }: WriteTools,
  id: string,
  links: readonly IssueLink[],
  add = EACH_WRITE,
): Promise<void> {
  for (const link of links) {
    const { type, isInverse } = RELATIONS[link.type];
    const [issueId, relatedIssueId] = isInverse ? [link.ref.id, id] : [id, link.ref.id];
    const input = { issueId, relatedIssueId, type };
    await add(async () => void await calls.ask(OPERATIONS.createRelation, { input }));
  }
}

/** Takes links away from an issue, from whichever side they were made. */
export async function removeLinks(
  { calls }: WriteTools,
  id: string,
  links: readonly IssueLink[],
): Promise<void> {
  if (links.length === 0) return;
  const issue = await calls.issue(id);
  for (const link of links) {
    const { type, isInverse } = RELATIONS[link.type];
    const begins = issue?.relations.nodes.find((relation) =>
      relation.type === type && relation.relatedIssue.id === link.ref.id
    );
    const leads = issue?.inverseRelations.nodes.find((relation) =>
      relation.type === type && relation.issue.id === link.ref.id
    );
    const found = isInverse ? leads : type === "related" ? begins ?? leads : begins;
    if (found !== undefined) await calls.ask(OPERATIONS.deleteRelation, { id: found.id });
  }
}
