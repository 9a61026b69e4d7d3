import { tidyJob } from "./cleanup.ts";
import { deliverJob, type DeliveryOptions } from "./deliver_job.ts";
import { indexJob } from "./index_job.ts";
import type { JobKinds } from "./job_kind.ts";
import { operationJob } from "./operation_job.ts";

/** What the jobs of a host depend on. */
export interface JobOptions extends DeliveryOptions {
  /** Milliseconds that an operation takes before its effect. */
  readonly operationDelayMs: () => number;
}

/** Returns what a host's processes work on. */
export function jobKinds(options: JobOptions): JobKinds {
  return {
    operation: operationJob(options.operationDelayMs),
    deliver: deliverJob(options),
    tidy: tidyJob(),
    index: indexJob(),
  };
}
