import type { Bench } from "./bench.ts";
import { mirrorBench } from "./programs/mirror_runs.ts";

/** How long the first mirror of a team at Linear takes. */
export const bench: Bench = mirrorBench("host-mirror-linear", "linear");
