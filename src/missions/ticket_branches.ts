import { TrackerError } from "../platform/tracker_error.ts";
import type { Platform } from "../platform/platform.ts";
import { isJsonObject } from "../contract/field.ts";
import { commandWord } from "../platform/command_word.ts";
import { isSameIssue, type OriginTicket, originTicketOf } from "../project/mission_meta.ts";
import { type Git, openGit } from "./git_command.ts";
import {
  branchName,
  currentBranch,
  plannedBranch,
  requireRepository,
  switchTo,
  ticketBranch,
  type WorkBranch,
} from "./branches.ts";
import { listMissions, type Mission } from "./missions.ts";

/** The branch of a ticket. */
export interface TicketBranch extends WorkBranch {
  /** The directory of the mission that starts from the ticket; `null` without one. */
  readonly mission: string | null;
}

/** A ticket whose branch is wanted. */
export interface BranchTicket {
  readonly key: string;
  readonly title: string;
  /** The provider's own id. */
  readonly id: string;
}

/**
 * Names the branch of a ticket as the repository names its others, and with `checkOut` checks it out, created where it is
 * not there.
 *
 * @throws {MissionCreationError} `no_repository`, `branch_failed`.
 */
export async function ticketBranchOf(
  platform: Pick<Platform, "files" | "processes">,
  root: string,
  { ticket, checkOut }: { readonly ticket: BranchTicket; readonly checkOut: boolean },
): Promise<TicketBranch> {
  const git =
    await (checkOut ? requireRepository(platform, root) : repositoryOrNone(platform, root));
  const missions = await listMissions(platform, root);
  const mission = missions.find(({ originTicket }) =>
    originTicket?.external_issue_id === ticket.id
  );
  const directory = mission?.featureSlug ?? null;
  const { key, title } = ticket;
  if (git === null) {
    return { name: ticketBranch(ticket), from: null, isNew: true, mission: directory };
  }
  const branch = await plannedBranch(git, await branchName(git, { directory, key, title }));
  if (checkOut) await switchTo(git, branch.name);
  return { ...branch, mission: directory };
}

async function repositoryOrNone(
  platform: Pick<Platform, "processes">,
  root: string,
): Promise<Git | null> {
  try {
    return await requireRepository(platform, root);
  } catch (error) {
    // A name can be given without a repository, as one would be called.
    if (error instanceof TrackerError && error.code === "no_repository") return null;
    throw error;
  }
}

/**
 * The ticket of a mission that a person names by its key or id; `null` where no mission starts from it.
 *
 * @throws {TrackerError} `ticket_ambiguous` where missions start from several of that key.
 */
export async function originNamed(
  platform: Pick<Platform, "files">,
  root: string,
  key: string,
): Promise<OriginTicket | null> {
  const wanted = key.trim().toLowerCase();
  const isNamed = ({ originTicket }: Mission) =>
    originTicket !== null &&
    [originTicket.external_issue_key, originTicket.external_issue_id]
      .some((name) => name.toLowerCase() === wanted);
  const found = (await listMissions(platform, root)).filter(isNamed);
  const ids = new Set(found.map(({ originTicket }) => originTicket?.external_issue_id));
  if (ids.size <= 1) return found[0]?.originTicket ?? null;
  throw new TrackerError({
    code: "ticket_ambiguous",
    message: `Missions start from several tickets named "${key}"`,
    nextAction: "Name the ticket by its id: `tracker mission list --json` shows them.",
    details: { missions: found.map(({ featureSlug }) => featureSlug) },
  });
}

/** A mission that is committed on a branch that is not checked out here. */
export interface MissionElsewhere {
  readonly branch: string;
  /** The name of its directory. */
  readonly directory: string;
}

/** The mission that starts from a ticket, at the tip of another branch of the repository; `null` where there is none. */
export async function missionElsewhere(
  platform: Pick<Platform, "processes">,
  root: string,
  ticket: OriginTicket,
): Promise<MissionElsewhere | null> {
  const git = openGit(platform, root);
  try {
    const here = await currentBranch(git);
    const listed = await git.run(["for-each-ref", "--format=%(refname)", "refs/heads"]);
    const others = listed.stdout.split("\n").filter((ref) =>
      ref !== "" && ref !== `refs/heads/${here}`
    );
    if (others.length === 0) return null;
    // The id as it stands in JSON; what holds it for another reason is told apart below.
    const id = JSON.stringify(ticket.external_issue_id);
    const places = await git.run(
      ["grep", "-z", "--name-only", "--fixed-strings", "-e", id, ...others, "--"]
        .concat("kitty-specs/*/meta.json"),
    );
    for (const place of places.stdout.split("\0")) {
      const [, branch, directory] =
        /^refs\/heads\/([^:]+):(?:.*\/)?kitty-specs\/([^/]+)\/meta\.json$/
          .exec(place) ?? [];
      if (branch === undefined || directory === undefined) continue;
      const file = await git.run([
        "show",
        `refs/heads/${branch}:./kitty-specs/${directory}/meta.json`,
      ]);
      const origin = originIn(file.stdout);
      if (origin !== null && isSameIssue(origin, ticket)) return { branch, directory };
    }
    return null;
  } catch (error) {
    // Without git there are no other branches.
    if (error instanceof TrackerError && error.code === "command_missing") return null;
    throw error;
  }
}

function originIn(text: string): OriginTicket | null {
  try {
    const meta: unknown = JSON.parse(text);
    return isJsonObject(meta) ? originTicketOf(meta) : null;
  } catch {
    // A file that cannot be read says of no ticket.
    return null;
  }
}

/** Returns the failure of a start whose mission is on another branch. */
export function isElsewhere(found: MissionElsewhere, ticket: OriginTicket): TrackerError {
  const { branch, directory } = found;
  return new TrackerError({
    code: "mission_elsewhere",
    message: `The mission "${directory}" starts from ${ticket.external_issue_key} already, ` +
      `on the branch "${branch}"`,
    nextAction: `Check it out: \`git switch ${
      commandWord(branch)
    }\`, or start it with \`--branch\`.`,
    details: { mission: directory, branch },
  });
}
