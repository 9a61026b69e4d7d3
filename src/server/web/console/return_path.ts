import { CONSOLE_PAGES } from "./console_pages.ts";

/** Where a person comes to who was going nowhere else. */
export const START = "/projects";

/** Returns the path that follows the sign-in: the given one when it is a page of the console, else the start. */
export function returnPath(given: string): string {
  const base = "http://console.invalid";
  if (!given.startsWith("/") || !URL.canParse(given, base)) return START;
  const { origin, pathname, search } = new URL(given, base);
  const isPage = origin === base &&
    CONSOLE_PAGES.some(({ method, path }) => method === "GET" && pathPattern(path).test(pathname));
  return isPage ? pathname + search : START;
}

/** Returns a pattern for a path of a page, such as `/projects/:id`. */
export function pathPattern(path: string): RegExp {
  const known = path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/:\w+/g, "[^/]+");
  return new RegExp(`^${known}/?$`);
}
