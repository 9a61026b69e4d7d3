import * as v from "valibot";
import { DateTimeSchema, FilledSchema, isJsonObject, JsonObjectSchema } from "./field.ts";
import { ISSUE_TYPES, type IssueType, type Status, STATUSES } from "./issue.ts";
import type { HostedProvider } from "./providers.ts";
import { type PushItem, PushItemSchema } from "./push.ts";
import {
  HostedProviderSchema,
  type PartialIdentity,
  PartialIdentitySchema,
  type ProjectIdentity,
  ProjectIdentitySchema,
  type RoutingKey,
  RoutingKeySchema,
} from "./routing.ts";

export { type ProjectIdentity, ProjectIdentitySchema, type RoutingKey, RoutingKeySchema };

/** Which issues a pull asks for (wire.md, Tracker calls). */
export type PullFilters = {
  /** ISO 8601 with an offset. */
  readonly updated_since?: string | null | undefined;
  readonly status?: readonly Status[] | null | undefined;
  readonly issue_type?: readonly IssueType[] | null | undefined;
};

/** Body of a pull (wire.md, Tracker calls). */
export type PullRequest = RoutingKey & {
  readonly provider: HostedProvider;
  /** 1..10000 issues in this page; 100 unless given. */
  readonly limit: number;
  readonly cursor?: string | null | undefined;
  readonly filters?: PullFilters | null | undefined;
};

/** Body of a push (wire.md, Tracker calls). */
export type PushRequest = RoutingKey & {
  readonly provider: HostedProvider;
  readonly items: readonly PushItem[];
};

/** Body of a run (wire.md, Tracker calls). */
export type RunRequest = RoutingKey & {
  readonly provider: HostedProvider;
  /** True unless given. */
  readonly pull_first: boolean;
  /** 100 unless given. */
  readonly limit: number;
};

/** No routing key at all; only status goes without one (wire.md, Tracker calls). */
export type NoRoutingKey = { readonly binding_ref?: undefined; readonly project_slug?: undefined };

/** Query of status; without a routing key it asks for the whole installation (wire.md, Tracker calls). */
export type StatusQuery =
  & (RoutingKey | NoRoutingKey)
  & { readonly provider: HostedProvider };

/** Query of mappings (wire.md, Tracker calls). */
export type MappingsQuery = RoutingKey & { readonly provider: HostedProvider };

/** Query of resources (wire.md, Tracker calls). */
export type ResourcesQuery = { readonly provider: HostedProvider };

/** Body of bind-resolve (wire.md, Tracker calls). */
export type BindResolveRequest = {
  readonly provider: HostedProvider;
  readonly project_identity: ProjectIdentity;
};

/** Body of bind-confirm (wire.md, Tracker calls). */
export type BindConfirmRequest = {
  readonly provider: HostedProvider;
  readonly candidate_token: string;
  readonly project_identity: ProjectIdentity;
};

/** Body of bind-validate (wire.md, Tracker calls). */
export type BindValidateRequest = {
  readonly provider: HostedProvider;
  readonly binding_ref: string;
  readonly project_identity: PartialIdentity;
};

/** Body of issue-search; the key wins over the text (wire.md, Tracker calls). */
export type IssueSearchRequest = RoutingKey & {
  readonly provider: HostedProvider;
  readonly query_key?: string | null | undefined;
  readonly query_text?: string | null | undefined;
  /** 10 unless given. */
  readonly limit: number;
};

/** Body of mission-origin bind (wire.md, Tracker calls). */
export type BindOriginRequest = RoutingKey & {
  readonly provider: HostedProvider;
  readonly feature_slug: string;
  readonly external_issue_id: string;
  readonly external_issue_key: string;
  readonly external_issue_url: string;
  readonly title: string;
  readonly external_status?: string | null | undefined;
};

const LimitSchema = v.pipe(
  v.number(),
  v.check(
    (limit) => Number.isInteger(limit) && limit >= 1 && limit <= 10_000,
    "must be a whole number from 1 to 10000",
  ),
);

/** Schema of {@link PullFilters}. */
export const PullFiltersSchema: v.GenericSchema<unknown, PullFilters> = v.pipe(
  JsonObjectSchema,
  v.looseObject(
    {
      updated_since: v.nullish(DateTimeSchema),
      status: v.nullish(v.array(v.picklist(STATUSES))),
      issue_type: v.nullish(v.array(v.picklist(ISSUE_TYPES))),
    } satisfies Readonly<Record<keyof PullFilters, unknown>>,
  ),
);

