import * as v from "valibot";
import { TimeSchema } from "./times.ts";

const NamedSchema = v.object({ id: v.nullish(v.string()), name: v.string() });

const CategorySchema = v.object({ key: v.optional(v.string(), "") });

/** A status, with the category that says what it means. */
export const StatusSchema = v.object({
  id: v.nullish(v.string()),
  name: v.string(),
  statusCategory: v.nullish(CategorySchema),
});

/** A type of issues of a project. */
export const TypeSchema = v.object({
  id: v.string(),
  name: v.string(),
  subtask: v.optional(v.boolean(), false),
  hierarchyLevel: v.nullish(v.number()),
});

/** A person: by account id in the cloud, by name and key elsewhere. */
export const PersonSchema = v.object({
  accountId: v.nullish(v.string()),
  name: v.nullish(v.string()),
  key: v.nullish(v.string()),
  displayName: v.optional(v.string(), ""),
  emailAddress: v.nullish(v.string()),
  active: v.optional(v.boolean(), true),
  timeZone: v.nullish(v.string()),
});

/** A project, with its types where they are asked for. */
export const ProjectSchema = v.object({
  self: v.string(),
  id: v.string(),
  key: v.string(),
  name: v.string(),
  issueTypes: v.optional(v.array(TypeSchema), []),
  archived: v.nullish(v.boolean()),
});

/** All projects at once, as a server of a team's own lists them. */
export const ProjectsSchema = v.array(ProjectSchema);

/** A page of projects. */
export const ProjectPageSchema = v.object({
  values: v.array(ProjectSchema),
  isLast: v.optional(v.boolean(), true),
});

const OtherIssueSchema = v.object({
  id: v.string(),
  key: v.string(),
  fields: v.nullish(v.object({ issuetype: v.nullish(TypeSchema) })),
});

/** A kind of link between issues. */
export const LinkTypeSchema = v.object({
  name: v.string(),
  inward: v.optional(v.string(), ""),
  outward: v.optional(v.string(), ""),
});

const LinkSchema = v.object({
  id: v.string(),
  type: LinkTypeSchema,
  inwardIssue: v.nullish(OtherIssueSchema),
  outwardIssue: v.nullish(OtherIssueSchema),
});

/** A priority, also one that a field may hold. */
export const PrioritySchema = v.looseObject({ id: v.optional(v.string()), name: v.string() });

/** A priority of a site. */
export type JiraPriority = v.InferOutput<typeof PrioritySchema>;

/** The priorities of a site, from the highest on. */
export const PrioritiesSchema = v.array(PrioritySchema);

const FieldsSchema = v.looseObject({
  project: v.object({ self: v.string(), id: v.string(), key: v.string() }),
  summary: v.nullish(v.string()),
  description: v.optional(v.unknown()),
  status: StatusSchema,
  issuetype: TypeSchema,
  priority: v.nullish(PrioritySchema),
  assignee: v.nullish(PersonSchema),
  reporter: v.nullish(PersonSchema),
  labels: v.optional(v.array(v.string()), []),
  parent: v.nullish(OtherIssueSchema),
  issuelinks: v.optional(v.array(LinkSchema), []),
  resolution: v.nullish(NamedSchema),
  components: v.optional(v.array(NamedSchema), []),
  fixVersions: v.optional(v.array(NamedSchema), []),
  duedate: v.nullish(v.string()),
  created: TimeSchema,
  updated: TimeSchema,
});

