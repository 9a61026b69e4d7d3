import type { ResolutionResult } from "../contract/discovery.ts";

/**
 * The number that `bind --select` takes for each resource, by display label: what resolving the project
 * would offer. Labels that stand for several resources have none. Hosted API, Guarantees the client
 * leans on.
 */
export function bindingPositions(resolution: ResolutionResult): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  if (resolution.match_type === "exact") {
    if (resolution.display_label !== null) positions.set(resolution.display_label, 1);
    return positions;
  }
  const ambiguous = new Set<string>();
  for (const { display_label: label, sort_position: position } of resolution.candidates) {
    if (positions.has(label)) ambiguous.add(label);
    positions.set(label, position + 1);
  }
  for (const label of ambiguous) positions.delete(label);
  return positions;
}
