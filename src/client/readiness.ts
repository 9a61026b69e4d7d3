import { isConfigured, loadBinding } from "../project/config.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { CredentialStore } from "../user/credentials.ts";
import { READINESS_WORDING, type ReadinessState } from "../user/readiness_wording.ts";
import { resolveHostUrl } from "../user/settings.ts";
import { openHost, type RequestOptions } from "./open_host.ts";
import { probeHost } from "./probe.ts";
import { isHostedSyncEnabled } from "./rollout.ts";

/** What the evaluator found. */
export interface ReadinessResult {
  /** The first check that failed, or `ready`. */
  readonly state: ReadinessState;
  /** One sentence for people; empty when ready. */
  readonly message: string;
  /** What to do now; `null` when ready. */
  readonly nextAction: string | null;
  /** Facts for programs: `server_url`, `feature_slug`, and `error` when a check itself failed. */
  readonly details: Readonly<Record<string, string>>;
}

/** The checks, each replaceable. */
export interface ReadinessProbes {
  /** Returns whether the machine has opted in. */
  rollout(platform: Platform): boolean | Promise<boolean>;
  /** Whether there is a token, stored or injected, for the host (`null` when none is configured). */
  auth(platform: Platform, hostUrl: string | null): Promise<boolean>;
  /** The host URL; `null` when none is configured. */
  hostUrl(platform: Platform): Promise<string | null>;
  /** Whether the host answers at all. */
  reachability(
    platform: Platform,
    hostUrl: string,
    options?: RequestOptions,
  ): Promise<boolean>;
  /** Whether the project has a binding. */
  binding(platform: Platform, projectRoot: string): Promise<boolean>;
}

/** What to evaluate. */
export interface ReadinessOptions extends RequestOptions {
  /** The machine to look at. */
  readonly platform: Platform;
  /** Root of the project; `null` outside of one, which has no binding. */
  readonly projectRoot: string | null;
  /** The active feature, for the words, or how to find it where they are needed; a feature is bound when its project is. */
  readonly featureSlug?: string | null | (() => Promise<string | null>) | undefined;
  /** Also ask for a binding. */
  readonly requireMissionBinding?: boolean | undefined;
  /** Also ask whether the host answers: one `HEAD`, 2 s. */
  readonly probeReachability?: boolean | undefined;
  /** Checks to use in place of the real ones. */
  readonly probes?: Partial<ReadinessProbes> | undefined;
}

/** The real checks. */
export const READINESS_PROBES: ReadinessProbes = {
  rollout: (platform) => isHostedSyncEnabled(platform.env),
  auth: hasToken,
  hostUrl: async (platform) => (await resolveHostUrl(platform))?.url ?? null,
  reachability: answersHead,
  binding: async (platform, root) => isConfigured(await loadBinding(platform, root)),
};

/**
 * Finds the first prerequisite of hosted work that is missing: rollout, token, host URL, reachability (when asked),
 * binding (when asked). Never throws: a check that fails by an exception is `host_unreachable` with the exception in
 * `details.error`, and with its next action, where it has one, in `details.next_action`. Caches nothing.
 */
export async function evaluateReadiness(options: ReadinessOptions): Promise<ReadinessResult> {
  const { featureSlug = null } = options;
  const isKnown = typeof featureSlug !== "function";
  const facts: Facts = { serverUrl: null, featureSlug: isKnown ? featureSlug : null };
  const found = async (
    state: ReadinessState,
    details: Readonly<Record<string, string>> = {},
  ): Promise<ReadinessResult> => {
    // What is only for the words is found when there are any.
    if (state !== "ready" && !isKnown) facts.featureSlug = await featureSlug();
    return result(state, facts, details);
  };
  let state: ReadinessState;
  try {
    state = await firstMissing(options, facts);
  } catch (error) {
    if (error instanceof TrackerError && error.code === "untrusted_certificate") {
      const { message, nextAction } = error;
      return { ...await found("host_unreachable"), message, nextAction };
    }
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const step = error instanceof TrackerError ? error.nextAction : null;
    return await found("host_unreachable", {
      error: text,
      ...(step === null ? {} : { next_action: step }),
    });
  }
  return await found(state);
}

interface Facts {
  serverUrl: string | null;
  featureSlug: string | null;
}

async function firstMissing(options: ReadinessOptions, facts: Facts): Promise<ReadinessState> {
  const { platform, projectRoot } = options;
  const probes: ReadinessProbes = { ...READINESS_PROBES, ...options.probes };
  if (!(await probes.rollout(platform))) return "rollout_disabled";
  // The token belongs to a host, so the host is looked up first; its faults are told in their turn.
  const host = await settled(probes.hostUrl(platform));
  facts.serverUrl = host.ok ? host.value : null;
  if (!(await probes.auth(platform, facts.serverUrl))) return "missing_auth";
  if (!host.ok) throw host.error;
  if (facts.serverUrl === null) return "missing_host_config";
  if (options.probeReachability === true) {
    const answers = await probes.reachability(platform, facts.serverUrl, options);
    if (!answers) return "host_unreachable";
  }
  if (options.requireMissionBinding === true) {
    const bound = projectRoot !== null && await probes.binding(platform, projectRoot);
    if (!bound) return "missing_mission_binding";
  }
  return "ready";
}

function result(
  state: ReadinessState,
  facts: Facts,
  details: Readonly<Record<string, string>>,
): ReadinessResult {
  const key = state === "missing_mission_binding" && facts.featureSlug === null
    ? "missing_project_binding"
    : state;
  const { message, nextAction } = READINESS_WORDING[key];
  const fill = (text: string) =>
    text.replace("{server_url}", () => facts.serverUrl ?? "the configured host")
      .replace("{feature_slug}", () => facts.featureSlug ?? "");
  return {
    state,
    message: fill(message),
    nextAction: nextAction === null ? null : fill(nextAction),
    details: {
      ...(facts.serverUrl === null ? {} : { server_url: facts.serverUrl }),
      ...(facts.featureSlug === null ? {} : { feature_slug: facts.featureSlug }),
      ...details,
    },
  };
}

async function settled<T>(
  work: Promise<T>,
): Promise<
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }
> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, error };
  }
}

async function hasToken(platform: Platform, hostUrl: string | null): Promise<boolean> {
  const credentials = new CredentialStore({ platform });
  if (hostUrl !== null) return await credentials.activeSession(hostUrl) !== null;
  // Without a host there is nothing to send a token to; that is the next check's to say.
  if ((platform.env.get("TRACKER_TOKEN")?.trim() ?? "") !== "") return true;
  return (await credentials.sessions()).length > 0;
}

async function answersHead(
  platform: Platform,
  hostUrl: string,
  { version, onRequestLog }: RequestOptions = {},
): Promise<boolean> {
  const probe = await probeHost(
    await openHost({ platform, baseUrl: hostUrl, version, onRequestLog }),
  );
  if (probe.kind === "silent" && probe.untrusted !== null) throw probe.untrusted;
  return probe.kind === "answered";
}
