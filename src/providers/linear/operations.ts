import * as v from "valibot";
import {
  CommentSchema,
  InverseRelationSchema,
  IssueSchema,
  LabelSchema,
  pageOf,
  PlacedStateSchema,
  RelationSchema,
  TeamLabelSchema,
  TeamSchema,
  UserSchema,
  ViewerSchema,
  WebhookSchema,
} from "./schemas.ts";

/** One thing that Linear is asked. */
export interface Operation<T> {
  /** What is done, for messages and the log: `list issues`. */
  readonly name: string;
  readonly document: string;
  /** Whether it changes nothing. */
  readonly isRead: boolean;
  readonly data: v.GenericSchema<unknown, T>;
}

function query<T>(
  name: string,
  document: string,
  data: v.GenericSchema<unknown, T>,
): Operation<T> {
  return { name, document, isRead: true, data };
}

function mutation<T>(
  name: string,
  document: string,
  data: v.GenericSchema<unknown, T>,
): Operation<T> {
  return { name, document, isRead: false, data };
}

const NAMED_ISSUE = "id identifier url team { id }";
const PAGE_INFO = "pageInfo { hasNextPage endCursor }";
const RELATIONS = `nodes { id type relatedIssue { ${NAMED_ISSUE} } } ${PAGE_INFO}`;
const INVERSE_RELATIONS = `nodes { id type issue { ${NAMED_ISSUE} } } ${PAGE_INFO}`;
const LABELS = `nodes { id name } ${PAGE_INFO}`;

/** The lists of an issue are short in a page of issues, because a page costs what it may hold. */
const ISSUE = `
  ${NAMED_ISSUE}
  previousIdentifiers title description priority estimate dueDate
  createdAt updatedAt archivedAt trashed
  state { id name type }
  assignee { id displayName email }
  creator { displayName }
  parent { ${NAMED_ISSUE} }
  cycle { number }
  project { name }
  projectMilestone { name }
  labels(first: 10) { ${LABELS} }
  relations(first: 5) { ${RELATIONS} }
  inverseRelations(first: 5) { ${INVERSE_RELATIONS} }`;

const TEAM = "id key name organization { name urlKey }";

const COMMENT = `
  id body createdAt updatedAt
  user { displayName }
  botActor { name }
  externalUser { displayName }`;

const WEBHOOK = "id url enabled team { id }";

const IssuesSchema = v.looseObject({ issues: pageOf(IssueSchema) });
const TeamsSchema = v.looseObject({ teams: pageOf(TeamSchema) });
const DoneSchema = v.looseObject({ success: v.boolean() });

