import { basename, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { missionsDirectory } from "../project/mission_lock.ts";
import { type Git, openGit } from "./git_command.ts";
import { MissionCreationError } from "./mission_error.ts";

const HIGHEST_NUMBER = 999;

/** The number after the highest of the missions' directory names; gaps stay. */
export function nextMissionNumber(names: readonly string[]): number {
  return names.reduce((highest, name) => Math.max(highest, numberOf(name)), 0) + 1;
}

/**
 * The number of the next mission: one more than the highest of this checkout, of the repository's other worktrees and
 * of every branch, because all of them will meet.
 *
 * @throws {MissionCreationError} `mission_numbers_used_up`.
 */
export async function freeMissionNumber(
  platform: Pick<Platform, "files" | "processes">,
  root: string,
): Promise<number> {
  const parent = missionsDirectory(root);
  const names = [
    ...await namesIn(platform, parent),
    ...await namesElsewhere(platform, openGit(platform, root)),
  ];
  const next = nextMissionNumber(names);
  if (next <= HIGHEST_NUMBER) return next;
  throw new MissionCreationError({
    fault: "mission_numbers_used_up",
    message: `Mission numbers have three digits and ${HIGHEST_NUMBER} is taken`,
    nextAction: `Move finished missions out of "${basename(parent)}", then try again.`,
  });
}

/** A mission's number as people and files write it. */
export function writtenNumber(number: number): string {
  return String(number).padStart(3, "0");
}

function numberOf(name: string): number {
  return Number(/^(\d{3})-/.exec(name)?.[1] ?? 0);
}

async function namesIn(platform: Pick<Platform, "files">, directory: string): Promise<string[]> {
  return (await platform.files.list(directory)).map(({ name }) => name);
}

/** What git knows of missions outside this checkout; nothing where there is no git or no repository. */
async function namesElsewhere(platform: Pick<Platform, "files">, git: Git): Promise<string[]> {
  try {
    const prefix = await git.run(["rev-parse", "--show-prefix"]);
    if (prefix.code !== 0) return [];
    const place = `${prefix.stdout.trimEnd()}kitty-specs`;
    return [...await onBranches(git, place), ...await inWorktrees(platform, git, place)];
  } catch {
    // Numbers of other branches are a courtesy: without git, or leave to run it, these here have to do.
    return [];
  }
}

async function onBranches(git: Git, place: string): Promise<string[]> {
  const listed = await git.run([
    "for-each-ref",
    "--format=%(objectname)",
    "refs/heads",
    "refs/remotes",
  ]);
  const commits = new Set(lines(listed.stdout));
  if (commits.size === 0) return [];
  const asked = [...commits].map((commit) => `${commit}:${place}\n`).join("");
  const answered = await git.run(["cat-file", "--batch-check"], { stdin: asked });
  // Most branches hold the same missions.
  const trees = new Set(
    lines(answered.stdout).flatMap((line) => /^([0-9a-f]+) tree /.exec(line)?.[1] ?? []),
  );
  const names: string[] = [];
  for (const tree of trees) {
    names.push(...(await git.run(["ls-tree", "--name-only", "-z", tree])).stdout.split("\0"));
  }
  return names;
}

async function inWorktrees(
  platform: Pick<Platform, "files">,
  git: Git,
  place: string,
): Promise<string[]> {
  const listed = await git.run(["worktree", "list", "--porcelain"]);
  const trees = lines(listed.stdout).flatMap((line) => /^worktree (.+)$/.exec(line)?.[1] ?? []);
  const names: string[] = [];
  for (const tree of trees) {
    // One that may not be read has its commits on a branch.
    names.push(...await namesIn(platform, join(tree, place)).catch(() => []));
  }
  return names;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
