import { classifyProvider } from "../contract/providers.ts";
import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { missionsDirectory } from "../project/mission_lock.ts";
import {
  isSameIssue,
  type MissionMeta,
  type OriginTicket,
  originTicketOf,
  readMeta,
} from "../project/mission_meta.ts";
import { projectFiles } from "../project/project_files.ts";
import { currentBranch, leaveBranch, switchTo } from "./branches.ts";
import { type CommitOutcome, commitPaths, planCommit } from "./commit.ts";
import { type Git, openGit } from "./git_command.ts";
import type { HeldEntry, Journal, JournalEntry, OwedCreation } from "./journal.ts";
import type { MissionEvents } from "./mission_events.ts";
import { writtenNumber } from "./mission_numbers.ts";
import { requireOpenBranch } from "./protected_branch.ts";

/** Where missions are made. */
export interface Site {
  readonly platform: Platform;
  readonly root: string;
  readonly events: MissionEvents;
}

/**
 * Finishes or removes what killed commands have left in a project; answers the entry of the command that is repeated,
 * as it was left. The lock of the missions is held.
 */
export async function finishOthers(
  site: Site,
  journal: Journal,
  isRepeated: (entry: JournalEntry) => boolean,
): Promise<HeldEntry | null> {
  let repeated: HeldEntry | null = null;
  for (const held of await journal.take(() => true)) {
    if (repeated === null && isRepeated(held.entry)) repeated = held;
    else await finish(site, held);
  }
  return repeated;
}

async function finish(site: Site, held: HeldEntry): Promise<void> {
  const { directory, creation, origin } = held.entry;
  try {
    if (creation !== null) {
      const commit = await comingBack(site, held.entry, () => finishCreation(site, held));
      if (commit === null) return;
      await emitCreated(site, held);
    }
    if (origin === null || origin.emitted) return await held.close();
    if (await isBoundTo(site, directory, origin.ticket)) {
      await emitBound(site, held);
      if (creation?.plan === "commit") {
        const { ticket } = origin;
        await comingBack(site, held.entry, () => commitTicket(site, directory, ticket));
      }
      // A binding alone is begun again by its repeat; a start is found by its entry.
    } else if (creation === null) return await held.drop();
    await held.close();
  } catch (error) {
    // Told to who repeats that command; this one is another.
    await held.close();
    if (!(error instanceof TrackerError)) throw error;
  }
}

/** Does what may check out the branch of an entry, and checks out what is checked out now after it. */
async function comingBack<T>(
  { platform, root }: Site,
  { creation }: JournalEntry,
  work: () => Promise<T>,
): Promise<T> {
  if (creation === null || creation.branch === null) return await work();
  const git = openGit(platform, root);
  const before = await currentBranch(git);
  try {
    return await work();
  } finally {
    if (before !== null) await switchTo(git, before);
  }
}

/**
 * Brings the files and the commit of an interrupted creation to their end; `null` when there was nothing to keep, and
 * the entry is gone. The lock of the missions is held.
 *
 * @throws {MissionCreationError} what keeps it from being committed.
 */
export async function finishCreation(site: Site, held: HeldEntry): Promise<CommitOutcome | null> {
  const { directory, creation } = held.entry;
  if (creation === null) return null;
  const { platform, root } = site;
  const files = projectFiles(platform.files, root);
  await files.remove(join(missionsDirectory(root), creation.aside));
  const git = openGit(platform, root);
  const place = `kitty-specs/${directory}`;
  if (creation.plan === "commit") await untilIndexIsFree(platform, git);
  await toItsBranch(git, creation, place);
  if ((await metaOf(site, directory))?.mission_id !== creation.missionId) {
    // It may have been committed to a branch that is not checked out now.
    const commit = creation.plan === "commit" ? await lastCommit(git, place, "--all") : null;
    if (creation.settled || commit === null) {
      if (creation.plan === "commit") await git.run(["reset", "--quiet", "--", place]);
      if (creation.branch !== null && !creation.settled) await leaveBranch(git, creation.branch);
      await held.drop();
      return null;
    }
    await held.change({ creation: { ...creation, settled: true } });
    return { kind: "committed", commit };
  }
  const outcome = await finishCommit(site, git, creation, place);
  await held.change({ creation: { ...creation, settled: true } });
  return outcome;
}

/** A mission that was committed on a branch of its own is not seen from another one. */
async function toItsBranch(git: Git, { branch, plan }: OwedCreation, place: string): Promise<void> {
  if (branch === null || plan !== "commit") return;
  const found = await git.run(["cat-file", "-e", `refs/heads/${branch.name}:./${place}/meta.json`]);
  if (found.code === 0) await switchTo(git, branch.name);
}

