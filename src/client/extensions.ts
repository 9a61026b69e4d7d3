import { hasExtension } from "../contract/status.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import type { HostedClient } from "./client.ts";

/** What a host offers beside the contract (wire.md, Extensions), as far as pushes use it. */
export interface OfferedExtensions {
  /** A write may say which version of the issue it was made on. */
  readonly baseVersion: boolean;
  /** A patch may add to sets and take from them, and holds links and custom fields. */
  readonly patchSets: boolean;
}

/** What a host might offer. */
export const EVERY_EXTENSION: OfferedExtensions = { baseVersion: true, patchSets: true };

/** What a host offers that does not say. */
export const NO_EXTENSIONS: OfferedExtensions = { baseVersion: false, patchSets: false };

/**
 * Returns what asks a host for its extensions, at the first call alone. A host that cannot tell is one without.
 *
 * @throws {TrackerError} `interrupted`.
 */
export function extensionsAskedOnce(
  client: Pick<HostedClient, "health">,
  debug?: (message: string) => void,
): (signal?: AbortSignal) => Promise<OfferedExtensions> {
  let asked: Promise<OfferedExtensions> | null = null;
  const ask = async (signal: AbortSignal | undefined): Promise<OfferedExtensions> => {
    try {
      const health = await client.health({ signal });
      return {
        baseVersion: hasExtension(health, "base_version"),
        patchSets: hasExtension(health, "patch_sets"),
      };
    } catch (error) {
      if (!(error instanceof TrackerError) || error.code === "interrupted") throw error;
      debug?.(`The host does not tell its extensions: ${errorText(error)}`);
      return NO_EXTENSIONS;
    }
  };
  return (signal) => asked ??= ask(signal);
}
