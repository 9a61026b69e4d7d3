import { classifyProvider } from "../contract/providers.ts";
import type { JsonObject } from "../contract/field.ts";
import { type ConfigFile, editConfigFile, readConfigFile } from "./config_file.ts";
import type { Platform } from "../platform/platform.ts";
import type { YamlEdit } from "./yaml_edit.ts";
import type { YamlValue } from "./yaml_flow.ts";

/** How the project is bound to a tracker: the `tracker` section of its config, `null` where it says nothing. */
export interface BindingConfig {
  /** As it stands in the file; `classifyProvider` tells its class. */
  readonly provider: string | null;
  /** Hosted: the routing key. */
  readonly bindingRef: string | null;
  /** Hosted: the legacy routing key; display afterwards. */
  readonly projectSlug: string | null;
  /** Hosted: what people call the bound resource, such as `Engineering (ENG)`. */
  readonly displayLabel: string | null;
  /** Hosted: what the host says of the resource; not interpreted here. */
  readonly providerContext: JsonObject | null;
  /** Local: the workspace that the tool works in. */
  readonly workspace: string | null;
  /** `external_authoritative` unless the file says otherwise. */
  readonly doctrineMode: string;
  /** Owner by field. */
  readonly fieldOwners: Readonly<Record<string, string>>;
  /** How a conflict in a shared field is settled; `null` for the default. */
  readonly strategy: string | null;
}

/** Parts of a binding to save: `null` removes one, what is left out stays. */
export type BindingChanges = Partial<BindingConfig>;

/** The binding of a project that has none. */
export const NO_BINDING: BindingConfig = {
  provider: null,
  bindingRef: null,
  projectSlug: null,
  displayLabel: null,
  providerContext: null,
  workspace: null,
  doctrineMode: "external_authoritative",
  fieldOwners: {},
  strategy: null,
};

/** Whether the binding is whole: hosted with a routing key, local with a workspace. */
export function isConfigured(binding: BindingConfig): boolean {
  if (binding.provider === null) return false;
  switch (classifyProvider(binding.provider).kind) {
    case "hosted":
      return binding.bindingRef !== null || binding.projectSlug !== null;
    case "local":
      return binding.workspace !== null;
    default:
      return false;
  }
}

/**
 * Reads the binding; {@link NO_BINDING} without a config or a `tracker` section.
 *
 * @throws {TrackerError} `config_invalid`, naming the file, the line and the reason.
 */
export async function loadBinding(
  platform: Pick<Platform, "files" | "clock">,
  root: string,
): Promise<BindingConfig> {
  return await bindingOf(await readConfigFile(platform, root));
}

/**
 * Saves parts of the binding, or what a function returns for the binding as it is under the lock (`null` changes
 * nothing). Returns the binding as it is afterwards.
 *
 * @throws {TrackerError} `config_invalid`, `config_unwritable`, `locked`; the file is as it was.
 */
export async function saveBinding(
  platform: Pick<Platform, "files">,
  root: string,
  changes: BindingChanges | ((current: BindingConfig) => BindingChanges | null),
): Promise<BindingConfig> {
  let saved = NO_BINDING;
  await editConfigFile(platform, root, async (file) => {
    const current = await bindingOf(file);
    const wanted = typeof changes === "function" ? changes(current) : changes;
    saved = { ...current, ...wanted };
    return editsFor(current, wanted ?? {});
  });
  return saved;
}

/**
 * Removes the binding and keeps what other programs put into the `tracker` section. Returns false when there was
 * none.
 *
 * @throws {TrackerError} `config_invalid`, `config_unwritable`, `locked`; the file is as it was.
 */
export async function clearBinding(
  platform: Pick<Platform, "files" | "clock">,
  root: string,
): Promise<boolean> {
  const file = await readConfigFile(platform, root);
  await bindingOf(file);
  if ((file.yaml?.data["tracker"] ?? null) === null) return false;
  return await editConfigFile(platform, root, async ({ yaml }) => {
    const { withValue } = await import("./yaml_data.ts");
    const paths = Object.values(PATHS);
    let rest: Readonly<Record<string, unknown>> = yaml?.data ?? {};
    for (const path of paths) rest = withValue(rest, path, undefined);
    const nothingElse = !Object.hasOwn(rest, "tracker");
    return (nothingElse ? [["tracker"]] : paths).map((path) => ({ path, value: undefined }));
  });
}

