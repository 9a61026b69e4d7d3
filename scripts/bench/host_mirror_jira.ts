import type { Bench } from "./bench.ts";
import { mirrorBench } from "./programs/mirror_runs.ts";

/** How long the first mirror of a project at Jira takes. */
export const bench: Bench = mirrorBench("host-mirror-jira", "jira");
