/** Returns a path below a repository, `owner/name`. */
export function pathOf(repository: string, rest: string): string {
  return `/repos/${repository.split("/").map(encodeURIComponent).join("/")}${rest}`;
}

/** Returns the path of an issue, or one below it. */
export function issuePath(repository: string, number: string, rest = ""): string {
  return pathOf(repository, `/issues/${encodeURIComponent(number)}${rest}`);
}
