import { GITHUB } from "./github.ts";
import { GITLAB } from "./gitlab.ts";
import { JIRA } from "./jira.ts";
import { LINEAR } from "./linear.ts";
import type { MeasuredTracker } from "./tracker.ts";

const TRACKERS: readonly MeasuredTracker[] = [GITHUB, LINEAR, GITLAB, JIRA];

/** Returns the tracker of a provider. */
export function trackerNamed(name: string): MeasuredTracker {
  const found = TRACKERS.find(({ provider }) => provider === name);
  if (found === undefined) throw new Error(`No tracker "${name}" is measured`);
  return found;
}
