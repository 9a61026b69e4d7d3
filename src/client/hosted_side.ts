import type { HostedProvider } from "../contract/providers.ts";
import type { BindingConfig } from "../project/config.ts";
import type { SyncRules } from "../sync/absorb.ts";
import { everyField, parseOwnership, parseStrategy } from "../sync/ownership.ts";
import type { Side } from "../sync/side.ts";
import { EVERY_EXTENSION, type OfferedExtensions } from "./extensions.ts";

/**
 * The resource of a hosted binding as the engine sees it: any change of an issue moves its time. What the host offers is
 * asked for by a push alone; until then an edit of any field may be one that it takes.
 */
export function hostedSide(
  provider: HostedProvider,
  workspace: string,
  { patchSets }: OfferedExtensions = EVERY_EXTENSION,
): Side {
  return {
    provider,
    workspace,
    traits: { silent: [], single: [] },
    refusal: (field) =>
      !patchSets && (field === "links" || field === "custom_fields")
        ? "this host takes no changes of it"
        : null,
  };
}

/**
 * Returns the rules a hosted binding syncs by. `external_authoritative`, which every config says that says nothing
 * else, keeps no one from editing: both sides share all fields then.
 *
 * @throws {TrackerError} `invalid_doctrine` when the config says something unknown.
 */
export function hostedRules(binding: BindingConfig): SyncRules {
  const { doctrineMode, fieldOwners, strategy } = binding;
  const isDefault = doctrineMode === "external_authoritative";
  return {
    ownership: isDefault ? everyField("shared") : parseOwnership(doctrineMode, fieldOwners),
    strategy: parseStrategy(strategy),
  };
}

/** Returns the workspace of the binding's references, where the host has told it; `null` where it has not. */
export function boundWorkspace({ providerContext }: BindingConfig): string | null {
  const workspace = providerContext?.["workspace"];
  return typeof workspace === "string" && workspace.trim() !== "" ? workspace : null;
}
