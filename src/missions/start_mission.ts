import type { OriginCandidate } from "../contract/search.ts";
import { basename } from "../platform/paths.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { loadBinding } from "../project/config.ts";
import { isSameIssue, type OriginTicket } from "../project/mission_meta.ts";
import { requireProjectRoot } from "../project/root.ts";
import { HostedApiError } from "../client/errors.ts";
import { bindHeld, bindHint, ticketOf } from "./bind_origin.ts";
import {
  branchName,
  plannedBranch,
  requireRepository,
  switchTo,
  type WorkBranch,
} from "./branches.ts";
import type { CommitOutcome } from "./commit.ts";
import { type CreateMissionOptions, makeMission } from "./create_mission.ts";
import type { HeldEntry } from "./journal.ts";
import { listMissions } from "./missions.ts";
import { commitTicket } from "./unfinished.ts";
import { isElsewhere, missionElsewhere } from "./ticket_branches.ts";
import { openOriginTracker, type OriginAccess, originPlace } from "./origin_tracker.ts";
import { slugFromTicket } from "./slug.ts";
import type { TicketText } from "./ticket_text.ts";

/** What {@link startMissionFromTicket} is asked for. */
export interface StartMissionOptions extends
  OriginAccess,
  Pick<
    CreateMissionOptions,
    "mission" | "form" | "targetBranch" | "branch" | "commit" | "events"
  > {
  /** The ticket a person has confirmed. */
  readonly candidate: OriginCandidate;
  /** The kind of resource the ticket was found in, such as `jira_project`. */
  readonly resourceType: string;
  /** The provider's id of that resource. */
  readonly resourceId: string;
  /** What the ticket says, for `spec.md`; only its title and address unless given. */
  readonly text?: Pick<TicketText, "body" | "tasks"> | undefined;
  /** Told of the mission when all is done; see the same of `createMission`. */
  readonly tell?: ((started: MissionFromTicket) => void | Promise<void>) | undefined;
}

/** A mission that has been created from a ticket. */
export interface MissionFromTicket {
  /** The absolute path of its directory. */
  readonly missionDir: string;
  /** The directory's name without number or id. */
  readonly slug: string;
  /** The directory's name. */
  readonly featureSlug: string;
  /** The ticket, as the mission's metadata has it. */
  readonly originTicket: OriginTicket;
  /** Whether it was there before, from a call that was interrupted or has done the same. */
  readonly resumed: boolean;
  /** Whether MissionOriginBound is in the queue; never of a ticket in a tool on this machine. */
  readonly eventEmitted: boolean;
  /** The branch that was made or found for it; `null` where none was asked for. */
  readonly branch: WorkBranch | null;
  /** Whether the mission is committed with its ticket. */
  readonly commit: CommitOutcome;
  /** Why the ticket, unlike the mission, is not committed; `null` when it is, or nothing was to be. */
  readonly commitFault: string | null;
}

/**
 * Creates a mission from a ticket: slug from the ticket, then create, then bind. A mission that could not be bound
 * stays, and a repeat resumes it: it is found by its ticket, or by what the interrupted call has noted.
 *
 * @throws {TrackerError} `missing_mission_binding`, `origin_unsupported`, `origin_ticket_invalid`, `rollout_disabled`
 * and `missing_host_config` before anything is made; what `createMission` and `bindMissionOrigin` throw, the latter
 * with the mission in `details.mission` and the way on.
 */
export async function startMissionFromTicket(
  options: StartMissionOptions,
): Promise<MissionFromTicket> {
  const { platform } = options;
  const root = await requireProjectRoot(platform, options.projectRoot);
  const binding = await loadBinding(platform, root);
  const place = originPlace(binding);
  const ticket = ticketOf(place.provider, options);
  const access = { ...options, projectRoot: root };
  // Opened before anything is made: a gate that is closed, or no host, leaves no mission behind.
  const tracker = await openOriginTracker(access, binding, place) ?? undefined;
  const mission = await missionOf(access, ticket) ??
    await missionOnAnother(access, ticket) ?? await make(access, ticket);
  const bound = await bindOrExplain({ ...access, tracker }, mission);
  const { originTicket, eventEmitted, held, featureSlug } = bound;
  try {
    const sealed = await seal(access, mission, ticket);
    const { missionDir, slug, resumed, branch } = mission;
    const facts = { missionDir, slug, featureSlug, originTicket, resumed, eventEmitted, branch };
    const started = { ...facts, ...sealed };
    await options.tell?.(started);
    return started;
  } finally {
    await held.close();
  }
}

interface Begun {
  readonly missionDir: string;
  readonly slug: string;
  readonly resumed: boolean;
  readonly branch: WorkBranch | null;
  /** `null` for a mission that was bound before. */
  readonly commit: CommitOutcome | null;
  readonly held: HeldEntry | null;
}

