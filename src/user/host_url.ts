import { isLoopback } from "../platform/loopback.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/**
 * The canonical form of a host URL: blanks and trailing slashes stripped, scheme and name in lower case,
 * default port left out (wire.md, Transport).
 *
 * @throws {TrackerError} `invalid_host_url` when it is no URL, is `http` to another machine, or carries
 * credentials, a query or a fragment.
 */
export function normalizeHostUrl(text: string): string {
  const fault = hostUrlFault(text);
  if (fault !== null) {
    throw new TrackerError({
      code: "invalid_host_url",
      message: `The host URL "${withoutCredentials(text.trim())}" ${fault}`,
      nextAction:
        "Use an https URL such as `https://tracker.example`; http is for this machine only.",
      exitCode: 2,
    });
  }
  const url = new URL(text.trim());
  return stripSlashes(url.origin + url.pathname);
}

/** What is wrong with a host URL, completing "the URL …"; `null` when it is fine. */
export function hostUrlFault(text: string): string | null {
  const url = URL.parse(text.trim());
  if (url === null) return "is not a URL";
  if (url.protocol !== "https:" && url.protocol !== "http:") return "is not an https URL";
  if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
  if (url.search !== "" || url.hash !== "") return "must not hold a query or fragment";
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return "must use https: http is accepted for this machine only";
  }
  return null;
}

/** Returns whether a person may be sent to an address: https, or http on this machine. */
export function isOpenable(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || /[^\x21-\x7e]/.test(address)) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

function stripSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === "/") end--;
  return url.slice(0, end);
}

/** Returns a URL as a message may show it, which is no place for a password that was typed into one. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:[/\\]*)?.*@/is, "$1***@");
}