/** Everything that Linear is asked. Each is valid by Linear's own schema, and names nothing deprecated. */
export const OPERATIONS = {
  viewer: query(
    "say whose credential it is",
    `query Viewer {
      viewer { displayName email admin }
      organization { name urlKey }
    }`,
    ViewerSchema,
  ),
  teams: query(
    "list teams",
    `query Teams($after: String) {
      teams(first: 50, after: $after) { nodes { ${TEAM} } ${PAGE_INFO} }
    }`,
    TeamsSchema,
  ),
  team: query(
    "read the team",
    `query Team($id: ID!) {
      teams(first: 1, filter: { id: { eq: $id } }) { nodes { ${TEAM} } ${PAGE_INFO} }
    }`,
    TeamsSchema,
  ),
  changedIssues: query(
    "list what has changed",
    `query ChangedIssues($filter: IssueFilter!, $first: Int!, $after: String) {
      issues(
        filter: $filter, first: $first, after: $after, orderBy: updatedAt, includeArchived: true
      ) { nodes { ${ISSUE} } ${PAGE_INFO} }
    }`,
    IssuesSchema,
  ),
  allIssues: query(
    "list all issues",
    `query AllIssues($filter: IssueFilter!, $first: Int!, $after: String) {
      issues(
        filter: $filter, first: $first, after: $after, orderBy: createdAt, includeArchived: true
      ) { nodes { ${ISSUE} } ${PAGE_INFO} }
    }`,
    IssuesSchema,
  ),
  issue: query(
    "read an issue",
    `query Issue($id: ID!) {
      issues(filter: { id: { eq: $id } }, first: 1, includeArchived: true) {
        nodes { ${ISSUE} } ${PAGE_INFO}
      }
    }`,
    IssuesSchema,
  ),
  knownIssues: query(
    "find issues",
    `query KnownIssues($ids: [ID!]!) {
      issues(filter: { id: { in: $ids } }, first: 50, includeArchived: true) {
        nodes { id } ${PAGE_INFO}
      }
    }`,
    v.looseObject({ issues: pageOf(v.looseObject({ id: v.string() })) }),
  ),
  labelsOfIssue: query(
    "list the labels of an issue",
    `query LabelsOfIssue($id: String!, $after: String) {
      issue(id: $id) { labels(first: 50, after: $after) { ${LABELS} } }
    }`,
    v.looseObject({ issue: v.looseObject({ labels: pageOf(LabelSchema) }) }),
  ),
  relationsOfIssue: query(
    "list the links of an issue",
    `query RelationsOfIssue($id: String!, $after: String) {
      issue(id: $id) { relations(first: 50, after: $after) { ${RELATIONS} } }
    }`,
    v.looseObject({ issue: v.looseObject({ relations: pageOf(RelationSchema) }) }),
  ),
  inverseRelationsOfIssue: query(
    "list the links to an issue",
    `query InverseRelationsOfIssue($id: String!, $after: String) {
      issue(id: $id) { inverseRelations(first: 50, after: $after) { ${INVERSE_RELATIONS} } }
    }`,
    v.looseObject({ issue: v.looseObject({ inverseRelations: pageOf(InverseRelationSchema) }) }),
  ),
  states: query(
    "list the states of the team",
    `query States($team: ID!, $after: String) {
      workflowStates(filter: { team: { id: { eq: $team } } }, first: 100, after: $after) {
        nodes { id name type position } ${PAGE_INFO}
      }
    }`,
    v.looseObject({ workflowStates: pageOf(PlacedStateSchema) }),
  ),
  labels: query(
    "find labels",
    `query Labels($filter: IssueLabelFilter!, $after: String) {
      issueLabels(filter: $filter, first: 100, after: $after) {
        nodes { id name team { id } } ${PAGE_INFO}
      }
    }`,
    v.looseObject({ issueLabels: pageOf(TeamLabelSchema) }),
  ),
  users: query(
    "find a person",
    `query Users($filter: UserFilter!) {
      users(filter: $filter, first: 20) {
        nodes { id name displayName email isAssignable } ${PAGE_INFO}
      }
    }`,
    v.looseObject({ users: pageOf(UserSchema) }),
  ),
  comments: query(
    "list comments",
    `query Comments($id: String!, $after: String) {
      issue(id: $id) {
        comments(first: 50, after: $after, orderBy: createdAt) { nodes { ${COMMENT} } ${PAGE_INFO} }
      }
    }`,
    v.looseObject({ issue: v.looseObject({ comments: pageOf(CommentSchema) }) }),
  ),
  webhooks: query(
    "list webhooks",
    `query Webhooks($after: String) {
      webhooks(first: 50, after: $after) { nodes { ${WEBHOOK} } ${PAGE_INFO} }
    }`,
    v.looseObject({ webhooks: pageOf(WebhookSchema) }),
  ),
  createIssue: mutation(
    "create an issue",
    `mutation CreateIssue($input: IssueCreateInput!) {
      issueCreate(input: $input) { success issue { ${ISSUE} } }
    }`,
    v.looseObject({
      issueCreate: v.looseObject({ ...DoneSchema.entries, issue: v.nullish(IssueSchema) }),
    }),
  ),
  updateIssue: mutation(
    "change an issue",
    `mutation UpdateIssue($id: String!, $input: IssueUpdateInput!) {
      issueUpdate(id: $id, input: $input) { success }
    }`,
    v.looseObject({ issueUpdate: DoneSchema }),
  ),
  createRelation: mutation(
    "link an issue",
    `mutation CreateRelation($input: IssueRelationCreateInput!) {
      issueRelationCreate(input: $input) { success }
    }`,
    v.looseObject({ issueRelationCreate: DoneSchema }),
  ),
  deleteRelation: mutation(
    "unlink an issue",
    `mutation DeleteRelation($id: String!) { issueRelationDelete(id: $id) { success } }`,
    v.looseObject({ issueRelationDelete: DoneSchema }),
  ),
  createLabel: mutation(
    "create a label",
    `mutation CreateLabel($input: IssueLabelCreateInput!) {
      issueLabelCreate(input: $input) { success issueLabel { id name } }
    }`,
    v.looseObject({
      issueLabelCreate: v.looseObject({ ...DoneSchema.entries, issueLabel: LabelSchema }),
    }),
  ),
  createComment: mutation(
    "add a comment",
    `mutation CreateComment($input: CommentCreateInput!) {
      commentCreate(input: $input) { success comment { ${COMMENT} } }
    }`,
    v.looseObject({
      commentCreate: v.looseObject({ ...DoneSchema.entries, comment: CommentSchema }),
    }),
  ),
  createWebhook: mutation(
    "create a webhook",
    `mutation CreateWebhook($input: WebhookCreateInput!) {
      webhookCreate(input: $input) { success }
    }`,
    v.looseObject({ webhookCreate: DoneSchema }),
  ),
  updateWebhook: mutation(
    "change a webhook",
    `mutation UpdateWebhook($id: String!, $input: WebhookUpdateInput!) {
      webhookUpdate(id: $id, input: $input) { success }
    }`,
    v.looseObject({ webhookUpdate: DoneSchema }),
  ),
  deleteWebhook: mutation(
    "take a webhook away",
    `mutation DeleteWebhook($id: String!) {
      webhookDelete(id: $id) { success }
    }`,
    v.looseObject({ webhookDelete: DoneSchema }),
  ),
} as const;
