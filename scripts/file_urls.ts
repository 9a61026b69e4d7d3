/** The path of a file URL, as this system writes it. */
export function fromFileUrl(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
}

/** The file URL of a path, which may be relative to a directory. */
export function toFileUrl(path: string, directory: string): URL {
  const slashes = (text: string) =>
    encodeURI(text.replaceAll("\\", "/")).replace(/[?#]/g, encodeURIComponent);
  const base = slashes(directory);
  return new URL(slashes(path), `file://${base.startsWith("/") ? "" : "/"}${base}/`);
}
