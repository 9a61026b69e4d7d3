import { isoTime } from "../platform/clock.ts";
import { basename, dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { randomHex } from "../platform/random.ts";
import { eventIds } from "../events/event_ids.ts";
import { gitFacts } from "../project/git.ts";
import { lockMissions, missionsDirectory } from "../project/mission_lock.ts";
import { metaPath, type NewMissionMeta, writeMeta } from "../project/mission_meta.ts";
import { projectFiles } from "../project/project_files.ts";
import { requireProjectRoot } from "../project/root.ts";
import { type CommitOutcome, commitPaths, type CommitPlan, planCommit } from "./commit.ts";
import type { MissionEvents } from "./mission_events.ts";
import { MissionCreationError } from "./mission_error.ts";
import { identifiedDirectory, type MissionForm, projectForm } from "./mission_form.ts";
import { freeMissionNumber, writtenNumber } from "./mission_numbers.ts";
import { listMissions } from "./missions.ts";
import { requireOpenBranch } from "./protected_branch.ts";
import { isSlug, MAX_SLUG_LENGTH, nearestSlug } from "./slug.ts";

/** What {@link createMission} is asked for. */
export interface CreateMissionOptions {
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
  /** Commits the mission's own files; true unless given. */
  readonly commit?: boolean | undefined;
  readonly events: MissionEvents;
}

/** A mission that has been made. */
export interface CreatedMission {
  readonly missionDir: string;
  /** The directory's name. */
  readonly featureSlug: string;
  /** A ULID. */
  readonly missionId: string;
  /** Three digits; `null` in the identified form. */
  readonly featureNumber: string | null;
  readonly slug: string;
  readonly friendlyName: string;
  readonly targetBranch: string;
  readonly metaPath: string;
  readonly specPath: string;
  readonly commit: CommitOutcome;
  /** Whether FeatureCreated is in the queue. */
  readonly eventEmitted: boolean;
}

/**
 * Makes a mission: names it under a lock, writes its directory in one step, commits just its own files and records
 * FeatureCreated. A failure leaves nothing behind.
 *
 * @throws {MissionCreationError} naming its `fault`; {TrackerError} `not_a_project`, `locked`.
 */
export async function createMission(options: CreateMissionOptions): Promise<CreatedMission> {
  const { platform, slug, events } = options;
  requireSlug(slug);
  const root = await requireProjectRoot(platform, options.projectRoot);
  const made = await underLock(options, root);
  const eventEmitted = await events.featureCreated({
    feature_slug: made.featureSlug,
    feature_number: made.featureNumber,
    target_branch: made.targetBranch,
    wp_count: 0,
    created_at: made.createdAt,
  });
  const { createdAt: _createdAt, ...mission } = made;
  return { ...mission, eventEmitted };
}

type Made = Omit<CreatedMission, "eventEmitted"> & { readonly createdAt: string };

async function underLock(options: CreateMissionOptions, root: string): Promise<Made> {
  const { platform, slug } = options;
  const lock = await lockMissions(platform, root, `making the mission "${slug}"`);
  try {
    const plan = await planCommit(platform, root, options.commit ?? true);
    const targetBranch = options.targetBranch ?? await currentBranch(platform, root, plan);
    const form = await formOf(options, root, plan);
    const { featureSlug, meta } = await newMeta(options, root, { form, targetBranch });
    const missionDir = join(missionsDirectory(root), featureSlug);
    await writeMission(platform, missionDir, meta);
    const commit = await commitOrUndo(platform, plan, missionDir, `Add mission ${featureSlug}`);
    const { mission_id: missionId, mission_number: number, friendly_name: friendlyName } = meta;
    return {
      missionDir,
      featureSlug,
      missionId,
      featureNumber: number === null ? null : writtenNumber(number),
      slug,
      friendlyName,
      targetBranch,
      metaPath: metaPath(missionDir),
      specPath: join(missionDir, "spec.md"),
      commit,
      createdAt: meta.created_at,
    };
  } finally {
    await lock.release();
  }
}

/** The form to write; where the project's is today's, the branch has to be one that today's tool commits to. */
async function formOf(
  options: CreateMissionOptions,
  root: string,
  plan: CommitPlan,
): Promise<MissionForm> {
  const { platform, slug } = options;
  const usual = await projectForm(platform, root, await listMissions(platform, root));
  const form = options.form ?? usual;
  const { branch } = await gitFacts(platform, root);
  if (plan.kind === "commit" && branch !== null && [form, usual].includes("identified")) {
    await requireOpenBranch(platform, root, plan.git, { branch, slug });
  }
  return form;
}

async function newMeta(
  options: CreateMissionOptions,
  root: string,
  { form, targetBranch }: { readonly form: MissionForm; readonly targetBranch: string },
): Promise<{ readonly featureSlug: string; readonly meta: NewMissionMeta }> {
  const { platform, slug } = options;
  const now = platform.clock.now();
  const id = (await eventIds(platform))(now);
  const number = form === "numbered" ? await freeMissionNumber(platform, root) : null;
  const featureSlug = number === null
    ? identifiedDirectory(slug, id)
    : `${writtenNumber(number)}-${slug}`;
  const meta = {
    mission_id: id,
    mission_number: number,
    mission_slug: featureSlug,
    mission_type: options.mission ?? "software-dev",
    slug,
    friendly_name: oneLine(options.friendlyName ?? "") || slug.replaceAll("-", " "),
    target_branch: targetBranch,
    created_at: isoTime(now),
  };
  return { featureSlug, meta };
}

/** Written aside and renamed, so that a mission is there as a whole or not at all. */
async function writeMission(
  platform: Platform,
  missionDir: string,
  meta: NewMissionMeta,
): Promise<void> {
  const files = projectFiles(platform.files, dirname(dirname(missionDir)));
  const aside = join(missionDir, "..", `.tracker-${randomHex(platform.random, 8)}.tmp`);
  try {
    await writeMeta(platform, aside, meta);
    await files.writeAtomic(join(aside, "spec.md"), specFor(meta));
    // Git keeps no empty directory.
    await files.writeAtomic(join(aside, "tasks", ".gitkeep"), "");
    await files.rename(aside, missionDir);
  } catch (error) {
    await files.remove(aside);
    throw error;
  }
}

function specFor(meta: NewMissionMeta): string {
  return [
    `# ${meta.friendly_name}`,
    "",
    `Mission \`${meta.mission_slug}\`, to be merged into \`${meta.target_branch}\`.`,
    "",
    "## Why",
    "",
    "## What",
    "",
    "## Done when",
    "",
  ].join("\n");
}

async function commitOrUndo(
  platform: Platform,
  plan: CommitPlan,
  missionDir: string,
  message: string,
): Promise<CommitOutcome> {
  if (plan.kind === "none") return { kind: "not_committed", reason: plan.reason };
  try {
    return await commitPaths(plan.git, [`kitty-specs/${basename(missionDir)}`], message);
  } catch (error) {
    await projectFiles(platform.files, dirname(dirname(missionDir))).remove(missionDir);
    throw error;
  }
}

async function currentBranch(platform: Platform, root: string, plan: CommitPlan): Promise<string> {
  const { branch, commit } = await gitFacts(platform, root);
  if (branch !== null) return branch;
  if (plan.kind === "none" || commit === null) return "main";
  throw new MissionCreationError({
    fault: "detached_head",
    message: "No branch is checked out, so the mission's commit would belong to none",
    nextAction: "Switch to a branch first (`git switch BRANCH`), or use `--no-commit`.",
  });
}

function requireSlug(slug: string): void {
  if (isSlug(slug)) return;
  const near = nearestSlug(slug);
  throw new MissionCreationError({
    fault: "invalid_slug",
    message: `"${slug}" cannot name a mission: a slug is kebab-case (small letters, digits, ` +
      `single dashes) of at most ${MAX_SLUG_LENGTH} characters`,
    nextAction: near === "" ? "Choose a name such as `fix-search`." : `Try \`${near}\`.`,
    details: { slug, suggestion: near === "" ? null : near },
    exitCode: 2,
  });
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}