async function finishCommit(
  site: Site,
  git: Git,
  creation: OwedCreation,
  place: string,
): Promise<CommitOutcome> {
  const { plan, settled, branch, number } = creation;
  if (plan !== "commit") return { kind: "not_committed", reason: plan };
  const known = await lastCommit(git, place);
  if (known !== null) return { kind: "committed", commit: known };
  if (settled) return { kind: "not_committed", reason: "not_asked" };
  await git.run(["reset", "--quiet", "--", place]);
  const { platform, root } = site;
  const again = await planCommit(platform, root, true);
  if (again.kind === "none") return { kind: "not_committed", reason: again.reason };
  if (branch !== null) await switchTo(git, branch.name);
  await requireOpenBranch(platform, root, git, { isProtecting: number === null });
  try {
    return await commitPaths(git, [place], missionCommitMessage(place));
  } catch (error) {
    // The git of the killed command may have lived on and done it.
    const commit = await lastCommit(git, place);
    if (commit === null) throw error;
    return { kind: "committed", commit };
  }
}

/** The message of the commit that adds a mission. */
export function missionCommitMessage(place: string): string {
  return `Add mission ${place.replace(/^.*\//, "")}`;
}

/** Emits what is owed of a creation; answers whether it is in the queue. */
export async function emitCreated({ events }: Site, held: HeldEntry): Promise<boolean> {
  const { directory, creation } = held.entry;
  if (creation === null || creation.emitted) return true;
  const { number, targetBranch, createdAt, eventId } = creation;
  const emitted = await events.featureCreated({
    feature_slug: directory,
    feature_number: number === null ? null : writtenNumber(number),
    target_branch: targetBranch,
    wp_count: 0,
    created_at: createdAt,
  }, { eventId });
  await held.change({ creation: { ...creation, emitted: true } });
  return emitted;
}

/** Emits what is owed of a binding; answers whether it is in the queue. */
export async function emitBound({ events }: Site, held: HeldEntry): Promise<boolean> {
  const { directory, origin } = held.entry;
  if (origin === null) return false;
  const { ticket, eventId } = origin;
  const named = classifyProvider(ticket.provider);
  // The issues of a tool on this machine are nobody else's to know of.
  const emitted = named.kind === "hosted" && await events.missionOriginBound({
    feature_slug: directory,
    provider: named.provider,
    external_issue_id: ticket.external_issue_id,
    external_issue_key: ticket.external_issue_key,
    external_issue_url: ticket.external_issue_url,
    // An event needs a title; some tickets have none.
    title: ticket.title.trim() === "" ? ticket.external_issue_key : ticket.title,
  }, { eventId });
  await held.change({ origin: { ...origin, emitted: true } });
  return emitted;
}

/**
 * Commits the ticket in a mission's metadata, where the mission itself is committed.
 *
 * @throws {MissionCreationError} `commit_failed`.
 */
export async function commitTicket(
  { platform, root }: Pick<Site, "platform" | "root">,
  directory: string,
  ticket: OriginTicket,
): Promise<CommitOutcome> {
  const git = openGit(platform, root);
  const place = `kitty-specs/${directory}/meta.json`;
  const known = await lastCommit(git, place);
  if (known === null) return { kind: "not_committed", reason: "not_asked" };
  const changed = await git.run(["status", "--porcelain", "--", place]);
  if (changed.stdout === "") return { kind: "committed", commit: known };
  const key = ticket.external_issue_key.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return await commitPaths(git, [place], `Bind mission ${directory} to ${key}`);
}

async function isBoundTo(site: Site, directory: string, ticket: OriginTicket): Promise<boolean> {
  const meta = await metaOf(site, directory);
  const known = meta === null ? null : originTicketOf(meta);
  return known !== null && isSameIssue(known, ticket);
}

async function metaOf({ platform, root }: Site, directory: string): Promise<MissionMeta | null> {
  try {
    return await readMeta(platform, join(missionsDirectory(root), directory));
  } catch (error) {
    if (error instanceof TrackerError) return null;
    throw error;
  }
}

/** The last commit of a path; `null` where there is none. */
async function lastCommit(git: Git, place: string, from = "HEAD"): Promise<string | null> {
  const log = await git.run(["log", "-1", "--format=%H", from, "--", place]);
  const commit = log.code === 0 ? log.stdout.trim() : "";
  return commit === "" ? null : commit;
}

/** The git of a killed command may still be at work for a moment. */
async function untilIndexIsFree(platform: Platform, git: Git): Promise<void> {
  const found = await git.run(["rev-parse", "--path-format=absolute", "--git-path", "index.lock"]);
  if (found.code !== 0) return;
  for (let waits = 0; waits < 50; waits++) {
    if (await platform.files.stat(found.stdout.trimEnd()).catch(() => null) === null) return;
    await platform.clock.sleep(100);
  }
}
