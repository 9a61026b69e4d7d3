import { slugOf } from "../../contract/slug.ts";
import type { Confidence } from "../../contract/discovery.ts";
import type { ProjectIdentity } from "../../contract/routing.ts";
import { belongsTo, type ProjectMapping } from "../model/binding.ts";
import type { Resource } from "../model/resource.ts";

/** A resource as seen from a project: how likely it is the one to bind. */
export interface Match {
  readonly resource: Resource;
  readonly confidence: Confidence;
  readonly reason: string;
  /** Whether confirming it can succeed. */
  readonly free: boolean;
}

/** A resource with the mapping that holds it, if any. */
export interface MappedResource {
  readonly resource: Resource;
  readonly mapping: ProjectMapping | null;
}

/** Resources by how well they fit a project: confidence first, then label. Pure (wire.md, Guarantees). */
export function rankResources(
  project: ProjectIdentity,
  resources: readonly MappedResource[],
): Match[] {
  const matches = resources.map(({ resource, mapping }) => score(project, resource, mapping));
  return matches.sort((a, b) =>
    RANK[a.confidence] - RANK[b.confidence] || compare(a.resource.label, b.resource.label) ||
    compare(a.resource.id, b.resource.id)
  );
}

/** Returns the one match that is sure, or `null` when there is none or more than one. */
export function confidentMatch(matches: readonly Match[]): Match | null {
  const sure = matches.filter((match) => match.confidence === "high" && match.free);
  return sure.length === 1 ? sure[0] ?? null : null;
}

const RANK: Readonly<Record<Confidence, number>> = { high: 0, medium: 1, low: 2 };

function score(
  project: ProjectIdentity,
  resource: Resource,
  mapping: ProjectMapping | null,
): Match {
  if (mapping !== null && !belongsTo(mapping, project)) {
    const reason = `Bound to the project "${mapping.projectSlug}"`;
    return { resource, confidence: "low", reason, free: false };
  }
  if (mapping?.state === "disabled") {
    return { resource, confidence: "low", reason: "The mapping is disabled", free: false };
  }
  const repository = project.repo_slug?.toLowerCase() ?? "";
  if (repository !== "" && repository === resource.key.toLowerCase()) {
    return { resource, confidence: "high", reason: "Same repository", free: true };
  }
  const ours = new Set(
    [slugOf(project.slug), slugOf(repository.split("/").at(-1) ?? "")].filter((s) => s !== ""),
  );
  const theirs = new Set(
    [resource.name, resource.key, resource.key.split("/").at(-1) ?? ""].map(slugOf)
      .filter((s) => s !== ""),
  );
  if (ours.intersection(theirs).size > 0) {
    return { resource, confidence: "high", reason: "Same name as the project", free: true };
  }
  const shared = wordsOf(ours).intersection(wordsOf(theirs));
  if (shared.size > 0) {
    const words = [...shared].sort().map((word) => `"${word}"`).join(", ");
    return { resource, confidence: "medium", reason: `The name shares ${words}`, free: true };
  }
  return { resource, confidence: "low", reason: "Available in the installation", free: true };
}

function wordsOf(slugs: ReadonlySet<string>): Set<string> {
  return new Set([...slugs].flatMap((slug) => slug.split("-")).filter((word) => word.length > 2));
}

/** By code unit: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
