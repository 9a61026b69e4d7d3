/**
 * Paths without a look at the machine: pure text. `/` is written everywhere, Windows accepts it; `\\`
 * is a separator only in a path that starts with a drive or `\\\\`, elsewhere it may be part of a name.
 */

/** Joins parts with `/`, resolving `.` and `..`; an absolute part starts over. */
export function join(...parts: readonly string[]): string {
  let joined = "";
  for (const part of parts) {
    if (part === "") continue;
    if (joined === "" || isAbsolute(part)) joined = normalize(part);
    // A second slash after a root would make the next part the name of a server.
    else joined += joined.endsWith("/") ? part : `/${part}`;
  }
  return normalize(joined);
}

/** Everything before the last part; `/` or `C:/` for a root, `.` for a lone name. */
export function dirname(path: string): string {
  const normal = normalize(path);
  const root = rootOf(normal);
  const cut = normal.lastIndexOf("/");
  if (cut < root.length) return root === "" ? "." : root;
  return normal.slice(0, cut);
}

/** Returns the last part. */
export function basename(path: string): string {
  const normal = normalize(path);
  return normal.slice(Math.max(rootOf(normal).length, normal.lastIndexOf("/") + 1));
}

/** Returns whether the path starts at a root or a drive. */
export function isAbsolute(path: string): boolean {
  return rootOf(slashes(path)) !== "";
}

/** `path` as an absolute path, seen from `base`. */
export function resolveFrom(base: string, path: string): string {
  return isAbsolute(path) ? normalize(path) : join(base, path);
}

/** Returns the path with single separators and without `.` and `..` where they can be resolved. */
export function normalize(path: string): string {
  const slashed = slashes(path);
  const root = rootOf(slashed);
  const out: string[] = [];
  for (const part of slashed.slice(root.length).split("/")) {
    if (part === "" || part === ".") continue;
    const last = out.at(-1);
    if (part !== "..") out.push(part);
    else if (last !== undefined && last !== "..") out.pop();
    else if (root === "") out.push("..");
  }
  const body = out.join("/");
  return root + body || ".";
}

function slashes(path: string): string {
  return /^([A-Za-z]:|\\\\)/.test(path) ? path.replaceAll("\\", "/") : path;
}

function rootOf(path: string): string {
  const drive = /^[A-Za-z]:\/?/.exec(path)?.[0];
  if (drive !== undefined) return drive.endsWith("/") ? drive : `${drive}/`;
  // A server or a share is never called "." or "..": those are steps of an ordinary path.
  const share = /^\/\/(?!\.{1,2}\/)[^/]+\/(?!\.{1,2}(?:\/|$))[^/]+/.exec(path)?.[0];
  if (share !== undefined) return `${share}/`;
  return path.startsWith("/") ? "/" : "";
}
