import * as v from "valibot";

/** What is read of GitLab's answers; anything else in them is left alone. */

const UserSchema = v.object({
  id: v.number(),
  username: v.string(),
  name: v.nullish(v.string()),
});

/** A person. */
export type GitLabUser = v.InferOutput<typeof UserSchema>;

const TitledSchema = v.nullish(v.object({ title: v.nullish(v.string()) }));

/** An issue, a task or an incident. */
export const IssueSchema = v.object({
  id: v.number(),
  iid: v.number(),
  project_id: v.number(),
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
  references: v.nullish(v.object({ full: v.string() })),
  created_at: v.string(),
  updated_at: v.string(),
  closed_at: v.nullish(v.string()),
});

/** An issue as GitLab shows it. */
export type GitLabIssue = v.InferOutput<typeof IssueSchema>;

const AccessSchema = v.nullish(v.object({ access_level: v.number() }));

/** A project. */
export const ProjectSchema = v.object({
  id: v.number(),
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
  id: v.number(),
  body: v.nullish(v.string()),
  author: v.nullish(UserSchema),
  created_at: v.string(),
  updated_at: v.nullish(v.string()),
  system: v.nullish(v.boolean()),
  internal: v.nullish(v.boolean()),
  confidential: v.nullish(v.boolean()),
});

/** A comment as GitLab shows it. */
export type GitLabNote = v.InferOutput<typeof NoteSchema>;

/** An issue that another one is linked to. */
export const LinkedSchema = v.object({
  iid: v.number(),
  project_id: v.number(),
  web_url: v.string(),
  link_type: v.string(),
  issue_link_id: v.number(),
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
export const HookSchema = v.object({ id: v.number(), url: v.string() });

/** A webhook as GitLab shows it. */
export type GitLabHook = v.InferOutput<typeof HookSchema>;

const RelatedItemSchema = v.object({
  iid: v.string(),
  webUrl: v.nullish(v.string()),
  project: v.nullish(v.object({ id: v.string(), fullPath: v.string() })),
});

/** An issue as GraphQL names it: one of a group, such as an epic, has no project. */
export type RelatedItem = v.InferOutput<typeof RelatedItemSchema>;

/** What GraphQL tells of the parents and links of issues. */
export const RelationsSchema = v.object({
  project: v.nullish(v.object({
    workItems: v.object({
      nodes: v.array(v.object({
        iid: v.string(),
        widgets: v.array(v.object({
          parent: v.nullish(RelatedItemSchema),
          linkedItems: v.nullish(v.object({
            nodes: v.array(v.object({
              linkType: v.string(),
              workItem: v.nullish(RelatedItemSchema),
            })),
          })),
        })),
      })),
    }),
  })),
});

/** What GraphQL answers to a change of a parent. */
export const ParentSetSchema = v.object({
  workItemUpdate: v.nullish(v.object({ errors: v.array(v.string()) })),
});

/** What GraphQL answers. */
export const GraphAnswerSchema = v.object({
  data: v.optional(v.unknown()),
  errors: v.nullish(v.array(v.object({ message: v.string() }))),
});
