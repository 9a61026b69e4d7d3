import { isRefusal } from "../rest.ts";
import type { GitHubCalls } from "./session.ts";

/** Repositories that are tried: a token has the same permissions in all. */
const TRIED = 3;

const READ_ISSUES = "read issues (the permission Issues: Read and write)";

const WRITE_ISSUES = "write issues (the permission Issues: Read and write)";

const WEBHOOKS = "register a webhook (the permission Webhooks: Read and write; " +
  "without it changes are found by asking)";

/** Says what an App lacks. */
export function missingOfApp(permissions: Readonly<Record<string, string>>): readonly string[] {
  const { issues, repository_hooks } = permissions;
  return [
    ...(issues === undefined ? [READ_ISSUES] : issues === "write" ? [] : [WRITE_ISSUES]),
    ...(repository_hooks === "write" ? [] : [WEBHOOKS]),
  ];
}

/**
 * Says what a token lacks at some of these repositories. GitHub does not tell what a token may do, so it is tried:
 * nothing is changed by that.
 */
export async function missingAt(
  calls: GitHubCalls,
  repositories: readonly string[],
): Promise<readonly string[]> {
  const missing = new Set<string>();
  for (const repository of repositories.slice(0, TRIED)) {
    try {
      const { entries: [newest] } = await calls.issues.newest(repository, null, null);
      // Where there is no issue, there is nothing to try.
      if (newest !== undefined && !await calls.places.mayWrite(repository, String(newest.number))) {
        missing.add(WRITE_ISSUES);
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      missing.add(READ_ISSUES);
    }
    if (await calls.places.hooks(repository) === null) missing.add(WEBHOOKS);
  }
  return [...missing];
}
