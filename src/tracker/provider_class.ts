import {
  classifyProvider,
  HOSTED_PROVIDERS,
  type HostedProvider,
  LOCAL_PROVIDERS,
  type LocalProvider,
} from "../contract/providers.ts";
import { isHostedSyncEnabled } from "../client/rollout.ts";
import type { Environment } from "../platform/platform.ts";
import { TrackerError, usageError } from "../platform/tracker_error.ts";
import { providerRemoved } from "../project/removed_provider.ts";
import { nearest } from "../user/nearest.ts";

/** A provider whose class is known. */
export type KnownProvider =
  | { readonly kind: "hosted"; readonly provider: HostedProvider }
  | { readonly kind: "local"; readonly provider: LocalProvider };

/**
 * The provider that a name means.
 *
 * @throws {TrackerError} `provider_removed`; `usage` for an unknown name, with the nearest known one.
 */
export function knownProvider(env: Environment, name: string): KnownProvider {
  const found = classifyProvider(name);
  switch (found.kind) {
    case "hosted":
    case "local":
      return found;
    case "removed":
      throw providerRemoved(found);
    case "unknown": {
      const choices = isHostedSyncEnabled(env)
        ? [...HOSTED_PROVIDERS, ...LOCAL_PROVIDERS]
        : LOCAL_PROVIDERS;
      const near = nearest(found.name, choices);
      const hint = near === null ? "" : `. Did you mean "${near}"?`;
      throw usageError(
        `Unknown provider "${name.trim()}"${hint}`,
        `Choose one of ${choices.join(", ")}.`,
      );
    }
  }
}

/** Returns the refusal of what is for hosted providers only; `instead` says what to do on this machine. */
export function hostedOnly(
  provider: LocalProvider,
  action: string,
  instead: string | null = null,
): TrackerError {
  return new TrackerError({
    code: "hosted_only",
    message: `${action} is for hosted providers only; "${provider}" works on this machine`,
    nextAction: instead,
    details: { provider },
  });
}

/**
 * Returns the refusal, in the given words, of what is not done from here for hosted providers.
 *
 * @param place Where it can be done, as `the dashboard at https://tracker.example.com`.
 */
export function localOnly(
  provider: HostedProvider,
  message: string,
  place: string | null = null,
): TrackerError {
  return new TrackerError({
    code: "local_only",
    message,
    nextAction: place === null ? null : `Open ${place}.`,
    details: { provider },
  });
}

/** Returns the refusal of options, as they are written, that a provider's class does not take; at least one. */
export function foreignOptions(options: readonly string[], found: KnownProvider): TrackerError {
  const names = options.map((name) => `\`${name}\``);
  const { kind, provider } = found;
  const other = kind === "hosted" ? "local" : "hosted";
  const where = `for ${other} providers; "${provider}" is a ${kind} one`;
  return names.length === 1
    ? usageError(`${names[0]} is ${where}`, "Leave it out. Nothing was done.")
    : usageError(
      `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are ${where}`,
      "Leave them out. Nothing was done.",
    );
}

/** Returns the refusal of a credential for a hosted provider: the host keeps those. */
export function credentialNotAccepted(provider: HostedProvider): TrackerError {
  return new TrackerError({
    code: "credential_not_accepted",
    message: "Hosted providers take no credential here",
    nextAction:
      "Sign in with `tracker auth login` unless you are, then connect the provider in the dashboard.",
    details: { provider },
  });
}
