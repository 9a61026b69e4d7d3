import type { HostedProvider } from "../contract/providers.ts";
import type { RoutingKey } from "../contract/routing.ts";
import { missingRoutingKey } from "./errors.ts";

/** How a call names its tracker and its binding. */
export type RoutedProvider = { readonly provider: HostedProvider } & RoutingKey;

/**
 * Returns how a call is routed: by the reference of the binding, else by the project's slug (wire.md, Routing).
 *
 * @throws {TrackerError} `missing_routing_key`.
 */
export function routed(provider: HostedProvider, routing: RoutingKey | null): RoutedProvider {
  if (routing?.binding_ref !== undefined) return { provider, binding_ref: routing.binding_ref };
  if (routing?.project_slug !== undefined) return { provider, project_slug: routing.project_slug };
  throw missingRoutingKey();
}