const PATHS = {
  provider: ["tracker", "provider"],
  bindingRef: ["tracker", "binding_ref"],
  projectSlug: ["tracker", "project_slug"],
  displayLabel: ["tracker", "display_label"],
  providerContext: ["tracker", "provider_context"],
  workspace: ["tracker", "workspace"],
  doctrineMode: ["tracker", "doctrine", "mode"],
  fieldOwners: ["tracker", "doctrine", "field_owners"],
  strategy: ["tracker", "doctrine", "strategy"],
} as const;

const TEXT_KEYS = [
  "provider",
  "bindingRef",
  "projectSlug",
  "displayLabel",
  "workspace",
  "strategy",
  "doctrineMode",
] as const;

async function bindingOf(file: ConfigFile): Promise<BindingConfig> {
  if (file.yaml === null) return NO_BINDING;
  const { yaml, path } = file;
  const { invalidConfig, isRecord, lineOf, textAt, valueAt } = await import("./yaml_document.ts");
  const mapping = (at: readonly string[]): Readonly<Record<string, unknown>> | null => {
    const value = valueAt(yaml, at) ?? null;
    if (value === null || isRecord(value)) return value;
    throw invalidConfig(path, lineOf(yaml, at), `"${at.join(".")}" must be a mapping`);
  };
  if (mapping(["tracker"]) === null) return NO_BINDING;
  mapping(["tracker", "doctrine"]);
  const owners = mapping(PATHS.fieldOwners) ?? {};
  const text = (key: typeof TEXT_KEYS[number]) => textAt(path, yaml, PATHS[key]);
  return {
    provider: text("provider"),
    bindingRef: text("bindingRef"),
    projectSlug: text("projectSlug"),
    displayLabel: text("displayLabel"),
    providerContext: mapping(PATHS.providerContext),
    workspace: text("workspace"),
    doctrineMode: text("doctrineMode") ?? NO_BINDING.doctrineMode,
    fieldOwners: Object.fromEntries(
      Object.keys(owners).flatMap((field) => {
        const owner = textAt(path, yaml, [...PATHS.fieldOwners, field]);
        return owner === null ? [] : [[field, owner]];
      }),
    ),
    strategy: text("strategy"),
  };
}

async function editsFor(current: BindingConfig, changes: BindingChanges): Promise<YamlEdit[]> {
  const edits: YamlEdit[] = [];
  for (const key of TEXT_KEYS) {
    const value = changes[key];
    if (value !== undefined && value !== current[key]) {
      edits.push({ path: PATHS[key], value: value ?? undefined });
    }
  }
  const { providerContext, fieldOwners } = changes;
  if (
    providerContext !== undefined && !(providerContext === null && current.providerContext === null)
  ) {
    const { toYamlValue } = await import("./yaml_flow.ts");
    edits.push({
      path: PATHS.providerContext,
      value: providerContext === null ? undefined : toYamlValue(providerContext),
    });
  }
  if (fieldOwners !== undefined && !sameOwners(fieldOwners, current.fieldOwners)) {
    edits.push({ path: PATHS.fieldOwners, value: ownersValue(fieldOwners) });
  }
  // New keys come in the order of the page; sets before removals, so that the section is never empty in between.
  const order: readonly (readonly string[])[] = Object.values(PATHS);
  const rank = (edit: YamlEdit) =>
    order.indexOf(edit.path) + (edit.value === undefined ? order.length : 0);
  return edits.sort((a, b) => rank(a) - rank(b));
}

function ownersValue(owners: Readonly<Record<string, string>>): YamlValue | undefined {
  return Object.keys(owners).length === 0 ? undefined : owners;
}

function sameOwners(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  return Object.keys(a).length === Object.keys(b).length &&
    Object.entries(a).every(([field, owner]) => b[field] === owner);
}
