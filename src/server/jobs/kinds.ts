import { tidyJob } from "./cleanup.ts";
import type { JobKinds } from "./job_kind.ts";
import { operationJob } from "./operation_job.ts";

/** What the jobs of a host depend on. */
export interface JobOptions {
  /** Milliseconds that an operation takes before its effect. */
  readonly operationDelayMs: () => number;
}

/** Returns what a host's processes work on. */
export function jobKinds({ operationDelayMs }: JobOptions): JobKinds {
  return { operation: operationJob(operationDelayMs), tidy: tidyJob() };
}
