/** A team. */
export interface Team {
  readonly id: string;
  key: string;
  name: string;
}

/** A person. */
export interface Person {
  readonly id: string;
  name: string;
  displayName: string;
  readonly email: string;
  readonly admin: boolean;
  active: boolean;
  readonly isAssignable: boolean;
}

/** A workflow state. */
export interface State {
  readonly id: string;
  readonly teamId: string;
  name: string;
  readonly type: string;
  readonly position: number;
}

/** A label of a team, or of the workspace. */
export interface Label {
  readonly id: string;
  readonly teamId: string | null;
  name: string;
}

/** An issue. */
export interface Issue {
  readonly id: string;
  number: number;
  teamId: string;
  previousIdentifiers: string[];
  title: string;
  description: string | null;
  priority: number;
  estimate: number | null;
  stateId: string;
  assigneeId: string | null;
  creatorId: string | null;
  parentId: string | null;
  labelIds: string[];
  cycle: number | null;
  archivedAt: string | null;
  trashed: boolean | null;
  readonly createdAt: string;
  updatedAt: string;
}

/** A relation between two issues. */
export interface Relation {
  readonly id: string;
  readonly type: string;
  readonly issueId: string;
  readonly relatedIssueId: string;
  readonly createdAt: string;
}

/** A comment. */
export interface Comment {
  readonly id: string;
  readonly issueId: string;
  readonly body: string;
  readonly userId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A webhook. */
export interface Webhook {
  readonly id: string;
  readonly teamId: string | null;
  url: string;
  secret: string;
  enabled: boolean;
}

/** What a workspace of Linear holds. */
export interface Workspace {
  readonly name: string;
  readonly urlKey: string;
  readonly teams: Map<string, Team>;
  readonly people: Map<string, Person>;
  readonly states: Map<string, State>;
  readonly labels: Map<string, Label>;
  readonly issues: Map<string, Issue>;
  readonly relations: Map<string, Relation>;
  readonly comments: Map<string, Comment>;
  readonly webhooks: Map<string, Webhook>;
}

/** A failure as Linear words it. */
export class LinearFailure extends Error {
  /** Linear's own code and type. */
  readonly extensions: Readonly<Record<string, unknown>>;

  /** Creates a failure. */
  constructor(code: string, type: string, message: string) {
    super(message);
    this.name = "LinearFailure";
    this.extensions = { code, type, userError: true, userPresentableMessage: message };
  }
}

/** Something is not as Linear wants it. */
export function invalid(message: string): LinearFailure {
  return new LinearFailure("INPUT_ERROR", "invalid input", message);
}

/** Linear has no such thing. */
export function notFound(what: string): LinearFailure {
  return invalid(`Entity not found: ${what} - Could not find referenced ${what}.`);
}

/** The credential may not do that. */
export function forbidden(message: string): LinearFailure {
  return new LinearFailure("FORBIDDEN", "forbidden", message);
}

/** Returns a UUID that is the same in every run. */
export function uuid(kind: number, number: number): string {
  const tail = number.toString(16).padStart(12, "0");
  return `${kind.toString(16).padStart(8, "0")}-0000-4000-8000-${tail}`;
}

/** What a new team has: name, type, position, in the order in which Linear makes them. */
const STATES = [
  ["Triage", "triage", 0],
  ["Backlog", "backlog", 0],
  ["Todo", "unstarted", 1],
  ["Ready", "unstarted", 3],
  ["In Progress", "started", 2],
  ["In Review", "started", 1002],
  ["Done", "completed", 3],
  ["Canceled", "canceled", 4],
  ["Duplicate", "duplicate", 5],
] as const;

/** Returns a workspace with teams of these keys, two people and a few labels. */
export function workspace(keys: readonly string[]): Workspace {
  const person = (number: number, displayName: string, name: string, admin: boolean): Person => ({
    id: uuid(1, number),
    name,
    displayName,
    email: `${displayName}@acme.example`,
    admin,
    active: true,
    isAssignable: true,
  });
  const people = [person(1, "ada", "Ada Lovelace", true), person(2, "max", "Max Ernst", false)];
  const teams = keys.map((key, index): Team => ({
    id: uuid(2, index + 1),
    key,
    name: `${key} team`,
  }));
  const states = teams.flatMap((team, at) =>
    STATES.map(([name, type, position], index): State => ({
      id: uuid(3, at * 100 + index + 1),
      teamId: team.id,
      name,
      type,
      position,
    }))
  );
  const labels: Label[] = [
    { id: uuid(4, 1), teamId: null, name: "Bug" },
    { id: uuid(4, 2), teamId: null, name: "Feature" },
    ...teams.map(({ id }, index): Label => ({ id: uuid(4, 10 + index), teamId: id, name: "ui" })),
  ];
  return {
    name: "Acme",
    urlKey: "acme",
    teams: byId(teams),
    people: byId(people),
    states: byId(states),
    labels: byId(labels),
    issues: new Map(),
    relations: new Map(),
    comments: new Map(),
    webhooks: new Map(),
  };
}

function byId<T extends { readonly id: string }>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [one.id, one]));
}
