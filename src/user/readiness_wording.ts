import { TrackerError } from "../platform/tracker_error.ts";

/** How ready this machine and project are for hosted work, in the order of the checks. */
export const READINESS_STATES = [
  "rollout_disabled",
  "missing_auth",
  "missing_host_config",
  "host_unreachable",
  "missing_mission_binding",
  "ready",
] as const;

/** One of {@link READINESS_STATES}. */
export type ReadinessState = typeof READINESS_STATES[number];

/** The words for every state. `{server_url}` and `{feature_slug}` are filled in. */
export const READINESS_WORDING: Readonly<
  Record<
    ReadinessState | "missing_project_binding",
    { readonly message: string; readonly nextAction: string | null }
  >
> = {
  rollout_disabled: {
    message: "Hosted SaaS sync is not enabled on this machine.",
    nextAction: "Set `SPEC_KITTY_ENABLE_SAAS_SYNC=1` to opt in.",
  },
  missing_auth: {
    message: "No SaaS authentication token is present.",
    nextAction: "Run `tracker auth login`.",
  },
  missing_host_config: {
    message: "No SaaS host URL is configured.",
    nextAction: "Set `SPEC_KITTY_SAAS_URL` in your environment.",
  },
  host_unreachable: {
    message: "The configured SaaS host did not respond within 2 seconds.",
    nextAction: "Check network connectivity to `{server_url}` and retry.",
  },
  missing_mission_binding: {
    message: "No tracker binding exists for feature `{feature_slug}`.",
    nextAction: "Run `tracker bind` from this repo.",
  },
  // The same state without an active feature.
  missing_project_binding: {
    message: "No tracker binding exists for this project.",
    nextAction: "Run `tracker bind` from this repo.",
  },
  ready: { message: "", nextAction: null },
};

/** What to tell of a state that is not ready. */
export interface NotReadyWords {
  readonly message: string;
  readonly nextAction: string | null;
  /** Whether a check itself failed: the state's own words would send a person looking elsewhere. */
  readonly isFault: boolean;
}

/** Returns why a check itself failed, where one did; else the words of the state. */
export function notReadyWords(
  { message, nextAction, details }: {
    readonly message: string;
    readonly nextAction: string | null;
    readonly details: Readonly<Record<string, string>>;
  },
): NotReadyWords {
  const { error } = details;
  if (error === undefined || error.startsWith("NotCapable")) {
    return { message, nextAction, isFault: false };
  }
  return {
    message: error.replace(/^\w*Error: /, ""),
    nextAction: details["next_action"] ?? "Correct what it names, then try again.",
    isFault: true,
  };
}

/** Returns the failure of work that needs a binding, in a project without one. */
export function notBound(): TrackerError {
  return notReady("missing_mission_binding", READINESS_WORDING.missing_project_binding);
}

/** Returns the failure of a search for a ticket, or of binding to one, in a project without a binding. */
export function noTrackerBound(): TrackerError {
  return notReady("missing_mission_binding", {
    message: "No tracker bound. Run `tracker bind` first.",
    nextAction: null,
  });
}

/** Returns the failure of hosted work without a session at the host. */
export function missingAuth(): TrackerError {
  return notReady("missing_auth", READINESS_WORDING.missing_auth);
}

/** Returns the failure of hosted work without a host URL; signing in can name one. */
export function missingHost(purpose: "work" | "sign_in" = "work"): TrackerError {
  const { message, nextAction } = READINESS_WORDING.missing_host_config;
  return notReady("missing_host_config", {
    message,
    nextAction: purpose === "work" ? nextAction : "Name the host: `tracker auth login --host URL`.",
  });
}

function notReady(
  code: ReadinessState,
  words: { readonly message: string; readonly nextAction: string | null },
): TrackerError {
  return new TrackerError({ code, ...words });
}