/** The mission that has this ticket already. */
async function missionOf(
  options: StartMissionOptions,
  ticket: OriginTicket,
): Promise<Begun | null> {
  const { platform, projectRoot } = options;
  const missions = await listMissions(platform, projectRoot);
  const found = missions.find(({ originTicket }) =>
    originTicket !== null && isSameIssue(originTicket, ticket)
  );
  if (found === undefined) return null;
  const { missionDir, slug, featureSlug } = found;
  const branch = options.branch === true ? await branchOf(options, featureSlug) : null;
  return { missionDir, slug, resumed: true, branch, commit: null, held: null };
}

/**
 * The mission that has this ticket on another branch, which is checked out where a branch was asked for.
 *
 * @throws {TrackerError} `mission_elsewhere` where none was.
 */
async function missionOnAnother(
  options: StartMissionOptions,
  ticket: OriginTicket,
): Promise<Begun | null> {
  const { platform, projectRoot } = options;
  const found = await missionElsewhere(platform, projectRoot, ticket);
  if (found === null) return null;
  if (options.branch !== true) throw isElsewhere(found, ticket);
  const git = await requireRepository(platform, projectRoot);
  const branch = await plannedBranch(git, found.branch);
  await switchTo(git, found.branch);
  const mission = await missionOf({ ...options, branch: false }, ticket);
  return mission === null ? null : { ...mission, branch };
}

/** Checks out the branch of a mission that is there already. */
async function branchOf(
  { platform, projectRoot, candidate }: StartMissionOptions,
  directory: string,
): Promise<WorkBranch> {
  const git = await requireRepository(platform, projectRoot);
  const { external_issue_key: key, title } = candidate;
  const branch = await plannedBranch(git, await branchName(git, { directory, key, title }));
  await switchTo(git, branch.name);
  return branch;
}

async function make(options: StartMissionOptions, ticket: OriginTicket): Promise<Begun> {
  const { platform, projectRoot, candidate, text = { body: null, tasks: [] } } = options;
  const { external_issue_key: key, title, url } = candidate;
  const { mission, held } = await makeMission({
    platform,
    projectRoot,
    slug: slugFromTicket(key, title),
    friendlyName: title,
    mission: options.mission,
    form: options.form,
    targetBranch: options.targetBranch,
    branch: options.branch,
    commit: options.commit,
    events: options.events,
  }, { origin: ticket, text: { key, title, url, ...text } });
  const { missionDir, slug, resumed, branch, commit } = mission;
  return { missionDir, slug, resumed, branch, commit, held };
}

async function bindOrExplain(
  options: StartMissionOptions,
  { missionDir, held, commit }: Begun,
): Promise<Awaited<ReturnType<typeof bindHeld>>> {
  try {
    return await bindHeld({ ...options, missionDir, tell: undefined }, held);
  } catch (error) {
    await held?.close();
    if (!(error instanceof TrackerError)) throw error;
    const featureSlug = basename(missionDir);
    throw new TrackerError({
      code: error.code,
      message:
        `The mission "${featureSlug}" was created, but not bound to its ticket: ${error.message}`,
      nextAction: isForGood(error)
        ? `${bindElsewhere(featureSlug)} ${undo(featureSlug, commit)}`
        : bindLater(error, bindHint(featureSlug, options.candidate.external_issue_key)),
      details: { ...error.details, mission: featureSlug, mission_dir: missionDir },
      cause: error,
    });
  }
}

/** Whether the host gives the same answer to a repeat. */
function isForGood(error: TrackerError): boolean {
  return error instanceof HostedApiError && !error.retryable &&
    [404, 409, 422].includes(error.statusCode);
}

function bindElsewhere(featureSlug: string): string {
  return "Bind it to another ticket: " +
    `\`tracker mission bind-origin ${featureSlug} --ticket OTHER-KEY\`.`;
}

function undo(featureSlug: string, commit: CommitOutcome | null): string {
  return commit?.kind === "committed"
    ? `Or undo it: \`git revert --no-edit ${commit.commit.slice(0, 10)}\`.`
    : `Or undo it: remove \`kitty-specs/${featureSlug}\`.`;
}

function bindLater({ nextAction }: TrackerError, hint: string): string {
  return nextAction === null || nextAction === hint ? hint : `${nextAction} Then bind it: ${hint}`;
}

/** The ticket is bound by now: a commit that fails is told of, and undoes nothing. */
async function seal(
  { platform, projectRoot, commit = true }: StartMissionOptions,
  mission: Begun,
  ticket: OriginTicket,
): Promise<{ readonly commit: CommitOutcome; readonly commitFault: string | null }> {
  const known = mission.commit;
  if (known?.kind === "not_committed") return { commit: known, commitFault: null };
  if (!commit) return { commit: { kind: "not_committed", reason: "not_asked" }, commitFault: null };
  try {
    const site = { platform, root: projectRoot };
    return {
      commit: await commitTicket(site, basename(mission.missionDir), ticket),
      commitFault: null,
    };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { commit: { kind: "not_committed", reason: "failed" }, commitFault: error.message };
  }
}
