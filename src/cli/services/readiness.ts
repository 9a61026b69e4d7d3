import { classifyProvider } from "../../contract/providers.ts";
import { isHostedSyncEnabled, requireHostedSync } from "../../client/rollout.ts";
import type { RequestOptions } from "../../client/open_host.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { Invocation } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { VERSION } from "../version.ts";

/** A prerequisite is missing: said as message, blank line, next action. */
export class NotReadyError extends TrackerError {}

/**
 * Holds a command back until what its row of the catalogue asks for is there. Local providers and
 * bindings need nothing; hosted ones are stopped first where the command is not for them, then
 * evaluated.
 *
 * @throws {NotReadyError} naming the first missing prerequisite.
 * @throws {TrackerError} `local_only`, `not_a_project`, `provider_removed`, `config_invalid`.
 */
export async function prepare(invocation: Invocation, context: Context): Promise<void> {
  const { path, readiness, only } = invocation.command;
  if (readiness === "none") return;
  if (readiness === "gate") return requireHostedSync(context.platform.env);
  const project = readiness.binding ? await boundProject(context) : null;
  const provider = invocation.provider ?? project?.provider ?? null;
  const found = provider === null ? null : classifyProvider(provider);
  if (found?.kind === "local" && only?.providers !== "hosted") return;
  if (provider !== null && (found?.kind === "removed" || found?.kind === "unknown")) {
    (await import("../../tracker/provider_class.ts")).knownProvider(context.platform.env, provider);
  }
  if (found?.kind === "local" && only?.providers === "hosted") {
    const { hostedOnly } = await import("../../tracker/provider_class.ts");
    throw hostedOnly(found.provider, `\`${path}\``, only.instead);
  }
  if (found?.kind === "hosted" && only?.providers === "local") {
    requireHostedSync(context.platform.env);
    const { localOnly } = await import("../../tracker/provider_class.ts");
    throw localOnly(found.provider, only.refusal);
  }
  await evaluate(context, project?.root ?? null, readiness, {
    // Where the gate is off, and for a command that no hosted binding can use, a sign-in helps nothing.
    unbound: found === null &&
      (only?.providers === "local" || !isHostedSyncEnabled(context.platform.env)),
  });
}

async function evaluate(
  context: Context,
  projectRoot: string | null,
  need: { readonly binding: boolean; readonly reachability: boolean },
  { unbound }: { readonly unbound: boolean },
): Promise<void> {
  const { evaluateReadiness } = await import("../../client/readiness.ts");
  if (unbound && need.binding) {
    const { notBound } = await import("../../user/readiness_wording.ts");
    throw new NotReadyError(notBound());
  }
  const result = await evaluateReadiness({
    platform: context.platform,
    projectRoot,
    featureSlug: need.binding ? await missionOf(context, projectRoot) : null,
    requireMissionBinding: need.binding,
    probeReachability: need.reachability,
    version: VERSION,
    onRequestLog: need.reachability ? await logOf(context) : undefined,
  });
  if (result.state === "ready") return;
  const { notReadyWords } = await import("../../user/readiness_wording.ts");
  const { isFault, ...words } = notReadyWords(result);
  const failure = { code: result.state, ...words, details: result.details };
  throw isFault ? new TrackerError(failure) : new NotReadyError(failure);
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
