import { classifyProvider } from "../../contract/providers.ts";
import { loadBinding } from "../../project/config.ts";
import { requireProjectRoot } from "../../project/root.ts";
import { foreignOptions } from "../../tracker/provider_class.ts";
import type { Context } from "./context.ts";

/** Options of a line that have a meaning for one class of providers only, as they are written. */
export interface ForeignOptions {
  readonly hostedOnly: readonly string[];
  readonly localOnly: readonly string[];
}

/**
 * Refuses options that the project's class of providers knows nothing of: passed over in silence, a `--dry-run` would
 * change things, and a filter bring everything. Looks at the binding only where there is such an option; what is wrong
 * with the binding itself is not its to say.
 *
 * @throws {TrackerError} `usage`; `not_a_project`, `config_invalid`.
 */
export async function refuseForeignOptions(
  context: Context,
  { hostedOnly, localOnly }: ForeignOptions,
): Promise<void> {
  if (hostedOnly.length + localOnly.length === 0) return;
  const root = await requireProjectRoot(context.platform, context.globals.repo ?? null);
  const { provider } = await loadBinding(context.platform, root);
  const found = classifyProvider(provider ?? "");
  if (found.kind !== "hosted" && found.kind !== "local") return;
  const foreign = found.kind === "hosted" ? localOnly : hostedOnly;
  if (foreign.length > 0) throw foreignOptions(foreign, found);
}

/** The name of an option, where it is given. */
export function given(name: string, isGiven: boolean): readonly string[] {
  return isGiven ? [name] : [];
}
