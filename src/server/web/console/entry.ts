import type { Call, Host } from "../../http/context.ts";
import type { HttpError } from "../../http/http_error.ts";
import type { HostError } from "../../model/host_error.ts";
import { ASSET_PATHS } from "./assets.ts";
import { findSession, viewerOf } from "./console.tsx";
import { CONSOLE_PAGES } from "./console_pages.ts";
import { errorPage } from "./error_page.tsx";
import { pathPattern } from "./return_path.ts";

/** Paths that programs call, whatever they say they accept. */
const FOR_PROGRAMS = /^\/(api|oauth|webhooks|dev|metrics|healthz|readyz)(\/|$)/;

/** Returns whether a person at a browser asks. */
export function wantsPage(call: Call): boolean {
  const { method, path } = call.req;
  return (method === "GET" || method === "POST") && !FOR_PROGRAMS.test(path) &&
    (call.req.header("accept") ?? "").includes("text/html");
}

/** Shows what went wrong, to the person who is signed in; `null` stands for a fault of the host. */
export async function failurePage(
  host: Host,
  call: Call,
  error: HttpError | HostError | null,
): Promise<Response> {
  // The store may be what failed.
  const isFault = error === null || error.envelope.http_status >= 500;
  const viewer = isFault ? null : await viewerOf(host, await findSession(host, call));
  return await errorPage(error, viewer);
}

/** What the console answers. */
export const CONSOLE_CALLS: readonly { readonly method: string; readonly path: RegExp }[] = [
  ...CONSOLE_PAGES.map(({ method, path }) => ({ method, path: pathPattern(path) })),
  ...ASSET_PATHS.map((path) => ({ method: "GET", path: pathPattern(path) })),
  { method: "GET", path: pathPattern("/sign-in") },
  { method: "POST", path: pathPattern("/sign-in") },
  { method: "POST", path: pathPattern("/sign-out") },
  { method: "POST", path: pathPattern("/team") },
];
