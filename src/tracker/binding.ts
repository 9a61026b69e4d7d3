import type { BindCandidate } from "../contract/discovery.ts";
import {
  classifyProvider,
  type HostedProvider,
  type LocalProvider,
} from "../contract/providers.ts";
import type { BindOutcome } from "../client/binding.ts";
import type { ValidateOutcome } from "../client/binding_by_ref.ts";
import type { BoundOutcome } from "../client/binding_saving.ts";
import type { Discovery } from "../client/discovery.ts";
import type { HostedTrackerService } from "../client/service.ts";
import type { LocalBindOptions } from "../local/binding.ts";
import { type BindingConfig, clearBinding, loadBinding } from "../project/config.ts";
import { openHostedService, type ProjectContext } from "./backend.ts";
import { hostedOnly, knownProvider } from "./provider_class.ts";

/** How to bind a project to a resource at the host; what the host proposes unless something is given. */
export interface HostedBindRequest {
  /** The hosted provider. */
  readonly provider: HostedProvider;
  /** Binds to this reference or this row of what the host proposes. */
  readonly choice?: BindChoice | undefined;
}

/** Which resource to bind to without being asked. */
export type BindChoice =
  | { readonly kind: "ref"; readonly ref: string }
  | { readonly kind: "position"; readonly position: number };

/** How to bind a project to a tool on this machine. */
export interface LocalBindRequest extends LocalBindOptions {
  /** The local provider. */
  readonly provider: LocalProvider;
  /** The name of the workspace, not blank. */
  readonly workspace: string;
}

/** How to bind a project; each class of providers has its own options. */
export type BindRequest = HostedBindRequest | LocalBindRequest;

/** What came of a bind. */
export type BindResultOutcome =
  | BindOutcome
  | ValidateOutcome
  | { readonly kind: "bound_local"; readonly binding: BindingConfig };

/** What came of an unbind. */
export type UnbindOutcome =
  | { readonly kind: "unbound"; readonly binding: BindingConfig }
  | { readonly kind: "not_bound" };

/**
 * Lists everything the installation could bind a project to; hosted providers only.
 *
 * @throws {TrackerError} `hosted_only`, `provider_removed`, `usage`; what the host's service throws.
 */
export async function discoverResources(
  context: ProjectContext,
  provider: string,
): Promise<Discovery> {
  return await (await atHost(context, requireHosted(context, provider))).discover();
}

/**
 * Binds the project. A person's consent to replace a binding is the caller's to get.
 *
 * @throws {TrackerError} what the service of the provider throws.
 */
export async function bindProject(
  context: ProjectContext,
  request: BindRequest,
): Promise<BindResultOutcome> {
  const { platform, root } = context;
  if ("workspace" in request) {
    const { LocalTrackerService } = await import("../local/service.ts");
    await new LocalTrackerService({ platform, root }).bind(request);
    return { kind: "bound_local", binding: await loadBinding(platform, root) };
  }
  const { provider, choice } = request;
  const service = await atHost(context, provider);
  return await leavingLocal<BindResultOutcome>(
    context,
    () =>
      choice?.kind === "ref"
        ? service.validateAndBind(choice.ref)
        : service.resolveAndBind(choice === undefined ? {} : { select: choice.position }),
  );
}

/** Binds the project to a candidate that {@link bindProject} offered. */
export async function bindToCandidate(
  context: ProjectContext,
  provider: string,
  candidate: BindCandidate,
): Promise<BoundOutcome> {
  const service = await atHost(context, requireHosted(context, provider));
  return await leavingLocal(context, () => service.bindCandidate(candidate));
}

/** Removes the binding from the config, and what this project saved for a local provider. Sends nothing. */
export async function unbindProject(context: ProjectContext): Promise<UnbindOutcome> {
  const { platform, root } = context;
  const binding = await loadBinding(platform, root);
  if (binding.provider === null || !(await clearBinding(platform, root))) {
    return { kind: "not_bound" };
  }
  await forgetLocal(context, binding);
  return { kind: "unbound", binding };
}

function requireHosted({ platform }: ProjectContext, name: string): HostedProvider {
  const { kind, provider } = knownProvider(platform.env, name);
  if (kind === "hosted") return provider;
  throw hostedOnly(
    provider,
    "`discover`",
    `Bind it by its workspace: \`tracker bind --provider ${provider} --workspace NAME\`.`,
  );
}

async function atHost(
  context: ProjectContext,
  provider: HostedProvider,
): Promise<HostedTrackerService> {
  const binding = await loadBinding(context.platform, context.root);
  return await openHostedService(context, provider, binding);
}

/** Binds at a host; what the project saved for the local provider it was bound to goes with that binding. */
async function leavingLocal<Outcome extends BindResultOutcome>(
  context: ProjectContext,
  bind: () => Promise<Outcome>,
): Promise<Outcome> {
  const left = await loadBinding(context.platform, context.root);
  const outcome = await bind();
  if (outcome.kind === "bound") await forgetLocal(context, left);
  return outcome;
}

async function forgetLocal(
  { platform, root }: ProjectContext,
  { provider }: BindingConfig,
): Promise<void> {
  const known = classifyProvider(provider ?? "");
  if (known.kind !== "local") return;
  const { forgetTool } = await import("../local/forget_tool.ts");
  await forgetTool(platform, root, known.provider);
}
