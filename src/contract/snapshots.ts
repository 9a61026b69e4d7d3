import * as v from "valibot";
import { FilledSchema, isJsonObject, JsonObjectSchema } from "./field.ts";
import { type NormalizedIssue, NormalizedIssueSchema } from "./issue.ts";
import { type Mapping, MappingSchema } from "./status.ts";

/** Which external resource a snapshot belongs to: both, or neither (wire.md, Tracker snapshots). */
export type ResourceRouting =
  | { readonly external_resource_type: string; readonly external_resource_id: string }
  | { readonly external_resource_type: null; readonly external_resource_id: null };

/** How far the sync of a snapshot had come (wire.md, Tracker snapshots). */
export type SnapshotCheckpoint = {
  readonly cursor: string | null;
  /** ISO 8601 with an offset. */
  readonly updated_since: string | null;
};

/** Body of a snapshot publish (wire.md, Tracker snapshots). */
export type SnapshotRequest = ResourceRouting & {
  readonly provider: string;
  readonly workspace: string;
  readonly doctrine_mode: string;
  readonly doctrine_field_owners: Readonly<Record<string, string>>;
  readonly project_uuid: string;
  readonly project_slug: string;
  readonly issues: readonly NormalizedIssue[];
  readonly mappings: readonly Mapping[];
  readonly checkpoint: SnapshotCheckpoint;
};

/** How the host found the snapshot's place: by resource, by workspace, or not yet (wire.md, Tracker snapshots). */
export type SnapshotReceipt = {
  /** `null` where the host does not say. */
  readonly receipt_id: string | null;
  /** `exact`, `workspace`, `queued`, or a word that is not known here. */
  readonly resolution: string | null;
};

const ResourceRoutingSchema: v.GenericSchema<unknown, ResourceRouting> = v.lazy(
  (input: unknown): v.GenericSchema<unknown, ResourceRouting> =>
    isJsonObject(input) && input["external_resource_type"] === null
      ? v.object({ external_resource_type: v.null_(), external_resource_id: v.null_() })
      : v.object({ external_resource_type: FilledSchema, external_resource_id: FilledSchema }),
);

/** A snapshot whose issues and mappings are not looked at yet: there may be many. */
export type SnapshotFrame = Omit<SnapshotRequest, "issues" | "mappings"> & {
  readonly issues: readonly unknown[];
  readonly mappings: readonly unknown[];
};

const FRAME = {
  provider: FilledSchema,
  workspace: FilledSchema,
  doctrine_mode: v.string(),
  doctrine_field_owners: v.pipe(JsonObjectSchema, v.record(v.string(), v.string())),
  project_uuid: FilledSchema,
  project_slug: FilledSchema,
  checkpoint: v.looseObject({
    cursor: v.nullable(v.string()),
    updated_since: v.nullable(v.string()),
  }),
};

/** Schema of {@link SnapshotFrame}. */
export const SnapshotFrameSchema: v.GenericSchema<unknown, SnapshotFrame> = v.intersect([
  ResourceRoutingSchema,
  v.looseObject({ ...FRAME, issues: v.array(v.unknown()), mappings: v.array(v.unknown()) }),
]);

/** Schema of {@link SnapshotRequest}. */
export const SnapshotRequestSchema: v.GenericSchema<unknown, SnapshotRequest> = v.intersect([
  ResourceRoutingSchema,
  v.looseObject({
    ...FRAME,
    issues: v.array(NormalizedIssueSchema),
    mappings: v.array(MappingSchema),
  }),
]);

/** Schema of {@link SnapshotReceipt}. */
export const SnapshotReceiptSchema: v.GenericSchema<unknown, SnapshotReceipt> = v.looseObject({
  receipt_id: FilledSchema,
  resolution: v.picklist(["exact", "workspace", "queued"]),
});

const NO_RESOURCE = { external_resource_type: null, external_resource_id: null } as const;

/** Locked wire values. */
const RESOURCE_RULES: readonly { provider: string; type: string; credential: string }[] = [
  { provider: "jira", type: "jira_project", credential: "project_key" },
  { provider: "linear", type: "linear_team", credential: "team_id" },
];

/**
 * Names the external resource that a provider's credentials point at. Pure; never fails: a missing, empty or blank
 * credential, or a provider without resources, gives two nulls (wire.md, Tracker snapshots).
 */
export function resolveResourceRouting(
  provider: string,
  credentials: Readonly<Record<string, unknown>>,
): ResourceRouting {
  const name = provider.trim().toLowerCase();
  const rule = RESOURCE_RULES.find((candidate) => candidate.provider === name);
  if (rule === undefined) return NO_RESOURCE;
  const credential = credentials[rule.credential];
  const id = typeof credential === "string" ? credential.trim() : "";
  return id === "" ? NO_RESOURCE : { external_resource_type: rule.type, external_resource_id: id };
}

/**
 * Returns the text whose SHA-256 is a snapshot's `Idempotency-Key`; another resource gives another text (wire.md,
 * Tracker snapshots).
 */
export function snapshotIdentity(request: SnapshotRequest): string {
  return canonicalJson({
    provider: request.provider,
    workspace: request.workspace,
    external_resource_type: request.external_resource_type,
    external_resource_id: request.external_resource_id,
    checkpoint: request.checkpoint,
    issues: request.issues,
    mappings: request.mappings,
  });
}

/**
 * JSON with keys sorted by code unit and no blanks, so that equal values give equal text; leaves out what JSON cannot
 * say.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined && typeof value[key] !== "function")
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}
