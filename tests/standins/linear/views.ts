import { connection, type Filtered, type ListArguments } from "./filters.ts";
import {
  type Comment,
  type Issue,
  type Label,
  notFound,
  type Person,
  type Relation,
  type State,
  type Team,
  type Webhook,
  type Workspace,
} from "./state.ts";

/** What a credential sees of a workspace. */
export interface Seen {
  readonly workspace: Workspace;
  /** Teams it does not reach. */
  readonly hiddenTeams: ReadonlySet<string>;
}

/** An object as GraphQL executes over it: plain fields, and functions for the rest. */
export type View = Readonly<Record<string, unknown>>;

const LONG_AGO = "2026-01-01T00:00:00.000Z";

/** Returns a workspace's own fields. */
export function organizationView({ workspace: { name, urlKey } }: Seen): View {
  return { id: "org", name, urlKey };
}

/** Returns a team. */
export function teamView(seen: Seen, { id, key, name }: Team): View {
  return { id, key, name, organization: () => organizationView(seen) };
}

/** Returns a person. */
export function personView({ id, name, displayName, email, admin, isAssignable }: Person): View {
  return { id, name, displayName, email, admin, isAssignable };
}

/** Returns a state. */
export function stateView({ id, name, type, position }: State): View {
  return { id, name, type, position };
}

/** Returns a label. */
export function labelView(seen: Seen, { id, name, teamId }: Label): View {
  return { id, name, team: () => teamId === null ? null : teamOf(seen, teamId) };
}

/** Returns a comment. */
export function commentView(
  { workspace }: Seen,
  { id, body, createdAt, updatedAt, userId }: Comment,
): View {
  const user = userId === null ? undefined : workspace.people.get(userId);
  return {
    id,
    body,
    createdAt,
    updatedAt,
    user: user === undefined ? null : personView(user),
    botActor: userId === null ? { type: "oauthClient", name: "Tracker app" } : null,
    externalUser: null,
  };
}

/** Returns a webhook. */
export function webhookView(seen: Seen, { id, url, enabled, teamId }: Webhook): View {
  return { id, url, enabled, team: () => teamId === null ? null : teamOf(seen, teamId) };
}

function teamOf(seen: Seen, id: string): View {
  return teamView(seen, known(seen.workspace.teams, id, "Team"));
}

/** Returns an issue. */
export function issueView(seen: Seen, issue: Issue): View {
  const { workspace } = seen;
  const { assigneeId, creatorId, parentId, cycle } = issue;
  const personOf = (id: string | null) =>
    id === null ? null : personView(known(workspace.people, id, "User"));
  const relations = [...workspace.relations.values()];
  return {
    ...issue,
    identifier: identifierOf(workspace, issue),
    url: `https://linear.app/${workspace.urlKey}/issue/${identifierOf(workspace, issue)}/${
      issue.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")
    }`,
    dueDate: null,
    team: () => teamOf(seen, issue.teamId),
    state: () => stateView(known(workspace.states, issue.stateId, "WorkflowState")),
    assignee: () => personOf(assigneeId),
    creator: () => personOf(creatorId),
    parent: () =>
      parentId === null ? null : issueView(seen, known(workspace.issues, parentId, "Issue")),
    cycle: cycle === null ? null : { number: cycle },
    project: null,
    projectMilestone: null,
    labels: (args: ListArguments) =>
      connection(
        issue.labelIds.map((id) => withTime(labelView(seen, known(workspace.labels, id, "Label")))),
        args,
        (label) => label,
      ),
    relations: (args: ListArguments) =>
      connection(
        relations.filter(({ issueId }) => issueId === issue.id).map((one) =>
          relationView(seen, one)
        ),
        args,
        (one) => one,
      ),
    inverseRelations: (args: ListArguments) =>
      connection(
        relations.filter(({ relatedIssueId }) => relatedIssueId === issue.id).map((one) =>
          relationView(seen, one)
        ),
        args,
        (one) => one,
      ),
    comments: (args: ListArguments) =>
      connection(
        [...workspace.comments.values()].filter(({ issueId }) => issueId === issue.id).map((one) =>
          withTime(commentView(seen, one))
        ),
        args,
        (one) => one,
      ),
  };
}

function relationView(seen: Seen, relation: Relation) {
  const { id, type, createdAt, issueId, relatedIssueId } = relation;
  const issueOf = (id: string) => issueView(seen, known(seen.workspace.issues, id, "Issue"));
  return {
    id,
    type,
    createdAt,
    issue: () => issueOf(issueId),
    relatedIssue: () => issueOf(relatedIssueId),
  };
}

/** An entry of a list whose own time tells nothing. */
export function withTime(view: View): View & { readonly id: string; readonly createdAt: string } {
  const { id, createdAt } = view;
  return {
    ...view,
    id: String(id),
    createdAt: createdAt === undefined ? LONG_AGO : String(createdAt),
  };
}

/** The name that people use. */
export function identifierOf({ teams }: Workspace, { teamId, number }: Issue): string {
  return `${known(teams, teamId, "Team").key}-${number}`;
}

/** What issues are filtered by. */
export function filteredIssue({ id, teamId, createdAt, updatedAt }: Issue): Filtered {
  return { id, createdAt, updatedAt, team: { id: teamId } };
}

/** Returns an entity of this id, as Linear does or says that there is none. */
export function known<T>(all: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = all.get(id);
  if (found === undefined) throw notFound(what);
  return found;
}
