import * as v from "valibot";
import { DateTimeSchema } from "../../contract/field.ts";

/** What is read of GitHub's answers; anything else in them is left alone. */

/** A number by which GitHub knows something. */
const IdSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** An account, by the name that its people use. */
const LoginSchema = v.object({ login: v.string() });

const LabelSchema = v.pipe(
  // As GitHub gives nearly all of them: a fault of the first costs more than to read the label.
  v.union([v.object({ name: v.nullish(v.string()) }), v.string()]),
  v.transform((label) => typeof label === "string" ? label : label.name ?? ""),
);

/** An issue, or a pull request in the same list. */
export const IssueSchema = v.object({
  id: IdSchema,
  number: IdSchema,
  html_url: v.string(),
  repository_url: v.nullish(v.string()),
  state: v.string(),
  state_reason: v.nullish(v.string()),
  title: v.string(),
  body: v.nullish(v.string()),
  user: v.nullish(LoginSchema),
  labels: v.array(LabelSchema),
  assignees: v.nullish(v.array(LoginSchema)),
  milestone: v.nullish(v.object({ title: v.string() })),
  pull_request: v.optional(v.unknown()),
  created_at: DateTimeSchema,
  updated_at: DateTimeSchema,
  closed_at: v.nullish(v.string()),
  type: v.nullish(v.object({ name: v.string() })),
  parent_issue_url: v.nullish(v.string()),
  issue_dependencies_summary: v.nullish(
    v.object({ total_blocked_by: v.number(), total_blocking: v.number() }),
  ),
});

/** An issue as GitHub shows it. */
export type GitHubIssue = v.InferOutput<typeof IssueSchema>;

/** A repository. */
export const RepositorySchema = v.object({
  id: IdSchema,
  name: v.string(),
  full_name: v.string(),
  html_url: v.string(),
  owner: v.object({ login: v.string(), type: v.nullish(v.string()) }),
  has_issues: v.nullish(v.boolean()),
  archived: v.nullish(v.boolean()),
  permissions: v.nullish(v.record(v.string(), v.boolean())),
});

/** A repository as GitHub shows it. */
export type GitHubRepository = v.InferOutput<typeof RepositorySchema>;

/** A comment on an issue. */
export const CommentSchema = v.object({
  id: IdSchema,
  body: v.nullish(v.string()),
  user: v.nullish(LoginSchema),
  created_at: DateTimeSchema,
  updated_at: DateTimeSchema,
});

/** Whose credential it is. */
export const AccountSchema = LoginSchema;

/** The token of an installation. */
export const InstallationTokenSchema = v.object({
  token: v.string(),
  expires_at: v.string(),
  permissions: v.nullish(v.record(v.string(), v.string())),
});

/** The repositories that an App was given. */
export const InstallationRepositoriesSchema = v.object({
  repositories: v.array(RepositorySchema),
});

/** An issue type of an organisation. */
export const IssueTypeSchema = v.object({
  name: v.string(),
  is_enabled: v.nullish(v.boolean()),
});

/** A webhook of a repository. */
export const HookSchema = v.object({
  id: v.number(),
  active: v.boolean(),
  config: v.object({ url: v.nullish(v.string()) }),
});

/** A webhook of a repository, as GitHub shows it. */
export type GitHubHook = v.InferOutput<typeof HookSchema>;
