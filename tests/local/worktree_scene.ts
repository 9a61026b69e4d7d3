import { LocalTrackerService } from "../../src/local/service.ts";
import { locateWorkspace } from "../../src/local/workspace.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { trackerScopeFile } from "../../src/user/scope.ts";
import { userPaths } from "../../src/user/paths.ts";
import { gitIn } from "../support/git.ts";
import type { TestPlatform, TestPlatformOptions } from "../support/platform.ts";
import { type LocalProject, withProject } from "./local_project.ts";

/** A repository with a worktree and a clone, all bound to one workspace; its tool is not named yet. */
export interface WorktreeScene extends LocalProject {
  /** The linked worktree. */
  readonly side: string;
  /** A clone of the repository. */
  readonly clone: string;
  /** The local tracker of the project at a root. */
  at(root: string): LocalTrackerService;
  /** The cache of the project at a root, as it is found now. */
  storeOf(root: string): Promise<string>;
}

const CONFIG = "tracker:\n  provider: beads\n  workspace: main\n" +
  "  doctrine:\n    mode: split_ownership\n    field_owners: {}\n";

/** Runs a test in a repository with a worktree and a clone. */
export async function withWorktrees(
  test: (scene: WorktreeScene) => Promise<void>,
  options: TestPlatformOptions = {},
): Promise<void> {
  await withProject("bd", async (project) => {
    const { platform, root } = project;
    const [side, clone] = [`${platform.home}/side`, `${platform.home}/clone`];
    const git = gitIn(platform.home);
    await git(root, "init", "--quiet", "--initial-branch=main");
    await platform.files.writeAtomic(`${root}/.kittify/config.yaml`, CONFIG);
    await git(root, "add", ".");
    await git(root, "commit", "--quiet", "-m", "Start");
    await git(root, "worktree", "add", "--quiet", "-b", "side", side);
    await git(root, "clone", "--quiet", root, clone);
    const real = (path: string) => Deno.realPath(path);
    await test({
      ...project,
      root: await real(root),
      side: await real(side),
      clone: await real(clone),
      at: (root) => new LocalTrackerService({ platform, root }),
      storeOf: async (root) => (await locateWorkspace(platform, root, "beads", "main")).storePath,
    });
  }, options);
}

/** Makes the cache that a released version kept for a directory the tool runs in; `old` for one before 0.2. */
export async function releasedCache(
  platform: TestPlatform,
  cwd: string,
  fill: (store: IssueStore) => void,
  { old = false }: { readonly old?: boolean } = {},
): Promise<string> {
  const { trackers, old: before } = userPaths(platform);
  const scope = { provider: "beads", workspace: "main", server: cwd, user: null, team: null };
  const path = `${old ? before.trackers : trackers}/${await trackerScopeFile(scope)}`;
  using store = await IssueStore.open(platform, path);
  fill(store);
  return path;
}
