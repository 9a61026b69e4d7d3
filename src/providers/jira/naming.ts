import { PERMISSION_MISSING } from "../rest.ts";
import { hasCode, NOT_TAKEN, rejected } from "./faults.ts";
import { WANTED } from "./permissions.ts";
import type { Work } from "./work.ts";

/** A permission of a project. */
export type Permission = keyof typeof WANTED;

/** What Jira says of what may not be done: it leaves out fields and steps, and hides or refuses, without a reason. */
const UNNAMED: readonly string[] = [
  "field_not_editable",
  "status_not_reachable",
  "http_404",
  NOT_TAKEN,
  PERMISSION_MISSING,
];

/**
 * Does something at a project, and says by name which permission of these is missing where Jira does not let it be done.
 *
 * @throws {ProviderError} `permission_missing`; what the work has failed with when no permission is missing.
 */
export async function namingPermission<T>(
  { calls: { site } }: Work,
  projectKey: string,
  permissions: readonly Permission[],
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!hasCode(error, ...UNNAMED)) throw error;
    const has = await site.permissions(permissions, projectKey);
    const missing = permissions.filter((permission) => !has.has(permission));
    if (missing.length === 0) throw error;
    const what = missing.map((permission) => WANTED[permission]).join(", or ");
    throw rejected(PERMISSION_MISSING, `The credential may not ${what} in "${projectKey}" at Jira`);
  }
}
