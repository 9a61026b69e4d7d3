import { type CommandResult, tracker } from "../support/cli.ts";
import { ok, pullPage } from "../support/answers.ts";
import type { Stub } from "../support/fetch.ts";
import { writeSettings } from "../support/settings.ts";
import {
  SIGNED_IN,
  type TestProject,
  type TestProjectOptions,
  withProject,
} from "../missions/support.ts";

/** Runs `mission …` in the project. */
export function mission(project: TestProject, ...args: string[]): Promise<CommandResult> {
  return tracker(project.platform, "mission", ...args, "--repo", project.root);
}

/** Runs `mission start …` in the project, and leaves the ticket as it is. */
export function start(project: TestProject, ...args: string[]): Promise<CommandResult> {
  return mission(project, "start", ...args, "--no-transition");
}

/** The host has no issue for the cache. */
export const PULL: Stub = {
  request: "POST /api/v1/tracker/pull/",
  reply: ok(pullPage()),
};

/** Runs a test in a project whose user is signed in, and whose events stay in their queue. */
export async function signedIn(
  options: TestProjectOptions,
  test: (project: TestProject) => Promise<void>,
): Promise<void> {
  await withProject({ env: SIGNED_IN, ...options }, async (project) => {
    await setPolicy(project, "manual");
    await test(project);
  });
}

/** Decides whether the daemon may start by itself. */
export async function setPolicy(
  { platform }: TestProject,
  policy: "auto" | "manual",
): Promise<void> {
  await writeSettings(platform, { sync: { background_daemon: policy } });
}
