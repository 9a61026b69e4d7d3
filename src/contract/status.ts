import * as v from "valibot";
import { type ConnectionStatus, ConnectionStatusSchema } from "./connection.ts";
import { CountSchema, DateTimeSchema, FilledSchema, JsonObjectSchema } from "./field.ts";
import { type IdentityPath, IdentityPathSchema } from "./identity_path.ts";
import type { ItemError } from "./results.ts";

/** The status of one bound project (wire.md, Status and mappings). */
export type StatusResult = {
  /** The provider of the binding. */
  readonly provider: string;
  /** Whether the host reaches the provider; `null` where it does not say. */
  readonly connected: boolean | null;
  /** Whether the provider is set up at the host; some clients ask for it. */
  readonly configured?: boolean | null | undefined;
  /** The legacy routing key. */
  readonly project_slug?: string | null | undefined;
  /** The routing key. */
  readonly binding_ref?: string | null | undefined;
  /** What people call the bound resource. */
  readonly display_label?: string | null | undefined;
  /** What the host is doing, in its own words; `null` where it does not say. */
  readonly sync_state: string | null;
  /** ISO 8601 with an offset. */
  readonly last_sync_at?: string | null | undefined;
  /** Whose provider account does the work. */
  readonly identity_path?: IdentityPath | null | undefined;
  /** How many of what the host has, by name. */
  readonly counts?: Readonly<Record<string, number>> | null | undefined;
  /** The connection that brings the issues; absent where they live in the host, and where it does not say. */
  readonly connection?: ConnectionStatus | null | undefined;
};

/** One binding of an installation; `null` for what the host does not say (wire.md, Status and mappings). */
export type InstallationBinding = {
  /** The routing key. */
  readonly binding_ref: string;
  /** The project that is bound. */
  readonly project_slug: string | null;
  /** What people call the bound resource. */
  readonly display_label: string | null;
  /** How it stands, in the host's own words. */
  readonly status: string | null;
  /** ISO 8601 with an offset. */
  readonly bound_at: string | null;
};

/** The status of a whole installation; `null` for what the host does not say (wire.md, Status and mappings). */
export type InstallationStatusResult = {
  /** The provider. */
  readonly provider: string;
  /** Whether the host reaches the provider. */
  readonly connected: boolean | null;
  /** Whether the provider is set up at the host; some clients ask for it. */
  readonly configured?: boolean | null | undefined;
  /** The host's id of the installation. */
  readonly installation_id: string | null;
  /** How many resources a project could be bound to. */
  readonly resource_count: number | null;
  /** The bindings of all projects. */
  readonly bindings: readonly InstallationBinding[];
  /** The connections to the provider; absent where the host does not say. */
  readonly connections?: readonly ConnectionStatus[] | null | undefined;
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
};

/** One work package mapped to one external issue (wire.md, Status and mappings). */
export type Mapping = {
  /** The work package: `WP` and two digits; an id of the caller's own, where its mission is not known. */
  readonly wp_id: string;
  /** The name of the directory of its mission, where the host lists `work_packages`. */
  readonly mission?: string | null | undefined;
  /** The provider of the issue. */
  readonly system: string;
  /** The workspace of the issue. */
  readonly workspace: string;
  /** The provider's own id of the issue. */
  readonly external_id: string;
  /** The name people use, such as `WEB-88`. */
  readonly external_key?: string | null | undefined;
  /** The web page. */
  readonly external_url?: string | null | undefined;
  /** ISO 8601 with an offset. */
  readonly created_at?: string | null | undefined;
  /** ISO 8601 with an offset. */
  readonly updated_at?: string | null | undefined;
};

/** The mappings of a project (wire.md, Status and mappings). */
export type MappingsResult = {
  /** The mappings, one a work package and provider. */
  readonly mappings: readonly Mapping[];
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
};

/** The host is alive (wire.md, Tracker calls). */
export type HealthResult = {
  readonly status: string;
  /** The version of the host. */
  readonly version?: string | null | undefined;
  /** Names of what the host offers beyond the contract's core; those that are not known here are among them. */
  readonly extensions?: readonly string[] | null | undefined;
};

/** Extensions that this program knows (wire.md, Extensions). */
export const EXTENSIONS = [
  "removed",
  "base_version",
  "patch_sets",
  "complete",
  "comments",
  "replayed",
  "revoke",
  "origin_any",
  "connection",
  "work_packages",
] as const;

/** One of {@link EXTENSIONS}. */
export type Extension = typeof EXTENSIONS[number];

/** Returns whether a host offers an extension; it is used only there (wire.md, Extensions). */
export function hasExtension(
  { extensions }: Pick<HealthResult, "extensions">,
  name: Extension,
): boolean {
  return extensions?.includes(name) ?? false;
}

/** Schema of {@link StatusResult}. */
export const StatusResultSchema: v.GenericSchema<unknown, StatusResult> = v.looseObject({
  provider: v.string(),
  connected: v.boolean(),
  project_slug: v.nullish(v.string()),
  binding_ref: v.nullish(v.string()),
  display_label: v.nullish(v.string()),
  sync_state: v.string(),
  last_sync_at: v.nullish(DateTimeSchema),
  identity_path: v.nullish(IdentityPathSchema),
  counts: v.nullish(v.pipe(JsonObjectSchema, v.record(v.string(), v.number()))),
  connection: v.nullish(ConnectionStatusSchema),
});

/** Schema of {@link InstallationBinding}. */
export const InstallationBindingSchema: v.GenericSchema<unknown, InstallationBinding> = v
  .looseObject({
    binding_ref: FilledSchema,
    project_slug: v.string(),
    display_label: v.string(),
    status: v.string(),
    bound_at: DateTimeSchema,
  });

/** Schema of {@link InstallationStatusResult}. */
export const InstallationStatusResultSchema: v.GenericSchema<unknown, InstallationStatusResult> = v
  .looseObject({
    provider: v.string(),
    connected: v.boolean(),
    installation_id: v.string(),
    resource_count: CountSchema,
    bindings: v.array(InstallationBindingSchema),
    connections: v.nullish(v.array(ConnectionStatusSchema)),
  });

/** Schema of {@link Mapping}. */
export const MappingSchema: v.GenericSchema<unknown, Mapping> = v.looseObject({
  wp_id: v.string(),
  mission: v.nullish(v.string()),
  system: v.string(),
  workspace: v.string(),
  external_id: v.string(),
  external_key: v.nullish(v.string()),
  external_url: v.nullish(v.string()),
  created_at: v.nullish(DateTimeSchema),
  updated_at: v.nullish(DateTimeSchema),
});

/** Schema of {@link MappingsResult}. */
export const MappingsResultSchema: v.GenericSchema<unknown, MappingsResult> = v.looseObject({
  mappings: v.array(MappingSchema),
});

/** Schema of {@link HealthResult}. */
export const HealthResultSchema: v.GenericSchema<unknown, HealthResult> = v.looseObject({
  status: v.string(),
  version: v.nullish(v.string()),
  extensions: v.nullish(v.array(v.string())),
});
