import { basename, dirname, join, normalize } from "./paths.ts";
import { TrackerError } from "./tracker_error.ts";

/**
 * Returns the real path behind `path`, links resolved, when it lies below the real directory of `root`. What does not
 * exist yet is judged by the nearest directory that does. A writer must use the path that is returned.
 *
 * @throws {TrackerError} `leaves_project` when a link leads out of `root`, into its `.git`, or nowhere.
 */
export async function containedPath(root: string, path: string): Promise<string> {
  const base = normalize(await Deno.realPath(root));
  const real = await realPathOf(path);
  const inside = partBelow(base, real);
  if (inside === null || entersGit(inside, partBelow(normalize(root), normalize(path)) ?? "")) {
    throw leavesProject(path, `leads out of the project, to "${real}"`, {
      root: base,
      target: real,
    });
  }
  return real;
}

/** Like {@link containedPath}, for what acts on a directory's entry itself and does not follow it when it is a link. */
export async function containedEntry(root: string, path: string): Promise<string> {
  return join(await containedPath(root, dirname(path)), basename(path));
}

async function realPathOf(path: string): Promise<string> {
  try {
    return normalize(await Deno.realPath(path));
  } catch (error) {
    if (error instanceof Deno.errors.FilesystemLoop) throw leadsNowhere(path);
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (await isLink(path)) throw leadsNowhere(path);
  return join(await realPathOf(dirname(path)), basename(path));
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSymlink;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function partBelow(base: string, path: string): string | null {
  if (path === base) return "";
  const start = base.endsWith("/") ? base : `${base}/`;
  return path.startsWith(start) ? path.slice(start.length) : null;
}

/** A link of the working tree into the repository's own files could change what git does. */
function entersGit(real: string, written: string): boolean {
  return hasGit(real) && !hasGit(written);
}

function hasGit(path: string): boolean {
  return path.split("/").some((part) => part.toLowerCase() === ".git");
}

function leadsNowhere(path: string): TrackerError {
  return leavesProject(path, "is a link that leads nowhere", {});
}

function leavesProject(
  path: string,
  fault: string,
  details: Readonly<Record<string, string>>,
): TrackerError {
  return new TrackerError({
    code: "leaves_project",
    message: `Cannot write "${path}": it ${fault}`,
    nextAction: "Replace the link by a file or directory of the project's own, then try again.",
    details: { path, ...details },
  });
}
