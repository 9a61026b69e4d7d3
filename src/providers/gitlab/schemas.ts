import * as v from "valibot";
import { DateTimeSchema } from "../../contract/field.ts";

/** What is read of GitLab's answers; anything else in them is left alone. */

/** A number by which GitLab knows something. */
const IdSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const UserSchema = v.object({
  id: IdSchema,
  username: v.string(),
  name: v.nullish(v.string()),
  /** Told to administrators of the instance about themselves. */
  is_admin: v.nullish(v.boolean()),
});

/** A person. */
export type GitLabUser = v.InferOutput<typeof UserSchema>;

const TitledSchema = v.nullish(v.object({ title: v.nullish(v.string()) }));

/** An issue, a task or an incident. */
export const IssueSchema = v.object({
  id: IdSchema,
  iid: IdSchema,
  project_id: IdSchema,
  web_url: v.string(),
  state: v.string(),
  title: v.string(),
  description: v.nullish(v.string()),
  author: v.nullish(UserSchema),
  labels: v.array(v.string()),
  assignees: v.nullish(v.array(UserSchema)),
  milestone: TitledSchema,
  iteration: v.nullish(v.looseObject({ title: v.nullish(v.string()), iid: v.nullish(v.number()) })),
  epic: TitledSchema,
  weight: v.nullish(v.number()),
  due_date: v.nullish(v.string()),
  confidential: v.nullish(v.boolean()),
  issue_type: v.nullish(v.string()),
  type: v.nullish(v.string()),
  moved_to_id: v.nullish(v.number()),
  /** Addresses; since 15.1 that of the issue that this one was closed as a duplicate of. */
  _links: v.nullish(v.object({ closed_as_duplicate_of: v.nullish(v.string()) })),
  references: v.nullish(v.object({ full: v.string() })),
  created_at: DateTimeSchema,
  updated_at: DateTimeSchema,
  closed_at: v.nullish(v.string()),
});

/** An issue as GitLab shows it. */
export type GitLabIssue = v.InferOutput<typeof IssueSchema>;

/** The role that somebody has. */
export const MemberSchema = v.object({ access_level: v.number() });

const AccessSchema = v.nullish(MemberSchema);

/** A project. */
export const ProjectSchema = v.object({
  id: IdSchema,
  name: v.string(),
  path_with_namespace: v.string(),
  web_url: v.string(),
  namespace: v.nullish(v.object({ full_path: v.string() })),
  issues_enabled: v.nullish(v.boolean()),
  issues_access_level: v.nullish(v.string()),
  archived: v.nullish(v.boolean()),
  permissions: v.nullish(v.object({
    project_access: AccessSchema,
    group_access: AccessSchema,
  })),
});

/** A project as GitLab shows it. */
export type GitLabProject = v.InferOutput<typeof ProjectSchema>;

/** A comment, or what GitLab notes by itself. */
export const NoteSchema = v.object({
  id: IdSchema,
  body: v.nullish(v.string()),
  author: v.nullish(UserSchema),
  created_at: DateTimeSchema,
  updated_at: v.nullish(DateTimeSchema),
  system: v.nullish(v.boolean()),
  internal: v.nullish(v.boolean()),
  confidential: v.nullish(v.boolean()),
});

/** A comment as GitLab shows it. */
export type GitLabNote = v.InferOutput<typeof NoteSchema>;

/** An issue that another one is linked to. */
export const LinkedSchema = v.object({
  iid: IdSchema,
  project_id: IdSchema,
  web_url: v.string(),
  link_type: v.string(),
  issue_link_id: IdSchema,
  references: v.nullish(v.object({ full: v.string() })),
});

/** A linked issue as GitLab shows it. */
export type GitLabLinked = v.InferOutput<typeof LinkedSchema>;

/** Whose credential it is. */
export const AccountSchema = UserSchema;

/** What a token says of itself. */
export const TokenSchema = v.object({ scopes: v.array(v.string()) });

/** What an OAuth token says of itself. */
export const OAuthTokenSchema = v.object({ scope: v.array(v.string()) });

/** A webhook of a project. */
export const HookSchema = v.object({ id: IdSchema, url: v.string() });

/** A webhook as GitLab shows it. */
export type GitLabHook = v.InferOutput<typeof HookSchema>;

const NumberTextSchema = v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/, "must be a number"));

const RelatedItemSchema = v.object({
  iid: NumberTextSchema,
  webUrl: v.nullish(v.string()),
  project: v.nullish(v.object({
    id: v.pipe(v.string(), v.regex(/\/[1-9]\d{0,14}$/, "must end with a number")),
    fullPath: v.string(),
  })),
});

/** An issue as GraphQL names it: one of a group, such as an epic, has no project. */
export type RelatedItem = v.InferOutput<typeof RelatedItemSchema>;

/** A list of GraphQL: instead of what the credential may not see, there is `null`. */
function nodesOf<T>(schema: v.GenericSchema<unknown, T>) {
  return v.pipe(
    v.nullish(v.array(v.nullable(schema)), []),
    v.transform((nodes) => nodes.filter((node) => node !== null)),
  );
}

const LinkedItemSchema = v.object({
  linkType: v.string(),
  workItem: v.nullish(RelatedItemSchema),
});

const WidgetSchema = v.object({
  parent: v.nullish(RelatedItemSchema),
  linkedItems: v.nullish(v.object({
    nodes: nodesOf(LinkedItemSchema),
    pageInfo: v.nullish(v.object({ hasNextPage: v.boolean(), endCursor: v.nullish(v.string()) })),
  })),
});

/** What GraphQL tells of the parents and links of issues. */
export const RelationsSchema = v.object({
  project: v.nullish(v.object({
    workItems: v.nullish(v.object({
      nodes: nodesOf(v.object({ iid: NumberTextSchema, widgets: nodesOf(WidgetSchema) })),
    })),
  })),
});

/** What GraphQL answers to a change of a parent. An answer of `null` says nothing of whether it was taken. */
export const ParentSetSchema = v.object({
  workItemUpdate: v.object({ errors: v.array(v.string()) }),
});

/** What GraphQL answers. */
export const GraphAnswerSchema = v.object({
  data: v.optional(v.unknown()),
  errors: v.nullish(v.array(v.object({ message: v.string() }))),
});
