import { invalid, list, members, type Reply } from "./reply.ts";
import {
  EPIC_LINK,
  type FakeIssue,
  type FakeProject,
  type FakeState,
  type FakeType,
} from "./state.ts";

/** What a write changes of an issue. */
export interface Applied {
  readonly fields: Partial<Omit<FakeIssue, "id" | "creator" | "createdAt" | "properties">>;
}

type Written = { -readonly [name in keyof Applied["fields"]]: Applied["fields"][name] };

/** Where something is written. */
export interface Writing {
  readonly state: FakeState;
  readonly project: FakeProject;
  /** The fields that may be set. */
  readonly screen: ReadonlySet<string>;
}

/** What is written to. */
export interface Target {
  readonly isCloud: boolean;
  /** The type of a new issue. */
  readonly type?: FakeType;
  /** An issue that is there already. */
  readonly issue?: FakeIssue;
}

/** Returns what fields and operations change; an answer for what cannot be so. */
export function applyFields(
  { state, project, screen }: Writing,
  fields: Readonly<Record<string, unknown>>,
  update: Readonly<Record<string, unknown>>,
  target: Target,
): Applied | Reply {
  const { isCloud, issue } = target;
  const both = Object.keys(fields).find((name) => name in update);
  if (both !== undefined) return invalid({ [both]: `Field '${both}' is in fields and in update.` });
  const strange = [...Object.keys(fields), ...Object.keys(update)].find((name) =>
    !screen.has(name)
  );
  if (strange !== undefined) {
    const why = "cannot be set. It is not on the appropriate screen, or unknown.";
    return invalid({ [strange]: `Field '${strange}' ${why}` });
  }
  const written: Written = {};
  for (const [name, value] of Object.entries(fields)) {
    const wrong = set({ state, project, screen }, written, name, value, isCloud);
    if (wrong !== null) return invalid({ [name]: wrong });
  }
  for (const [name, operations] of Object.entries(update)) {
    const wrong = operate(written, name, list(operations).map(members), issue);
    if (wrong !== null) return invalid({ [name]: wrong });
  }
  return misplaced({ state, project, screen }, written, target) ?? { fields: written };
}

/** Refuses a type or a parent with which an issue would not be one level below its parent, or above what is below it. */
function misplaced(
  { state, project }: Writing,
  written: Written,
  { isCloud, type, issue }: Target,
): Reply | null {
  if (written.typeId === undefined && written.parent === undefined) return null;
  const typeOf = (id: string) => project.types.find((one) => one.id === id);
  const before = issue === undefined ? undefined : typeOf(issue.typeId);
  const after = written.typeId === undefined ? type ?? before : typeOf(written.typeId);
  const level = after?.hierarchyLevel ?? 0;
  if (before !== undefined && before.subtask !== (after?.subtask ?? false)) {
    return invalid({ issuetype: "The issue type selected is invalid." });
  }
  const parentId = written.parent === undefined ? issue?.parent ?? null : written.parent;
  const parent = parentId === null ? undefined : state.issues.get(parentId);
  const wrong = "Given parent work item does not belong to appropriate hierarchy.";
  const levelOf = ({ typeId }: FakeIssue) => typeOf(typeId)?.hierarchyLevel ?? 0;
  if (parent !== undefined && levelOf(parent) !== level + 1) {
    return invalid({ [isCloud ? "parentId" : EPIC_LINK]: wrong });
  }
  if (after?.subtask === true && parent === undefined) {
    return invalid({
      parent: "Issue type is a sub-task but parent issue key or id not specified.",
    });
  }
  const below = [...state.issues.values()].filter((one) => one.parent === issue?.id);
  const isKept = issue === undefined || below.every((one) => levelOf(one) === level - 1);
  return isKept
    ? null
    : invalid({ issuetype: "Issue type has child work items of another level." });
}

