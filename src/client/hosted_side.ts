import type { HostedProvider } from "../contract/providers.ts";
import type { BindingConfig } from "../project/config.ts";
import type { SyncRules } from "../sync/absorb.ts";
import { everyField, parseOwnership, parseStrategy } from "../sync/ownership.ts";
import type { Side } from "../sync/side.ts";

/** The resource of a hosted binding as the engine sees it: any change of an issue moves its time. */
export function hostedSide(provider: HostedProvider, workspace: string): Side {
  return {
    provider,
    workspace,
    traits: { silent: [], single: [] },
    refusal: () => null,
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
