import { classifyProvider, LOCAL_PROVIDERS, type LocalProvider } from "../contract/providers.ts";
import { resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { asUsage, TrackerError, usageError } from "../platform/tracker_error.ts";
import { providerRemoved } from "../project/removed_provider.ts";
import { notBound } from "../user/readiness_wording.ts";
import type { BindingConfig } from "../project/config.ts";
import type { SyncRules } from "../sync/absorb.ts";
import { parseOwnership, parseStrategy } from "../sync/ownership.ts";

/** What a local binding is made of, as it was typed. */
export interface LocalBindOptions {
  /** `beads` or `fp`, in any case. */
  readonly provider: string;
  /** Its name; blank is refused. */
  readonly workspace: string | null;
  /** `command` and `cwd`; left out: those saved before stay. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** Who owns the fields; `external_authoritative` unless given. */
  readonly doctrineMode?: string | null | undefined;
  /** Owners of single fields under `split_ownership`. */
  readonly fieldOwners?: Readonly<Record<string, string>> | undefined;
  /** How a shared field in conflict is settled; `newer_timestamp` unless given. */
  readonly strategy?: string | null | undefined;
}

/** A local binding whose every part has been checked. */
export interface CheckedBinding {
  readonly provider: LocalProvider;
  readonly workspace: string;
  /** `null` leaves those saved before as they are. */
  readonly credentials: Readonly<Record<string, string>> | null;
  readonly doctrineMode: string;
  readonly fieldOwners: Readonly<Record<string, string>>;
  readonly strategy: string | null;
}

/** The credentials a local provider has. */
export const CREDENTIAL_KEYS = ["command", "cwd"] as const;

/**
 * Checks every part of a local binding before anything is written.
 *
 * @throws {TrackerError} `not_a_local_provider`, `provider_removed`, `usage` without a workspace, `invalid_credential`,
 * `invalid_doctrine`.
 */
export async function checkBinding(
  platform: Pick<Platform, "files">,
  root: string,
  options: LocalBindOptions,
): Promise<CheckedBinding> {
  const provider = localProvider(options.provider);
  const workspace = options.workspace?.trim() ?? "";
  if (workspace === "") throw missingWorkspace(provider);
  const mode = spelled(options.doctrineMode ?? "external_authoritative");
  const fieldOwners = Object.fromEntries(
    Object.entries(options.fieldOwners ?? {})
      .map(([field, owner]) => [spelled(field), spelled(owner)]),
  );
  const strategy = typedStrategy(mode, fieldOwners, options.strategy ?? null);
  return {
    provider,
    workspace,
    credentials: await checkCredentials(platform, root, options.credentials ?? {}),
    doctrineMode: mode,
    fieldOwners,
    strategy,
  };
}

/** What is unknown in a saved binding is a fault of the file, and in one that is typed a wrong line. */
function typedStrategy(
  mode: string,
  fieldOwners: Readonly<Record<string, string>>,
  strategy: string | null,
): string | null {
  try {
    parseOwnership(mode, fieldOwners);
    return strategy === null ? null : parseStrategy(strategy);
  } catch (error) {
    throw asUsage(error);
  }
}

/**
 * The rules a saved binding syncs by.
 *
 * @throws {TrackerError} `invalid_doctrine` when the config says something unknown.
 */
export function rulesOf(binding: BindingConfig): SyncRules {
  return {
    ownership: parseOwnership(binding.doctrineMode, binding.fieldOwners),
    strategy: parseStrategy(binding.strategy),
  };
}

/**
 * The provider and workspace of a saved local binding.
 *
 * @throws {TrackerError} `missing_mission_binding`, `not_a_local_provider`.
 */
export function boundWorkspace(
  binding: BindingConfig,
): { readonly provider: LocalProvider; readonly workspace: string } {
  if (binding.provider === null) throw notBound();
  const provider = localProvider(binding.provider);
  if (binding.workspace === null) throw notBound();
  return { provider, workspace: binding.workspace };
}

/** Returns the refusal of a local binding that names no workspace. */
export function missingWorkspace(provider: LocalProvider): TrackerError {
  return usageError(
    `A binding to ${provider} needs a workspace`,
    `Run \`tracker bind --provider ${provider} --workspace NAME\`.`,
  );
}

function localProvider(name: string): LocalProvider {
  const known = classifyProvider(name);
  if (known.kind === "local") return known.provider;
  if (known.kind === "removed") throw providerRemoved(known);
  throw new TrackerError({
    code: "not_a_local_provider",
    message: `"${name}" is not a local provider`,
    nextAction: `Use one of: ${LOCAL_PROVIDERS.join(", ")}.`,
  });
}

async function checkCredentials(
  platform: Pick<Platform, "files">,
  root: string,
  credentials: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>> | null> {
  const entries = Object.entries(credentials);
  if (entries.length === 0) return null;
  const checked: Record<string, string> = {};
  for (const [key, value] of entries) {
    const known = CREDENTIAL_KEYS.find((name) => name === key.trim());
    if (known === undefined) {
      throw asUsage(invalidCredential(
        `Unknown credential "${key}"`,
        `Local providers take: ${CREDENTIAL_KEYS.join(", ")}.`,
      ));
    }
    if (value.trim() === "") {
      throw asUsage(
        invalidCredential(`The credential "${known}" is empty`, `Give \`${known}=VALUE\`.`),
      );
    }
    checked[known] = value.trim();
  }
  const { cwd, command } = checked;
  if (cwd !== undefined) checked["cwd"] = await existing(platform, root, "cwd", cwd, "directory");
  if (command !== undefined && /[/\\]/.test(command)) {
    checked["command"] = await existing(platform, root, "command", command, "file");
  }
  return checked;
}

/** A path is kept as an absolute one: the credentials hold for whichever project is synced. */
async function existing(
  platform: Pick<Platform, "files">,
  root: string,
  key: string,
  path: string,
  kind: "directory" | "file",
): Promise<string> {
  const absolute = resolveFrom(root, path);
  if ((await platform.files.stat(absolute))?.kind === kind) return absolute;
  throw invalidCredential(
    `The credential "${key}" names no ${kind}: "${absolute}"`,
    `Give the path of a ${kind} that exists.`,
  );
}

function spelled(word: string): string {
  return word.trim().toLowerCase().replaceAll("-", "_");
}

function invalidCredential(message: string, nextAction: string): TrackerError {
  return new TrackerError({ code: "invalid_credential", message, nextAction });
}