/** Sets a field; returns what is wrong with it. */
function set(
  { state, project }: Writing,
  written: Written,
  name: string,
  value: unknown,
  isCloud: boolean,
): string | null {
  const { id, name: called, accountId } = members(value);
  switch (name) {
    case "summary": {
      const summary = String(value);
      if (summary.trim() === "" || summary.length > 255 || /[\r\n]/.test(summary)) {
        return "The summary is invalid because it is empty, too long, or has newlines.";
      }
      written.summary = summary;
      return null;
    }
    case "description":
      if (value !== null && !isCloud && typeof value !== "string") {
        return "Operation value must be a string";
      }
      if (value !== null && isCloud && members(value)["type"] !== "doc") {
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
      }
      if (isTooLong(value)) return TOO_LONG;
      written.description = value;
      return null;
    case "priority":
      if (!project.priorities.includes(String(called))) return "The priority selected is invalid.";
      written.priority = String(called);
      return null;
    case "issuetype":
      if (!project.types.some((type) => type.id === id)) return "The issue type is invalid.";
      written.typeId = String(id);
      return null;
    case "assignee": {
      const person = value === null
        ? null
        : [...state.people.values()].find((one) =>
          isCloud ? one.accountId === accountId : one.name === called
        );
      if (person === undefined || person !== null && !project.assignable.has(person.accountId)) {
        return "The user cannot be assigned issues.";
      }
      written.assignee = person?.accountId ?? null;
      return null;
    }
    case "labels": {
      const labels = list(value).map(String);
      for (const label of labels) {
        const wrong = labelFault(label);
        if (wrong !== null) return wrong;
      }
      written.labels = labels;
      return null;
    }
    case "parent": {
      const parent = state.issues.get(String(id));
      if (parent === undefined) return "Could not find issue by id or key.";
      written.parent = parent.id;
      return null;
    }
    case EPIC_LINK: {
      const epic = value === null ? null : state.issue(String(value));
      const type = epic === null ? undefined : project.types.find(({ id }) => id === epic.typeId);
      if (value !== null && type?.hierarchyLevel !== 1) return "Only an epic can be linked.";
      written.parent = epic?.id ?? null;
      return null;
    }
    default:
      return null;
  }
}

/** Does the operations of a field; returns what is wrong with them. */
function operate(
  written: Written,
  name: string,
  operations: readonly Readonly<Record<string, unknown>>[],
  issue: FakeIssue | undefined,
): string | null {
  if (name === "parent") {
    if (members(operations[0]?.["set"])["none"] !== true) return "Only none can be set.";
    written.parent = null;
    return null;
  }
  if (name !== "labels") return "The operation is not supported.";
  const labels = new Set(issue?.labels ?? []);
  for (const { add, remove } of operations) {
    if (typeof add === "string") {
      const wrong = labelFault(add);
      if (wrong !== null) return wrong;
      labels.add(add);
    }
    if (typeof remove === "string") labels.delete(remove);
  }
  written.labels = [...labels];
  return null;
}

/** Characters of a text, as Jira has it. */
const MAX_TEXT = 32_767;

/** What Jira says of a text that is too long. */
export const TOO_LONG =
  "The entered text is too long. It exceeds the allowed limit of 32,767 characters.";

/** Whether a text, or a document, has more characters than Jira takes. */
export function isTooLong(value: unknown): boolean {
  return charactersIn(value) > MAX_TEXT;
}

/** Whether a text, or a document, has nothing in it. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  const { content, type } = members(value);
  if (type === "doc" || type === "paragraph") return list(content).every(isEmpty);
  return type === undefined;
}

function charactersIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + charactersIn(one), 0);
  const { text, content } = members(value);
  return charactersIn(text ?? "") + charactersIn(content ?? []);
}

function labelFault(label: string): string | null {
  if (/\s/.test(label) || label === "") return "The label contains spaces which is invalid.";
  return label.length > 255 ? "The label exceeds the allowed limit of 255 characters." : null;
}
