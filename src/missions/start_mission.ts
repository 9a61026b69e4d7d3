import type { OriginCandidate } from "../contract/search.ts";
import { basename } from "../platform/paths.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { loadBinding } from "../project/config.ts";
import type { OriginTicket } from "../project/mission_meta.ts";
import { requireProjectRoot } from "../project/root.ts";
import { bindHint, bindMissionOrigin, ticketOf } from "./bind_origin.ts";
import { type CommitOutcome, commitPaths } from "./commit.ts";
import { createMission, type CreateMissionOptions } from "./create_mission.ts";
import { openGit } from "./git_command.ts";
import { openOriginTracker, type OriginAccess, originProvider } from "./origin_tracker.ts";
import { slugFromTicket } from "./slug.ts";

/** What {@link startMissionFromTicket} is asked for. */
export interface StartMissionOptions
  extends
    OriginAccess,
    Pick<CreateMissionOptions, "mission" | "form" | "targetBranch" | "commit" | "events"> {
  /** The ticket a person has confirmed. */
  readonly candidate: OriginCandidate;
  /** The resource the ticket was found in. */
  readonly resourceType: string;
  readonly resourceId: string;
}

/** A mission that has been made from a ticket. */
export interface MissionFromTicket {
  readonly missionDir: string;
  readonly slug: string;
  /** The directory's name. */
  readonly featureSlug: string;
  readonly originTicket: OriginTicket;
  /** Whether MissionOriginBound is in the queue. */
  readonly eventEmitted: boolean;
  /** Whether the mission is committed with its ticket. */
  readonly commit: CommitOutcome;
  /** Why the ticket, unlike the mission, is not committed; `null` when it is, or nothing was to be. */
  readonly commitFault: string | null;
}

/**
 * Makes a mission from a ticket: slug from the ticket, then create, then bind. A mission that could not be bound
 * stays, and the failure says how to bind it.
 *
 * @throws {TrackerError} `missing_mission_binding`, `origin_unsupported`, `rollout_disabled` and `missing_host_config` before
 * anything is made; what `createMission` and
 * `bindMissionOrigin` throw, the latter with the mission in `details.mission`.
 */
export async function startMissionFromTicket(
  options: StartMissionOptions,
): Promise<MissionFromTicket> {
  const { platform, candidate, commit } = options;
  const projectRoot = await requireProjectRoot(platform, options.projectRoot);
  const binding = await loadBinding(platform, projectRoot);
  const provider = originProvider(binding);
  ticketOf(provider, options);
  // Opened before anything is made: a gate that is closed, or no host, leaves no mission behind.
  const tracker = await openOriginTracker({ ...options, projectRoot }, binding, provider);
  const mission = await createMission({
    platform,
    projectRoot,
    slug: slugFromTicket(candidate.external_issue_key, candidate.title),
    friendlyName: candidate.title,
    mission: options.mission,
    form: options.form,
    targetBranch: options.targetBranch,
    commit,
    events: options.events,
  });
  const { missionDir, slug, featureSlug } = mission;
  const bound = await bindOrExplain({ ...options, projectRoot, tracker }, missionDir);
  const sealed = mission.commit.kind === "committed"
    ? await commitTicket(options, projectRoot, missionDir)
    : { commit: mission.commit, commitFault: null };
  const { originTicket, eventEmitted } = bound;
  return { missionDir, slug, featureSlug, originTicket, eventEmitted, ...sealed };
}

async function bindOrExplain(
  options: StartMissionOptions,
  missionDir: string,
): Promise<Awaited<ReturnType<typeof bindMissionOrigin>>> {
  try {
    return await bindMissionOrigin({ ...options, missionDir });
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    const featureSlug = basename(missionDir);
    const hint = bindHint(featureSlug, options.candidate.external_issue_key);
    const before = error.nextAction === null || error.nextAction === hint
      ? ""
      : `${error.nextAction} `;
    throw new TrackerError({
      code: error.code,
      message:
        `The mission "${featureSlug}" was made, but not bound to its ticket: ${error.message}`,
      nextAction: `${before}${before === "" ? "" : "Then bind it: "}${hint}`,
      details: { ...error.details, mission: featureSlug, mission_dir: missionDir },
      cause: error,
    });
  }
}

/** The ticket is bound by now: a commit that fails is told of, and undoes nothing. */
async function commitTicket(
  options: StartMissionOptions,
  root: string,
  missionDir: string,
): Promise<{ readonly commit: CommitOutcome; readonly commitFault: string | null }> {
  const featureSlug = basename(missionDir);
  try {
    const commit = await commitPaths(
      openGit(options.platform, root),
      [`kitty-specs/${featureSlug}/meta.json`],
      `Bind mission ${featureSlug} to ${oneWord(options.candidate.external_issue_key)}`,
    );
    return { commit, commitFault: null };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return {
      commit: { kind: "not_committed", reason: "failed" },
      commitFault: error.message,
    };
  }
}

function oneWord(key: string): string {
  return key.replace(/[\p{Cc}\s]+/gu, " ").trim();
}
