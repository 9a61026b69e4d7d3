import type { LocalProvider } from "../contract/providers.ts";
import type { Platform } from "../platform/platform.ts";
import { loadBinding } from "../project/config.ts";
import { credentialPlace, repositoryOf, worktreeRoots } from "../project/repository.ts";
import { CredentialStore } from "../user/credentials.ts";

/**
 * Forgets how the tool of a local provider is run for the project at `root`, which is not bound to it any more. What
 * another worktree of the repository is still bound by stays.
 *
 * @throws {TrackerError} what `CredentialStore.clearProjectCredentials` throws.
 */
export async function forgetTool(
  platform: Platform,
  root: string,
  provider: LocalProvider,
): Promise<void> {
  if (await isUsedElsewhere(platform, root, provider)) return;
  const place = await credentialPlace(platform, root);
  await new CredentialStore({ platform }).clearProjectCredentials(provider, place);
}

async function isUsedElsewhere(
  platform: Platform,
  root: string,
  provider: LocalProvider,
): Promise<boolean> {
  const repository = await repositoryOf(platform, root);
  for (const other of await worktreeRoots(platform, repository)) {
    if (other === repository.root) continue;
    try {
      const binding = await loadBinding(platform, other);
      if (binding.provider === provider) return true;
    } catch {
      // A worktree whose config cannot be read may be bound.
      return true;
    }
  }
  return false;
}
