import type { OriginCandidate } from "../contract/search.ts";
import { basename } from "../platform/paths.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { loadBinding } from "../project/config.ts";
import {
  metaPath,
  type OriginProvider,
  type OriginTicket,
  originTicketOf,
  readMeta,
  setOriginTicket,
  writableTicket,
} from "../project/mission_meta.ts";
import type { MissionEvents } from "./mission_events.ts";
import {
  explainMissingLink,
  openOriginTracker,
  type OriginAccess,
  originProvider,
} from "./origin_tracker.ts";

/** What {@link bindMissionOrigin} is asked for. */
export interface BindMissionOriginOptions extends OriginAccess {
  /** The mission's directory. */
  readonly missionDir: string;
  /** The ticket a person has confirmed. */
  readonly candidate: OriginCandidate;
  /** The resource the ticket was found in. */
  readonly resourceType: string;
  readonly resourceId: string;
  readonly events: MissionEvents;
}

/** A mission and the ticket it comes from. */
export interface BoundOrigin {
  readonly featureSlug: string;
  readonly originTicket: OriginTicket;
  /** The link at the host; `null` where the host does not name it. */
  readonly originLinkId: string | null;
  /** False when the mission had this very ticket already: nothing was changed. */
  readonly changed: boolean;
  /** Whether MissionOriginBound is in the queue; false too when nothing was changed. */
  readonly eventEmitted: boolean;
}

/**
 * Binds a mission to its ticket: first at the host, only then in `meta.json`, then as an event. The host alone
 * decides; the same ticket again changes nothing, and a repeat repairs a local write that failed.
 *
 * @throws {HostedApiError} what the host reports, `origin_conflict` when the mission has another ticket; nothing was
 * written. {TrackerError} `no_binding`, `origin_unsupported`, `mission_not_found`, `meta_invalid`, `origin_ticket_invalid` before the host is
 * asked; `origin_not_saved` when it agreed but the file could not be written.
 */
export async function bindMissionOrigin(options: BindMissionOriginOptions): Promise<BoundOrigin> {
  const { platform, missionDir, candidate } = options;
  const binding = await loadBinding(platform, options.projectRoot);
  const provider = originProvider(binding);
  // A directory that is no mission must not get a link at the host, neither must a ticket that cannot be written.
  await readMeta(platform, missionDir);
  const ticket = ticketOf(provider, options);
  const tracker = await openOriginTracker(options, binding, provider);
  const featureSlug = basename(missionDir);
  const originLinkId = await bindAtHost(tracker, featureSlug, candidate);
  const bound = { featureSlug, originLinkId };
  const saved = await save(options, ticket);
  if (!saved.changed) return { ...bound, ...saved, eventEmitted: false };
  const eventEmitted = await options.events.missionOriginBound({
    feature_slug: featureSlug,
    provider,
    external_issue_id: ticket.external_issue_id,
    external_issue_key: ticket.external_issue_key,
    external_issue_url: ticket.external_issue_url,
    // An event needs a title; some tickets have none.
    title: ticket.title.trim() === "" ? ticket.external_issue_key : ticket.title,
  });
  return { ...bound, ...saved, eventEmitted };
}

/**
 * The confirmed ticket as a mission's metadata keeps it.
 *
 * @throws {TrackerError} `origin_ticket_invalid` when the host's answer lacks a part of it.
 */
export function ticketOf(
  provider: OriginProvider,
  { candidate, resourceType, resourceId }: Pick<
    BindMissionOriginOptions,
    "candidate" | "resourceType" | "resourceId"
  >,
): OriginTicket {
  return writableTicket({
    provider,
    resource_type: resourceType,
    resource_id: resourceId,
    external_issue_id: candidate.external_issue_id,
    external_issue_key: candidate.external_issue_key,
    external_issue_url: candidate.url,
    title: candidate.title,
  });
}

async function bindAtHost(
  tracker: Awaited<ReturnType<typeof openOriginTracker>>,
  featureSlug: string,
  candidate: OriginCandidate,
): Promise<string | null> {
  try {
    const link = await tracker.bindOrigin({
      featureSlug,
      externalIssueId: candidate.external_issue_id,
      externalIssueKey: candidate.external_issue_key,
      externalIssueUrl: candidate.url,
      title: candidate.title,
      externalStatus: candidate.status,
    });
    return link.origin_link_id;
  } catch (error) {
    throw explainMissingLink(error);
  }
}

async function save(
  options: BindMissionOriginOptions,
  ticket: OriginTicket,
): Promise<{ readonly originTicket: OriginTicket; readonly changed: boolean }> {
  const { platform, missionDir } = options;
  try {
    const known = originTicketOf(await readMeta(platform, missionDir));
    if (known !== null && isSameIssue(known, ticket)) {
      return { originTicket: known, changed: false };
    }
    return {
      originTicket: ticket,
      changed: await setOriginTicket(platform, missionDir, ticket),
    };
  } catch (error) {
    throw new TrackerError({
      code: "origin_not_saved",
      message:
        `The host has bound "${basename(missionDir)}" to ${ticket.external_issue_key}, but ` +
        `"${metaPath(missionDir)}" could not be written: ${errorText(error)}`,
      nextAction: bindHint(basename(missionDir), ticket.external_issue_key),
      details: { mission: basename(missionDir), ticket: ticket.external_issue_key },
      cause: error,
    });
  }
}

/** The command that binds a mission to a ticket, for those who have to repeat it. */
export function bindHint(featureSlug: string, key: string): string {
  return `Run \`tracker mission bind-origin ${featureSlug} --ticket ${key}\`.`;
}

function isSameIssue(a: OriginTicket, b: OriginTicket): boolean {
  return a.provider === b.provider && a.resource_type === b.resource_type &&
    a.resource_id === b.resource_id && a.external_issue_id === b.external_issue_id;
}