/** Schema of {@link PullRequest}. */
export const PullRequestSchema: v.GenericSchema<unknown, PullRequest> = v.intersect([
  RoutingKeySchema,
  v.looseObject({
    provider: HostedProviderSchema,
    limit: v.nullish(LimitSchema, 100),
    cursor: v.nullish(FilledSchema),
    filters: v.nullish(PullFiltersSchema),
  }),
]);

/** Schema of {@link PushRequest}. */
export const PushRequestSchema: v.GenericSchema<unknown, PushRequest> = v.intersect([
  RoutingKeySchema,
  v.looseObject({ provider: HostedProviderSchema, items: v.array(PushItemSchema) }),
]);

/** Schema of {@link RunRequest}. */
export const RunRequestSchema: v.GenericSchema<unknown, RunRequest> = v.intersect([
  RoutingKeySchema,
  v.looseObject({
    provider: HostedProviderSchema,
    pull_first: v.nullish(v.boolean(), true),
    limit: v.nullish(LimitSchema, 100),
  }),
]);

const NoRoutingKeySchema = v.object({
  binding_ref: v.optional(v.undefined_()),
  project_slug: v.optional(v.undefined_()),
});

/** Schema of {@link StatusQuery}; both keys at once are a fault here too (wire.md, Tracker calls). */
export const StatusQuerySchema: v.GenericSchema<unknown, StatusQuery> = v.intersect([
  v.lazy((input: unknown): v.GenericSchema<unknown, NoRoutingKey | RoutingKey> =>
    isJsonObject(input) && ("binding_ref" in input || "project_slug" in input)
      ? RoutingKeySchema
      : NoRoutingKeySchema
  ),
  v.looseObject({ provider: HostedProviderSchema }),
]);

/** Schema of {@link MappingsQuery}. */
export const MappingsQuerySchema: v.GenericSchema<unknown, MappingsQuery> = v.intersect([
  RoutingKeySchema,
  v.looseObject({ provider: HostedProviderSchema }),
]);

/** Schema of {@link ResourcesQuery}. */
export const ResourcesQuerySchema: v.GenericSchema<unknown, ResourcesQuery> = v.looseObject({
  provider: HostedProviderSchema,
});

/** Schema of {@link BindResolveRequest}. */
export const BindResolveRequestSchema: v.GenericSchema<unknown, BindResolveRequest> = v.looseObject(
  { provider: HostedProviderSchema, project_identity: ProjectIdentitySchema },
);

/** Schema of {@link BindConfirmRequest}. */
export const BindConfirmRequestSchema: v.GenericSchema<unknown, BindConfirmRequest> = v.looseObject(
  {
    provider: HostedProviderSchema,
    candidate_token: FilledSchema,
    project_identity: ProjectIdentitySchema,
  },
);

/** Schema of {@link BindValidateRequest}. */
export const BindValidateRequestSchema: v.GenericSchema<unknown, BindValidateRequest> = v
  .looseObject({
    provider: HostedProviderSchema,
    binding_ref: FilledSchema,
    project_identity: PartialIdentitySchema,
  });

/** Schema of {@link IssueSearchRequest}. */
export const IssueSearchRequestSchema: v.GenericSchema<unknown, IssueSearchRequest> = v.intersect([
  RoutingKeySchema,
  v.looseObject({
    provider: HostedProviderSchema,
    query_key: v.nullish(v.string()),
    query_text: v.nullish(v.string()),
    limit: v.nullish(LimitSchema, 10),
  }),
]);

/**
 * Schema of {@link BindOriginRequest}; emitters that name a feature a mission, and its title that of the issue, are
 * read too (wire.md, Tracker calls; Other clients).
 */
export const BindOriginRequestSchema: v.GenericSchema<unknown, BindOriginRequest> = v.pipe(
  v.unknown(),
  v.transform(withOriginNames),
  v.intersect([
    RoutingKeySchema,
    v.looseObject({
      provider: HostedProviderSchema,
      feature_slug: FilledSchema,
      external_issue_id: FilledSchema,
      external_issue_key: FilledSchema,
      external_issue_url: FilledSchema,
      title: v.string(),
      external_status: v.nullish(v.string()),
    }),
  ]),
);

function withOriginNames(input: unknown): unknown {
  if (!isJsonObject(input)) return input;
  const feature_slug = input["feature_slug"] ?? input["mission_slug"] ?? input["mission_id"];
  const title = input["title"] ?? input["external_title"];
  return {
    ...input,
    ...(feature_slug === undefined ? {} : { feature_slug }),
    ...(title === undefined ? {} : { title }),
  };
}
