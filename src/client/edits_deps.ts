import type { HostedProvider } from "../contract/providers.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import type { HostedClient } from "./client.ts";
import type { OfferedExtensions } from "./extensions.ts";
import type { Merging } from "./merging.ts";
import type { Router } from "./routing.ts";
import type { IssueCache } from "./sync_cache.ts";

/** What a push of edits needs. */
export interface EditsDeps {
  readonly provider: HostedProvider;
  readonly client: Pick<HostedClient, "pull" | "push" | "waitForOperation">;
  readonly router: Router;
  readonly cache: Pick<IssueCache, "open" | "isMissing" | "openForReading" | "openEmpty">;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly random: Pick<Random, "uuid">;
  readonly merging: Merging;
  /** What the host offers; asked for when something is to be sent. */
  readonly extensions: (signal?: AbortSignal) => Promise<OfferedExtensions>;
  /** The workspace of references as the binding says it; `null` where it does not. */
  readonly workspace: string | null;
}
