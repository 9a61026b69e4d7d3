import { tidyJob } from "./cleanup.ts";
import { type ProviderOptions, Providers } from "./at_provider.ts";
import { changesJob } from "./changes_job.ts";
import { deliverJob } from "./deliver_job.ts";
import { indexJob } from "./index_job.ts";
import type { JobKinds } from "./job_kind.ts";
import { operationJob } from "./operation_job.ts";
import { packagesJob } from "./packages_job.ts";
import { refreshWebhookJob } from "./refresh_webhook_job.ts";
import { sweepJob } from "./sweep_job.ts";
import { webhookJob } from "./webhook_job.ts";

/** What the jobs of a host depend on. */
export interface JobOptions extends ProviderOptions {
  /** Milliseconds that an operation takes before its effect. */
  readonly operationDelayMs: () => number;
}

/** Returns what a host's processes work on; `providers` is the way to the providers that they share with others. */
export function jobKinds(
  options: JobOptions,
  providers: Providers = new Providers(options),
): JobKinds {
  return {
    operation: operationJob(options.operationDelayMs),
    deliver: deliverJob(providers),
    ...reading(providers),
    "refresh-webhook": refreshWebhookJob(providers, options.provideKey),
    tidy: tidyJob(),
    index: indexJob(),
    packages: packagesJob(),
  };
}

/** Returns what a process works on that reads what is connected now; what waits to be sent goes first. */
export function syncKinds(options: JobOptions): JobKinds {
  const providers = new Providers(options);
  return { ...reading(providers), deliver: deliverJob(providers) };
}

function reading(providers: Providers): JobKinds {
  return {
    "sync.changes": changesJob(providers),
    "sync.sweep": sweepJob(providers),
    webhook: webhookJob(providers),
  };
}
