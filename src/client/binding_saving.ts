import { classifyProvider, type HostedProvider } from "../contract/providers.ts";
import type { JsonObject } from "../contract/field.ts";
import type { Platform } from "../platform/platform.ts";
import { type BindingConfig, saveBinding } from "../project/config.ts";
import { lockProject } from "../project/project_lock.ts";

/** A binding that was made and saved. */
export interface BoundOutcome {
  /** Tells the outcomes of a bind apart. */
  readonly kind: "bound";
  /** The binding that was saved. */
  readonly binding: BindingConfig;
  /** How: the host was sure, a candidate was chosen, or a reference was given. */
  readonly via: "exact" | "candidate" | "ref";
}

/** Where a binding is saved. */
export interface SavingDeps {
  readonly platform: Pick<Platform, "files">;
  /** The project's root. */
  readonly root: string;
  readonly provider: HostedProvider;
}

/**
 * Runs a bind from its first call to the saved config while no other process binds this checkout, so that the config
 * ends with the binding the host confirmed last.
 *
 * @throws {TrackerError} `locked` when another bind takes longer than a minute.
 */
export async function bindAlone<T>(
  { platform, root }: Pick<SavingDeps, "platform" | "root">,
  bind: () => Promise<T>,
): Promise<T> {
  const lock = await lockProject(platform, root, "binding", {
    purpose: "binding the project",
    deadlineMs: 60_000,
  });
  try {
    return await bind();
  } finally {
    await lock.release();
  }
}

/** Saves what the host answered; what it leaves out is kept when it is the binding saved before. */
export async function saveBound(
  deps: SavingDeps,
  via: BoundOutcome["via"],
  made: {
    readonly bindingRef: string;
    readonly displayLabel: string | null;
    readonly providerContext: JsonObject | null;
  },
): Promise<BoundOutcome> {
  const binding = await saveBinding(deps.platform, deps.root, (current) => {
    const isSameProvider = isProvider(current.provider, deps.provider);
    const isSameBinding = isSameProvider && current.bindingRef === made.bindingRef;
    return {
      ...(isSameProvider ? {} : { provider: deps.provider, projectSlug: null, workspace: null }),
      bindingRef: made.bindingRef,
      displayLabel: made.displayLabel ?? (isSameBinding ? current.displayLabel : null),
      providerContext: made.providerContext ?? (isSameBinding ? current.providerContext : null),
    };
  });
  return { kind: "bound", binding, via };
}

/** Returns whether a name means the provider. */
export function isProvider(name: string | null, provider: HostedProvider): boolean {
  if (name === null) return false;
  const found = classifyProvider(name);
  return found.kind === "hosted" && found.provider === provider;
}
