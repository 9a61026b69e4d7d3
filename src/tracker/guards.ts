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
      throw new TrackerError({
        code: "provider_removed",
        message: found.message,
        nextAction: "Bind the project to another provider.",
        details: { provider: found.provider },
      });
    case "unknown": {
      const choices = isHostedSyncEnabled(env)
        ? [...HOSTED_PROVIDERS, ...LOCAL_PROVIDERS]
        : LOCAL_PROVIDERS;
      const near = nearest(found.name, choices);
      const hint = near === null ? "" : ` Did you mean "${near}"?`;
      throw usageError(
        `Unknown provider "${name.trim()}".${hint}`,
        `Choose one of ${choices.join(", ")}.`,
      );
    }
  }
}

/** What only hosted providers have, and what there is instead on this machine. */
const HOSTED_ONLY = {
  discover: {
    what: "Discovery is",
    instead: (provider: LocalProvider) =>
      `Bind it by its workspace: \`tracker bind --provider ${provider} --workspace NAME\`.`,
  },
  status_all: { what: "`status --all` is", instead: () => "Run `tracker status`." },
  issue_search: {
    what: "`issue search` is",
    instead: () => "Search what has been pulled: `tracker issue list --search TEXT`.",
  },
  wait: {
    what: "`sync wait` is",
    instead: () =>
      "A local sync has ended when its command has: `tracker status` shows the last one.",
  },
} as const;

/**
 * Lets through only a hosted provider.
 *
 * @throws {TrackerError} `hosted_only`.
 */
export function requireHosted(
  known: KnownProvider,
  action: keyof typeof HOSTED_ONLY,
): HostedProvider {
  if (known.kind === "hosted") return known.provider;
  const { what, instead } = HOSTED_ONLY[action];
  throw new TrackerError({
    code: "hosted_only",
    message: `${what} for hosted providers only; "${known.provider}" works on this machine`,
    nextAction: instead(known.provider),
    details: { provider: known.provider },
  });
}

/**
 * Stops what is not done from here for hosted providers, before any request.
 *
 * @throws {TrackerError} `credential_not_accepted`, `mappings_managed_elsewhere`, `publish_unsupported`.
 */
export function stopHosted(
  provider: HostedProvider,
  action: "credential" | "map_add" | "publish",
): never {
  throw new TrackerError({ ...HARD_STOPS[action], details: { provider } });
}

const HARD_STOPS = {
  credential: {
    code: "credential_not_accepted",
    message: "Hosted providers take no credential here.",
    nextAction:
      "Sign in with `tracker auth login` unless you are, then connect the provider in the dashboard.",
  },
  map_add: {
    code: "mappings_managed_elsewhere",
    message: "Mappings are managed in the dashboard.",
    nextAction: "Open the dashboard to add one; `tracker map list` shows them here.",
  },
  publish: {
    code: "publish_unsupported",
    message: "Snapshot publish is not supported. Use `tracker sync push` instead.",
    nextAction: null,
  },
} as const;
