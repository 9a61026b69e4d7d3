import type { Edition } from "./edition.ts";
import type { JiraCalls } from "./session.ts";

/** Projects that are looked at: a credential mostly has the same permissions in all. */
const LOOKED_AT = 3;

/** What a credential should be allowed at a project, and for what. */
const WANTED: Readonly<Record<string, string>> = {
  BROWSE_PROJECTS: "read issues (the permission Browse Projects)",
  CREATE_ISSUES: "create issues (the permission Create Issues)",
  EDIT_ISSUES: "change issues (the permission Edit Issues)",
  TRANSITION_ISSUES: "move issues through the workflow (the permission Transition Issues)",
  ASSIGN_ISSUES: "assign issues (the permission Assign Issues)",
  LINK_ISSUES: "link issues (the permission Link Issues)",
  ADD_COMMENTS: "write comments (the permission Add Comments)",
};

const ADMINISTER = "ADMINISTER";

const WEBHOOKS = "register a webhook (the global permission Administer Jira; " +
  "without it changes are found by asking)";

/** Says what a credential lacks at some of these projects. */
export async function missingAt(
  { site }: JiraCalls,
  keys: readonly string[],
  { name }: Edition,
): Promise<readonly string[]> {
  const missing = new Set<string>();
  for (const key of keys.slice(0, LOOKED_AT)) {
    const has = await site.permissions(Object.keys(WANTED), key);
    for (const [permission, what] of Object.entries(WANTED)) {
      if (!has.has(permission)) missing.add(what);
    }
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
