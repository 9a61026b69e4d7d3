import type { PackageTickets, PackageTicketsChoice } from "../sync/package_tickets.ts";
import {
  openHostedService,
  type ProjectContext,
  requireBinding,
  type SavedBinding,
} from "./backend.ts";
import { knownProvider } from "./provider_class.ts";

/** Reaches the tickets of the work packages of a project. */
export interface PackagesBackend {
  readonly binding: SavedBinding;
  /** Whether they are at a host. */
  readonly isHosted: boolean;
  /** Works on the tickets; for a tool on this machine while no other process does. */
  withPackages<T>(
    choice: PackageTicketsChoice,
    work: (tickets: PackageTickets) => Promise<T>,
  ): Promise<T>;
}

/**
 * Opens the tickets behind the project's binding.
 *
 * @throws {TrackerError} what opening the service of the binding throws.
 */
export async function openPackages(context: ProjectContext): Promise<PackagesBackend> {
  const { platform, root } = context;
  const binding = await requireBinding(context);
  const known = knownProvider(platform.env, binding.provider);
  if (known.kind === "local") {
    const { LocalTrackerService } = await import("../local/service.ts");
    const service = new LocalTrackerService({ platform, root });
    return {
      binding,
      isHosted: false,
      withPackages: (choice, work) => service.withPackages(choice, work),
    };
  }
  const service = await openHostedService(context, known.provider, binding);
  return {
    binding,
    isHosted: true,
    withPackages: (choice, work) => service.withPackages(choice, work),
  };
}
