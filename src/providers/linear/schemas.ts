import * as v from "valibot";
import { DateTimeSchema } from "../../contract/field.ts";

/** What is read of Linear's answers; anything else in them is left alone. */

/** Where a page ends. */
const PageInfoSchema = v.looseObject({
  hasNextPage: v.boolean(),
  endCursor: v.nullish(v.string()),
});

/** Returns the schema of a page of these. */
export function pageOf<T>(
  node: v.GenericSchema<unknown, T>,
): v.GenericSchema<unknown, LinearPage<T>> {
  return v.looseObject({ nodes: v.array(node), pageInfo: PageInfoSchema });
}

/** A page of a list. */
export interface LinearPage<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly endCursor?: string | null | undefined;
  };
}

const StateSchema = v.looseObject({ id: v.string(), name: v.string(), type: v.string() });

/** A workflow state. */
export type LinearState = v.InferOutput<typeof StateSchema>;

/** A workflow state with where it stands. */
export const PlacedStateSchema = v.looseObject({ ...StateSchema.entries, position: v.number() });

const NamedIssueSchema = v.looseObject({
  id: v.string(),
  identifier: v.string(),
  url: v.string(),
  team: v.looseObject({ id: v.string() }),
});

/** Another issue that an issue names. */
export type NamedIssue = v.InferOutput<typeof NamedIssueSchema>;

/** A label on an issue. */
export const LabelSchema = v.looseObject({ id: v.string(), name: v.string() });

/** A label, as it is on an issue. */
export type LinearLabel = v.InferOutput<typeof LabelSchema>;

/** A relation seen from the issue that it begins at. */
export const RelationSchema = v.looseObject({
  id: v.string(),
  type: v.string(),
  relatedIssue: NamedIssueSchema,
});

/** A relation seen from the issue that it leads to. */
export const InverseRelationSchema = v.looseObject({
  id: v.string(),
  type: v.string(),
  issue: NamedIssueSchema,
});

const NumberedSchema = v.looseObject({ number: v.number() });
const NamedSchema = v.looseObject({ name: v.string() });

/** An issue. */
export const IssueSchema = v.looseObject({
  id: v.string(),
  identifier: v.string(),
  previousIdentifiers: v.array(v.string()),
  url: v.string(),
  title: v.string(),
  description: v.nullish(v.string()),
  priority: v.number(),
  estimate: v.nullish(v.number()),
  dueDate: v.nullish(v.string()),
  createdAt: DateTimeSchema,
  updatedAt: DateTimeSchema,
  archivedAt: v.nullish(v.string()),
  trashed: v.nullish(v.boolean()),
  team: v.looseObject({ id: v.string() }),
  state: StateSchema,
  assignee: v.nullish(
    v.looseObject({ id: v.string(), displayName: v.string(), email: v.nullish(v.string()) }),
  ),
  creator: v.nullish(v.looseObject({ displayName: v.string() })),
  parent: v.nullish(NamedIssueSchema),
  cycle: v.nullish(NumberedSchema),
  project: v.nullish(NamedSchema),
  projectMilestone: v.nullish(NamedSchema),
  labels: pageOf(LabelSchema),
  relations: pageOf(RelationSchema),
  inverseRelations: pageOf(InverseRelationSchema),
});

/** An issue as Linear shows it. */
export type LinearIssue = v.InferOutput<typeof IssueSchema>;

/** A team. */
export const TeamSchema = v.looseObject({
  id: v.string(),
  key: v.string(),
  name: v.string(),
  organization: v.looseObject({ name: v.string(), urlKey: v.string() }),
});

/** A team as Linear shows it. */
export type LinearTeam = v.InferOutput<typeof TeamSchema>;

/** A person, as found by a name. */
export const UserSchema = v.looseObject({
  id: v.string(),
  name: v.string(),
  displayName: v.string(),
  email: v.string(),
  isAssignable: v.boolean(),
});

/** A person as Linear shows them. */
export type LinearUser = v.InferOutput<typeof UserSchema>;

/** A label of a team, or of the whole workspace. */
export const TeamLabelSchema = v.looseObject({
  ...LabelSchema.entries,
  team: v.nullish(v.looseObject({ id: v.string() })),
});

/** Whose credential it is. */
export const ViewerSchema = v.looseObject({
  viewer: v.looseObject({
    displayName: v.string(),
    email: v.nullish(v.string()),
    admin: v.boolean(),
  }),
  organization: v.looseObject({ name: v.string(), urlKey: v.string() }),
});

/** A comment. */
export const CommentSchema = v.looseObject({
  id: v.string(),
  body: v.string(),
  createdAt: DateTimeSchema,
  updatedAt: DateTimeSchema,
  user: v.nullish(v.looseObject({ displayName: v.string() })),
  botActor: v.nullish(v.looseObject({ name: v.nullish(v.string()) })),
  externalUser: v.nullish(v.looseObject({ displayName: v.string() })),
});

/** A comment as Linear shows it. */
export type LinearComment = v.InferOutput<typeof CommentSchema>;

/** A webhook. */
export const WebhookSchema = v.looseObject({
  id: v.string(),
  url: v.nullish(v.string()),
  enabled: v.boolean(),
  team: v.nullish(v.looseObject({ id: v.string() })),
});

/** A webhook as Linear shows it. */
export type LinearWebhook = v.InferOutput<typeof WebhookSchema>;

/** A token of an app. */
export const AppTokenSchema = v.looseObject({
  access_token: v.string(),
  expires_in: v.number(),
  scope: v.optional(v.union([v.string(), v.array(v.string())]), ""),
});
