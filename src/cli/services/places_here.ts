import { classifyProvider, type LocalProvider } from "../../contract/providers.ts";
import { TOOL_COMMANDS } from "../../local/workspace.ts";
import { resolveFrom } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { loadBinding } from "../../project/config.ts";
import { credentialPlace } from "../../project/repository.ts";
import { requireProjectRoot } from "../../project/root.ts";
import { CredentialStore } from "../../user/credentials.ts";
import { listSettings, resolveHostUrl } from "../../user/settings.ts";
import type { Places } from "../permissions/requirements.ts";

/** What the files of the project and of the user say of where things are. */
export type PlacesHere = Pick<Places, "host" | "project" | "tool" | "startsDaemon">;

/**
 * Looks up where the things are that a command touches, for the project at `repo` or the one around the working
 * directory. What cannot be read is as if it were not there: what is wrong with it is not what was asked. Never fails.
 */
export async function placesHere(platform: Platform, repo: string | null): Promise<PlacesHere> {
  const host = await resolveHostUrl(platform).then((found) => found?.url ?? null, () => null);
  const startsDaemon = await mayStartDaemon(platform).catch(() => true);
  const root = await requireProjectRoot(platform, repo).catch(() => null);
  const tool = root === null ? null : await boundCommand(platform, root).catch(() => null);
  return { host, project: root ?? platform.system.cwd(), tool, startsDaemon };
}

/**
 * Whether the settings let a sync start the background daemon.
 *
 * @throws {TrackerError} `invalid_toml`.
 */
export async function mayStartDaemon(platform: Platform): Promise<boolean> {
  const rows = await listSettings(platform, true);
  return rows.find(({ key }) => key === "sync.background_daemon")?.value !== "manual";
}

/**
 * Returns the command of a local provider's tool and where it is run: as saved with the binding of the project at
 * `base`, or else by its usual name.
 *
 * @throws {TrackerError} `invalid_toml`.
 */
export async function toolAt(
  platform: Platform,
  base: string,
  provider: LocalProvider,
): Promise<{ readonly command: string; readonly cwd: string }> {
  const place = await credentialPlace(platform, base);
  const saved = await new CredentialStore({ platform }).providerCredentials(provider, place);
  return toolOf(base, provider, saved);
}

/** Returns the command of a local provider's tool and where it is run, as some credentials say. */
export function toolOf(
  base: string,
  provider: LocalProvider,
  saved: Readonly<Record<string, string | undefined>>,
): { readonly command: string; readonly cwd: string } {
  const cwd = resolveFrom(base, saved["cwd"] ?? ".");
  const command = saved["command"] ?? TOOL_COMMANDS[provider];
  return { command: /[/\\]/.test(command) ? resolveFrom(cwd, command) : command, cwd };
}

/** The command of the tool that the project is bound to; `null` for another binding. */
async function boundCommand(platform: Platform, root: string): Promise<string | null> {
  const { provider } = await loadBinding(platform, root);
  const found = classifyProvider(provider ?? "");
  if (found.kind !== "local") return null;
  // Without the credentials it is the usual name.
  const tool = await toolAt(platform, root, found.provider)
    .catch(() => toolOf(root, found.provider, {}));
  return tool.command;
}
