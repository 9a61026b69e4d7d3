import { isRefusal } from "../rest.ts";
import type { GitHubRepository } from "./schemas.ts";
import type { GitHubCalls } from "./session.ts";

/** Repositories that are tried: a token has the same permissions in all. */
const TRIED = 3;

const READ_ISSUES = "read issues (the permission Issues: Read and write)";

const WRITE_ISSUES = "write issues (the permission Issues: Read and write)";

const WEBHOOKS = "register a webhook (the permission Webhooks: Read and write; " +
  "without it changes are found by asking)";

/** Scopes of a classic token that let it write issues, the second one in public repositories. */
const CLASSIC = ["repo", "public_repo"];

const WRITE_CLASSIC = "write issues (the scope repo, or public_repo for public repositories)";

/** Says what an App lacks. */
export function missingOfApp(permissions: Readonly<Record<string, string>>): readonly string[] {
  const { issues, repository_hooks } = permissions;
  return [
    ...(issues === undefined ? [READ_ISSUES] : issues === "write" ? [] : [WRITE_ISSUES]),
    ...(repository_hooks === "write" ? [] : [WEBHOOKS]),
  ];
}

/**
 * Says what a token lacks at some of these repositories: by its scopes where it is a classic one, by the role of its owner,
 * and else by trying, since GitHub does not tell what other tokens may do. Nothing is changed by that.
 */
export async function missingOfToken(
  calls: GitHubCalls,
  scopes: readonly string[] | null,
  repositories: readonly GitHubRepository[],
): Promise<readonly string[]> {
  const missing = new Set<string>();
  const isOutOfScope = scopes !== null && !CLASSIC.some((scope) => scopes.includes(scope));
  if (isOutOfScope) missing.add(WRITE_CLASSIC);
  const outsider = repositories.find(({ permissions }) => permissions?.["triage"] === false);
  if (outsider !== undefined) missing.add(triageIn(outsider));
  for (const { full_name: repository } of repositories.slice(0, TRIED)) {
    try {
      const { entries: [newest] } = await calls.issues.newest(repository, null, null);
      // Where there is no issue, there is nothing to try.
      const isTried = newest !== undefined && !isOutOfScope;
      if (isTried && !await calls.places.mayWrite(repository, String(newest.number))) {
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

/** GitHub leaves out labels and people without a word where the role does not allow them. */
function triageIn({ full_name }: GitHubRepository): string {
  return `set labels and people in ${full_name} (the role Triage or a higher one)`;
}
