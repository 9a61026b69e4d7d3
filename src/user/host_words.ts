import type { Platform } from "../platform/platform.ts";
import { resolveHostUrl } from "./settings.ts";

/**
 * Returns what leads a person to the dashboard of the configured host: `the dashboard at https://tracker.example.com`. A
 * host of this program has it at its address; which page another one has is not known, so no more than that is said.
 */
export async function dashboardOfHost(platform: Platform): Promise<string> {
  const found = await resolveHostUrl(platform);
  return found === null ? "the dashboard of the host" : `the dashboard at ${found.url}`;
}