/** An issue with the fields that are always asked for. */
export const IssueSchema = v.object({
  self: v.string(),
  id: v.string(),
  key: v.string(),
  fields: FieldsSchema,
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** An issue of which it is only asked when it was changed. */
export const StampSchema = v.object({
  id: v.string(),
  fields: v.object({ updated: TimeSchema }),
});

/** Returns the schema of what a search finds. */
export function foundSchema<T>(issue: v.GenericSchema<unknown, T>): v.GenericSchema<
  unknown,
  {
    readonly issues: readonly T[];
    readonly nextPageToken?: string | null | undefined;
    readonly total?: number | null | undefined;
  }
> {
  return v.object({
    issues: v.optional(v.array(issue), []),
    nextPageToken: v.nullish(v.string()),
    total: v.nullish(v.number()),
  });
}

/** What may be done to a field, and what it may hold. */
export const FieldSchema = v.object({
  name: v.string(),
  required: v.boolean(),
  hasDefaultValue: v.optional(v.boolean(), false),
  operations: v.optional(v.array(v.string()), []),
  allowedValues: v.optional(v.array(v.unknown()), []),
});

/** The fields that may be edited now. */
export const EditSchema = v.object({ fields: v.record(v.string(), FieldSchema) });

const CreateFieldSchema = v.object({ ...FieldSchema.entries, fieldId: v.string() });

/** The fields that a new issue of a type may have, a page of them: as `values` at a server of a team's own. */
export const CreateFieldsSchema = v.object({
  fields: v.nullish(v.array(CreateFieldSchema)),
  values: v.nullish(v.array(CreateFieldSchema)),
  total: v.nullish(v.number()),
});

/** All fields of a site; what made a field of its own says what it is. */
export const FieldsOfSiteSchema = v.array(
  v.object({
    id: v.string(),
    schema: v.nullish(v.object({ custom: v.nullish(v.string()) })),
  }),
);

/** A step of a workflow. */
export const TransitionSchema = v.object({
  id: v.string(),
  name: v.string(),
  to: StatusSchema,
  isAvailable: v.optional(v.boolean(), true),
  fields: v.optional(v.record(v.string(), FieldSchema), {}),
});

/** The steps from where an issue is. */
export const TransitionsSchema = v.object({
  transitions: v.optional(v.array(TransitionSchema), []),
});

/** The name of an issue that was created. */
export const CreatedSchema = v.object({ id: v.string(), key: v.string() });

/** The kinds of link of a site. */
export const LinkTypesSchema = v.object({
  issueLinkTypes: v.optional(v.array(LinkTypeSchema), []),
});

const PropertySchema = v.object({ key: v.string(), value: v.unknown() });

/** A comment. */
export const CommentSchema = v.object({
  id: v.string(),
  author: v.nullish(PersonSchema),
  body: v.optional(v.unknown()),
  created: TimeSchema,
  updated: v.nullish(TimeSchema),
  properties: v.optional(v.array(PropertySchema), []),
});

/** A page of comments. */
export const CommentPageSchema = v.object({
  comments: v.array(CommentSchema),
  total: v.optional(v.number(), 0),
});

/** What a site says of itself. */
export const ServerSchema = v.object({
  baseUrl: v.string(),
  deploymentType: v.optional(v.string(), ""),
  version: v.optional(v.string(), ""),
});

/** Whether the credential has permissions, by their keys. */
export const PermissionsSchema = v.object({
  permissions: v.record(v.string(), v.object({ havePermission: v.boolean() })),
});

/** A webhook of an administrator. */
export const HookSchema = v.object({
  self: v.optional(v.string(), ""),
  url: v.optional(v.string(), ""),
  enabled: v.optional(v.boolean(), true),
});

/** A webhook of a server of a team's own. */
export const ServerHookSchema = v.looseObject({
  id: v.pipe(v.number(), v.safeInteger()),
  url: v.optional(v.string(), ""),
});

/** An issue. */
export type JiraIssue = v.InferOutput<typeof IssueSchema>;

/** A project. */
export type JiraProject = v.InferOutput<typeof ProjectSchema>;

/** A field of a site. */
export type JiraSiteField = v.InferOutput<typeof FieldsOfSiteSchema>[number];

/** A person. */
export type JiraPerson = v.InferOutput<typeof PersonSchema>;

/** A type of issues. */
export type JiraType = v.InferOutput<typeof TypeSchema>;

/** A status. */
export type JiraStatus = v.InferOutput<typeof StatusSchema>;

/** A step of a workflow. */
export type JiraTransition = v.InferOutput<typeof TransitionSchema>;

/** A field, and what may be done to it. */
export type JiraField = v.InferOutput<typeof FieldSchema>;

/** Fields by their ids. */
export type JiraFields = Readonly<Record<string, JiraField>>;

/** A kind of link. */
export type JiraLinkType = v.InferOutput<typeof LinkTypeSchema>;

/** A comment. */
export type JiraComment = v.InferOutput<typeof CommentSchema>;

/** A webhook. */
export type JiraHook = v.InferOutput<typeof HookSchema>;

/** A webhook of a server of a team's own. */
export type JiraServerHook = v.InferOutput<typeof ServerHookSchema>;
