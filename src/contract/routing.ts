import * as v from "valibot";
import { FilledSchema, isJsonObject } from "./field.ts";
import type { JsonObject } from "./field.ts";
import { canonicalName, HOSTED_PROVIDERS, type HostedProvider } from "./providers.ts";

/**
 * The one key that routes a call to its binding; of both, a host takes the reference (wire.md, Tracker calls; Other clients).
 */
export type RoutingKey =
  | { readonly binding_ref: string; readonly project_slug?: undefined }
  /** Legacy: projects bound before there were binding references. */
  | { readonly project_slug: string; readonly binding_ref?: undefined };

/** Who the project is, for resolving and confirming a binding (wire.md, Routing). */
export type ProjectIdentity = {
  readonly uuid: string;
  readonly slug: string;
  /** 12 hex digits, stable per machine. */
  readonly node_id: string;
  readonly repo_slug?: string | null | undefined;
  /** One checkout of the project. */
  readonly build_id?: string | null | undefined;
};

/** Who a checkout without a saved identity is: what is known of it, for validating a reference. */
export type PartialIdentity = Omit<ProjectIdentity, "uuid"> & {
  readonly uuid?: string | null | undefined;
};

/** Display data and reference that any successful answer may carry beside its payload (wire.md, Results). */
export type BindingUpgrade = {
  readonly binding_ref: string;
  readonly display_label?: string | null | undefined;
  readonly provider_context?: JsonObject | null | undefined;
  /** Whose binding it is, where the answer says so. */
  readonly provider?: string | undefined;
};

/** Schema of a provider that the host serves (wire.md, Routing). */
export const HostedProviderSchema: v.GenericSchema<unknown, HostedProvider> = v.picklist(
  HOSTED_PROVIDERS,
);

const BlankKeySchema = v.optional(v.undefined_());

const ByBindingRefSchema = v.object({ binding_ref: FilledSchema, project_slug: BlankKeySchema });

const ByProjectSlugSchema = v.object({ project_slug: FilledSchema, binding_ref: BlankKeySchema });

/** Schema of {@link RoutingKey}: of the two, the reference wins; `null` is absent. */
export const RoutingKeySchema: v.GenericSchema<unknown, RoutingKey> = v.pipe(
  v.unknown(),
  v.transform(oneKey),
  v.lazy((input: unknown): v.GenericSchema<unknown, RoutingKey> =>
    isJsonObject(input) && "project_slug" in input ? ByProjectSlugSchema : ByBindingRefSchema
  ),
);

function oneKey(input: unknown): unknown {
  if (!isJsonObject(input)) return input;
  const { binding_ref, project_slug, ...rest } = input;
  if (binding_ref != null) return { ...rest, binding_ref };
  return project_slug == null ? rest : { ...rest, project_slug };
}

/** Schema of {@link ProjectIdentity}. */
export const ProjectIdentitySchema: v.GenericSchema<unknown, ProjectIdentity> = v.looseObject({
  uuid: FilledSchema,
  slug: FilledSchema,
  node_id: FilledSchema,
  repo_slug: v.nullish(v.string()),
  build_id: v.nullish(v.string()),
});

/** Schema of {@link PartialIdentity}. */
export const PartialIdentitySchema: v.GenericSchema<unknown, PartialIdentity> = v.looseObject({
  uuid: v.nullish(FilledSchema),
  slug: FilledSchema,
  node_id: FilledSchema,
  repo_slug: v.nullish(v.string()),
  build_id: v.nullish(v.string()),
});

/**
 * Reads the binding a successful answer carries beside its payload; `null` when it carries none, or one of another
 * provider than `provider` (wire.md, Reading tolerantly).
 */
export function readBindingUpgrade(
  body: unknown,
  provider: string | null = null,
): BindingUpgrade | null {
  if (!isJsonObject(body)) return null;
  const { binding_ref, display_label, provider_context } = body;
  if (typeof binding_ref !== "string" || binding_ref.trim() === "") return null;
  if (provider !== null && typeof body["provider"] === "string") {
    if (canonicalName(body["provider"]) !== canonicalName(provider)) return null;
  }
  return {
    binding_ref,
    ...(typeof display_label === "string" ? { display_label } : {}),
    ...(isJsonObject(provider_context) ? { provider_context } : {}),
    ...(typeof body["provider"] === "string" ? { provider: body["provider"] } : {}),
  };
}

/** A result with the binding that stood around it: beside the operation, or in the answer that accepted it. */
export function withBinding<T extends object | null>(result: T, around: readonly unknown[]): T {
  if (result === null || readBindingUpgrade(result) !== null) return result;
  const found = around.map((body) => readBindingUpgrade(body)).find((upgrade) => upgrade !== null);
  return found === undefined ? result : { ...result, ...found };
}
