import { TrackerError } from "../../platform/tracker_error.ts";
import { requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import { findIssueRef } from "../store/issues.ts";
import { lockResource } from "../store/locks.ts";
import { type PlacedResource, resourcesNamed } from "../store/resources.ts";
import { findTeam } from "../store/teams.ts";
import { removeIssue } from "../store/tombstones.ts";

/** Which issue to remove. */
export interface IssueToRemove {
  /** Its key or its id. */
  readonly key: string;
  /** Id, key, name or label of the resource it is in. */
  readonly resource: string;
  /** Slug of the resource's team; needed when several teams have such a resource. */
  readonly team?: string | undefined;
}

/** An issue that was removed. */
export interface RemovedIssue {
  readonly key: string;
  /** The label of the resource it was in. */
  readonly resource: string;
  /** The team's slug. */
  readonly team: string;
}

/**
 * Removes an issue that lives in this host, with its comments. Readers hear of it once, as of an issue that a tracker
 * has deleted.
 *
 * @throws {TrackerError} `resource_not_found`, `several_resources`, `admin_only`, `issue_not_found`,
 * `issue_lives_elsewhere`.
 */
export async function removeIssueFromHost(
  context: HostContext,
  actor: Actor,
  wanted: IssueToRemove,
): Promise<RemovedIssue> {
  return await inTransaction(context, async (context) => {
    const { store, now } = context;
    const place = await requirePlace(context, wanted);
    const { resource, teamId, teamSlug } = place;
    await requireAdmin(context, actor, teamId);
    if (place.connectionId !== null) throw livesElsewhere(place);
    await lockResource(store, resource.id);
    const ref = await findIssueRef(store, resource.id, wanted.key.trim());
    const isRemoved = ref !== null && await removeIssue(store, resource.id, ref.id, now());
    if (ref === null || !isRemoved) throw noSuchIssue(wanted.key, resource.label);
    const key = ref.key ?? ref.id;
    await audit(context, {
      actor,
      teamId,
      action: "issue.remove",
      target: key,
      details: { id: ref.id, resource: resource.label },
    });
    return { key, resource: resource.label, team: teamSlug };
  });
}

async function requirePlace(
  { store }: TransactionContext,
  { resource: name, team: slug }: IssueToRemove,
): Promise<PlacedResource> {
  const team = slug === undefined ? null : await findTeam(store, slug);
  const isNoTeam = slug !== undefined && team === null;
  const places = isNoTeam ? [] : await resourcesNamed(store, name, team?.id ?? null);
  const [place, ...others] = places;
  if (place === undefined) throw noSuchResource(name, slug);
  if (others.length > 0) throw severalResources(name, places);
  return place;
}

function noSuchResource(name: string, team: string | undefined): TrackerError {
  const where = team === undefined ? "" : ` in the team "${team}"`;
  return new TrackerError({
    code: "resource_not_found",
    message: `No resource is called "${name}"${where}`,
    nextAction: "Name the resource by its label or its id.",
  });
}

function severalResources(name: string, places: readonly PlacedResource[]): TrackerError {
  const named = places.map(({ resource: { id, provider, label }, teamSlug }) =>
    `${id} (${provider} ${label}, team ${teamSlug})`
  );
  return new TrackerError({
    code: "several_resources",
    message: `${places.length} resources are called "${name}": ${named.join(", ")}`,
    nextAction: "Name one by its id.",
    details: { resources: places.map(({ resource }) => resource.id) },
  });
}

function livesElsewhere({ resource }: PlacedResource): TrackerError {
  return new TrackerError({
    code: "issue_lives_elsewhere",
    message: `The issues of "${resource.label}" live at ${resource.provider}, not in this host`,
    nextAction: `Delete the issue at ${resource.provider}; the host follows.`,
  });
}

function noSuchIssue(key: string, label: string): TrackerError {
  return new TrackerError({
    code: "issue_not_found",
    message: `No issue "${key.trim()}" is in "${label}"`,
    nextAction: "Check the key, and the resource.",
  });
}
