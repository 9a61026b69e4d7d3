import type { Context } from "../command/context.ts";
import type { Platform } from "../../platform/platform.ts";
import type { DetachedOptions } from "../../platform/processes.ts";

/** What is said where {@link startBrowser} could not start anything. */
export const NO_BROWSER = "Cannot start a browser here; open the address yourself.";

/**
 * Asks the system to open an address in its browser. Returns `false` where nothing could be started: no program for it is
 * there, or it may not be started.
 *
 * @param url An address of `http` or `https`.
 */
export function startBrowser(
  { processes, system }: Pick<Platform, "processes" | "system">,
  url: string,
): boolean {
  try {
    // A browser needs no session.
    processes.startDetached({ ...opener(system.os, url), env: { TRACKER_TOKEN: "" } });
    return true;
  } catch {
    return false;
  }
}

/** Tells an address and opens it in the browser. A machine that has none still tells it: both are exit code 0. */
export function openAddress({ platform, output, globals }: Context, url: string): number {
  const isOpened = startBrowser(platform, url);
  if (globals.json) output.json({ url, opened: isOpened });
  else output.result(url);
  if (isOpened) output.notice("The browser is asked to open it.");
  else output.warning(NO_BROWSER);
  return 0;
}

function opener(os: string, url: string): DetachedOptions {
  switch (os) {
    case "darwin":
      return { command: "open", args: [url] };
    case "windows":
      // Not `start`: the shell that knows it would run what stands behind a `&` of the address.
      return { command: "rundll32", args: ["url.dll,FileProtocolHandler", url] };
    default:
      return { command: "xdg-open", args: [url] };
  }
}
