import { type Extension, hasExtension, type HealthResult } from "../contract/status.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import type { HostedClient } from "./client.ts";
import { HostedApiError } from "./errors.ts";

/** What a host offers beside the contract (wire.md, Extensions), as far as pushes use it. */
export interface OfferedExtensions {
  /** A write may say which version of the issue it was made on. */
  readonly baseVersion: boolean;
  /** A patch may add to sets and take from them, and holds links and custom fields. */
  readonly patchSets: boolean;
}

/** What a host might offer. */
export const EVERY_EXTENSION: OfferedExtensions = { baseVersion: true, patchSets: true };

/** What a host offers that has no such call. */
const NO_EXTENSIONS: OfferedExtensions = { baseVersion: false, patchSets: false };

/**
 * What is used of a host that fails to tell: an issue carries a version only where versions are checked, and without the
 * check others would be overwritten unseen because of a fault that passes.
 */
const VERSIONS_ALONE: OfferedExtensions = { baseVersion: true, patchSets: false };

/**
 * Returns what asks a host for its extensions, at the first call alone. A host that has no such call is one without.
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
      return isWithoutCall(error) ? NO_EXTENSIONS : VERSIONS_ALONE;
    }
  };
  return (signal) => asked ??= ask(signal);
}

/**
 * Returns what tells whether a host offers an extension; the host is asked at the first call alone. One that has no such
 * call offers none.
 *
 * @throws {HostedApiError} what else the host reports; {TrackerError} what the client throws.
 */
export function offersAskedOnce(
  client: Pick<HostedClient, "health">,
): (extension: Extension) => Promise<boolean> {
  let asked: Promise<Pick<HealthResult, "extensions">> | null = null;
  const ask = async (): Promise<Pick<HealthResult, "extensions">> => {
    try {
      return await client.health();
    } catch (error) {
      if (isWithoutCall(error)) return {};
      throw error;
    }
  };
  return async (extension) => hasExtension(await (asked ??= ask()), extension);
}

function isWithoutCall(error: unknown): boolean {
  return error instanceof HostedApiError && NO_CALL.includes(error.statusCode);
}

/** How a host answers a call that it does not have. */
const NO_CALL: readonly number[] = [404, 405, 410, 501];
