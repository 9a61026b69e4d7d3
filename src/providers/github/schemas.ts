import * as v from "valibot";

/** What is read of GitHub's answers; anything else in them is left alone. */

const UserSchema = v.looseObject({ login: v.string(), id: v.number() });

const LabelSchema = v.pipe(
  v.union([v.string(), v.looseObject({ name: v.nullish(v.string()) })]),
  v.transform((label) => typeof label === "string" ? label : label.name ?? ""),
);

/** An issue, or a pull request in the same list. */
export const IssueSchema = v.looseObject({
  id: v.number(),
  number: v.number(),
  html_url: v.string(),
  repository_url: v.nullish(v.string()),
  state: v.string(),
  state_reason: v.nullish(v.string()),
  title: v.string(),
  body: v.nullish(v.string()),
  user: v.nullish(UserSchema),
  labels: v.array(LabelSchema),
  assignees: v.nullish(v.array(UserSchema)),
  milestone: v.nullish(v.looseObject({ number: v.number(), title: v.string() })),
  pull_request: v.optional(v.unknown()),
  created_at: v.string(),
  updated_at: v.string(),
  closed_at: v.nullish(v.string()),
  type: v.nullish(v.looseObject({ name: v.string() })),
  parent_issue_url: v.nullish(v.string()),
  issue_dependencies_summary: v.nullish(
    v.looseObject({ total_blocked_by: v.number(), total_blocking: v.number() }),
  ),
});

/** An issue as GitHub shows it. */
export type GitHubIssue = v.InferOutput<typeof IssueSchema>;
