import { isoTime } from "../platform/clock.ts";
import { basename, dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { randomHex } from "../platform/random.ts";
import { eventIds } from "../events/event_ids.ts";
import { gitFacts } from "../project/git.ts";
import { lockMissions, missionsDirectory } from "../project/mission_lock.ts";
import {
  isSameIssue,
  metaPath,
  type NewMissionMeta,
  type OriginTicket,
} from "../project/mission_meta.ts";
import { projectFiles } from "../project/project_files.ts";
import { requireProjectRoot } from "../project/root.ts";
import {
  branchName,
  type BranchSubject,
  leaveBranch,
  plannedBranch,
  requireRepository,
  switchTo,
  type WorkBranch,
} from "./branches.ts";
import { type CommitOutcome, commitPaths, type CommitPlan, planCommit } from "./commit.ts";
import { openGit } from "./git_command.ts";
import { type HeldEntry, type Journal, openJournal } from "./journal.ts";
import type { MissionEvents } from "./mission_events.ts";
import { identifiedDirectory, type MissionForm, projectForm, targetOn } from "./mission_form.ts";
import { missionShape } from "./mission_shape.ts";
import { freeMissionNumber, writtenNumber } from "./mission_numbers.ts";
import { listMissions } from "./missions.ts";
import { requireOpenBranch } from "./protected_branch.ts";
import {
  emitCreated,
  finishCreation,
  finishOthers,
  missionCommitMessage,
  type Site,
} from "./unfinished.ts";
import { writeMission } from "./mission_files.ts";
import type { TicketText } from "./ticket_text.ts";
import { requireSlug } from "./slug.ts";

/** What {@link createMission} is asked for. */
export interface CreateMissionOptions {
  /** The machine to work on. */
  readonly platform: Platform;
  /** The project's root, or a directory in it. */
  readonly projectRoot: string;
  /** Kebab-case; the directory is called by this, with a number before it or the start of an id after it. */
  readonly slug: string;
  /** How the directory is named; like the project's newest mission unless given. */
  readonly form?: MissionForm | undefined;
  /** A name for people; the slug with blanks unless given. */
  readonly friendlyName?: string | undefined;
  /** The kind of work; `software-dev` unless given. */
  readonly mission?: string | undefined;
  /** Where the work will be merged; the branch checked out unless given. */
  readonly targetBranch?: string | undefined;
  /**
   * Makes it on a branch of its own, named as the repository names such branches; on the one checked out unless given. In
   * the identified form that branch is the mission's target, else the one checked out is.
   */
  readonly branch?: boolean | undefined;
  /** Commits the mission's own files; true unless given. */
  readonly commit?: boolean | undefined;
  /** Where FeatureCreated is recorded. */
  readonly events: MissionEvents;
  /** Told of the mission when all is done. When a process is killed before, its repeat resumes the mission and tells. */
  readonly tell?: ((mission: CreatedMission) => void | Promise<void>) | undefined;
}

/** A mission that has been created. */
export interface CreatedMission {
  /** The absolute path of its directory. */
  readonly missionDir: string;
  /** The directory's name. */
  readonly featureSlug: string;
  /** A ULID. */
  readonly missionId: string;
  /** Three digits; `null` in the identified form. */
  readonly featureNumber: string | null;
  /** The directory's name without number or id. */
  readonly slug: string;
  /** Its name for people. */
  readonly friendlyName: string;
  /** Where the work will be merged. */
  readonly targetBranch: string;
  /** The absolute path of its `meta.json`. */
  readonly metaPath: string;
  /** The absolute path of its `spec.md`. */
  readonly specPath: string;
  /** The branch that was made or found for it; `null` where none was asked for. */
  readonly branch: WorkBranch | null;
  /** Whether its files are committed. */
  readonly commit: CommitOutcome;
  /** Whether a killed call had begun it. */
  readonly resumed: boolean;
  /** Whether FeatureCreated is in the queue. */
  readonly eventEmitted: boolean;
}

/**
 * Creates a mission: names it under a lock, writes its directory in one step, commits just its own files and records
 * FeatureCreated. A failure leaves nothing behind; what a killed call has left is finished by its repeat, or by the
 * next call for another mission.
 *
 * @throws {MissionCreationError} naming its `fault`; {TrackerError} `not_a_project`, `locked`.
 */
export async function createMission(options: CreateMissionOptions): Promise<CreatedMission> {
  const { mission, held } = await makeMission(options, null);
  try {
    await options.tell?.(mission);
  } finally {
    await held.close();
  }
  return mission;
}

/** The ticket that a mission is made for. */
export interface MissionTicket {
  readonly origin: OriginTicket;
  readonly text: TicketText;
}

/** A mission with the journal's entry, which stays until its caller has told of it. */
export interface HeldMission {
  readonly mission: CreatedMission;
  readonly held: HeldEntry;
}

/**
 * Makes a mission, for a ticket or without one, or resumes the one that a killed call has left.
 *
 * @throws as {@link createMission}.
 */
export async function makeMission(
  options: CreateMissionOptions,
  ticket: MissionTicket | null,
): Promise<HeldMission> {
  const { platform, slug, events } = options;
  requireSlug(slug);
  const root = await requireProjectRoot(platform, options.projectRoot);
  const site = { platform, root, events };
  const { held, commit, resumed } = await underLock(options, site, ticket);
  const eventEmitted = await emittedOrLeft(site, held);
  const { directory, creation } = held.entry;
  if (creation === null) throw new TypeError("An entry of a creation has none");
  const missionDir = join(missionsDirectory(root), directory);
  const mission = {
    missionDir,
    featureSlug: directory,
    missionId: creation.missionId,
    featureNumber: creation.number === null ? null : writtenNumber(creation.number),
    slug,
    friendlyName: creation.friendlyName,
    targetBranch: creation.targetBranch,
    metaPath: metaPath(missionDir),
    specPath: join(missionDir, "spec.md"),
    branch: creation.branch,
    commit,
    resumed,
    eventEmitted,
  };
  return { mission, held };
}

async function emittedOrLeft(site: Site, held: HeldEntry): Promise<boolean> {
  try {
    return await emitCreated(site, held);
  } catch (error) {
    await held.close();
    throw error;
  }
}

interface Made {
  readonly held: HeldEntry;
  readonly commit: CommitOutcome;
  readonly resumed: boolean;
}

async function underLock(
  options: CreateMissionOptions,
  site: Site,
  ticket: MissionTicket | null,
): Promise<Made> {
  const { platform, slug } = options;
  const journal = await openJournal(platform, site.root);
  const lock = await lockMissions(platform, site.root, `making the mission "${slug}"`);
  try {
    const left = await finishOthers(
      site,
      journal,
      ({ creation, origin }) =>
        creation?.slug === slug &&
        (ticket === null || origin === null
          ? ticket === origin
          : isSameIssue(ticket.origin, origin.ticket)),
    );
    return await resume(site, left) ?? await makeNew(options, site, { journal, ticket });
  } finally {
    await lock.release();
  }
}

async function resume(site: Site, held: HeldEntry | null): Promise<Made | null> {
  if (held === null) return null;
  try {
    const commit = await finishCreation(site, held);
    const branch = held.entry.creation?.branch ?? null;
    // Its files may be committed there already, while another branch is checked out now.
    if (commit !== null && branch !== null) {
      await switchTo(openGit(site.platform, site.root), branch.name);
    }
    return commit === null ? null : { held, commit, resumed: true };
  } catch (error) {
    await held.close();
    throw error;
  }
}

async function makeNew(
  options: CreateMissionOptions,
  { root }: Site,
  { journal, ticket }: { readonly journal: Journal; readonly ticket: MissionTicket | null },
): Promise<Made> {
  const { platform } = options;
  const plan = await planCommit(platform, root, options.commit ?? true);
  const git = options.branch === true ? await requireRepository(platform, root) : null;
  const form = await formOf(options, root);
  const { branch: checkedOut } = await gitFacts(platform, root);
  const base = options.targetBranch ?? checkedOut ?? "main";
  const nextId = await eventIds(platform);
  const id = nextId(platform.clock.now());
  const draft = await newMeta(options, root, { form: form.form, targetBranch: base, id });
  const directory = draft.mission_slug;
  const subject = subjectOf(draft, ticket?.text ?? null);
  const branch = git && await plannedBranch(git, await branchName(git, subject));
  const targetBranch = options.targetBranch ?? targetOn(branch, form.form) ?? base;
  const meta = { ...draft, target_branch: targetBranch };
  if (plan.kind === "commit") {
    await requireOpenBranch(platform, root, plan.git, { ...form, branch: branch?.name });
  }
  const creation = {
    missionId: id,
    slug: meta.slug,
    friendlyName: meta.friendly_name,
    number: meta.mission_number,
    targetBranch,
    createdAt: meta.created_at,
    branch,
    aside: `.tracker-${randomHex(platform.random, 8)}.tmp`,
    plan: plan.kind === "commit" ? "commit" : plan.reason,
    settled: false,
    eventId: nextId(platform.clock.now()),
    emitted: false,
  } as const;
  const origin = ticket === null
    ? null
    : { ticket: ticket.origin, eventId: nextId(platform.clock.now()), emitted: false };
  const held = await journal.begin({ directory, creation, origin });
  try {
    const missionDir = join(missionsDirectory(root), directory);
    if (git !== null && branch !== null) await switchTo(git, branch.name);
    await writeMission(
      platform,
      missionDir,
      { meta, ticket: ticket?.text ?? null },
      creation.aside,
    );
    const commit = await commitOrUndo(platform, plan, missionDir);
    await held.change({ creation: { ...creation, settled: true } });
    return { held, commit, resumed: false };
  } catch (error) {
    const isLeft = git === null || branch === null ||
      await leaveBranch(git, branch).then(() => true, () => false);
    // The next command leaves a branch that could not be left now.
    await (isLeft ? held.drop() : held.close());
    throw error;
  }
}

/** A mission's branch is named after its ticket, where it has one. */
function subjectOf(meta: NewMissionMeta, ticket: TicketText | null): BranchSubject {
  return {
    directory: meta.mission_slug,
    key: ticket?.key ?? "",
    title: ticket?.title ?? meta.slug,
  };
}

/** The form to write; where the project's is today's, the branch has to be one that today's tool commits to. */
async function formOf(
  { platform, form: wanted }: CreateMissionOptions,
  root: string,
): Promise<{ readonly form: MissionForm; readonly isProtecting: boolean }> {
  const usual = await projectForm(platform, root, await listMissions(platform, root));
  const form = wanted ?? usual;
  return { form, isProtecting: [form, usual].includes("identified") };
}

async function newMeta(
  options: CreateMissionOptions,
  root: string,
  { form, targetBranch, id }: {
    readonly form: MissionForm;
    readonly targetBranch: string;
    readonly id: string;
  },
): Promise<NewMissionMeta> {
  const { platform, slug } = options;
  const number = form === "numbered" ? await freeMissionNumber(platform, root) : null;
  const featureSlug = number === null
    ? identifiedDirectory(slug, id)
    : `${writtenNumber(number)}-${slug}`;
  return {
    created_at: isoTime(platform.clock.now()),
    friendly_name: oneLine(options.friendlyName ?? "") || slug.replaceAll("-", " "),
    mission_id: id,
    mission_number: number,
    mission_slug: featureSlug,
    mission_type: options.mission ?? "software-dev",
    slug,
    target_branch: targetBranch,
    ...await missionShape(platform, root, form),
  };
}

async function commitOrUndo(
  platform: Platform,
  plan: CommitPlan,
  missionDir: string,
): Promise<CommitOutcome> {
  if (plan.kind === "none") return { kind: "not_committed", reason: plan.reason };
  try {
    const place = `kitty-specs/${basename(missionDir)}`;
    return await commitPaths(plan.git, [place], missionCommitMessage(place));
  } catch (error) {
    await projectFiles(platform.files, dirname(dirname(missionDir))).remove(missionDir);
    throw error;
  }
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}
