import { classifyProvider } from "../../contract/providers.ts";
import { isHostedSyncEnabled, requireHostedSync } from "../../client/rollout.ts";
import type { RequestOptions } from "../../client/open_host.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { Command, Invocation } from "../command/command.ts";
import type { KnownProvider } from "../../tracker/provider_class.ts";
import type { Context } from "../command/context.ts";
import { NotReadyError } from "./not_ready.ts";
import { VERSION } from "../version.ts";

/**
 * Holds a command back until what its definition asks for is there. A provider of the class that the command is not for
 * is refused first. Local providers and bindings need nothing; hosted ones are evaluated.
 *
 * @throws {NotReadyError} naming the first missing prerequisite.
 * @throws {TrackerError} `hosted_only`, `local_only`, `not_a_project`, `provider_removed`, `config_invalid`.
 */
export async function prepare(invocation: Invocation, context: Context): Promise<void> {
  const { command } = invocation;
  const { readiness } = command;
  const { env } = context.platform;
  if (readiness === "none") return;
  if (readiness === "gate") return requireHostedSync(env);
  const onCache = readiness === "binding";
  const need = onCache ? ON_CACHE : readiness;
  const project = need.binding ? await boundProject(context) : null;
  const provider = invocation.provider ?? project?.provider ?? null;
  const found = provider === null ? null : classifyProvider(provider);
  if (provider !== null && (found?.kind === "removed" || found?.kind === "unknown")) {
    (await import("../../tracker/provider_class.ts")).knownProvider(env, provider);
  }
  if (found?.kind === "hosted" || found?.kind === "local") {
    await refuseOtherClass(command, found, context.platform);
    if (found.kind === "local") return;
  }
  await evaluate(context, project?.root ?? null, need, {
    // Where the gate is off, and for a command that needs no session, a sign-in helps nothing.
    unbound: found === null &&
      (onCache || command.only?.providers === "local" || !isHostedSyncEnabled(env)),
    signedIn: !onCache,
  });
}

/** What work on the cache needs besides the gate and a host URL, by which the cache is found. */
const ON_CACHE = { binding: true, reachability: false } as const;

/** Refuses a command that is for the other class of providers alone. */
async function refuseOtherClass(
  { path, only }: Command,
  found: KnownProvider,
  platform: Platform,
): Promise<void> {
  if (only === undefined || only.providers === found.kind) return;
  const { hostedOnly, localOnly } = await import("../../tracker/provider_class.ts");
  if (found.kind === "local" && only.providers === "hosted") {
    throw hostedOnly(found.provider, `\`${path}\``, only.instead);
  }
  if (found.kind === "hosted" && only.providers === "local") {
    requireHostedSync(platform.env);
    let host: string | null = null;
    if (only.isAtHost === true) {
      const { dashboardOfHost } = await import("../../user/host_words.ts");
      host = await dashboardOfHost(platform);
    }
    throw localOnly(found.provider, only.refusal, host);
  }
}

async function evaluate(
  context: Context,
  projectRoot: string | null,
  need: { readonly binding: boolean; readonly reachability: boolean },
  { unbound, signedIn }: { readonly unbound: boolean; readonly signedIn: boolean },
): Promise<void> {
  if (unbound && need.binding) {
    const { notBound } = await import("../../user/readiness_wording.ts");
    throw new NotReadyError(notBound());
  }
  const { evaluateReadiness } = await import("../../client/readiness.ts");
  const result = await evaluateReadiness({
    platform: context.platform,
    projectRoot,
    featureSlug: need.binding ? () => missionOf(context, projectRoot) : null,
    requireMissionBinding: need.binding,
    probeReachability: need.reachability,
    probes: signedIn ? undefined : { auth: isUserKnown },
    version: VERSION,
    onRequestLog: need.reachability ? await logOf(context) : undefined,
  });
  if (result.state === "ready") return;
  const { notReadyWords } = await import("../../user/readiness_wording.ts");
  const { isFault, ...words } = notReadyWords(result);
  const failure = { code: result.state, ...words, details: result.details };
  throw isFault ? new TrackerError(failure) : new NotReadyError(failure);
}

/** Whether it is known whose issues at the host are cached here: somebody is, or was last, signed in there. */
async function isUserKnown(platform: Platform, hostUrl: string | null): Promise<boolean> {
  const { CredentialStore } = await import("../../user/credentials.ts");
  return hostUrl === null || await new CredentialStore({ platform }).user(hostUrl) !== null;
}

/** The mission that is worked on, for the words. */
async function missionOf({ platform }: Context, root: string | null): Promise<string | null> {
  if (root === null) return null;
  const { activeMission } = await import("../../project/active_mission.ts");
  return await activeMission(platform, root);
}

async function logOf(context: Context): Promise<RequestOptions["onRequestLog"]> {
  return context.globals.verbose
    ? (await import("./request_log.ts")).requestLog(context)
    : undefined;
}

async function boundProject(context: Context): Promise<{ root: string; provider: string | null }> {
  const [{ requireProjectRoot }, { loadBinding }] = await Promise.all([
    import("../../project/root.ts"),
    import("../../project/config.ts"),
  ]);
  const root = await requireProjectRoot(context.platform, context.globals.repo ?? null);
  const { provider } = await loadBinding(context.platform, root);
  return { root, provider };
}
