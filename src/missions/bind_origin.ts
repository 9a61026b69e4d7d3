import type { Platform } from "../platform/platform.ts";
import type { Provider } from "../contract/providers.ts";
import type { OriginCandidate } from "../contract/search.ts";
import { eventIds } from "../events/event_ids.ts";
import { commandWord } from "../platform/command_word.ts";
import { basename } from "../platform/paths.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { loadBinding } from "../project/config.ts";
import {
  isSameIssue,
  metaPath,
  type OriginTicket,
  originTicketOf,
  readMeta,
  setOriginTicket,
  writableTicket,
} from "../project/mission_meta.ts";
import { type HeldEntry, type Journal, openJournal } from "./journal.ts";
import type { MissionEvents } from "./mission_events.ts";
import {
  explainMissingLink,
  openOriginTracker,
  type OriginAccess,
  type OriginPlace,
  originPlace,
  type OriginTracker,
} from "./origin_tracker.ts";
import { emitBound, emitCreated } from "./unfinished.ts";

/** What {@link bindMissionOrigin} is asked for. */
export interface BindMissionOriginOptions extends OriginAccess {
  /** The mission's directory. */
  readonly missionDir: string;
  /** The ticket a person has confirmed. */
  readonly candidate: OriginCandidate;
  /** The kind of resource the ticket was found in, such as `jira_project`. */
  readonly resourceType: string;
  /** The provider's id of that resource. */
  readonly resourceId: string;
  /** Where MissionOriginBound is recorded. */
  readonly events: MissionEvents;
  /** Told of what was bound, before that is settled; see the same of `createMission`. */
  readonly tell?: ((bound: BoundOrigin) => void | Promise<void>) | undefined;
}

/** A mission and the ticket it comes from. */
export interface BoundOrigin {
  /** The name of the mission's directory. */
  readonly featureSlug: string;
  /** The ticket, as the mission's metadata has it. */
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
 * decides; the same ticket again changes nothing, and a repeat repairs a local write that failed. Of a ticket in a tool on
 * this machine nothing is sent: it is written into `meta.json` alone.
 *
 * @throws {HostedApiError} what the host reports, `origin_conflict` when the mission has another ticket; nothing was
 * written. {TrackerError} `no_binding`, `origin_unsupported`, `origin_taken`, `mission_not_found`, `meta_invalid`, `origin_ticket_invalid` before the host is
 * asked; `origin_not_saved` when it agreed but the file could not be written.
 */
export async function bindMissionOrigin(options: BindMissionOriginOptions): Promise<BoundOrigin> {
  const { held, ...bound } = await bindHeld(options, null);
  try {
    await options.tell?.(bound);
  } finally {
    await held.close();
  }
  return bound;
}

/**
 * Binds a mission to its ticket for the `given` entry of the journal, else for the one that a killed call has left, else
 * for a new one; its caller closes it.
 *
 * @throws as {@link bindMissionOrigin}.
 */
export async function bindHeld(
  options: BindMissionOriginOptions,
  given: HeldEntry | null,
): Promise<BoundOrigin & { readonly held: HeldEntry }> {
  const { platform, missionDir, candidate } = options;
  const binding = await loadBinding(platform, options.projectRoot);
  const place = originPlace(binding);
  // A directory that is no mission must not get a link at the host, neither must a ticket that cannot be written.
  await readMeta(platform, missionDir);
  const ticket = ticketOf(place.provider, options);
  if (place.kind === "local") await refuseOther(platform, missionDir, ticket);
  const tracker = await openOriginTracker(options, binding, place);
  const featureSlug = basename(missionDir);
  const journal = await openJournal(platform, options.projectRoot);
  const left = given ?? await leftFor(journal, featureSlug, ticket);
  const site = { platform, root: options.projectRoot, events: options.events };
  let held = left;
  try {
    const originLinkId = tracker === null
      ? null
      : await bindAtHost(tracker, featureSlug, candidate, platform);
    held ??= await journal.begin({
      directory: featureSlug,
      creation: null,
      origin: {
        ticket,
        eventId: (await eventIds(platform))(platform.clock.now()),
        emitted: false,
      },
    });
    const saved = await save(options, ticket, place);
    await emitCreated(site, held);
    // What a killed call has saved it has not told of.
    const isOwed = saved.changed || (left !== null && left.entry.origin?.emitted === false);
    const eventEmitted = isOwed && await emitBound(site, held);
    if (!isOwed) await held.change({ origin: null });
    await forgetOthers(journal, featureSlug);
    return { featureSlug, originLinkId, ...saved, eventEmitted, held };
  } catch (error) {
    if (given === null) await (left === null ? held?.drop() : held?.close());
    throw error;
  }
}

/** A host decides by itself whether a mission has another ticket; a tool knows nothing of missions. */
async function refuseOther(
  platform: Platform,
  missionDir: string,
  ticket: OriginTicket,
): Promise<void> {
  const known = originTicketOf(await readMeta(platform, missionDir));
  if (known === null || isSameIssue(known, ticket)) return;
  const mission = basename(missionDir);
  throw new TrackerError({
    code: "origin_taken",
    message: `The mission "${mission}" comes from ${known.external_issue_key} already`,
    nextAction: "Run `tracker mission start` to start another mission from this ticket.",
    details: { mission, ticket: known.external_issue_key },
  });
}

async function leftFor(
  journal: Journal,
  directory: string,
  ticket: OriginTicket,
): Promise<HeldEntry | null> {
  const [left = null, ...more] = await journal.take((entry) =>
    entry.directory === directory && entry.origin !== null &&
    isSameIssue(entry.origin.ticket, ticket)
  );
  for (const other of more) await other.close();
  return left;
}

/** A mission has one ticket: what was begun with another is over. */
async function forgetOthers(journal: Journal, directory: string): Promise<void> {
  const others = await journal.take((entry) => entry.directory === directory);
  for (const other of others) {
    await other.change({ origin: null });
    await other.close();
  }
}

/**
 * The confirmed ticket as a mission's metadata keeps it.
 *
 * @throws {TrackerError} `origin_ticket_invalid` when the host's answer lacks a part of it.
 */
export function ticketOf(
  provider: Provider,
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
  tracker: OriginTracker,
  featureSlug: string,
  candidate: OriginCandidate,
  platform: Platform,
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
    throw await explainMissingLink(error, platform);
  }
}

async function save(
  options: BindMissionOriginOptions,
  ticket: OriginTicket,
  place: OriginPlace,
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
    if (place.kind === "local") throw error;
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
  return `Run \`tracker mission bind-origin ${featureSlug} --ticket ${commandWord(key)}\`.`;
}
