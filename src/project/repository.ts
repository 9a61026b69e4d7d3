import { basename, dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { gitDirectory, ownGitDirectory } from "./git.ts";
import { commonDirectoryOf, workTree } from "./shared_git_directory.ts";

/** Which repository a project is in, by where it stands on this machine and not by what it says of itself. */
export interface Repository {
  /** The real git directory that all worktrees share; without git the real root of the project. */
  readonly directory: string;
  /** Where the project stands in a work tree, such as `packages/web`; empty at the top of it. */
  readonly place: string;
  /** The real root of the project. */
  readonly root: string;
}

/**
 * Returns the repository of the project at `root`. A repository whose files name the git directory of another one,
 * which does not lead back, is a project without git, and so is one whose parents may not be read.
 */
export async function repositoryOf(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<Repository> {
  const real = await platform.files.realPath(root) ?? root;
  const tree = await readableTree(platform, real);
  const directory = tree === null ? null : await sharedDirectory(platform, tree);
  if (tree === null || directory === null) return { directory: real, place: "", root: real };
  return { directory, place: real.slice(tree.length).replace(/^[/\\]+/, ""), root: real };
}

/** The names that the way of running a local tool is kept under for the project at `root`; see `CredentialStore`. */
export async function credentialPlace(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<{ readonly repository: string; readonly roots: readonly string[] }> {
  const repository = await repositoryOf(platform, root);
  const main = mainRoot(repository);
  const roots = main === null ? [repository.root] : [repository.root, main];
  return { repository: repositoryKey(repository), roots: [...new Set(roots)] };
}

/** The one name that stands for a project of a repository in all its worktrees. */
export function repositoryKey({ directory, place }: Repository): string {
  return place === "" ? directory : `${directory}#${place}`;
}

/** The root that the project has in the main work tree; `null` for a repository without one. */
function mainRoot({ directory, place }: Repository): string | null {
  return basename(directory) === ".git" ? join(dirname(directory), place) : null;
}

/** Real roots that the project may have in the worktrees of its repository, the main work tree first. */
export async function worktreeRoots(
  platform: Pick<Platform, "files">,
  repository: Repository,
): Promise<readonly string[]> {
  const { directory, place } = repository;
  const main = mainRoot(repository);
  const linked: string[] = [];
  for (const { name } of await platform.files.list(join(directory, "worktrees"))) {
    const pointer = await platform.files.readText(join(directory, "worktrees", name, "gitdir"), {
      maxBytes: MAX_POINTER_BYTES,
    });
    if (pointer !== null) linked.push(join(dirname(pointer.trim()), place));
  }
  return [...(main === null ? [] : [main]), ...linked];
}

const MAX_POINTER_BYTES = 65_536;

async function readableTree(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<string | null> {
  try {
    return await workTree(platform, root);
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") return null;
    throw error;
  }
}

async function sharedDirectory(
  platform: Pick<Platform, "files">,
  tree: string,
): Promise<string | null> {
  const own = await ownGitDirectory(platform, tree);
  if (own === null) {
    // What may not be read is no refusal: this throws where it is the permission that is missing.
    const named = await gitDirectory(platform, tree);
    if (named !== null) await platform.files.stat(join(named, "gitdir"));
    return null;
  }
  return await platform.files.realPath(await commonDirectoryOf(platform, own));
}
