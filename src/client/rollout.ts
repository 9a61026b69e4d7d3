import type { Environment } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { READINESS_WORDING } from "../user/readiness_wording.ts";

/** The variable that opts a machine in to hosted sync. */
export const ROLLOUT_VARIABLE = "SPEC_KITTY_ENABLE_SAAS_SYNC";

const DISABLED = READINESS_WORDING.rollout_disabled;

/** What a hosted code path says on a machine that has not opted in. */
export const ROLLOUT_DISABLED_MESSAGE: string = `${DISABLED.message} ${DISABLED.nextAction}`;

const ON: readonly string[] = ["1", "true", "yes", "on"];

/** Returns whether this machine has opted in to hosted sync. Read at every use, never cached. */
export function isHostedSyncEnabled(env: Environment): boolean {
  return ON.includes(env.get(ROLLOUT_VARIABLE)?.trim().toLowerCase() ?? "");
}

/**
 * Lets hosted work begin only on a machine that has opted in.
 *
 * @throws {TrackerError} `rollout_disabled` otherwise.
 */
export function requireHostedSync(env: Environment): void {
  if (isHostedSyncEnabled(env)) return;
  throw new TrackerError({ code: "rollout_disabled", message: ROLLOUT_DISABLED_MESSAGE });
}
