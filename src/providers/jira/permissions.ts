import type { Edition } from "./edition.ts";
import type { JiraCalls } from "./session.ts";
import { WEBHOOK_SCOPE } from "./sign_in.ts";

/** Projects that are looked at: a credential mostly has the same permissions in all. */
const LOOKED_AT = 3;

/** What a credential should be allowed at a project, and for what. */
export const WANTED = {
  BROWSE_PROJECTS: "read issues (the permission Browse Projects)",
  CREATE_ISSUES: "create issues (the permission Create Issues)",
  EDIT_ISSUES: "change issues (the permission Edit Issues)",
  TRANSITION_ISSUES: "move issues through the workflow (the permission Transition Issues)",
  ASSIGN_ISSUES: "assign issues (the permission Assign Issues)",
  LINK_ISSUES: "link issues (the permission Link Issues)",
  ADD_COMMENTS: "write comments (the permission Add Comments)",
} as const;

const ADMINISTER = "ADMINISTER";

const WEBHOOKS_OF_APP = `register a webhook (the scope ${WEBHOOK_SCOPE}; ` +
  "without it changes are found by asking)";

const WRITES_OF_SCOPED = "create or change issues (the scope write:jira-work)";

const WEBHOOKS_OF_SCOPED = "register a webhook (a token with scopes cannot; " +
  "until an administrator enters one, changes are found by asking)";

const WEBHOOKS = "register a webhook (the global permission Administer Jira; " +
  "without it changes are found by asking)";

/** What a credential is of. */
interface CredentialFacts {
  readonly edition: Edition;
  /** What an app was let do; `null` for a person's token. */
  readonly scopes: readonly string[] | null;
  /** Whether it is a person's token with scopes. */
  readonly isScoped: boolean;
}

/** Says what a credential lacks at some of these projects. */
export async function missingAt(
  { site, issues }: JiraCalls,
  keys: readonly string[],
  { edition: { name }, scopes, isScoped }: CredentialFacts,
): Promise<readonly string[]> {
  const missing = new Set<string>();
  for (const key of keys.slice(0, LOOKED_AT)) {
    const has = await site.permissions(Object.keys(WANTED), key);
    for (const [permission, what] of Object.entries(WANTED)) {
      if (!has.has(permission)) missing.add(what);
    }
  }
  // Webhooks of an app are its own.
  if (scopes !== null) {
    return scopes.includes(WEBHOOK_SCOPE) ? [...missing] : [...missing, WEBHOOKS_OF_APP];
  }
  if (isScoped) {
    // Jira tells what the owner of the token may do, and nothing of its scopes.
    if (!await issues.mayWrite()) missing.add(WRITES_OF_SCOPED);
    // The gateway has no webhooks of administrators.
    return [...missing, WEBHOOKS_OF_SCOPED];
  }
  // An older server of a team's own signs no webhooks, and is given none.
  if (name !== "cloud" && !signsWebhooks(await site.server())) return [...missing];
  const administers = (await site.permissions([ADMINISTER], null)).has(ADMINISTER);
  return administers ? [...missing] : [...missing, WEBHOOKS];
}

/** Whether a server of a team's own is new enough to sign what its webhooks send. */
function signsWebhooks({ version }: { readonly version: string }): boolean {
  return Number(/^\d+/.exec(version)?.[0] ?? 0) >= 10;
}
