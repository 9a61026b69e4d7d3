import type { ResolutionResult, ResourcesResult } from "../contract/discovery.ts";
import type { HostedProvider } from "../contract/providers.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type CurrentIdentity, projectIdentity } from "../project/identity.ts";
import { type DiscoveredResource, discoveredResources } from "./binding_positions.ts";
import type { HostedClient } from "./client.ts";

/** What an installation could bind the project to. */
export interface Discovery {
  /** The host's answer as received. */
  readonly result: ResourcesResult;
  /** The resources: first those that binding by number takes, then the others in the order of the host. */
  readonly rows: readonly DiscoveredResource[];
  /** Why the rows have no numbers; `null` when the project was resolved. */
  readonly fault: TrackerError | null;
}

/** Asks for all that the project could be bound to; one that cannot be resolved leaves the list without numbers. */
export async function discover(
  client: Pick<HostedClient, "resources" | "bindResolve">,
  provider: HostedProvider,
  currentIdentity: () => Promise<CurrentIdentity>,
): Promise<Discovery> {
  const result = await client.resources(provider);
  let resolution: ResolutionResult | null = null;
  let fault: TrackerError | null = null;
  try {
    resolution = await client.bindResolve(provider, projectIdentity(await currentIdentity()));
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    fault = error;
  }
  return { result, rows: discoveredResources(result.resources, resolution), fault };
}
