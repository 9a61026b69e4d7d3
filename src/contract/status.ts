import * as v from "valibot";
import { CountSchema, DateTimeSchema, FilledSchema, JsonObjectSchema } from "./field.ts";
import { type IdentityPath, IdentityPathSchema } from "./identity_path.ts";
import type { ItemError } from "./results.ts";

/** The status of one bound project. Hosted API, Shapes. */
export type StatusResult = {
  readonly provider: string;
  /** `null` where the host does not say. */
  readonly connected: boolean | null;
  /** Whether the provider is set up at the host; some clients ask for it. */
  readonly configured?: boolean | null | undefined;
  readonly project_slug?: string | null | undefined;
  readonly binding_ref?: string | null | undefined;
  readonly display_label?: string | null | undefined;
  /** `null` where the host does not say. */
  readonly sync_state: string | null;
  /** ISO 8601 with an offset. */
  readonly last_sync_at?: string | null | undefined;
  readonly identity_path?: IdentityPath | null | undefined;
  readonly counts?: Readonly<Record<string, number>> | null | undefined;
};

/** One binding of an installation; `null` for what the host does not say. Hosted API, Shapes. */
export type InstallationBinding = {
  readonly binding_ref: string;
  readonly project_slug: string | null;
  readonly display_label: string | null;
  readonly status: string | null;
  /** ISO 8601 with an offset. */
  readonly bound_at: string | null;
};

/** The status of a whole installation; `null` for what the host does not say. Hosted API, Shapes. */
export type InstallationStatusResult = {
  readonly provider: string;
  readonly connected: boolean | null;
  /** Whether the provider is set up at the host; some clients ask for it. */
  readonly configured?: boolean | null | undefined;
  readonly installation_id: string | null;
  readonly resource_count: number | null;
  readonly bindings: readonly InstallationBinding[];
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
};

/** One work package mapped to one external issue. Hosted API, Shapes. */
export type Mapping = {
  readonly wp_id: string;
  readonly system: string;
  readonly workspace: string;
  readonly external_id: string;
  readonly external_key?: string | null | undefined;
  readonly external_url?: string | null | undefined;
  /** ISO 8601 with an offset. */
  readonly created_at?: string | null | undefined;
  /** ISO 8601 with an offset. */
  readonly updated_at?: string | null | undefined;
};

/** The mappings of a project. Hosted API, Shapes. */
export type MappingsResult = {
  readonly mappings: readonly Mapping[];
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
};

/** The host is alive. Hosted API, Tracker calls. */
export type HealthResult = {
  readonly status: string;
};

/** Schema of {@link StatusResult}. Hosted API, Shapes. */
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
});

/** Schema of {@link InstallationBinding}. Hosted API, Shapes. */
export const InstallationBindingSchema: v.GenericSchema<unknown, InstallationBinding> = v
  .looseObject({
    binding_ref: FilledSchema,
    project_slug: v.string(),
    display_label: v.string(),
    status: v.string(),
    bound_at: DateTimeSchema,
  });

/** Schema of {@link InstallationStatusResult}. Hosted API, Shapes. */
export const InstallationStatusResultSchema: v.GenericSchema<unknown, InstallationStatusResult> = v
  .looseObject({
    provider: v.string(),
    connected: v.boolean(),
    installation_id: v.string(),
    resource_count: CountSchema,
    bindings: v.array(InstallationBindingSchema),
  });

/** Schema of {@link Mapping}. Hosted API, Shapes. */
export const MappingSchema: v.GenericSchema<unknown, Mapping> = v.looseObject({
  wp_id: v.string(),
  system: v.string(),
  workspace: v.string(),
  external_id: v.string(),
  external_key: v.nullish(v.string()),
  external_url: v.nullish(v.string()),
  created_at: v.nullish(DateTimeSchema),
  updated_at: v.nullish(DateTimeSchema),
});

/** Schema of {@link MappingsResult}. Hosted API, Tracker calls. */
export const MappingsResultSchema: v.GenericSchema<unknown, MappingsResult> = v.looseObject({
  mappings: v.array(MappingSchema),
});

/** Schema of {@link HealthResult}. Hosted API, Tracker calls. */
export const HealthResultSchema: v.GenericSchema<unknown, HealthResult> = v.looseObject({
  status: v.string(),
});
