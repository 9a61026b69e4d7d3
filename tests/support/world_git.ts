import assert from "node:assert/strict";
import { ends } from "./bound.ts";
import { runIn, type World } from "./world.ts";

/** Runs git in a world's project, which must succeed; returns what it printed, trimmed. */
export async function git(world: World, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runIn(world, ["git", ...args]);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** Makes the project a repository of somebody, with nothing committed yet. */
export async function initRepository(world: World, name: string, email: string): Promise<void> {
  await git(world, "init", "--quiet", "--initial-branch=main");
  await git(world, "config", "user.name", name);
  await git(world, "config", "user.email", email);
}

/** Commits all there is in the project. */
export async function commitAll(world: World): Promise<void> {
  await git(world, "add", ".");
  await git(world, "commit", "--quiet", "-m", "First");
}

/** Makes a bound project a repository in which missions can start; the tracker calls its user `mei`. */
export async function readyForMissions(world: World): Promise<void> {
  await initRepository(world, "Mei", "mei@example.com");
  await commitAll(world);
  await ends(world, 0, ["config", "set", "mission.assignee", "mei"]);
  await ends(world, 0, ["sync", "pull", "--all"]);
}
